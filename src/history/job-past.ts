/** Jobs that are over, counted from the lines of the journal that end tries, in any order. Pure: it is told what time it is. */
import type { JournalLine } from '../board/journal.ts';
import { type JobTrace, parseTrace } from '../model/job-sight.ts';

const MINUTE = 60_000;
const DAY_MS = 24 * 60 * MINUTE;
/** What lies further back is not counted. */
export const JOB_REACH_MS = DAY_MS;
/** Aggregates that are told of at most: those that ended something last. */
const MOST_AGGREGATES = 5_000;

/** What became of a job: in short, and with why. */
export interface JobEnd {
  readonly kind: 'done' | 'failed' | 'retried' | 'back';
  /** `done`, `failed: exit code 2`, `given back: node` */
  readonly text: string;
}

/** Entries that one entry has posted. */
export interface AggregateEnds {
  readonly done: number;
  readonly failed: number;
  readonly retried: number;
  readonly back: number;
  /** Seconds that they ran, all together. */
  readonly runSeconds: number;
  readonly lastMs: number;
}

const NO_ENDS: AggregateEnds = { done: 0, failed: 0, retried: 0, back: 0, runSeconds: 0, lastMs: 0 };

interface Minute {
  submitted: number;
  started: number;
  ended: number;
  failed: number;
  readonly ends: Map<string, { readonly kind: JobEnd['kind']; count: number }>;
}

/** So many in one step of time. */
export interface JobFlow {
  readonly startMs: number;
  readonly submitted: number;
  readonly started: number;
  readonly ended: number;
  /** Of those that ended. */
  readonly failed: number;
  /** Submitted and not ended, at the end of the step. */
  readonly inFlight: number;
}

/** Jobs that are not over: only their times count here. */
export interface OpenJob {
  readonly submittedMs: number;
  readonly startedMs: number | undefined;
}

/** What a line says became of the job; undefined: it ends none. */
export function jobEndOf(line: JournalLine): JobEnd | undefined {
  const job = parseTrace(line.job);
  if (job === undefined) return undefined;
  const why = whyOf(line, job);
  const told = (kind: JobEnd['kind'], word: string): JobEnd => ({
    kind,
    text: why === undefined ? word : `${word}: ${why}`,
  });
  if (line.event === 'giveback') return told('back', 'given back');
  if (line.event === 'discard') return told('back', 'thrown away');
  if (line.event !== 'finish') return undefined;
  const outcome = String(line.outcome ?? '');
  if (outcome === 'c' || outcome === 'e') return { kind: 'done', text: 'done' };
  if (/^[1-9]$/.test(outcome)) return told('retried', 'to be tried again');
  if (outcome === '_') return { kind: 'back', text: 'sent back' };
  if (outcome === 's') return { kind: 'done', text: 'skipped' };
  return outcome === 'h' ? told('failed', 'held') : told('failed', 'failed');
}

function whyOf({ code, signal }: JournalLine, { fault }: JobTrace): string | undefined {
  if (fault !== undefined) return fault;
  if (typeof code === 'number') return code === 0 ? undefined : `exit code ${code}`;
  return signal === null || signal === undefined ? undefined : `signal ${String(signal)}`;
}

export class JobPast {
  readonly #minutes = new Map<number, Minute>();
  readonly #aggregates = new Map<string, AggregateEnds>();
  /** Goes up with every job that is counted. */
  version = 0;

  /** @param ms when it counts as written @param nowMs what lies too far back is left out */
  add(line: JournalLine, ms: number, nowMs: number): void {
    // Most lines are of no job: asked first.
    if (line.job === undefined || typeof line.job !== 'object' || ms < nowMs - JOB_REACH_MS) return;
    const job = parseTrace(line.job);
    const end = jobEndOf(line);
    if (job === undefined || end === undefined) return;
    this.version++;
    const beganMs = job.run === undefined ? undefined : ms - job.run * 1000;
    const submittedMs = (beganMs ?? ms) - job.wait * 1000;
    this.#at(submittedMs).submitted++;
    if (beganMs !== undefined) this.#at(beganMs).started++;
    const minute = this.#at(ms);
    minute.ended++;
    if (end.kind === 'failed') minute.failed++;
    const known = minute.ends.get(end.text);
    if (known === undefined) minute.ends.set(end.text, { kind: end.kind, count: 1 });
    else known.count++;
    if (job.of !== undefined) this.#addTo(job.of, end.kind, job.run ?? 0, ms);
    this.#forget(nowMs);
  }

  #at(ms: number): Minute {
    const key = Math.floor(ms / MINUTE);
    let minute = this.#minutes.get(key);
    if (minute === undefined) {
      minute = { submitted: 0, started: 0, ended: 0, failed: 0, ends: new Map() };
      this.#minutes.set(key, minute);
    }
    return minute;
  }

  #addTo(of: string, kind: JobEnd['kind'], seconds: number, ms: number): void {
    const before = this.#aggregates.get(of) ?? NO_ENDS;
    // What ended last stands last: the first ones give way.
    this.#aggregates.delete(of);
    this.#aggregates.set(of, {
      ...before,
      [kind]: before[kind] + 1,
      runSeconds: before.runSeconds + seconds,
      lastMs: Math.max(before.lastMs, ms),
    });
    if (this.#aggregates.size <= MOST_AGGREGATES) return;
    for (const first of this.#aggregates.keys()) {
      this.#aggregates.delete(first);
      break;
    }
  }

  /** A day's minutes are few: looked through only when there are more. */
  #forget(nowMs: number): void {
    const most = (2 * DAY_MS) / MINUTE;
    if (this.#minutes.size <= most) return;
    const first = Math.floor((nowMs - JOB_REACH_MS) / MINUTE);
    for (const key of this.#minutes.keys()) if (key < first) this.#minutes.delete(key);
  }

  /** By entry that has posted the jobs' entries. */
  get aggregates(): ReadonlyMap<string, AggregateEnds> {
    return this.#aggregates;
  }

  /** How jobs ended since then, to the minute; the most frequent first. */
  endsSince(sinceMs: number): (JobEnd & { readonly count: number })[] {
    const first = Math.floor(sinceMs / MINUTE);
    const sums = new Map<string, { kind: JobEnd['kind']; count: number }>();
    for (const [key, { ends }] of this.#minutes) {
      if (key < first) continue;
      for (const [text, { kind, count }] of ends) {
        const sum = sums.get(text);
        if (sum === undefined) sums.set(text, { kind, count });
        else sum.count += count;
      }
    }
    return [...sums]
      .map(([text, { kind, count }]) => ({ kind, text, count }))
      .sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1));
  }

  /** Steps of time, whole minutes long, the latest first: that one is not over yet. */
  flow(stepMs: number, steps: number, nowMs: number, open: readonly OpenJob[]): JobFlow[] {
    const last = Math.floor(nowMs / stepMs);
    const sums = Array.from({ length: steps }, () => ({ submitted: 0, started: 0, ended: 0, failed: 0 }));
    const at = (ms: number): (typeof sums)[number] | undefined => sums[last - Math.floor(ms / stepMs)];
    for (const [key, minute] of this.#minutes) {
      const sum = at(key * MINUTE);
      if (sum === undefined) continue;
      for (const field of ['submitted', 'started', 'ended', 'failed'] as const) sum[field] += minute[field];
    }
    for (const { submittedMs, startedMs } of open) {
      const begun = at(submittedMs);
      if (begun !== undefined) begun.submitted++;
      const started = startedMs === undefined ? undefined : at(startedMs);
      if (started !== undefined) started.started++;
    }
    let inFlight = open.length;
    return sums.map((sum, index) => {
      const flow = { startMs: (last - index) * stepMs, ...sum, inFlight: Math.max(0, inFlight) };
      inFlight += sum.ended - sum.submitted;
      return flow;
    });
  }
}
