/** Jobs that are not submitted yet. Those that come together go together. */
import type { EngineJob } from './engine-job.ts';

/** As long as another one comes within this time, but no longer than that. */
export const GATHER_MS = 100;
const GATHER_MOST_MS = 1_000;

export class Gathering {
  #jobs: EngineJob[] = [];
  /** When the last one came, and since when they wait. */
  #cameMs = 0;
  #sinceMs = 0;

  get size(): number {
    return this.#jobs.length;
  }

  /** Of this stage. */
  sizeOf(stage: string): number {
    return this.#jobs.reduce((sum, job) => (job.try.stage === stage ? sum + 1 : sum), 0);
  }

  add(job: EngineJob): void {
    this.#cameMs = performance.now();
    if (this.#jobs.length === 0) this.#sinceMs = this.#cameMs;
    this.#jobs.push(job);
  }

  dropUnwanted(): void {
    const unwanted = this.#jobs.filter(({ isUnwanted }) => isUnwanted);
    this.take(unwanted);
    for (const job of unwanted) job.giveBack('it was not submitted yet');
  }

  giveAllBack(why: string): void {
    for (const job of this.#jobs.splice(0)) job.giveBack(why);
  }

  /** What goes next, of the same needs; undefined: nothing, or more of it is still coming. */
  next(most: number): readonly EngineJob[] | undefined {
    const [first] = this.#jobs;
    if (first === undefined) return undefined;
    const key = JSON.stringify(first.needs);
    const group = this.#jobs.filter(({ needs }) => JSON.stringify(needs) === key).slice(0, most);
    const nowMs = performance.now();
    const isComing = nowMs - this.#cameMs < GATHER_MS && nowMs - this.#sinceMs < GATHER_MOST_MS;
    return group.length < most && isComing ? undefined : group;
  }

  /** They wait no longer. */
  take(group: readonly EngineJob[]): void {
    const taken = new Set(group);
    this.#jobs = this.#jobs.filter((job) => !taken.has(job));
    this.#sinceMs = performance.now();
  }
}
