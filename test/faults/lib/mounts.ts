/** File systems of a test's own: small images that run full, and a FUSE file system whose server can be stopped. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { onCleanup, until } from '../../helpers/home.ts';

const run = (program: string, ...args: string[]): void =>
  void execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });

export type Kind = 'ext4' | 'xfs';

export interface Image {
  readonly folder: string;
  /** Takes all space but a few blocks. */
  readonly fill: () => void;
  /** Takes all inodes. */
  readonly fillInodes: () => void;
  /** Nothing may be written any more, as after a remount; what is open for writing stays so. */
  readonly refuse: () => void;
  /** Gives back what was taken: space, inodes, the right to write. */
  readonly free: () => void;
  /** Every change waits, without an error, until it is thawed. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** The file system dies: all that is not on the disk yet is gone, and every call fails. As if its power had been cut. */
  readonly cut: () => void;
  /** Mounted anew, after its journal was played back. False: somebody still stands in it. */
  readonly revive: () => boolean;
}

/** An image of this size, mounted on the folder, which is made; unmounted after the test. */
export function mountImage(folder: string, kind: Kind, megabytes: number, inodes?: number): Image {
  const image = `${folder}.img`;
  const ballast = `${folder}/.ballast`;
  fs.mkdirSync(folder, { recursive: true });
  run('truncate', '-s', `${megabytes}M`, image);
  if (kind === 'xfs') run('mkfs.xfs', '-q', image);
  else run('mkfs.ext4', '-q', '-m', '0', ...(inodes === undefined ? [] : ['-N', String(inodes)]), image);
  const mount = (): void => run('mount', '-o', 'loop', image, folder);
  mount();
  const thaw = (): void => run('fsfreeze', '-u', folder);
  let isFrozen = false;
  let isRefusing = false;
  let files = 0;
  // Before anything else is cleaned up: whoever waits for this disk can't even be killed.
  const thawAgain = (): void => {
    if (isFrozen) thaw();
    isFrozen = false;
  };
  onCleanup(() => {
    if (isRefusing) run('umount', '-l', folder);
    // What was cut can't be unmounted while somebody stands in it; then it goes when that one does.
    run('umount', '-l', folder);
  });
  return {
    folder,
    fill: () => fillSpace(`${ballast}.space`),
    fillInodes: () => {
      fs.mkdirSync(`${ballast}.inodes`, { recursive: true });
      untilFull(() => {
        for (;;) fs.writeFileSync(`${ballast}.inodes/${files++}`, '', { flag: 'wx' });
      });
    },
    refuse: () => {
      if (isRefusing) return;
      // Over itself, for a plain remount is refused while a status file is open for its heartbeats; made aside, since it must
      // not be there for a moment in which something could be opened for writing.
      fs.mkdirSync(`${folder}.aside`, { recursive: true });
      run('mount', '--bind', folder, `${folder}.aside`);
      run('mount', '-o', 'remount,bind,ro', `${folder}.aside`);
      run('mount', '--move', `${folder}.aside`, folder);
      isRefusing = true;
    },
    free: () => {
      if (isRefusing) run('umount', '-l', folder);
      isRefusing = false;
      fs.rmSync(`${ballast}.space`, { force: true });
      fs.rmSync(`${ballast}.inodes`, { recursive: true, force: true });
    },
    freeze: () => {
      run('fsfreeze', '-f', folder);
      isFrozen = true;
      onCleanup(thawAgain);
    },
    thaw: thawAgain,
    cut: () => run('xfs_io', '-x', '-c', 'shutdown', folder),
    revive: () => {
      try {
        run('umount', folder);
      } catch (error) {
        if (!/busy/.test(String((error as { stderr?: unknown }).stderr ?? error))) throw error;
        return false;
      }
      mount();
      return true;
    },
  };
}

function untilFull(work: () => void): void {
  try {
    work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

/** First in large pieces, then in small ones, as long as there is room for one. */
function fillSpace(file: string): void {
  const fd = fs.openSync(file, 'a');
  try {
    for (const bytes of [1_048_576, 65_536, 4_096]) {
      const piece = Buffer.alloc(bytes, 1);
      untilFull(() => {
        for (;;) fs.writeSync(fd, piece);
      });
    }
    untilFull(() => fs.fsyncSync(fd));
  } finally {
    fs.closeSync(fd);
  }
}

export interface Fuse {
  readonly folder: string;
  /** Its server answers nothing any more. */
  readonly hang: () => void;
  readonly goOn: () => void;
}

/** `source` seen through FUSE at `folder`, as through a file server; unmounted after the test. */
export async function mountFuse(source: string, folder: string): Promise<Fuse> {
  fs.mkdirSync(source, { recursive: true });
  fs.mkdirSync(folder, { recursive: true });
  const options = 'attr_timeout=0,entry_timeout=0,negative_timeout=0';
  const server: ChildProcess = spawn('bindfs', ['-f', '-o', options, source, folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  server.stderr?.on('data', (data: Buffer) => {
    text += data.toString();
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  onCleanup(async () => {
    server.kill('SIGKILL');
    await ended;
    run('umount', '-l', folder);
  });
  const isMounted = (): boolean => fs.readFileSync('/proc/self/mounts', 'utf8').includes(` ${folder} fuse`);
  await until(isMounted, () => `${folder} to be mounted ${text}`);
  const goOn = (): void => void server.kill('SIGCONT');
  return {
    folder,
    hang: () => {
      server.kill('SIGSTOP');
      // Before anything else is cleaned up: whoever waits for what the server has taken on can't even be killed.
      onCleanup(goOn);
    },
    goOn,
  };
}
