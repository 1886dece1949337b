/** One wish and its stage process: started, died, started again after a while. The next agent goes on with its row of deaths. */
import type { KeptWish } from '../board/agent-file.ts';
import type { ProcessMark } from '../board/host.ts';
import { backoffMs } from '../model/backoff.ts';
import type { Backoff } from '../model/definition.ts';

/** Who has stayed up for so long is no longer in a row of deaths. */
export const STEADY_MS = 60_000;

export class Keeping {
  readonly key: string;
  readonly #backoff: Backoff;
  #deaths = 0;
  #why = '';
  #dueMs = Number.NEGATIVE_INFINITY;
  #sinceMs = 0;
  /** Started, and not yet seen on the board. */
  starting: ProcessMark | undefined;

  constructor(key: string, backoff: Backoff) {
    this.key = key;
    this.#backoff = backoff;
  }

  get deaths(): number {
    return this.#deaths;
  }

  isWaiting(nowMs: number): boolean {
    return nowMs < this.#dueMs;
  }

  /** When it may be started again; of now or before if nothing keeps it from that. */
  get dueMs(): number {
    return this.#dueMs;
  }

  began(starting: ProcessMark | undefined, nowMs: number): void {
    this.starting = starting;
    this.#sinceMs = nowMs;
  }

  /** What the agent before this one has written of it. @param leftMs until it may be started again */
  recall(deaths: number, why: string, leftMs: number, nowMs: number): void {
    this.#deaths = deaths;
    this.#why = why;
    this.#dueMs = nowMs + leftMs;
    this.#sinceMs = nowMs;
  }

  /** It is seen on the board. */
  runs(nowMs: number): void {
    this.starting = undefined;
    if (this.#deaths > 0 && nowMs - this.#sinceMs >= STEADY_MS) this.#forget();
  }

  /** It has ended as it should: by an order, or because it was not wanted. @returns the pause before another one */
  ended(nowMs: number): number {
    this.starting = undefined;
    this.#forget();
    this.#dueMs = nowMs + this.#backoff.firstMs;
    return this.#backoff.firstMs;
  }

  /** @returns the pause before another one */
  died(why: string, nowMs: number, chance = Math.random()): number {
    this.starting = undefined;
    this.#deaths = nowMs - this.#sinceMs >= STEADY_MS ? 1 : this.#deaths + 1;
    this.#why = why;
    const pauseMs = backoffMs(this.#backoff, this.#deaths, chance);
    this.#dueMs = nowMs + pauseMs;
    return pauseMs;
  }

  #forget(): void {
    this.#deaths = 0;
    this.#why = '';
  }

  /** What the agent's file says of it. @param toTime monotonic milliseconds to RFC 3339 */
  shown(slots: number, isRunning: boolean, nowMs: number, toTime: (ms: number) => string): KeptWish {
    const common = { key: this.key, slots, deaths: this.#deaths, why: this.#why };
    if (isRunning) return { ...common, state: 'running' };
    if (this.isWaiting(nowMs)) return { ...common, state: 'waiting', next: toTime(this.#dueMs) };
    return { ...common, state: 'starting', ...(this.starting === undefined ? {} : { started: this.starting }) };
  }
}
