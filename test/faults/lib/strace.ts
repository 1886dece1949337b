/**
 * A command whose main thread is watched by strace, and killed before a chosen call. All of the protocol's calls are made by
 * that thread, synchronously, so the n-th of a kind is the same call in every run.
 */
import fs from 'node:fs';
import { execa } from 'execa';
import { SLATE } from '../../helpers/home.ts';

const MUTATING = [
  ...['rename', 'renameat', 'renameat2', 'link', 'linkat', 'symlink', 'symlinkat', 'unlink', 'unlinkat'],
  ...['mkdir', 'mkdirat', 'rmdir', 'openat', 'write', 'pwrite64', 'writev', 'pwritev', 'fsync', 'fdatasync'],
  ...['utimensat', 'ftruncate'],
];

export interface Call {
  readonly syscall: string;
  /** The how-manieth of its kind. */
  readonly nth: number;
  /** `rename tmp queue`: the call, and the board's folders that it names. */
  readonly kind: string;
  readonly text: string;
}

export interface Traced {
  /** Mutating calls on the board. */
  readonly calls: readonly Call[];
  /** The call before which it was killed; undefined: it was not, or not on the board. */
  readonly killed: Call | undefined;
  readonly code: number;
  readonly stderr: string;
}

export async function traced(home: string, args: readonly string[], kill?: Call): Promise<Traced> {
  const log = `${home}.strace`;
  const inject = kill === undefined ? [] : ['-e', `inject=${kill.syscall}:signal=KILL:when=${kill.nth}`];
  const trace = `trace=${MUTATING.map((name) => `?${name}`).join(',')}`;
  const command = [process.execPath, SLATE, '--home', home, ...args];
  const ran = await execa('strace', ['-qq', '-y', '-s', '500', '-o', log, '-e', trace, ...inject, ...command], {
    reject: false,
    stdin: 'ignore',
  });
  const lines = fs.readFileSync(log, 'utf8').split('\n');
  fs.rmSync(log);
  const counts = new Map<string, number>();
  const calls: Call[] = [];
  let killed: Call | undefined;
  for (const line of lines) {
    const syscall = /^(\w+)\(/.exec(line)?.[1];
    if (syscall === undefined) continue;
    const nth = (counts.get(syscall) ?? 0) + 1;
    counts.set(syscall, nth);
    const kind = kindOf(syscall, line, `${home}/blackboard/`);
    if (kind === undefined) continue;
    const call = { syscall, nth, kind, text: line };
    calls.push(call);
    killed = / = \?$/.test(line) && ran.signal === 'SIGKILL' ? call : undefined;
  }
  return { calls, killed, code: ran.exitCode ?? -1, stderr: String(ran.stderr) };
}

/** Undefined for a call that changes nothing on the board. */
function kindOf(syscall: string, line: string, root: string): string | undefined {
  if (syscall === 'openat' && !line.includes('O_CREAT')) return undefined;
  // What is written may hold a path too.
  const paths = syscall.includes('write') ? line.slice(0, line.indexOf('"')) : line;
  const folders = paths
    .split(root)
    .slice(1)
    .map((rest) => /^[^/">]*\/?([^/">]*)/.exec(rest)?.[1] || '.');
  return folders.length === 0 ? undefined : [syscall, ...new Set(folders)].join(' ');
}
