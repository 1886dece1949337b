/** What HTCondor's commands are told, and what they say. Pure. Read with 23.9. */
import type { EngineDefinition, JobNeeds } from '../model/engine.ts';
import { ATTRIBUTES, clusterOf, isEndedByHold, MEMORY, OURS, WALLTIME } from './htcondor-queue.ts';

/** The variable that holds a job's number. */
export const INDEX = 'SLATE_JOB';
/** What has ended stays in the queue for, so that one question tells of all jobs. */
const LEAVE_SECONDS = 300;

/** The submit description, for stdin. */
export function description(
  engine: EngineDefinition,
  order: { readonly jobName: string; readonly script: string; readonly count: number; readonly needs: JobNeeds },
): string {
  const { milliCpus, memoryMb, walltimeMs } = order.needs;
  const lines = [
    'universe = vanilla',
    `batch_name = ${order.jobName}`,
    `executable = ${submitText(order.script)}`,
    'transfer_executable = false',
    'should_transfer_files = NO',
    'initialdir = /',
    `environment = "${INDEX}=$(Process)"`,
    'notification = never',
    ...(engine.account === undefined ? [] : [`accounting_group = ${engine.account}`]),
    ...(milliCpus > 0 ? [`request_cpus = ${Math.max(1, Math.ceil(milliCpus / 1000))}`] : []),
    ...(memoryMb > 0 ? [`request_memory = ${Math.ceil(memoryMb)}`] : []),
    ...limitLines(Math.ceil(memoryMb), walltimeMs === undefined ? 0 : Math.ceil(walltimeMs / 1000)),
    ...engine.options,
    `MY.${OURS} = true`,
    `leave_in_queue = (JobStatus == 3 || JobStatus == 4) && time() - EnteredCurrentStatus < ${LEAVE_SECONDS}`,
    // Another run of a job is another try of its entry, and that is the board's to decide; nor is anybody to clear up after it.
    `periodic_remove = (JobStatus == 1 && NumJobStarts > 0) || (${isEndedByHold()})`,
    `queue ${order.count}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** `$` begins a macro. */
function submitText(text: string): string {
  return text.replaceAll('$', '$(DOLLAR)');
}

/**
 * Where nodes have no control groups nothing else keeps to the memory. Its size is exact where the job is watched, and rounded up
 * where that was begun anew: then `_RAW` is there too. HTCondor's own `allowed_execute_duration` overlooks jobs that begin within
 * the second in which they were placed (23.9).
 * @param memoryMb 0: none
 * @param seconds 0: none
 */
function limitLines(memoryMb: number, seconds: number): string[] {
  const limits = [
    {
      limit: seconds,
      subcode: WALLTIME,
      test: `(time() - (JobCurrentStartExecutingDate ?: time())) > ${seconds}`,
      words: `"it ran for more than ${seconds} s"`,
    },
    {
      limit: memoryMb,
      subcode: MEMORY,
      test: `((ResidentSetSize ?: 0) > ${1024 * memoryMb} && (ResidentSetSize_RAW ?: ResidentSetSize) > ${1024 * memoryMb})`,
      words: `strcat("it used ", ResidentSetSize / 1024, " MB of memory, and may ${memoryMb}")`,
    },
  ].filter(({ limit }) => limit > 0);
  const [first, last = first] = limits;
  if (first === undefined || last === undefined) return [];
  return [
    `periodic_hold = JobStatus == 2 && (${limits.map(({ test }) => test).join(' || ')})`,
    `periodic_hold_subcode = ifThenElse(${first.test}, ${first.subcode}, ${last.subcode})`,
    `periodic_hold_reason = ifThenElse(${first.test}, ${first.words}, ${last.words})`,
  ];
}

/** Of `condor_submit -terse`: `12.0 - 12.99`. */
export function parseSubmitted(stdout: string): string | undefined {
  return /^(\d+)\.0 - \1\.\d+$/m.exec(stdout)?.[1];
}

/** Words for `condor_q`, which would show this account's jobs only. @param schedd undefined: this host's own */
export function pollWords(schedd: string | undefined): string[] {
  return [
    ...named(schedd),
    ...['-json', '-attributes', ATTRIBUTES.join(',')],
    ...['-allusers', '-constraint', `${OURS} =?= true`],
  ];
}

function named(schedd: string | undefined): string[] {
  return schedd === undefined ? [] : ['-name', schedd];
}

/** Words for `condor_q` by which it says in which queue a cluster is. */
export function clusterWords(cluster: string): string[] {
  return [`${cluster}.0`, '-af', 'GlobalJobId'];
}

/** Words for `condor_q` and `condor_history` by which one submission is found. Of the other two see `ATTRIBUTES`. */
export function findWords(jobName: string): string[] {
  return ['-af', 'GlobalJobId', 'ClusterId', 'ProcId', '-constraint', `JobBatchName == ${JSON.stringify(jobName)}`];
}

const DOWN = [
  /Failed to connect/i,
  /Failed to fetch ads/i,
  /Can't find address/i,
  /communication error/i,
  /condor_schedd is not running/i,
  /timed? ?out/i,
  /CEDAR:\d|SECMAN:\d|DCSchedd::/,
  /Failed to (?:commit|end) (?:job )?(?:submission|transaction)/i,
  /Connection (?:refused|reset)|closed (?:abnormally|unexpectedly)/i,
];

/** True: it refuses for a reason of its own; false: it could not be asked. */
export function isRefusal(stderr: string): boolean {
  return !DOWN.some((pattern) => pattern.test(stderr));
}

/** True: all that `condor_rm` has to say is that jobs have ended. */
export function hasEnded(stderr: string): boolean {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 0 && lines.every((line) => /^Job \d+\.\d+ (?:not found|already )/.test(line));
}

export function hasNoHistory(stderr: string): boolean {
  return /configuration key HISTORY is unset|HISTORY is not defined/.test(stderr);
}

/** Words for `condor_rm`. */
export function jobWords(schedd: string | undefined, id: string, indexes: readonly number[]): string[] {
  const sorted = [...new Set(indexes)].sort((a, b) => a - b);
  return [...named(schedd), ...sorted.map((index) => `${clusterOf(id)}.${index}`)];
}
