/** What the stages did, counted by time from lines of the journal in any order. Pure: it is told what time it is. */
import type { JournalLine } from '../board/journal.ts';
import { flowOf, waitingChange } from './flow.ts';
import { Histogram } from './histogram.ts';
import { type Field, Ring } from './ring.ts';
import { type Metric, RANGE_POINTS, RANGES, type Range, type Rates, type Series } from './series.ts';

/** What is known when points are asked for. */
export interface Known {
  readonly nowMs: number;
  /** Since when; undefined: nothing yet. */
  readonly sinceMs: number | undefined;
  /** True if what was before that will never be known: the step that it lies in is told as it is. */
  readonly isAll: boolean;
  /** What is to be done now; undefined if it can't be told. */
  readonly backlog: number | undefined;
}

const MINUTE = 60_000;
/** Lines of other clocks may come late: the steps before the first point are kept for the last one's sake. */
const SPARE = 2;
const TEN_MINUTES = 600_000;

type Rings = Readonly<Record<Range, Ring>>;

function makeRings(): Rings {
  const rings = RANGES.map((range) => {
    const { stepMs, points } = RANGE_POINTS[range];
    return [range, new Ring(stepMs, points + SPARE)];
  });
  return Object.fromEntries(rings) as Rings;
}

export class Ledger {
  readonly #stages: readonly string[];
  readonly #byStage: ReadonlyMap<string, Rings>;
  readonly #board = makeRings();

  constructor(stages: readonly string[]) {
    this.#stages = stages;
    this.#byStage = new Map(stages.map((stage) => [stage, makeRings()]));
  }

  /** @param ms when it counts as written */
  add(line: JournalLine, ms: number): void {
    const rings = typeof line.stage === 'string' ? this.#byStage.get(line.stage) : undefined;
    if (rings !== undefined) this.#addTry(rings, line, ms);
    const flow = flowOf(line);
    if (flow === undefined) return;
    if (flow.toDo !== 0) count(this.#board, ms, 'backlog', flow.toDo);
    if (flow.isDone) count(this.#board, ms, 'done', 1);
    if (flow.before === flow.after) return;
    for (let column = 0; column < this.#stages.length; column++) {
      const change = waitingChange(flow, column);
      const of = change === 0 ? undefined : this.#byStage.get(this.#stages[column] ?? '');
      if (of !== undefined) count(of, ms, 'backlog', change);
    }
  }

  #addTry(rings: Rings, line: JournalLine, ms: number): void {
    const outcome = String(line.outcome ?? '');
    const both = (field: Field): void => {
      count(rings, ms, field, 1);
      // Done are, of the board, whole entries.
      if (field !== 'done') count(this.#board, ms, field, 1);
    };
    if (line.event === 'claim') both('claimed');
    else if (line.event === 'lost') {
      both('lost');
      if (typeof line.column === 'number' && line.to?.[line.column - 1] === 'f') both('failed');
    } else if (line.event !== 'finish') return;
    else if (outcome === 'f') both('failed');
    else if (/^[1-9]$/.test(outcome)) both('retried');
    else if (outcome === 'c' || outcome === 'e') {
      both('done');
      if (typeof line.seconds !== 'number') return;
      for (const range of RANGES) {
        rings[range].addSeconds(ms, line.seconds);
        this.#board[range].addSeconds(ms, line.seconds);
      }
    }
  }

  /** Of a stage, or of the board. A stage that it has not: nothing is known. */
  series(range: Range, metric: Metric, stage: string | undefined, known: Known): Series {
    const { stepMs, points: number } = RANGE_POINTS[range];
    const ring = stage === undefined ? this.#board[range] : this.#byStage.get(stage)?.[range];
    const last = Math.floor(known.nowMs / stepMs);
    const endMs = (last + 1) * stepMs;
    const points = new Array<number | undefined>(number).fill(undefined);
    if (ring === undefined || known.sinceMs === undefined) return { stepMs, endMs, points };
    let backlog = known.backlog;
    for (let index = number - 1; index >= 0; index--) {
      const step = last - (number - 1 - index);
      if (!isKnownStep(metric, step * stepMs, stepMs, known.sinceMs, known.isAll)) break;
      if (metric !== 'backlog') points[index] = this.#point(ring, metric, step, known.nowMs);
      else if (backlog !== undefined) {
        points[index] = Math.max(0, backlog);
        backlog -= ring.get(step, 'backlog');
      }
    }
    return { stepMs, endMs, points };
  }

  #point(
    ring: Ring,
    metric: 'throughput' | 'failures' | 'p50' | 'p95',
    step: number,
    nowMs: number,
  ): number | undefined {
    if (metric === 'p50' || metric === 'p95') return ring.seconds(step)?.percentile(metric === 'p50' ? 0.5 : 0.95);
    // Failures are counted one by one; of throughput the step that is not over would look like a slump: it is told with
    // the end of the one before.
    const isLast = metric === 'throughput' && step === ring.stepOf(nowMs);
    const number = metric === 'failures' ? ring.get(step, 'failed') : ring.get(step, 'done');
    return ((isLast ? ring.over(1, nowMs, 'done') : number) * MINUTE) / ring.stepMs;
  }

  /** Of the last hour, or since `sinceMs`; at least a minute. */
  rates(stage: string, nowMs: number, sinceMs: number): Rates {
    const ring = this.#byStage.get(stage)?.['1h'] ?? new Ring(MINUTE, 1);
    const minutes = Math.min(60, Math.max(1, (nowMs - sinceMs) / MINUTE));
    const rate = (field: Field): number => ring.over(60, nowMs, field) / minutes;
    const histogram = new Histogram();
    const now = ring.stepOf(nowMs);
    for (let step = now - 60; step <= now; step++) {
      const seconds = ring.seconds(step);
      if (seconds !== undefined) histogram.merge(seconds);
    }
    return {
      claimed: rate('claimed'),
      done: rate('done'),
      failed: rate('failed'),
      retried: rate('retried'),
      lost: rate('lost'),
      p50Seconds: histogram.percentile(0.5),
      p95Seconds: histogram.percentile(0.95),
    };
  }

  /** Entries that came to be done a minute, over the last ten, or since `sinceMs`; at least a minute. */
  donePerMinute(nowMs: number, sinceMs: number): number {
    const ring = this.#board['15m'];
    const minutes = Math.min(TEN_MINUTES, Math.max(MINUTE, nowMs - sinceMs)) / MINUTE;
    return ring.over(TEN_MINUTES / ring.stepMs, nowMs, 'done') / minutes;
  }
}

/** A level is known once all that happened since is; a sum needs its whole time, or what will ever be known of it. */
function isKnownStep(metric: Metric, startMs: number, stepMs: number, sinceMs: number, isAll: boolean): boolean {
  if (metric === 'backlog') return sinceMs <= startMs + stepMs;
  return isAll ? sinceMs < startMs + stepMs : sinceMs <= startMs;
}

function count(rings: Rings, ms: number, field: Field, number: number): void {
  for (const range of RANGES) rings[range].add(ms, field, number);
}
