/** The engines that a stage process has jobs with. */
import { setMaxListeners } from 'node:events';
import type { Board } from '../../board/board.ts';
import type { Submission } from '../../board/jobs.ts';
import { makeEngine } from '../../engines/engines.ts';
import type { Parent } from '../../model/child.ts';
import type { StageDefinition } from '../../model/definition.ts';
import type { EngineDefinition } from '../../model/engine.ts';
import { type EngineTrouble, fitTroubles } from '../../model/engine-trouble.ts';
import type { Launch } from '../launcher.ts';
import type { Log } from '../log-lines.ts';
import type { Gate, ServedStages } from '../stages.ts';
import type { StepTask } from '../step.ts';
import type { EngineJob } from './engine-job.ts';
import { boardDisk } from './job-disk.ts';
import { type LeftJob, LeftJobs } from './left-jobs.ts';
import { type OrphanEngine, type OrphanOwner, Orphans } from './orphans.ts';
import { EngineQueue } from './queue.ts';
import { siteDisk } from './site-disk.ts';

export interface DispatcherOptions {
  readonly board: Board;
  readonly id: string;
  readonly log: Log;
  /** Those of the stages that are served. */
  readonly engines: () => readonly EngineDefinition[];
}

/** What a stage needs to be served: its service, or its engine. */
export function bothGates(services: Gate, dispatcher: Dispatcher, stages: ServedStages): Gate {
  return {
    hasRoom: (column) => services.hasRoom(column) && dispatcher.hasRoom(stages.of(column)),
    isBlocked: (column) =>
      services.isBlocked(column) || (stages.columns.has(column) && dispatcher.isBlocked(stages.of(column))),
    get trouble() {
      return [services.trouble, dispatcher.trouble].filter((text) => text !== '').join('; ');
    },
  };
}

function parentName({ board, dataset }: Parent, own: string): string {
  return board === own ? dataset : `${board}:${dataset}`;
}

const keys = new WeakMap<EngineDefinition, string>();

/** Two that are the same are one. Asked for with each entry that is claimed. */
function keyOf(definition: EngineDefinition): string {
  const known = keys.get(definition) ?? JSON.stringify(definition);
  keys.set(definition, known);
  return known;
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #queues = new Map<string, EngineQueue>();
  /** What an engine has said of itself (which PBS it is, say) is not asked again by each look for orphans. */
  readonly #parts = new Map<string, OrphanEngine>();
  readonly #orphans: Orphans;
  /** Of dead processes. */
  readonly left: LeftJobs;
  readonly #cut = new AbortController();
  #number = 0;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const { board, id, log } = options;
    // Each question listens to it.
    setMaxListeners(0, this.#cut.signal);
    this.left = new LeftJobs(options);
    this.#orphans = new Orphans({ board, id, log, ownerOf: (about) => this.#ownerOf(about) });
  }

  /** True if one more job of the stage can be taken; always for one whose steps run here. */
  hasRoom({ engine, name }: StageDefinition): boolean {
    return engine === undefined || this.#queueOf(engine).hasRoom(name);
  }

  /** True if the stage's engine takes nothing of it, however often it is asked. */
  isBlocked({ engine, name }: StageDefinition): boolean {
    return engine !== undefined && this.#queueOf(engine).isStubborn(name);
  }

  /** What is with one of them can't be asked for. */
  get isDown(): boolean {
    return this.#current.some(({ isDown }) => isDown);
  }

  /** Of an engine that was said to be another since, what it refused matters no more: only what it still has. */
  get #current(): EngineQueue[] {
    if (this.#queues.size === 0) return [];
    const served = new Set(this.#options.engines().map(keyOf));
    return [...this.#queues].flatMap(([key, queue]) =>
      served.has(key) || (queue.isDown && queue.size > 0) ? [queue] : [],
    );
  }

  /** Each by itself, as many as a status file has room for. */
  get troubles(): EngineTrouble[] {
    return fitTroubles([...this.#current, this.left].flatMap(({ troubles }) => troubles));
  }

  /** Why an engine is given nothing, or can't be asked for what it has; empty if all is well. */
  get trouble(): string {
    return [...this.#current, this.left]
      .map(({ trouble }) => trouble)
      .filter((text) => text !== '')
      .join('; ');
  }

  /** Stages and engines were read anew: what was refused is tried again at once. */
  reload(): void {
    for (const queue of this.#queues.values()) queue.hurry();
  }

  /** @param engine of the task's stage */
  run(engine: EngineDefinition, task: StepTask, launch: Launch): EngineJob {
    const { held, stage, needs } = task;
    const parent = held.content.repeated?.parent;
    const own = parent === undefined ? undefined : parentName(parent, this.#options.board.name);
    const of = { ...held.try, column: held.claim.column };
    return this.#queueOf(engine).run(
      own === undefined ? of : { ...of, of: own },
      {
        milliCpus: needs?.milliCpus ?? 0,
        memoryMb: needs?.memoryMb ?? 0,
        walltimeMs: stage.timeoutMs ?? engine.walltimeMs,
      },
      launch,
    );
  }

  /** The job of a try that a dead process has left. */
  adopt({ about, index, engine }: LeftJob): EngineJob | undefined {
    return this.#queueOf(engine).adopt(about, index);
  }

  /** Nothing more is asked of engines, and what they were asked is not waited for: they may hang. */
  cut(): void {
    this.#cut.abort();
  }

  /** Its jobs go on without it. @param isClean it has none, and all that it had are ended */
  async close(isClean: boolean): Promise<void> {
    this.#orphans.close();
    if (!isClean) this.cut();
    await Promise.all([...this.#queues.values()].map((queue) => queue.close(isClean)));
    this.cut();
  }

  /** Of a dead process's submission, whether a stage that is served names its engine or not. */
  #ownerOf({ engine: name, kind }: Submission): OrphanOwner {
    const { engine, fault } = this.left.engineOf({ engine: name, kind });
    if (engine === undefined) return { fault: fault?.message ?? `there is no engine '${name}'` };
    return { ...this.#partsOf(engine), isServed: this.#options.engines().some((one) => one.name === name) };
  }

  #partsOf(definition: EngineDefinition): OrphanEngine {
    const key = keyOf(definition);
    const known = this.#parts.get(key);
    if (known !== undefined) return known;
    const { board } = this.#options;
    const { site } = definition;
    const unwanted = this.#cut.signal;
    const disk = site === undefined ? boardDisk(board) : siteDisk(board, site, unwanted);
    const parts = { engine: makeEngine(definition, unwanted), disk };
    this.#parts.set(key, parts);
    return parts;
  }

  #queueOf(definition: EngineDefinition): EngineQueue {
    const key = keyOf(definition);
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      const parts = this.#partsOf(definition);
      const more = { definition, nextNumber: () => ++this.#number, unwanted: this.#cut.signal };
      queue = new EngineQueue({ ...this.#options, ...parts, ...more });
      this.#queues.set(key, queue);
    }
    return queue;
  }
}
