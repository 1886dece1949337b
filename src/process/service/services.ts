/** All services of a stage process: who can be given an entry, who is started, and how they end with it. */
import type { Board } from '../../board/board.ts';
import type { ServiceStatus } from '../../board/status.ts';
import type { StageDefinition } from '../../model/definition.ts';
import type { Running } from '../launcher.ts';
import type { Log } from '../log-lines.ts';
import type { ServedStages } from '../stages.ts';
import type { StepTask } from '../step.ts';
import { residentBytes } from './memory.ts';
import { Place } from './place.ts';

/** So long entries have to wait before one more instance is started. */
const PATIENCE_MS = 100;
const LOOK_EVERY_MS = 500;
/** What they take of memory is shown for people. */
const MEASURE_LOOKS = 10;

export interface ServicesOptions {
  readonly board: Board;
  /** This life's process id. */
  readonly id: string;
  /** Slots of the stage process. */
  readonly size: number;
  readonly stages: ServedStages;
  /** Stages that are functions of this program. */
  readonly inProcess: ReadonlySet<string>;
  readonly log: Log;
  readonly wake: () => void;
}

interface Pool {
  stage: StageDefinition;
  readonly column: number;
  readonly places: Place[];
  /** Since when entries wait while all are busy. */
  wantedMs: number | undefined;
}

export class Services {
  readonly #options: ServicesOptions;
  readonly #pools = new Map<number, Pool>();
  /** Of stages that are services no more. */
  readonly #leaving = new Set<Place>();
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #size: number;
  #isClosing = false;
  #isSuspended = false;

  constructor(options: ServicesOptions) {
    this.#options = options;
    this.#size = options.size;
    this.#usePools();
  }

  /** True if one more entry of the stage can be taken. Where it can't be, and one more instance may help, that is started. */
  hasRoom(column: number): boolean {
    const pool = this.#pools.get(column);
    if (pool === undefined) return true;
    if (this.#isClosing || this.#isSuspended) return false;
    if (pool.places.some((place) => place.isIdle)) return true;
    if (pool.places.every((place) => place.isBusy) && pool.places.length < this.#mostOf(pool)) this.#want(pool);
    return false;
  }

  /** One more instance, if it is wanted for a while: most entries are over before it would be up. */
  #want(pool: Pool): void {
    const nowMs = performance.now();
    if (pool.wantedMs === undefined) {
      pool.wantedMs = nowMs;
      setTimeout(() => this.#options.wake(), PATIENCE_MS).unref();
    } else if (nowMs - pool.wantedMs >= PATIENCE_MS) {
      pool.wantedMs = undefined;
      this.#add(pool).start();
    }
  }

  /** True if the stage's services do not come up, whatever they are given. */
  isBlocked(column: number): boolean {
    const places = this.#pools.get(column)?.places ?? [];
    return places.length > 0 && places.every((place) => place.trouble?.isOver === true);
  }

  /** Why services do not work, for the status file; empty if all do. */
  get trouble(): string {
    return [...this.#pools.values()]
      .flatMap(({ stage, places }) => {
        const why = places.map((place) => place.trouble?.why).find((text) => text !== undefined);
        return why === undefined ? [] : [`stage ${stage.name}: ${why}`];
      })
      .join('; ');
  }

  isService(column: number): boolean {
    return this.#pools.has(column);
  }

  run(column: number, task: StepTask): Running {
    const place = this.#pools.get(column)?.places.find(({ isIdle }) => isIdle);
    if (place === undefined) throw new Error('no idle service');
    return place.run(task);
  }

  /**
   * After entries have been given out: what is needed is up, one instance a service at least; or, with the end near, what has nothing in hand is ended.
   * @param isWanted whether entries will be taken, now or later
   */
  tend(isWanted: boolean): void {
    if (this.#pools.size === 0) return;
    if (!isWanted) {
      this.#isClosing = true;
      for (const { places } of this.#pools.values()) for (const place of places) place.close();
      return;
    }
    if (this.#isClosing) this.#closeSurplus();
    this.#isClosing = false;
    for (const pool of this.#pools.values()) {
      if (this.#options.stages.isAbsent(pool.column)) continue;
      if (pool.places.length === 0) this.#add(pool);
      for (const place of pool.places) if (place.isEmpty) place.start();
      // Nothing waits: each that could take something has been given what there was.
      if (pool.places.some((place) => place.isIdle)) pool.wantedMs = undefined;
    }
  }

  /** Other slots of the stage process: instances that are too many end when they have nothing in hand. */
  resize(size: number): void {
    this.#size = size;
    if (!this.#isClosing) this.#closeSurplus();
  }

  #closeSurplus(): void {
    for (const pool of this.#pools.values()) {
      const most = this.#mostOf(pool);
      for (const [index, place] of pool.places.entries()) {
        if (index < most) place.reopen();
        else place.close();
      }
    }
  }

  /** The stage files were read anew: each instance is replaced as soon as it has nothing in hand. */
  reload(): void {
    const before = new Map(this.#pools);
    this.#usePools();
    for (const [column, { places }] of before) {
      if (this.#pools.has(column)) continue;
      for (const place of places) {
        place.close();
        this.#leaving.add(place);
        place.gone().then(() => this.#leaving.delete(place));
      }
    }
    for (const [column, pool] of this.#pools) {
      for (const place of before.get(column)?.places ?? []) {
        pool.places.push(place);
        place.use(pool.stage);
      }
    }
  }

  suspend(): void {
    this.#isSuspended = true;
    for (const place of this.#all) place.suspend();
  }

  resume(): void {
    this.#isSuspended = false;
    for (const place of this.#all) place.resume();
  }

  killAll(): void {
    for (const place of this.#all) place.kill();
  }

  /** Ends all of them. */
  async stop(atOnce: boolean): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#timer);
    const gone = this.#all.map((place) => {
      place.close();
      if (atOnce) place.kill();
      return place.gone();
    });
    await Promise.all(gone);
  }

  status(): ServiceStatus[] {
    const places = [...this.#pools.values()].flatMap((pool) => pool.places);
    return places.filter((place) => !place.isOver).map((place) => place.status());
  }

  get #all(): Place[] {
    return [...[...this.#pools.values()].flatMap(({ places }) => places), ...this.#leaving];
  }

  #usePools(): void {
    const { stages, board, inProcess } = this.#options;
    this.#pools.clear();
    for (const name of stages.names) {
      const column = board.column(name);
      const stage = stages.of(column);
      if (stage.service !== undefined && !inProcess.has(name))
        this.#pools.set(column, { stage, column, places: [], wantedMs: undefined });
    }
    if (this.#pools.size === 0) return;
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    this.#sayIfBlind();
  }

  /** Where the kernel does not tell what a process takes, a limit of memory is none. */
  #sayIfBlind(): void {
    const limited = [...this.#pools.values()].find(({ stage }) => stage.service?.memoryBytes !== undefined);
    if (limited !== undefined && residentBytes(process.pid) === undefined)
      this.#options.log(
        'service-memory',
        `stage ${limited.stage.name}: there is no /proc on this host, so service.memory has no effect`,
      );
  }

  #mostOf({ stage }: Pool): number {
    return Math.min(stage.slots ?? Number.POSITIVE_INFINITY, this.#size);
  }

  #add(pool: Pool): Place {
    const { board, id, log, stages, wake } = this.#options;
    const place = new Place(
      {
        board,
        process: id,
        say: log,
        absent: (why) => stages.block(pool.column, why),
        changed: wake,
      },
      pool.stage,
      pool.places.length + 1,
    );
    pool.places.push(place);
    return place;
  }

  #look(): void {
    if (this.#isSuspended) return;
    const isToMeasure = this.#looks++ % MEASURE_LOOKS === 0;
    for (const place of this.#all) {
      place.look();
      if (isToMeasure) place.measure();
    }
  }
}
