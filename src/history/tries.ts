/** The tries of one run of a dataset, put together from the journal, the logs, the products and the claims that stand. Pure. */
import type { JobRow } from '../board/job-rows.ts';
import type { JournalLine } from '../board/journal.ts';
import type { Located } from '../board/scan.ts';
import type { LogEntry, ProductEntry } from '../board/tries.ts';
import { type JobTrace, parseTrace } from '../model/job-sight.ts';
import { claimsOf, LOG_GIVEN_BACK, LOG_GONE, LOG_OK, LOG_RUNNING, sentColumn } from '../model/name.ts';

/** One execution of one stage. What is not known is left out. */
export interface Try {
  readonly stage: string;
  readonly epoch: number;
  try?: number;
  process?: string;
  host?: string;
  started?: string;
  ended?: string;
  seconds?: number;
  /** `running`, `complete`, `failed`, `retry`, `held`, `skipped`, `sent back`, `given back`, `lost`, `taken away`, or a log's cause. */
  outcome: string;
  code?: number;
  signal?: string;
  /** What the step or its process said of it. */
  reason?: string;
  /** How many entries its step took together, and which others, as far as its log says. */
  batch?: number;
  together?: string[];
  /** Its step was, or is, a job of an engine. */
  job?: TriedJob;
  /** Relative to the board. */
  log?: string;
  products?: string;
  /** Its products are published. */
  published?: boolean;
  /** Its products are the stage's: the highest published epoch of a complete stage. */
  official?: boolean;
}

/** What is known of the job of a try. `state` and `why`: while it is one. */
export interface TriedJob extends JobTrace {
  readonly state?: string;
  readonly why?: string;
}

/** A job that is not over, in the form in which the journal has those that are. */
export function triedJob(row: JobRow, nowMs: number): TriedJob {
  const seconds = (ms: number): number => Math.max(0, Math.round(ms) / 1000);
  const { engine, job, node, startedMs, submittedMs, endedMs, peakMb, fault, of } = row;
  return {
    engine,
    ...(job === undefined ? {} : { id: job }),
    ...(node === undefined ? {} : { node }),
    submitted: new Date(submittedMs).toISOString(),
    wait: seconds((startedMs ?? endedMs ?? nowMs) - submittedMs),
    ...(startedMs === undefined ? {} : { run: seconds((endedMs ?? nowMs) - startedMs) }),
    ...(peakMb === undefined ? {} : { peakMb }),
    ...(fault === undefined ? {} : { fault }),
    ...(of === undefined ? {} : { of }),
    state: row.kind,
    ...(row.why === '' ? {} : { why: row.why }),
  };
}

export interface TrySources {
  /** Of this run (dataset and posted time) only. */
  readonly lines: readonly JournalLine[];
  readonly logs: readonly LogEntry[];
  readonly products: ReadonlyArray<ProductEntry & { readonly path: string; readonly official: boolean }>;
  readonly entry: Located | undefined;
  readonly stages: readonly string[];
}

const LETTER_OUTCOMES: Readonly<Record<string, string>> = {
  c: 'complete',
  e: 'complete',
  f: 'failed',
  h: 'held',
  s: 'skipped',
  _: 'sent back',
};
const LOG_OUTCOMES: Readonly<Record<string, string>> = {
  [LOG_RUNNING]: 'running',
  [LOG_OK]: 'complete',
  [LOG_GIVEN_BACK]: 'given back',
  [LOG_GONE]: 'taken away',
  l: 'lost',
};

function outcomeOfLetter(letter: string): string {
  return LETTER_OUTCOMES[letter] ?? (/^[1-9]$/.test(letter) ? 'retry' : letter);
}

/** The tries, by epoch. */
export function triesOf(sources: TrySources): Try[] {
  const tries = new Map<string, Try>();
  const at = (stage: string, epoch: number): Try => {
    const key = `${stage} ${epoch}`;
    const known = tries.get(key);
    if (known !== undefined) return known;
    const made: Try = { stage, epoch, outcome: 'unknown' };
    tries.set(key, made);
    return made;
  };
  for (const log of sources.logs) {
    const one = at(log.stage, log.epoch);
    one.log = log.file;
    one.outcome = LOG_OUTCOMES[log.outcome] ?? (sentColumn(log.outcome) === undefined ? log.outcome : 'sent back');
  }
  for (const product of sources.products) {
    const one = at(product.stage, product.epoch);
    one.products = product.path;
    one.published = product.published;
    one.official = product.official;
  }
  for (const line of sources.lines) {
    if (typeof line.stage === 'string' && typeof line.epoch === 'number') addLine(at(line.stage, line.epoch), line);
  }
  for (const claim of sources.entry === undefined ? [] : claimsOf(sources.entry.name)) {
    const one = at(sources.stages[claim.column] ?? '', claim.epoch);
    one.process = claim.process;
    one.try = claim.try;
    one.outcome = sources.entry?.name.letters[claim.column] === 'e' ? 'publishing' : 'running';
  }
  return [...tries.values()].sort((a, b) => a.epoch - b.epoch);
}

/** What one line of the journal tells of a try. */
function addLine(one: Try, line: JournalLine): void {
  if (line.process !== undefined) one.process = line.process;
  if (line.try !== undefined) one.try = line.try;
  switch (line.event) {
    case 'claim':
      one.started = line.t;
      one.host = line.host;
      if (one.outcome === 'unknown') one.outcome = 'running';
      break;
    case 'finish':
      one.ended = line.t;
      one.host ??= line.host;
      one.outcome = outcomeOfLetter(String(line.outcome ?? ''));
      addEnd(one, line);
      break;
    case 'giveback':
      one.ended = line.t;
      one.outcome = 'given back';
      addEnd(one, line);
      break;
    case 'lost':
      one.ended = line.t;
      one.outcome = 'lost';
      break;
    case 'discard':
      one.ended = line.t;
      one.outcome = 'taken away';
      addEnd(one, line);
      break;
    case 'publish':
      one.ended ??= line.t;
      one.outcome = 'complete';
      break;
    case 'duplicate':
      one.outcome = 'held';
      addEnd(one, line);
      break;
    default:
      break;
  }
}

function addEnd(one: Try, line: JournalLine): void {
  if (typeof line.code === 'number') one.code = line.code;
  if (typeof line.signal === 'string') one.signal = line.signal;
  if (typeof line.seconds === 'number') one.seconds = line.seconds;
  const job = parseTrace(line.job);
  if (job !== undefined) one.job = job;
  if (typeof line.batch === 'number') one.batch = line.batch;
  if (typeof line.reason === 'string') one.reason = line.reason;
  else if (typeof line.why === 'string') one.reason = line.why;
  if (one.seconds === undefined && one.started !== undefined && one.ended !== undefined) {
    one.seconds = (Date.parse(one.ended) - Date.parse(one.started)) / 1000;
  }
}
