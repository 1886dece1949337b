/** Resident memory of a program with all that it has started, as the kernel tells it in `/proc`. */
import fs from 'node:fs';
import { isSystemError } from '../../board/errors.ts';

/** Whoever starts more than this is not looked at to the end. */
const MOST_PROCESSES = 1_000;

/** Undefined if there is no such file: the process has ended, or there is no `/proc`. */
function read(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'latin1');
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return undefined;
  }
}

function threads(pid: number): string[] {
  try {
    return fs.readdirSync(`/proc/${pid}/task`);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return [];
  }
}

/** Bytes; undefined where it can't be known. What processes share counts for each of them. */
export function residentBytes(pid: number): number | undefined {
  const pids = [pid];
  let total: number | undefined;
  for (let at = 0; at < pids.length && at < MOST_PROCESSES; at++) {
    const one = pids[at] ?? 0;
    const kilobytes = /^VmRSS:\s*(\d+) kB/m.exec(read(`/proc/${one}/status`) ?? '')?.[1];
    if (kilobytes === undefined) continue;
    total = (total ?? 0) + Number(kilobytes) * 1024;
    // Each thread knows what it has started itself.
    for (const thread of threads(one)) {
      const children = read(`/proc/${one}/task/${thread}/children`) ?? '';
      pids.push(...children.split(' ').filter(Boolean).map(Number));
    }
  }
  return total;
}
