/**
 * The free slots of a stage process, of two kinds: those of this host, for steps that run here, and those of jobs, which cost
 * this host nothing. Neither waits for the other.
 */
import type { Board } from '../board/board.ts';
import type { SlotScratch } from './scratch.ts';
import { SpareSlots } from './spare-slots.ts';
import type { ServedStages } from './stages.ts';

interface PoolParts {
  readonly board: Board;
  readonly stages: Pick<ServedStages, 'isAway' | 'places' | 'jobSlots'>;
  /** Of this host; of jobs, where nothing is served that runs here. */
  readonly size: number;
}

export class SlotPools {
  readonly #stages: PoolParts['stages'];
  readonly #here: SpareSlots;
  readonly #jobs: SpareSlots;
  readonly #lentTo = new WeakMap<SlotScratch, SpareSlots>();
  readonly #making: { readonly isOpen: boolean };

  /** @param making the batch that one slot of this host is spoken for by, while it is made */
  constructor({ board, stages, size }: PoolParts, making: { readonly isOpen: boolean }) {
    this.#stages = stages;
    this.#making = making;
    this.#here = new SpareSlots(board, size);
    this.#jobs = new SpareSlots(board, stages.jobSlots(size));
  }

  /** Those that something which is served could use. */
  get free(): number {
    const { here, away } = this.#stages.places;
    return (here ? this.#freeHere : 0) + (away ? this.#jobs.free : 0);
  }

  get freeJobs(): number {
    return this.#jobs.free;
  }

  /** Jobs that run, or wait for their engine. */
  get jobs(): number {
    return this.#jobs.busy;
  }

  /** For a step of this column. */
  hasRoom(column: number): boolean {
    return this.#stages.isAway(column) ? this.#jobs.free > 0 : this.#freeHere > 0;
  }

  take(kind: 'here' | 'job'): SlotScratch | undefined {
    const pool = kind === 'job' ? this.#jobs : this.#here;
    const scratch = pool.take();
    if (scratch !== undefined) this.#lentTo.set(scratch, pool);
    return scratch;
  }

  giveBack(scratch: SlotScratch): void {
    this.#lentTo.get(scratch)?.giveBack(scratch);
  }

  /** Also when stages run elsewhere than before. */
  resize(size: number): void {
    this.#here.resize(size, this.#making.isOpen ? 1 : 0);
    this.#jobs.resize(this.#stages.jobSlots(size), 0);
  }

  close(): void {
    this.#here.close();
    this.#jobs.close();
  }

  get #freeHere(): number {
    return this.#here.free - (this.#making.isOpen ? 1 : 0);
  }
}
