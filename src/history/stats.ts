/** What stages did in a span of time, from the journal. Pure. */
import type { JournalLine } from '../board/journal.ts';

export interface StageStats {
  readonly stage: string;
  /** Tries that ended well. */
  readonly done: number;
  readonly failed: number;
  /** Failed tries that went back to waiting. */
  readonly retries: number;
  readonly lost: number;
  /** Of tries that ended well; undefined if no time is known. */
  readonly p50Seconds: number | undefined;
  readonly p95Seconds: number | undefined;
  readonly perHour: number;
}

interface Sums {
  done: number;
  failed: number;
  retries: number;
  lost: number;
  readonly seconds: number[];
}

/** The value that a share of the numbers does not exceed (nearest rank). `sorted` ascending. */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  if (sorted.length === 0) return undefined;
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export class StatsCollector {
  readonly #sums = new Map<string, Sums>();
  readonly #claimed = new Map<string, number>();
  #firstMs: number | undefined;
  #lastMs: number | undefined;

  constructor(stages: readonly string[]) {
    for (const stage of stages) this.#of(stage);
  }

  add(line: JournalLine): void {
    const ms = Date.parse(line.t);
    this.#firstMs = Math.min(this.#firstMs ?? ms, ms);
    this.#lastMs = Math.max(this.#lastMs ?? ms, ms);
    if (typeof line.stage !== 'string') return;
    const key = `${line.dataset} ${line.posted} ${line.epoch}`;
    if (line.event === 'claim') this.#claimed.set(key, ms);
    else if (line.event === 'lost') {
      this.#of(line.stage).lost++;
      this.#claimed.delete(key);
    } else if (line.event === 'giveback' || line.event === 'discard') this.#claimed.delete(key);
    else if (line.event === 'finish') {
      const since = this.#claimed.get(key);
      this.#claimed.delete(key);
      const seconds = line.seconds ?? (since === undefined ? undefined : (ms - since) / 1000);
      this.#finish(this.#of(line.stage), String(line.outcome ?? ''), seconds);
    }
  }

  #finish(sums: Sums, outcome: string, seconds: number | undefined): void {
    if (outcome === 'c' || outcome === 'e') {
      sums.done++;
      if (seconds !== undefined) sums.seconds.push(seconds);
    } else if (outcome === 'f') sums.failed++;
    else if (/^[1-9]$/.test(outcome)) sums.retries++;
  }

  #of(stage: string): Sums {
    const known = this.#sums.get(stage);
    if (known !== undefined) return known;
    const made: Sums = { done: 0, failed: 0, retries: 0, lost: 0, seconds: [] };
    this.#sums.set(stage, made);
    return made;
  }

  /** Seconds between the first line and the last. */
  get spanSeconds(): number {
    return ((this.#lastMs ?? 0) - (this.#firstMs ?? 0)) / 1000;
  }

  /** @param hours what throughput is told over */
  result(hours: number): StageStats[] {
    return [...this.#sums].map(([stage, { done, failed, retries, lost, seconds }]) => {
      const sorted = Float64Array.from(seconds).sort() as unknown as readonly number[];
      return {
        stage,
        done,
        failed,
        retries,
        lost,
        p50Seconds: percentile(sorted, 0.5),
        p95Seconds: percentile(sorted, 0.95),
        perHour: hours > 0 ? done / hours : 0,
      };
    });
  }
}
