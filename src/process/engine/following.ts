/**
 * Which logs of jobs that run on a site are fetched in a look: in turn, and each to its end, however many there are and however
 * long nobody has looked. Asks nothing itself.
 */
import type { Asked, AskedJob, SizesAsked } from './site-scripts.ts';

/** Logs that are followed in a look. */
const MOST_GROWN = 200;
/** What has changed so long before the last look is told once more: clocks and disks of a site are not as one. */
const SPARE_MINUTES = 2;

interface Followed {
  /** Bytes of the log there, as last told. */
  readonly size: number;
  /** The look in which it was fetched last. */
  readonly look: number;
  /** Nothing came, though it was told to be longer: it has been cut, or taken away. */
  readonly isCut: boolean;
}

export class Following {
  #logs = new Map<string, Followed>();
  #look = 0;
  #heardMs: number | undefined;

  ask(asked: readonly Asked[], nowMs: number): SizesAsked {
    const works = asked.flatMap(({ jobs }) => jobs.flatMap(({ work }) => (this.#logs.has(work) ? [] : [work])));
    const pastMs = Math.max(0, nowMs - (this.#heardMs ?? nowMs));
    return { works, minutes: Math.ceil(pastMs / 60_000) + SPARE_MINUTES };
  }

  /** @param sizes by working folder @param askedMs when they were asked for */
  heard(sizes: ReadonlyMap<string, number>, asked: readonly Asked[], askedMs: number): void {
    const before = this.#logs;
    this.#heardMs = askedMs;
    this.#look++;
    this.#logs = new Map();
    for (const { work } of asked.flatMap(({ jobs }) => jobs)) {
      const known = before.get(work) ?? { size: 0, look: 0, isCut: false };
      const size = sizes.get(work) ?? known.size;
      this.#logs.set(work, size === known.size ? known : { ...known, size, isCut: false });
    }
  }

  /** Jobs that have logged more than is known: those first that have waited longest. */
  next(asked: readonly Asked[]): Asked[] {
    const grown = asked.flatMap(({ jobs }) => jobs.filter((job) => this.#hasMore(job)));
    const lookOf = ({ work }: AskedJob): number => this.#logs.get(work)?.look ?? 0;
    const turn = new Set(grown.sort((a, b) => lookOf(a) - lookOf(b)).slice(0, MOST_GROWN));
    return asked.flatMap((one) => {
      const jobs = one.jobs.filter((job) => turn.has(job));
      return jobs.length === 0 ? [] : [{ ...one, jobs }];
    });
  }

  /** @param haveOf bytes of a job's log that are known now */
  fetched(asked: readonly Asked[], haveOf: (name: string, index: number) => number): void {
    for (const { name, jobs } of asked)
      for (const { index, work, have } of jobs) {
        const known = this.#logs.get(work);
        if (known === undefined) continue;
        this.#logs.set(work, { ...known, look: this.#look, isCut: haveOf(name, index) <= have });
      }
  }

  #hasMore({ work, have }: AskedJob): boolean {
    const known = this.#logs.get(work);
    return known !== undefined && !known.isCut && known.size > have;
  }
}
