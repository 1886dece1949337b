/**
 * The places of the board's limits that this process's steps have, and which limits are full. A full one is looked at again
 * after a while, or when a hint comes, however many entries wait for it.
 */
import type { Board } from '../board/board.ts';
import type { SharedSettings } from '../board/config.ts';
import { isBlocking } from '../board/errors.ts';
import {
  freeToken,
  type HeldTokens,
  readTokens,
  releaseTokens,
  sweepTokens,
  type Token,
  type TokenOwner,
  takeAnyway,
  takenPlaces,
  takeTokens,
} from '../board/limits.ts';
import { STEPS_DIE_MS } from '../board/reservations.ts';
import { readShared } from '../board/settings.ts';
import { fullText } from '../board/waiting.ts';
import type { StageDefinition } from '../model/definition.ts';
import { count } from '../model/text.ts';
import type { Log } from './log-lines.ts';

/** Between looks at a limit that is full: at first, and at most. */
const LEAST_MS = 100;
const MOST_MS = 2_000;
const GROWTH = 1.5;

interface Full {
  readonly wanted: number;
  waitMs: number;
  dueMs: number;
}

export class LimitPlaces {
  readonly #board: Board;
  readonly #id: string;
  readonly #log: Log;
  readonly #held = new Set<HeldTokens>();
  #toRelease: HeldTokens[] = [];
  readonly #full = new Map<string, Full>();
  readonly #unset = new Set<string>();
  #tokens: readonly Token[] = [];
  /** Owners that are dead, and since when that is known: their steps may take a moment to follow. */
  #dead = new Map<string, number>();
  /** Contents of the places of jobs that waited for another process at the last look. A look may miss a name that changes. */
  #goingOn: ReadonlySet<string> = new Set();
  #readMs = Number.NEGATIVE_INFINITY;
  settings: SharedSettings;

  constructor(board: Board, id: string, log: Log) {
    this.#board = board;
    this.#id = id;
    this.#log = log;
    this.settings = { limits: board.config.limits, freeBytes: board.config.freeBytes };
  }

  /** As far as is known: whether a step of the stage would get all its places. */
  hasRoom({ name, limits }: StageDefinition): boolean {
    for (const limit of Object.keys(limits)) {
      if (this.settings.limits[limit] === undefined) {
        this.#sayUnset(name, limit);
        return false;
      }
      if (this.#full.has(limit)) return false;
    }
    return true;
  }

  /** @returns undefined if a limit is full: then there is no room for a while. @throws the system's error */
  take(stage: StageDefinition, owner: TokenOwner, nowMs: number): HeldTokens | undefined {
    const taking = takeTokens(this.#board, stage.limits, this.settings.limits, owner);
    if (taking.kind === 'full') {
      const wanted = stage.limits[taking.limit] ?? 1;
      this.#full.set(taking.limit, { wanted, waitMs: LEAST_MS, dueMs: nowMs + spread(LEAST_MS) });
      return undefined;
    }
    this.#held.add(taking.held);
    return taking.held;
  }

  /**
   * For a job of a dead process that this one has taken over: as many as it had, else as many as its stage wants. It runs, so
   * it has them even where the limit is full by now. @throws the system's error
   */
  adopt(stage: StageDefinition, owner: TokenOwner): HeldTokens | undefined {
    const before = this.#tokens.filter((token) => token.owner !== undefined && isSameTry(token.owner, owner));
    const wanted = before.length === 0 ? stage.limits : placesOf(before);
    if (Object.keys(wanted).length === 0) return undefined;
    const held = takeAnyway(this.#board, wanted, owner);
    this.#held.add(held);
    for (const token of before) this.#free(token);
    return held;
  }

  /** The dead one's: at no moment the job had no place. What the disk refuses is freed as any place of the dead. */
  #free(token: Token): void {
    try {
      freeToken(this.#board, token);
    } catch (error) {
      if (!isBlocking(error)) throw error;
    }
  }

  /** Its step goes on without this process, with the places that it has. */
  leave(held: HeldTokens): void {
    this.#held.delete(held);
  }

  /** After the step. What the disk refuses to free now is freed by a later turn. */
  release(held: HeldTokens): void {
    this.#held.delete(held);
    this.#toRelease.push(held);
    this.turn();
    this.hint();
  }

  /** Frees what could not be freed. */
  turn(): void {
    const pending = this.#toRelease;
    this.#toRelease = [];
    for (const held of pending) {
      try {
        releaseTokens(this.#board, held);
      } catch (error) {
        if (!isBlocking(error)) throw error;
        this.#toRelease.push(held);
      }
    }
  }

  /** Something was freed, somewhere: the limits are looked at again. */
  hint(): void {
    for (const full of this.#full.values()) full.dueMs = Number.NEGATIVE_INFINITY;
  }

  /** Who stands in `limits/`, as last seen: those without a status file have to be watched, too. */
  owners(): string[] {
    return this.#tokens.flatMap(({ owner }) => owner?.process ?? []);
  }

  /**
   * Frees places of the dead, and reads the settings anew. To be called now and then, by who has stages with limits.
   * @param goesOn whether a dead process's step is a job that nobody has taken over
   */
  keep(isDead: (process: string) => boolean, goesOn: (owner: TokenOwner) => boolean): void {
    const nowMs = performance.now();
    const dead = new Map<string, number>();
    for (const id of this.owners()) if (isDead(id)) dead.set(id, this.#dead.get(id) ?? nowMs);
    this.#dead = dead;
    const isOver = (id: string): boolean => nowMs - (dead.get(id) ?? nowMs) >= STEPS_DIE_MS;
    this.settings = readShared(this.#board) ?? this.settings;
    for (const limit of this.#unset) if (this.settings.limits[limit] !== undefined) this.#unset.delete(limit);
    const held = new Set([...this.#held, ...this.#toRelease].map(({ text }) => text));
    const wentOn = this.#goingOn;
    const goingOn = new Set<string>();
    const { left, freed } = sweepTokens(this.#board, {
      isDead: isOver,
      ownId: this.#id,
      isHeld: (text) => held.has(text),
      goesOn: (owner, text) => {
        if (!goesOn(owner)) return wentOn.has(text);
        goingOn.add(text);
        return true;
      },
    });
    this.#goingOn = goingOn;
    this.#tokens = left;
    this.#readMs = performance.now();
    if (freed.length === 0) return;
    this.hint();
    const whose = freed.map(({ limit, place, owner }) => `${limit}.${place} of ${owner?.process}`);
    this.#log('swept', `${count(freed.length, 'place')} of limits freed: ${whose.join(', ')}`);
  }

  /** Limits that steps here wait for, with who has them; empty if none is full. */
  waits(): string {
    if (this.#full.size === 0) return '';
    if (performance.now() - this.#readMs > 1_000) {
      this.#tokens = readTokens(this.#board);
      this.#readMs = performance.now();
    }
    return [...this.#full.keys()]
      .map((limit) => `waits for ${fullText(limit, this.settings.limits[limit], this.#tokens)}`)
      .join('; ');
  }

  /** Limits that stages want and the board has not. */
  get trouble(): string {
    return [...this.#unset].map((limit) => `board.yaml sets no limit '${limit}'`).join('; ');
  }

  /** The stages want other limits, perhaps. */
  reset(): void {
    this.#full.clear();
    this.#unset.clear();
  }

  /** Looks at full limits, where it is time. @returns when it should be called again, ms; undefined: none is full */
  look(nowMs: number): number | undefined {
    if ([...this.#full.values()].some(({ dueMs }) => dueMs <= nowMs)) {
      const taken = takenPlaces(this.#board);
      for (const [limit, full] of this.#full) {
        if ((taken.get(limit)?.size ?? 0) + full.wanted <= (this.settings.limits[limit] ?? 0)) this.#full.delete(limit);
        else if (full.dueMs <= nowMs) {
          full.waitMs = Math.min(full.waitMs * GROWTH, MOST_MS);
          full.dueMs = nowMs + spread(full.waitMs);
        }
      }
    }
    if (this.#full.size === 0) return undefined;
    return Math.max(1, Math.min(...[...this.#full.values()].map(({ dueMs }) => dueMs)) - nowMs);
  }

  #sayUnset(stage: string, limit: string): void {
    if (this.#unset.has(limit)) return;
    this.#unset.add(limit);
    const how = `'slate limit ${limit} 1' does, and it goes on`;
    this.#log('stage-blocked', `stage ${stage}: board.yaml sets no limit '${limit}'; ${how}`);
  }
}

function isSameTry(a: TokenOwner, b: TokenOwner): boolean {
  return a.dataset === b.dataset && a.posted === b.posted && a.stage === b.stage && a.epoch === b.epoch;
}

/** How many of each limit. */
function placesOf(tokens: readonly Token[]): Record<string, number> {
  const places: Record<string, number> = {};
  for (const { limit } of tokens) places[limit] = (places[limit] ?? 0) + 1;
  return places;
}

/** Who wait for the same place do not all come at once. */
function spread(ms: number): number {
  return ms * (0.8 + 0.4 * Math.random());
}
