/**
 * When what waits for a stage that takes several entries at once is to be taken: a full batch at once, a smaller one when
 * the first of them has waited for long enough, by this process's own clock since it first saw it. Hosts' clocks are not
 * compared, so no process waits longer than the stage says after it has seen an entry.
 */
import type { BatchRule } from '../model/definition.ts';

/** What others are at, as was seen just now, stands in their names by then. */
const PASSED_MS = 50;

interface Waiting {
  /** Datasets, in the order in which they were first seen, and when. */
  readonly since: Map<string, number>;
  newestMs: number;
  /** What waits is not to be had now (not due, or no room in `active/`), as far as was found out since the last look. */
  isShort: boolean;
}

export class Batching {
  readonly #ruleOf: (column: number) => BatchRule | undefined;
  readonly #clock: () => number;
  readonly #waiting = new Map<number, Waiting>();
  /** When entries were left to others, though it could not be seen who has them. */
  #passedMs: number | undefined;

  /** @param clock milliseconds that only go forward */
  constructor(ruleOf: (column: number) => BatchRule | undefined, clock: () => number) {
    this.#ruleOf = ruleOf;
    this.#clock = clock;
  }

  ruleOf(column: number): BatchRule | undefined {
    return this.#ruleOf(column);
  }

  /** After a look: all that waits for the column now. */
  see(column: number, datasets: ReadonlySet<string>): void {
    const now = this.#clock();
    const waiting = this.#waiting.get(column) ?? { since: new Map<string, number>(), newestMs: now, isShort: false };
    this.#waiting.set(column, waiting);
    waiting.isShort = false;
    for (const dataset of waiting.since.keys()) if (!datasets.has(dataset)) waiting.since.delete(dataset);
    for (const dataset of datasets) {
      if (waiting.since.has(dataset)) continue;
      waiting.since.set(dataset, now);
      waiting.newestMs = now;
    }
  }

  /** It was taken, or does not wait any more. */
  forget(column: number, dataset: string): void {
    this.#waiting.get(column)?.since.delete(dataset);
  }

  /** There was less to be had than what waits. */
  foundShort(column: number): void {
    const waiting = this.#waiting.get(column);
    if (waiting !== undefined) waiting.isShort = true;
  }

  /** Room was made, or taken: what was found out is no longer certain. */
  roomChanged(): void {
    for (const waiting of this.#waiting.values()) waiting.isShort = false;
  }

  /** A stage that takes one entry at a time always is. */
  isReady(column: number): boolean {
    const rule = this.#ruleOf(column);
    if (rule === undefined) return true;
    const waiting = this.#waiting.get(column);
    if (waiting === undefined || waiting.since.size === 0) return false;
    return this.isFull(column) || this.isOver(column);
  }

  isFull(column: number): boolean {
    const rule = this.#ruleOf(column);
    const waiting = this.#waiting.get(column);
    return rule !== undefined && waiting !== undefined && !waiting.isShort && waiting.since.size >= rule.most;
  }

  /** Fewer than a full batch are to be taken now. */
  isOver(column: number): boolean {
    return this.#leftMs(column) <= 0;
  }

  /** Entries were left to others. */
  pass(): void {
    this.#passedMs = this.#clock();
  }

  /** True once, when it is time to see what has become of them. */
  passedIsOver(): boolean {
    if (this.#passedMs === undefined || this.#clock() - this.#passedMs < PASSED_MS) return false;
    this.#passedMs = undefined;
    return true;
  }

  /** How long until there is something to be done about what waits; undefined: nothing waits, or it is ready. */
  waitMs(): number | undefined {
    let least = this.#passedMs === undefined ? undefined : Math.max(0, this.#passedMs + PASSED_MS - this.#clock());
    for (const column of this.#waiting.keys()) {
      const left = this.#leftMs(column);
      if (left > 0 && left < (least ?? Number.POSITIVE_INFINITY)) least = left;
    }
    return least;
  }

  #leftMs(column: number): number {
    const rule = this.#ruleOf(column);
    const waiting = this.#waiting.get(column);
    const first = waiting?.since.values().next().value;
    if (rule === undefined || waiting === undefined || first === undefined) return Number.POSITIVE_INFINITY;
    const overMs = first + rule.withinMs;
    const untilMs = rule.idleMs === undefined ? overMs : Math.min(overMs, waiting.newestMs + rule.idleMs);
    return untilMs - this.#clock();
  }
}
