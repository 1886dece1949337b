/**
 * After all tests: no process of theirs may be left. Steps and launchers carry `SLATE_TEST_RUN` in their environment, so
 * that they can be told from anybody else's.
 */
import { readdirSync, readFileSync } from 'node:fs';

function leftovers(mark: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    try {
      const environ = readFileSync(`/proc/${pid}/environ`, 'latin1');
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const isZombie = stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
      if (environ.includes(`SLATE_TEST_RUN=${mark}`) && !isZombie) {
        found.push(`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').slice(0, 200)}`);
      }
    } catch (error) {
      // It ended while we looked.
      if (!(error instanceof Error && 'code' in error)) throw error;
    }
  }
  return found;
}

export default function setup(): () => Promise<void> {
  const mark = `${process.pid}-${Date.now()}`;
  // What the caller has set for his own boards is not for the tests'.
  for (const name of Object.keys(process.env)) if (name.startsWith('SLATE_')) delete process.env[name];
  process.env.SLATE_TEST_RUN = mark;
  return async () => {
    if (process.platform !== 'linux') return;
    const workers = (line: string): boolean => line.includes('vitest') || line.includes('esbuild');
    const deadline = performance.now() + 10_000;
    let left = leftovers(mark).filter((line) => !workers(line));
    while (left.length > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      left = leftovers(mark).filter((line) => !workers(line));
    }
    if (left.length > 0) throw new Error(`processes left running by the tests:\n${left.join('\n')}`);
  };
}
