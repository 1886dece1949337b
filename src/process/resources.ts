/**
 * What a step needs beside a slot: room on this host, places of the board's limits, space on the disk. All of it is had
 * before the claim, and given back when it turns out that the entry is another's. Stages that ask for none of it cost nothing.
 */
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import { isBlocking } from '../board/errors.ts';
import { jobsGoOn } from '../board/left-places.ts';
import type { HeldTokens, TokenOwner } from '../board/limits.ts';
import type { EntryId } from '../board/locate.ts';
import { declaresNeeds } from '../board/needs.ts';
import type { Reservation } from '../board/reservations.ts';
import type { Located } from '../board/scan.ts';
import { budgetsOf } from '../board/waiting.ts';
import type { TemplateError } from '../definitions/definitions.ts';
import type { StageDefinition } from '../model/definition.ts';
import { isWithin, type Needs } from '../model/demand.ts';
import { LIMITS_FOLDER } from '../model/name.ts';
import { type BudgetOptions, hostBudget } from './budget.ts';
import { DiskFloor } from './disk-floor.ts';
import { HostRoom } from './host-room.ts';
import { LimitPlaces } from './limit-places.ts';
import type { Log } from './log-lines.ts';
import type { Choice } from './picker.ts';
import type { ServedStages } from './stages.ts';

/** What one step has been given. */
export interface Grant {
  /** What the step is told; undefined: its stage declares none. */
  readonly needs: Needs | undefined;
  /** What it needs can't be worked out: it is claimed to fail with this. */
  readonly fault: TemplateError | undefined;
  readonly reservation: Reservation | undefined;
  readonly tokens: HeldTokens | undefined;
}

export const NO_GRANT: Grant = { needs: undefined, fault: undefined, reservation: undefined, tokens: undefined };

export interface ResourcesOptions {
  readonly board: Board;
  readonly id: string;
  readonly stages: ServedStages;
  readonly budget: BudgetOptions;
  readonly log: Log;
}

export class Resources {
  readonly #options: ResourcesOptions;
  readonly #floor: DiskFloor;
  readonly #limits: LimitPlaces;
  #room: HostRoom | undefined;
  #toRelease: Reservation[] = [];
  readonly #refused = new Set<string>();
  #dueMs: number | undefined;

  constructor(options: ResourcesOptions) {
    this.#options = options;
    this.#floor = new DiskFloor(options.board, options.log);
    this.#limits = new LimitPlaces(options.board, options.id, options.log);
  }

  /** Whether a step of this column could start, and with `entry`, whether this one's could. Nothing is taken yet. */
  fits(column: number, entry?: Located): boolean {
    const stage = this.#options.stages.of(column);
    const least = stage.freeBytes ?? this.#limits.settings.freeBytes;
    if (least !== undefined && !this.#floor.allows(stage.name, least)) return false;
    if (!this.#limits.hasRoom(stage)) return false;
    if (entry === undefined) return true;
    if (this.#refused.size > 0 && this.#refused.has(`${column} ${entry.file}`)) return false;
    return !declaresNeeds(stage) || stage.engine !== undefined || this.#roomOf().fits(entry, stage);
  }

  /** The entry that room of this host is kept for, once there is enough of it. */
  ready(): Choice | undefined {
    const choice = this.#room?.ready();
    return choice !== undefined && this.fits(choice.column, choice.entry) ? choice : undefined;
  }

  /** Takes all that the step needs, or nothing. @returns undefined if there is not enough after all. @throws the system's error */
  take({ entry, column }: Choice): Grant | undefined {
    const stage = this.#options.stages.of(column);
    const grant = this.#takeAll(entry, stage);
    if (grant === undefined) this.#refused.add(`${column} ${entry.file}`);
    return grant;
  }

  /**
   * After the step, or when the claim was not won.
   * @param goesOn its step is a job that this process leaves: it counts until another takes it over
   */
  release({ reservation, tokens }: Grant, goesOn = false): void {
    if (tokens !== undefined && goesOn) this.#limits.leave(tokens);
    else if (tokens !== undefined) this.#limits.release(tokens);
    if (reservation !== undefined) this.#toRelease.push(reservation);
    this.#releaseRoom();
  }

  /** For a job that another process has left: it runs, and can't be refused. @throws the system's error */
  adopt({ try: own }: Held, stage: StageDefinition): Grant {
    return { ...NO_GRANT, tokens: this.#limits.adopt(stage, this.#ownerOf(own, stage, own.epoch)) };
  }

  /** Before slots are filled. */
  begin(): void {
    this.#refused.clear();
    this.#room?.begin();
    this.#releaseRoom();
    this.#limits.turn();
    const floorMs = this.#floor.turn();
    const limitMs = this.#limits.look(performance.now());
    this.#dueMs = least(floorMs, limitMs);
  }

  /** After that. @throws the system's error */
  end(): void {
    this.#room?.end();
    const retryMs = this.#toRelease.length > 0 ? 1_000 : undefined;
    const refusedMs = this.#refused.size > 0 ? 5 + 40 * Math.random() : undefined;
    this.#dueMs = least(this.#dueMs, this.#limits.look(performance.now()), this.#room?.dueMs, retryMs, refusedMs);
  }

  /** Nothing is claimed for now. */
  rest(): void {
    this.#room?.unkeep();
    this.#dueMs = undefined;
  }

  /** When the slots should be filled again, ms; undefined: nothing waits. */
  get dueMs(): number | undefined {
    return this.#dueMs;
  }

  /** Something was freed by others, says the kernel. @returns whether anything waits for it */
  hint(): boolean {
    this.#limits.hint();
    return this.#dueMs !== undefined;
  }

  /** Once a look at the other processes. @param active what was seen in `active/` */
  keep(isDead: (process: string) => boolean, active: readonly Located[]): void {
    if (this.#usesLimits()) this.#limits.keep(isDead, jobsGoOn(this.#options.board, active));
  }

  /** Processes that have places of limits, as last seen. */
  owners(): string[] {
    return this.#limits.owners();
  }

  /** Stage files were read anew. */
  reset(): void {
    this.#floor.reset();
    this.#limits.reset();
    this.#room?.forget();
  }

  /** What this host has, once that was asked for. */
  get room(): { readonly budget: Needs; readonly used: Needs } | undefined {
    return this.#room;
  }

  /** True if the step of an entry can never run on this host. */
  isBeyond(entry: Located, column: number): boolean {
    const stage = this.#options.stages.of(column);
    return declaresNeeds(stage) && stage.engine === undefined && this.#roomOf().isBeyond(entry, stage);
  }

  /** True if another live process says that its host has what the entry's step needs. */
  isElsewhere(entry: Located, column: number): boolean {
    const { board, id, stages } = this.#options;
    const stage = stages.of(column);
    const need = this.#roomOf().need(entry, stage);
    if (need.kind !== 'known') return true;
    return budgetsOf(board, stage.name).some(({ process, budget }) => process !== id && isWithin(need.needs, budget));
  }

  /** Why stages are not served, for the status file; empty if all are. */
  get trouble(): string {
    return [this.#floor.trouble, this.#limits.trouble].filter((text) => text !== '').join('; ');
  }

  /** Entries that need more than this host has; empty if none does. */
  get beyond(): string {
    return this.#room?.beyond ?? '';
  }

  /** What is waited for, and will come by itself; empty if nothing is. */
  get waits(): string {
    return [this.#room?.waits ?? '', this.#limits.waits()].filter((text) => text !== '').join('; ');
  }

  /** Folders whose changes are hints, relative to the board. */
  get folders(): string[] {
    return [...(this.#usesLimits() ? [LIMITS_FOLDER] : []), ...(this.#room === undefined ? [] : [this.#room.folder])];
  }

  #takeAll(entry: Located, stage: StageDefinition): Grant | undefined {
    const need = declaresNeeds(stage) ? this.#roomOf().need(entry, stage) : undefined;
    if (need?.kind === 'faulty') return { ...NO_GRANT, fault: need.error };
    if (need !== undefined && need.kind !== 'known') return undefined;
    const needs = need?.needs;
    let reservation: Reservation | undefined;
    // What an engine's job needs is room there.
    if (stage.engine === undefined && needs !== undefined && needs.milliCpus + needs.memoryMb > 0) {
      reservation = this.#roomOf().take(entry, stage, needs);
      if (reservation === undefined) return undefined;
    }
    let tokens: HeldTokens | undefined;
    if (Object.keys(stage.limits).length > 0) {
      try {
        tokens = this.#takeTokens(entry, stage);
      } finally {
        if (tokens === undefined && reservation !== undefined) {
          this.#toRelease.push(reservation);
          this.#releaseRoom();
        }
      }
      if (tokens === undefined) return undefined;
    }
    return { needs, fault: undefined, reservation, tokens };
  }

  #takeTokens({ name }: Located, stage: StageDefinition): HeldTokens | undefined {
    return this.#limits.take(stage, this.#ownerOf(name, stage, name.epoch + 1), performance.now());
  }

  #ownerOf({ dataset, posted }: EntryId, { name: stage }: StageDefinition, epoch: number): TokenOwner {
    const { board, id } = this.#options;
    return { process: id, host: board.host, dataset, posted, stage, epoch };
  }

  #releaseRoom(): void {
    const pending = this.#toRelease;
    this.#toRelease = [];
    for (const reservation of pending) {
      try {
        this.#room?.release(reservation);
      } catch (error) {
        if (!isBlocking(error)) throw error;
        this.#toRelease.push(reservation);
      }
    }
  }

  #roomOf(): HostRoom {
    const { board, id, budget } = this.#options;
    this.#room ??= new HostRoom(board, id, hostBudget(budget));
    return this.#room;
  }

  #usesLimits(): boolean {
    const { stages } = this.#options;
    return [...stages.columns].some((column) => Object.keys(stages.of(column).limits).length > 0);
  }
}

function least(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
