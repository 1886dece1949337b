/** The machine that was measured, for `docs/performance.md`: nothing that tells whose it is or where it stands. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import { basename } from 'node:path';

/** Debian packages of what is measured against. */
const PACKAGES = [
  'findutils',
  'ninja-build',
  'make',
  'nq',
  'parallel',
  'snakemake',
  'slurmctld',
  'python3-dirq',
  'python3',
];

/** Facts and their values, in the page's order. */
export function describeMachine(folder: string): ReadonlyArray<readonly [fact: string, value: string]> {
  const cpus = os.cpus();
  return [
    ['processor', `${cpus[0]?.model ?? 'unknown'}, ${cpus.length} ${cpus.length === 1 ? 'core' : 'cores'}`],
    ['memory', `${(os.totalmem() / 2 ** 30).toFixed(0)} GiB`],
    ['kernel', `${os.type()} ${os.release()}`],
    ['system', systemName()],
    ['file system of the boards', fileSystemOf(folder)],
    ['Node', process.version],
    ['measured against', packageVersions()],
  ];
}

/** Files that all suites make, at most; nothing is removed before the end. */
const FILES = { full: 5_000_000, quick: 300_000 } as const;

/** Why the suites would not fit on a disk with so many free inodes, or undefined. 0: the file system does not count them. */
export function inodeFault(free: number, quick: boolean): string | undefined {
  const wanted = quick ? FILES.quick : FILES.full;
  if (free === 0 || free >= wanted) return undefined;
  const counts = `${free.toLocaleString('en')} files, and the suites make up to ${wanted.toLocaleString('en')}`;
  return `the disk has room for ${counts}: name another with --folder, or make it with more inodes (mkfs.ext4 -N)`;
}

function systemName(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(fs.readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

export interface Mount {
  readonly point: string;
  readonly type: string;
  readonly device: string;
  readonly options: readonly string[];
}

/** The mount that a path is on, of the lines of `/proc/self/mountinfo`: the last of the longest. */
export function mountOf(path: string, mountinfo: string): Mount | undefined {
  const mounts = mountinfo
    .split('\n')
    .filter((line) => line.includes(' - '))
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ');
      const fields = before.split(' ');
      const [type = '', device = '', rest = ''] = after.split(' ');
      const options = [...(fields[5] ?? '').split(','), ...rest.split(',')];
      return { point: fields[4] ?? '', type, device, options: [...new Set(options)] };
    })
    .filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`));
  return mounts.reduce<Mount | undefined>(
    (best, mount) => (best === undefined || mount.point.length >= best.point.length ? mount : best),
    undefined,
  );
}

/** Addresses and paths in a mount's options are nobody's business. */
export function mountText({ type, options }: Mount, hasJournal: boolean | undefined): string {
  const told = options.filter((option) => !/[/]|addr=|host|user|pass|cred/i.test(option));
  const journal = hasJournal === undefined ? '' : hasJournal ? ' with a journal' : ' without a journal';
  return `${type}${journal} (${told.join(', ')})`;
}

function fileSystemOf(folder: string): string {
  try {
    const mount = mountOf(fs.realpathSync(folder), fs.readFileSync('/proc/self/mountinfo', 'utf8'));
    return mount === undefined ? 'unknown' : mountText(mount, hasJournal(mount));
  } catch {
    return 'unknown';
  }
}

function hasJournal({ type, device }: Mount): boolean | undefined {
  if (type !== 'ext4' || !fs.existsSync(`/proc/fs/ext4/${basename(device)}`)) return undefined;
  return (
    fs.existsSync('/proc/fs/jbd2') &&
    fs.readdirSync('/proc/fs/jbd2').some((name) => name.startsWith(`${basename(device)}-`))
  );
}

function packageVersions(): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders.
  const format = '${db:Status-Status} ${Package} ${Version}\n';
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...PACKAGES], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const installed = (stdout ?? '').split('\n').filter((line) => line.startsWith('installed '));
  return installed.map((line) => line.slice('installed '.length)).join(', ') || 'no Debian packages';
}
