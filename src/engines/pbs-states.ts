/** What `qstat -f` says of jobs. Pure. */
import type { JobFacts, JobFault, JobState } from '../model/engine.ts';
import { jobKey } from './engine.ts';
import { type Dialect, splitId } from './pbs-text.ts';

type Attributes = ReadonlyMap<string, string>;

/** A line of an attribute: one that goes on, or belongs to a variable of several lines, is set in further, or not at all. */
const ATTRIBUTE: Readonly<Record<Dialect, RegExp>> = {
  openpbs: /^ {4}(\w[\w.]*) = (.*)$/,
  torque: /^ {4}(\w[\w.]*) = (.*)$/,
  slurm: /^\t(\w[\w.]*) = (.*)$/,
};

/** By the id as it is said: attributes as they stand there, first ones only. */
export function parseJobs(dialect: Dialect, stdout: string): Map<string, Attributes> {
  const jobs = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  let name = '';
  for (const line of stdout.split('\n')) {
    const head = /^Job Id:\s*(\S+)\s*$/.exec(line);
    if (head !== null) {
      current = new Map();
      name = '';
      jobs.set(head[1] ?? '', current);
      continue;
    }
    const [, key, value = ''] = ATTRIBUTE[dialect].exec(line) ?? [];
    if (key !== undefined) {
      name = current?.has(key) === false ? key : '';
      if (name !== '') current?.set(name, value);
    } else if (name !== '' && /^\s+\S/.test(line)) {
      current?.set(name, `${current.get(name) ?? ''}${line.trim()}`);
    } else name = '';
  }
  return jobs;
}

/** States by `jobKey`. */
export function parseQueue(dialect: Dialect, stdout: string): Map<string, JobState> {
  const states = new Map<string, JobState>();
  const jobs = parseJobs(dialect, stdout);
  for (const [text, job] of jobs) {
    const at = splitId(text);
    if (at !== undefined) states.set(jobKey(at.id, at.index), stateOf(dialect, job, jobs.get(at.id)));
  }
  return states;
}

/** The submissions whose name this is: Torque adds a number to those of an array's jobs. */
export function findByName(dialect: Dialect, stdout: string, name: string): string[] {
  const ids = [...parseJobs(dialect, stdout)].flatMap(([text, job]) => {
    const own = job.get('Job_Name') ?? '';
    const isIt = own === name || (own.startsWith(`${name}-`) && /^\d+$/.test(own.slice(name.length + 1)));
    return isIt ? [splitId(text)?.id ?? text] : [];
  });
  return [...new Set(ids)];
}

const WAITING: Readonly<Record<string, string>> = {
  Q: 'queued',
  W: 'waiting for its time',
  T: 'being moved',
  M: 'moved to another server',
};

/** @param array the one that it belongs to, which is told of what holds for all of its jobs */
function stateOf(dialect: Dialect, job: Attributes, array: Attributes | undefined): JobState {
  const letter = job.get('job_state') ?? '';
  const comment = job.get('comment') ?? array?.get('comment');
  const facts = factsOf(job);
  if (letter === 'C' || letter === 'F' || letter === 'X') return endOf(dialect, job, facts);
  if (dialect === 'slurm' && letter === 'U') {
    // It knows no letter for what Slurm calls OUT_OF_MEMORY, nor for a deadline that nobody has set.
    return {
      kind: 'fault',
      fault: 'memory',
      reason: said(job, 'out of memory, as far as its qstat can say'),
      ...facts,
    };
  }
  const isHeld = letter === 'H' || (letter === 'Q' && (array?.get('job_state') === 'H' || isHeldBySlurm(dialect, job)));
  if (isHeld) {
    const types = job.get('Hold_Types') ?? array?.get('Hold_Types');
    return { kind: 'held', reason: comment ?? (types === undefined || types === 'n' ? 'held' : `held (${types})`) };
  }
  const waiting = WAITING[letter];
  if (waiting !== undefined) return { kind: 'pending', reason: comment ?? waiting };
  return { kind: 'running', ...facts, node: facts.node ?? '' };
}

/** Slurm's has no letter for what is held: such a job has no priority. */
function isHeldBySlurm(dialect: Dialect, job: Attributes): boolean {
  return dialect === 'slurm' && job.get('Priority') === '0';
}

function factsOf(job: Attributes): JobFacts {
  const node = /^[^/+*:]+/.exec(job.get('exec_host') ?? '')?.[0];
  const peak = /^(\d+)(kb|mb|gb|b)$/.exec(job.get('resources_used.mem') ?? '');
  const perMb = { b: 1 / 1_048_576, kb: 1 / 1024, mb: 1, gb: 1024 }[peak?.[2] ?? ''];
  const peakMb = perMb === undefined ? undefined : Math.round(Number(peak?.[1]) * perMb * 10) / 10;
  return { ...(node === undefined ? {} : { node }), ...(peakMb === undefined || peakMb === 0 ? {} : { peakMb }) };
}

/**
 * Numbers below 0 are PBS's own: src/include/job.h of OpenPBS, "Job Exit Status" of Torque's administrator guide.
 * What is not there could not be started, or not as it should.
 */
const FAULTS: Readonly<Record<Dialect, Readonly<Record<number, JobFault>>>> = {
  openpbs: {
    ...{ [-3]: 'node', [-4]: 'node', [-5]: 'node', [-6]: 'node', [-11]: 'node', [-12]: 'node', [-14]: 'node' },
    ...{ [-16]: 'node', [-18]: 'node', [-20]: 'node', [-32]: 'node' },
    ...{ [-26]: 'memory', [-27]: 'memory', [-31]: 'memory', [-28]: 'walltime', [-29]: 'walltime' },
  },
  torque: {
    ...{ [-3]: 'node', [-4]: 'node', [-5]: 'node', [-6]: 'node', [-13]: 'node', [-14]: 'node' },
    ...{ [-10]: 'memory', [-11]: 'walltime', [-12]: 'walltime' },
  },
  slurm: {},
};
/** From here on the number tells of the signal that has ended the job itself, not only its step: somebody has sent it. */
const SIGNALLED = 256;
/** `substate` of a job that was deleted. */
const DELETED = '91';

function endOf(dialect: Dialect, job: Attributes, facts: JobFacts): JobState {
  const fault = (kind: JobFault, words: string): JobState => ({
    kind: 'fault',
    fault: kind,
    reason: said(job, words),
    ...facts,
  });
  const text = job.get('Exit_status') ?? job.get('exit_status');
  const status = text === undefined ? undefined : Number(text);
  if (status !== undefined && status < 0) return fault(FAULTS[dialect][status] ?? 'launch', `exit status ${status}`);
  const exceeded = /exceeded (?:resource|limit|.* limit)/i.test(job.get('comment') ?? '');
  const isOutside = status === undefined || status >= SIGNALLED || job.get('substate') === DELETED;
  if (isOutside && isOverTime(dialect, job)) return fault('walltime', 'its walltime is over');
  if (isOutside && exceeded) {
    const isTime = /walltime|cput/i.test(job.get('comment') ?? '');
    return fault(isTime ? 'walltime' : 'memory', 'over its limit');
  }
  if (job.get('substate') === DELETED || (status ?? 0) >= SIGNALLED)
    return fault('cancelled', status === undefined ? 'deleted' : `exit status ${status}`);
  // Another run of it ended at once, by the mark of the first: that one went with its node.
  const runs = Number(job.get('run_count') ?? job.get('start_count') ?? 1);
  if (status === 0 && runs > 1) return fault('node', `it was started ${runs} times`);
  return { kind: 'ended', ...facts };
}

function isOverTime(dialect: Dialect, job: Attributes): boolean {
  const limit = seconds(job.get('Resource_List.walltime'));
  const used =
    dialect === 'slurm'
      ? (Date.parse(job.get('ctime') ?? '') - Date.parse(job.get('mtime') ?? '')) / 1000
      : seconds(job.get('resources_used.walltime'));
  return limit !== undefined && used !== undefined && used >= limit;
}

/** `01:00:00`, or a number of seconds. */
function seconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^[\d:]+$/.test(text)) return undefined;
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

function said(job: Attributes, words: string): string {
  const comment = job.get('comment');
  return comment === undefined ? words : `${words}: ${comment}`;
}
