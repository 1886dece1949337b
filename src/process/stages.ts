/**
 * The stages that a process serves: definitions read from the home, how many of each run, which are blocked because
 * their program is missing.
 */
import type { Board } from '../board/board.ts';
import { BoardError } from '../board/errors.ts';
import { declaresNeeds } from '../board/needs.ts';
import { DefinitionError, loadStages } from '../definitions/definitions.ts';
import type { PipelineDefinition, StageDefinition } from '../model/definition.ts';
import type { EngineDefinition } from '../model/engine.ts';
import type { Log } from './log-lines.ts';
import { programFault } from './step.ts';

/** Jobs that a process without engines takes over at a time. */
const MOST_LEFT = 1_000;
/** How often a blocked stage's program is looked for again. */
const LOOK_AGAIN_MS = 2_000;

/** The pinned pipeline as `definitions/` wants it. */
export function pinnedPipeline(board: Board): PipelineDefinition {
  const { pipeline, stages, inFlight, durability, retention, limits, freeBytes, engine } = board.config;
  return {
    name: pipeline,
    title: pipeline,
    stages,
    inFlight,
    durability,
    retention,
    limits,
    freeBytes,
    engine,
    landing: [],
    timers: [],
    transaction: false,
    file: `blackboard/${board.name}/board.yaml`,
  };
}

/** The stages to serve, each once; all of the board's unless told. @throws BoardError for one that the board has not */
export function stagesToServe(board: Board, wanted: readonly string[] = board.stages): string[] {
  const unknown = wanted.find((name) => board.column(name) < 0);
  if (unknown !== undefined)
    throw new BoardError(`board ${board.name} has no stage '${unknown}': it has ${board.stages.join(', ')}`);
  return [...new Set(wanted)];
}

/** What else has to be asked before a stage is served. */
export interface Gate {
  hasRoom(column: number): boolean;
  isBlocked(column: number): boolean;
  /** Why it lets nothing through, for the status file; empty if it does. */
  readonly trouble: string;
}

export class ServedStages {
  readonly names: readonly string[];
  readonly #board: Board;
  readonly #log: Log;
  readonly #inProcess: ReadonlySet<string>;
  #definitions: ReadonlyMap<string, StageDefinition>;
  /** Those whose steps are jobs of engines. */
  #away: ReadonlySet<string> = new Set();
  readonly #running = new Map<number, number>();
  #gate: Gate | undefined;
  readonly #blocked = new Map<string, { why: string; nextMs: number }>();

  /** @throws DefinitionError with all faults of the board's stage files */
  constructor(board: Board, names: readonly string[], inProcess: ReadonlySet<string>, log: Log) {
    this.#board = board;
    this.#log = log;
    this.names = names;
    this.#inProcess = inProcess;
    this.#definitions = this.#load();
  }

  /** Reads the stage files anew; faults leave the definitions as they were. @returns whether they were read */
  reload(): boolean {
    try {
      this.#definitions = this.#load();
      this.#blocked.clear();
      this.#log('reloaded', 'stage files were read anew');
      return true;
    } catch (error) {
      if (!(error instanceof DefinitionError)) throw error;
      this.#log('reload-failed', `${error.message}; the stages stay as they were`);
      return false;
    }
  }

  /** On which stages run that are served, each once. */
  get engines(): EngineDefinition[] {
    const all = this.names.flatMap((name) => this.#definitions.get(name)?.engine ?? []);
    return [...new Map(all.map((engine) => [engine.name, engine])).values()];
  }

  /** True if its steps are jobs of an engine. */
  isAway(column: number): boolean {
    return this.#away.has(this.#board.stages[column] ?? '');
  }

  /** Where steps of what is served run: on this host, as jobs of engines. */
  get places(): { readonly here: boolean; readonly away: boolean } {
    return { here: this.#away.size < this.names.length, away: this.#away.size > 0 };
  }

  /** One; where all steps run on engines, as many as these take: a slot then costs this host nothing. */
  get defaultSlots(): number {
    return this.places.here ? 1 : Math.max(1, ...this.engines.map(({ most }) => most));
  }

  /** Jobs at a time. Slots are theirs where all steps are jobs; else engines say how many they take. */
  jobSlots(slots: number): number {
    if (!this.places.here) return slots;
    const most = this.engines.reduce((sum, engine) => sum + engine.most, 0);
    // Also where none is served any more: what a dead process has left is taken over.
    return Math.max(MOST_LEFT, most);
  }

  /** For the log: `stages a, b, 4 slots, and jobs of cluster`. */
  text(slots: number): string {
    const { here, away } = this.places;
    const jobs = here && away ? `, and jobs of ${this.engines.map(({ name }) => name).join(', ')}` : '';
    return `stages ${this.names.join(', ')}, ${slots} slots${jobs}`;
  }

  /** Columns served here. */
  get columns(): Set<number> {
    return new Set(this.names.map((name) => this.#board.column(name)));
  }

  /** Whether steps are counted against the host's budget, which is told to others in a folder beside the boards. */
  get reserve(): boolean {
    return [...this.#definitions.values()].some(declaresNeeds);
  }

  get anyProducts(): boolean {
    return [...this.#definitions.values()].some(({ products }) => products);
  }

  of(column: number): StageDefinition {
    const stage = this.#definitions.get(this.#board.stages[column] ?? '');
    if (stage === undefined) throw new Error(`stage ${column} has no definition`);
    return stage;
  }

  /** Whether one more step of the stage may start. */
  hasRoom(column: number): boolean {
    const name = this.#board.stages[column] ?? '';
    if (this.#blocked.has(name)) return false;
    const most = this.#definitions.get(name)?.slots ?? Number.POSITIVE_INFINITY;
    return (this.#running.get(column) ?? 0) < most && this.#gate?.hasRoom(column) !== false;
  }

  /** Asked last: that something waits for it may make it act. */
  guard(gate: Gate): void {
    this.#gate = gate;
  }

  started(column: number): void {
    this.#running.set(column, (this.#running.get(column) ?? 0) + 1);
  }

  ended(column: number): void {
    this.#running.set(column, (this.#running.get(column) ?? 1) - 1);
  }

  /** The stage's program could not be started: nothing of it is claimed until it is there. */
  block(column: number, why: string): void {
    const name = this.#board.stages[column] ?? '';
    if (!this.#blocked.has(name))
      this.#log('stage-blocked', `stage ${name}: ${why}; its entries wait until it is mended`);
    this.#blocked.set(name, { why, nextMs: performance.now() + LOOK_AGAIN_MS });
  }

  /** Its program is not there. */
  isAbsent(column: number): boolean {
    return this.#blocked.has(this.#board.stages[column] ?? '');
  }

  isBlocked(column: number): boolean {
    return this.isAbsent(column) || this.#gate?.isBlocked(column) === true;
  }

  /** Why stages are blocked, for the status file; empty if none is. */
  get trouble(): string {
    const blocked = [...this.#blocked].map(([name, { why }]) => `stage ${name}: ${why}`);
    return [...blocked, this.#gate?.trouble ?? ''].filter((text) => text !== '').join('; ');
  }

  /** Looks for the programs of blocked stages, and of all at the start. @returns when to look again, ms; undefined: never */
  lookForPrograms(all = false): number | undefined {
    const now = performance.now();
    for (const name of this.names) {
      const blocked = this.#blocked.get(name);
      if (!(all || (blocked !== undefined && blocked.nextMs <= now)) || this.#inProcess.has(name)) continue;
      const stage = this.#definitions.get(name);
      const why = stage === undefined ? undefined : programFault(this.#board.home, stage);
      if (why !== undefined) this.block(this.#board.column(name), why);
      else if (blocked !== undefined) {
        this.#blocked.delete(name);
        this.#log('stage-unblocked', `stage ${name}: its program is tried again`);
      }
    }
    return this.#blocked.size === 0 ? undefined : LOOK_AGAIN_MS;
  }

  #load(): ReadonlyMap<string, StageDefinition> {
    const board = this.#board;
    const definitions = loadStages(board.home, board.stages, pinnedPipeline(board));
    board.useStages(definitions);
    const isAway = (name: string): boolean => definitions.get(name)?.engine !== undefined && !this.#inProcess.has(name);
    this.#away = new Set(this.names.filter(isAway));
    return definitions;
  }
}
