/** What was last seen of a job, and what is told of one that is over. Pure. */
import type { JobFacts, JobFault, JobState } from './engine.ts';
import { isObject } from './result.ts';

/** As its engine has said, and what was seen of it before. `gone`: the engine says nothing of it. */
export interface JobSight extends JobFacts {
  readonly kind: JobState['kind'] | 'gone';
  /** Why it waits, is held, or was ended, in the engine's words. */
  readonly reason?: string | undefined;
  readonly fault?: JobFault | undefined;
}

/** What the journal keeps of a try's job, under the key `job` of the line that ends the try. */
export interface JobTrace {
  /** As engines.yaml calls it. */
  readonly engine: string;
  /** The engine's number; missing: it never had one. */
  readonly id?: string | undefined;
  readonly node?: string | undefined;
  /** RFC 3339. */
  readonly submitted: string;
  /** Seconds in the queue: until it began, or, if it never did, until its end. */
  readonly wait: number;
  /** Seconds that it ran; missing: it never began. */
  readonly run?: number | undefined;
  readonly peakMb?: number | undefined;
  /** What its engine did to it. */
  readonly fault?: JobFault | undefined;
  /** The entry that has posted the try's; `board:dataset` of another board. */
  readonly of?: string | undefined;
}

const KINDS: ReadonlySet<string> = new Set(['pending', 'held', 'running', 'ended', 'fault', 'gone']);

/** What is seen now, with what is known from before: an engine that says less later has said it all the same. */
export function seenNow(before: JobSight | undefined, state: JobState | undefined, nowMs: number): JobSight {
  // What is over stays so, whether its engine forgets it or is slow to take it out of its queue.
  if (before !== undefined && isOver(before) && (state === undefined || !isOver(state))) return before;
  const { node, peakMb, startedMs } = { ...known(before), ...known(state) };
  // One that has not said when it began began by now.
  const began = startedMs ?? (state?.kind === 'running' ? nowMs : undefined);
  const facts = known({ node: node === '' ? undefined : node, peakMb, startedMs: began });
  if (state === undefined) return { kind: 'gone', ...facts };
  return {
    kind: state.kind,
    ...('reason' in state ? { reason: state.reason } : {}),
    ...('fault' in state ? { fault: state.fault } : {}),
    ...facts,
  };
}

function isOver({ kind }: Pick<JobSight, 'kind'>): boolean {
  return kind === 'ended' || kind === 'fault';
}

/** Of one that is waited for no more. @param reason why, if it has not told its end itself */
export function seenOver(before: JobSight | undefined, reason: string | undefined): JobSight {
  if (before?.kind === 'fault') return before;
  return { kind: 'ended', ...(reason === undefined ? {} : { reason }), ...known(before) };
}

function known(of: Partial<JobFacts> | JobState | undefined): JobFacts {
  const { node, peakMb, startedMs } = (of ?? {}) as JobFacts;
  return {
    ...(node === undefined ? {} : { node }),
    ...(peakMb === undefined ? {} : { peakMb }),
    ...(startedMs === undefined ? {} : { startedMs }),
  };
}

/** What was seen of the jobs of a submission. */
export interface Sights {
  /** The stage process that has asked; undefined: none has yet. */
  readonly by: string | undefined;
  /** By index; undefined: nothing is known of that one. */
  readonly jobs: readonly (JobSight | undefined)[];
}

export const NOTHING_SEEN: Sights = { by: undefined, jobs: [] };

export function formatSights({ by, jobs }: Sights): string {
  return `${JSON.stringify({ by, jobs: jobs.map((sight) => sight ?? null) })}\n`;
}

/** Whatever has no known form is as if it had not been seen. */
export function parseSights(text: string | undefined): Sights {
  if (text === undefined) return NOTHING_SEEN;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return NOTHING_SEEN;
    throw error;
  }
  if (!isObject(value) || !Array.isArray(value.jobs)) return NOTHING_SEEN;
  return {
    by: typeof value.by === 'string' ? value.by : undefined,
    jobs: value.jobs.map((one: unknown) => (isSight(one) ? one : undefined)),
  };
}

function isSight(value: unknown): value is JobSight {
  if (!isObject(value) || !KINDS.has(String(value.kind))) return false;
  const fits = (key: string, type: string): boolean => value[key] === undefined || typeof value[key] === type;
  return (
    fits('reason', 'string') &&
    fits('fault', 'string') &&
    fits('node', 'string') &&
    fits('peakMb', 'number') &&
    fits('startedMs', 'number')
  );
}

/** What a line of the journal tells of a job; undefined: its step was none. */
export function parseTrace(value: unknown): JobTrace | undefined {
  if (!isObject(value) || typeof value.engine !== 'string' || typeof value.submitted !== 'string') return undefined;
  const text = (key: string): string | undefined => (typeof value[key] === 'string' ? value[key] : undefined);
  const number = (key: string): number | undefined => (typeof value[key] === 'number' ? value[key] : undefined);
  return {
    engine: value.engine,
    id: text('id'),
    node: text('node'),
    submitted: value.submitted,
    wait: number('wait') ?? 0,
    run: number('run'),
    peakMb: number('peakMb'),
    fault: text('fault') as JobFault | undefined,
    of: text('of'),
  };
}
