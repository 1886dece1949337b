/** What the kernel says of running programs: the processor time they have had, and the memory they hold. Linux only. */
import fs from 'node:fs';

/** Nanoseconds on a processor, of all threads that live: `/proc/<pid>/stat` counts in ticks of 10 ms, too coarse for an idle process. */
export function cpuNs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return fs
    .readdirSync(tasks)
    .reduce((sum, task) => sum + Number(fs.readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]), 0);
}

/** Resident memory in MB of 2^20 bytes. */
export function rssMb(pid: number): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** How often the threads of a process went to sleep of their own: once a wake-up. */
export function wakeUps(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return fs.readdirSync(tasks).reduce((sum, task) => {
    const status = fs.readFileSync(`${tasks}/${task}/status`, 'utf8');
    return sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }, 0);
}
