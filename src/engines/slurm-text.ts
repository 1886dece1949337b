/** What Slurm's commands are told, and what they say. Pure. Read with 22.05; its `--json` ignores filters and shows raw wait statuses. */
import type { EngineDefinition, JobFault, JobNeeds, JobState } from '../model/engine.ts';
import { jobKey, ranges } from './engine.ts';

/** Words for `sbatch`, without the script. */
export function submitWords(
  engine: EngineDefinition,
  order: { readonly jobName: string; readonly log: string; readonly count: number; readonly needs: JobNeeds },
): string[] {
  const { milliCpus, memoryMb, walltimeMs } = order.needs;
  return [
    '--parsable',
    // Another run of a job is another try of its entry, and that is the board's to decide.
    '--no-requeue',
    `--job-name=${order.jobName}`,
    `--array=0-${order.count - 1}`,
    `--output=${slurmPath(order.log)}`,
    '--open-mode=append',
    '--chdir=/',
    ...(engine.partition === undefined ? [] : [`--partition=${engine.partition}`]),
    ...(engine.account === undefined ? [] : [`--account=${engine.account}`]),
    ...(milliCpus > 0 ? [`--cpus-per-task=${Math.max(1, Math.ceil(milliCpus / 1000))}`] : []),
    ...(memoryMb > 0 ? [`--mem=${Math.ceil(memoryMb)}M`] : []),
    ...(walltimeMs === undefined ? [] : [`--time=${slurmTime(walltimeMs)}`]),
    ...engine.options,
  ];
}

/** `%` begins a pattern. */
function slurmPath(path: string): string {
  return path.includes('%') ? path.replaceAll('%', '%%') : path;
}

/** `minutes:seconds`. Slurm itself counts whole minutes. */
export function slurmTime(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Of `sbatch --parsable`: `123`, or `123;cluster`. */
export function parseSubmitted(stdout: string): string | undefined {
  return /^(\d+)(?:;\S*)?\s*$/.exec(stdout.trim().split('\n').at(-1) ?? '')?.[1];
}

/** What `squeue -o` is asked for. */
const FIELDS = '%F|%K|%T|%N|%r';
/** One word of a command has 128 KiB. */
const MOST_IDS = 5_000;

/** Words for `squeue`. */
export function pollWords(whose: readonly string[]): string[] {
  return ['-h', '-r', '-t', 'all', ...whose, '-o', FIELDS];
}

/** Whosever they are. With one id alone, and that unknown, it fails; with more it passes by those that it does not know. */
export function idWords(ids: readonly string[]): string[] {
  return ids.length > MOST_IDS ? [] : [`--jobs=${[...ids, ids[0]].join(',')}`];
}

/** Those of which nothing was said. */
export function unseen(ids: readonly string[], states: ReadonlyMap<string, JobState>): string[] {
  const seen = new Set([...states.keys()].map((key) => key.slice(0, key.lastIndexOf('_'))));
  return ids.filter((id) => !seen.has(id));
}

const FAULTS: Readonly<Record<string, JobFault>> = {
  TIMEOUT: 'walltime',
  DEADLINE: 'walltime',
  OUT_OF_MEMORY: 'memory',
  CANCELLED: 'cancelled',
  REVOKED: 'cancelled',
  NODE_FAIL: 'node',
  BOOT_FAIL: 'node',
  PREEMPTED: 'preempted',
};
const RUNNING: ReadonlySet<string> = new Set([
  'RUNNING',
  'COMPLETING',
  'SUSPENDED',
  'STOPPED',
  'SIGNALING',
  'STAGE_OUT',
  'RESIZING',
]);
/** FAILED is an exit code other than 0, or a signal: the job's own record tells them apart. */
const ENDED: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED']);
/** Somebody has to let them go. */
const HELD = /held|Dependency never satisfied|DependencyNeverSatisfied/i;

function stateOf(state: string, node: string, reason: string): JobState {
  const fault = FAULTS[state];
  if (fault !== undefined) return { kind: 'fault', fault, reason: said(state, node, reason) };
  if (RUNNING.has(state)) return { kind: 'running', node };
  if (ENDED.has(state)) return { kind: 'ended' };
  return HELD.test(reason) ? { kind: 'held', reason } : { kind: 'pending', reason: reason === 'None' ? state : reason };
}

function said(state: string, node: string, reason: string): string {
  const where = node === '' ? '' : ` on ${node}`;
  return reason === '' || reason === 'None' ? `${state}${where}` : `${state}${where} (${reason})`;
}

/** Lines of `squeue -h -r -t all -o FIELDS`. Jobs that are no arrays are not ours. */
export function parseQueue(stdout: string): Map<string, JobState> {
  const states = new Map<string, JobState>();
  for (const line of stdout.split('\n')) {
    const [id = '', index = '', state = '', node = '', ...reason] = line.split('|');
    if (!/^\d+$/.test(id) || !/^\d+$/.test(index)) continue;
    states.set(jobKey(id, Number(index)), stateOf(state, node, reason.join('|').trim()));
  }
  return states;
}

const DOWN = [
  /Unable to contact slurm controller/i,
  /Socket timed out/i,
  /Connection refused/i,
  /Zero Bytes were transmitted/i,
  /Transport endpoint/i,
  /Slurm temporarily unable/i,
  /Resource temporarily unavailable/i,
  /slurm_load_jobs error/i,
  /controller not responding/i,
  /Unexpected message received/i,
  // Words of the system and of Slurm for what was lost on the way, there or back.
  /Connection reset by peer/i,
  /Connection timed out/i,
  /Broken pipe/i,
  /No route to host/i,
  /Network is unreachable/i,
  /Message (?:send|receive) failure/i,
  /Communication (?:connection|shutdown) failure/i,
];

/** True: it refuses for a reason of its own; false: it could not be asked. */
export function isRefusal(stderr: string): boolean {
  return !DOWN.some((pattern) => pattern.test(stderr));
}

/** Elements of an array, for `scancel`: `12_[0-4,7]`. */
export function jobWord(id: string, indexes: readonly number[]): string {
  return `${id}_[${ranges(indexes).join(',')}]`;
}
