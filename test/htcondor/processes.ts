/** Processes of the tests' HTCondor, as this host sees them: they are the same user's as the tests. */
import fs from 'node:fs';

/** What watches a job on the submitting host. @param job `12.3` */
export function shadowOf(job: string): number {
  return found((pid) => words(pid).slice(0, 2).join(' ') === `condor_shadow ${job}`, `the shadow of ${job}`);
}

/** What runs a dataset's step on its node. */
export function starterOf(dataset: string): number {
  const isStep = (pid: number): boolean => read(pid, 'environ').split('\0').includes(`SLATE_DATASET=${dataset}`);
  let pid = found((one) => words(one)[0] === 'sleep' && isStep(one), `the step of ${dataset}`);
  while (pid > 1 && words(pid)[0] !== 'condor_starter') pid = Number(/^PPid:\s*(\d+)/m.exec(read(pid, 'status'))?.[1]);
  return pid;
}

function found(is: (pid: number) => boolean, what: string): number {
  const pid = fs
    .readdirSync('/proc')
    .map(Number)
    .find((one) => one > 0 && is(one));
  if (pid === undefined) throw new Error(`${what} is not running`);
  return pid;
}

function words(pid: number): string[] {
  return read(pid, 'cmdline').split('\0');
}

/** Empty if it has ended meanwhile, or is somebody else's. */
function read(pid: number, file: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}
