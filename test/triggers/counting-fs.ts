import type { Fs } from '../../src/board/fs.ts';

/** The calls that change the disk in a landing or a post; the journal's appends come at no certain time. */
const CHANGES = ['rename', 'link', 'unlink', 'create', 'overwrite', 'sync'] as const;

/** An `Fs` that tells `before` of every change, by number from 1; what `before` throws, the call throws. */
export function countingFs(inner: Fs, before: (call: number, what: string, path: string) => void): Fs {
  let calls = 0;
  const counted = { ...inner };
  for (const change of CHANGES) {
    const call = inner[change] as (...args: unknown[]) => unknown;
    Object.assign(counted, {
      [change]: (...args: unknown[]) => {
        before(++calls, change, String(args[0]));
        return call(...args);
      },
    });
  }
  return counted;
}
