/** A door to the real disk that fails on command: errno by operation, for as long as it is set. */
import { constants } from 'node:os';
import { type Fs, nodeFs } from '../../src/board/fs.ts';

export type Op = keyof Fs;

export interface FaultyFs {
  readonly fs: Fs;
  /** Fails this operation from now on; undefined mends it. `when` narrows it to some paths. */
  fail(op: Op, errno: keyof typeof constants.errno | undefined, when?: (path: string) => boolean): void;
  /** Executes this operation once more, and then says that it failed: a file server that lost its answer. */
  loseAnswer(op: Op, errno: keyof typeof constants.errno, when?: (path: string) => boolean): void;
  readonly calls: { readonly op: Op; readonly path: string }[];
}

export function systemError(errno: keyof typeof constants.errno, path: string): NodeJS.ErrnoException {
  // As Node 20 makes them: no name for some codes.
  const code = errno === 'ESTALE' || errno === 'EDQUOT' ? `Unknown system error -${constants.errno[errno]}` : errno;
  return Object.assign(new Error(`${code}: injected, '${path}'`), {
    errno: -constants.errno[errno],
    code,
    path,
    syscall: 'injected',
  });
}

interface Rule {
  readonly errno: keyof typeof constants.errno;
  readonly when: (path: string) => boolean;
  readonly lost: boolean;
}

export function faultyFs(): FaultyFs {
  const rules = new Map<Op, Rule>();
  const calls: { op: Op; path: string }[] = [];
  const wrap = (op: Op): unknown => {
    const real = nodeFs[op] as (...args: unknown[]) => unknown;
    return (...args: unknown[]) => {
      const path = String(args[0]);
      calls.push({ op, path });
      const rule = rules.get(op);
      if (rule === undefined || !rule.when(path)) return real(...args);
      if (rule.lost) {
        rules.delete(op);
        real(...args);
      }
      throw systemError(rule.errno, path);
    };
  };
  const fs = Object.fromEntries((Object.keys(nodeFs) as Op[]).map((op) => [op, wrap(op)])) as unknown as Fs;
  return {
    fs,
    calls,
    fail: (op, errno, when = () => true) => {
      if (errno === undefined) rules.delete(op);
      else rules.set(op, { errno, when, lost: false });
    },
    loseAnswer: (op, errno, when = () => true) => void rules.set(op, { errno, when, lost: true }),
  };
}
