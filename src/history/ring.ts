/** Counts by time: a fixed number of equal steps, the oldest forgotten as time goes on. Pure. */
import { Histogram } from './histogram.ts';

export const FIELDS = ['claimed', 'done', 'failed', 'retried', 'lost', 'backlog'] as const;
/** `backlog` is a change, and may be negative. */
export type Field = (typeof FIELDS)[number];

const OFFSETS = Object.fromEntries(FIELDS.map((field, index) => [field, index])) as Readonly<Record<Field, number>>;

export class Ring {
  readonly stepMs: number;
  readonly #slots: number;
  /** Which step each slot holds; -1: none yet. */
  readonly #held: Float64Array;
  readonly #counts: Int32Array;
  readonly #seconds: (Histogram | undefined)[];

  /** @param slots how many steps back are known */
  constructor(stepMs: number, slots: number) {
    this.stepMs = stepMs;
    this.#slots = slots;
    this.#held = new Float64Array(slots).fill(-1);
    this.#counts = new Int32Array(slots * FIELDS.length);
    this.#seconds = new Array<Histogram | undefined>(slots).fill(undefined);
  }

  /** The step that a time lies in. */
  stepOf(ms: number): number {
    return Math.floor(ms / this.stepMs);
  }

  add(ms: number, field: Field, number: number): void {
    const slot = this.#take(ms);
    if (slot === undefined) return;
    const index = slot * FIELDS.length + OFFSETS[field];
    this.#counts[index] = (this.#counts[index] ?? 0) + number;
  }

  addSeconds(ms: number, seconds: number): void {
    const slot = this.#take(ms);
    if (slot === undefined) return;
    const histogram = this.#seconds[slot] ?? new Histogram();
    histogram.add(seconds);
    this.#seconds[slot] = histogram;
  }

  get(step: number, field: Field): number {
    const slot = step % this.#slots;
    return this.#held[slot] === step ? (this.#counts[slot * FIELDS.length + OFFSETS[field]] ?? 0) : 0;
  }

  seconds(step: number): Histogram | undefined {
    const slot = step % this.#slots;
    return this.#held[slot] === step ? this.#seconds[slot] : undefined;
  }

  /** Of the last so many steps' time up to now: the step that the time begins in counts with the part that lies in it. */
  over(steps: number, nowMs: number, field: Field): number {
    const now = this.stepOf(nowMs);
    const passed = (nowMs % this.stepMs) / this.stepMs;
    let sum = this.get(now - steps, field) * (1 - passed);
    for (let step = now - steps + 1; step <= now; step++) sum += this.get(step, field);
    return sum;
  }

  /** The slot for this time, emptied if it held an older step; undefined if the time is forgotten. */
  #take(ms: number): number | undefined {
    const step = this.stepOf(ms);
    const slot = step % this.#slots;
    const held = this.#held[slot] ?? -1;
    if (held > step || step < 0) return undefined;
    if (held < step) {
      this.#held[slot] = step;
      this.#counts.fill(0, slot * FIELDS.length, (slot + 1) * FIELDS.length);
      this.#seconds[slot] = undefined;
    }
    return slot;
  }
}
