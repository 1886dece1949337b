/**
 * Which steps fit this host's budget, beside what all stage processes of the host have running; and that one which does not
 * fit yet is not passed for ever.
 */
import type { Board } from '../board/board.ts';
import { type Need, needsOf } from '../board/needs.ts';
import { type Reservation, Reservations } from '../board/reservations.ts';
import type { Located } from '../board/scan.ts';
import type { StageDefinition } from '../model/definition.ts';
import { addNeeds, excess, formatNeeds, isWithin, type Needs, NO_NEEDS } from '../model/demand.ts';
import { compareNames } from '../model/order.ts';
import { Patience } from '../model/patience.ts';
import type { Choice } from './picker.ts';

/** A need that was worked out is believed for so long: parameters may change. */
const BELIEVED_MS = 5_000;
const MOST_KNOWN = 20_000;
/** Entries that are opened for it in one turn of the loop. */
const MOST_OPENED = 200;
/** Between looks at what others have reserved, while something waits for room. */
const LOOK_MS = 100;
/** Between looks for what dead processes have left, while something waits for room. */
const PRUNE_MS = 1_000;

export interface Room {
  readonly needs: Needs;
  readonly reservation: Reservation;
}

interface Waiting {
  readonly entry: Located;
  readonly column: number;
  readonly key: string;
  readonly needs: Needs;
}

export class HostRoom {
  readonly #board: Board;
  readonly #reservations: Reservations;
  readonly #budget: Needs;
  readonly #known = new Map<string, { readonly need: Need; readonly untilMs: number }>();
  readonly #patience = new Patience();
  readonly #own = new Map<Reservation, Needs>();
  #taken: Needs = NO_NEEDS;
  #takenMs = Number.NEGATIVE_INFINITY;
  #prunedMs = Number.NEGATIVE_INFINITY;
  #opened = 0;
  #walked = false;
  #first: Waiting | undefined;
  /** What is larger than the whole budget, as seen in the last walk. */
  #beyond = new Map<string, string>();
  /** What room is kept for, and whether it was offered in this turn. */
  #keeping: Waiting | undefined;
  #isOffered = false;

  constructor(board: Board, id: string, budget: Needs) {
    this.#board = board;
    this.#budget = budget;
    this.#reservations = new Reservations(board, id);
  }

  get budget(): Needs {
    return this.#budget;
  }

  /** Of steps of this process. */
  get used(): Needs {
    return addNeeds(this.#own.values());
  }

  /** Relative to the board's folder: what is freed there is a hint. */
  get folder(): string {
    return this.#reservations.folder;
  }

  need(entry: Located, stage: StageDefinition): Need {
    const key = keyOf(entry, stage);
    const nowMs = performance.now();
    const known = this.#known.get(key);
    if (known !== undefined && nowMs < known.untilMs) return known.need;
    if (this.#opened >= MOST_OPENED) return { kind: 'unknown', why: 'it is looked at soon' };
    this.#opened++;
    const need = needsOf(this.#board, entry, stage);
    // Its wait may be ended at any moment.
    if (need.kind === 'early') return need;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(key, { need, untilMs: nowMs + BELIEVED_MS });
    return need;
  }

  /** As far as is known: whether there is room for this entry's step now. */
  fits(entry: Located, stage: StageDefinition): boolean {
    this.#walked = true;
    const need = this.need(entry, stage);
    if (need.kind === 'unknown') return false;
    // One with a fault is claimed, and fails; of one that is early the picker remembers when it is due.
    if (need.kind !== 'known') return true;
    const { needs } = need;
    const key = keyOf(entry, stage);
    const why = excess(needs, this.#budget);
    if (why !== undefined) {
      this.#beyond.set(key, `${entry.name.dataset}:${stage.name} ${why}`);
      return false;
    }
    this.#look();
    const kept = this.#keeping?.key === key ? this.#reservations.kept : undefined;
    const others = kept === undefined ? this.#taken : subtract(this.#taken, kept.needs);
    if (isWithin(needs, this.#budget, others)) return true;
    if (this.#first === undefined || compareNames(entry.name, this.#first.entry.name) < 0)
      this.#first = { entry, column: this.#board.column(stage.name), key, needs };
    return false;
  }

  /** True if the step can never have the room that it needs here. */
  isBeyond(entry: Located, stage: StageDefinition): boolean {
    const need = this.need(entry, stage);
    return need.kind === 'known' && excess(need.needs, this.#budget) !== undefined;
  }

  /** What was worked out holds no longer. */
  forget(): void {
    this.#known.clear();
  }

  /** Takes the room. Undefined: others have been quicker. @throws the system's error */
  take(entry: Located, stage: StageDefinition, needs: Needs): Reservation | undefined {
    const key = keyOf(entry, stage);
    const isKept = this.#keeping?.key === key && sameNeeds(this.#reservations.kept?.needs, needs);
    const reservation = isKept
      ? this.#reservations.takeKept(this.#budget)
      : this.#reservations.reserve(needs, this.#budget, `${this.#board.name} ${stage.name} ${entry.file}`);
    if (isKept && reservation !== undefined) this.#keeping = undefined;
    this.#look(true);
    if (reservation === undefined) return undefined;
    this.#own.set(reservation, needs);
    if (this.#first !== undefined && compareNames(this.#first.entry.name, entry.name) < 0) this.#patience.passed();
    return reservation;
  }

  release(reservation: Reservation): void {
    this.#reservations.release(reservation);
    this.#own.delete(reservation);
    this.#takenMs = Number.NEGATIVE_INFINITY;
  }

  /** Before candidates are walked. */
  begin(): void {
    this.#opened = 0;
    this.#walked = false;
    this.#first = undefined;
    this.#beyond = new Map();
    this.#isOffered = false;
  }

  /** The entry that room is kept for, once there is enough: before all others, whoever's share it is. Once a turn. */
  ready(): Choice | undefined {
    const { kept } = this.#reservations;
    if (this.#isOffered || kept === undefined || this.#keeping === undefined) return undefined;
    this.#look();
    if (!isWithin(kept.needs, this.#budget, subtract(this.#taken, kept.needs))) return undefined;
    this.#isOffered = true;
    return { entry: this.#keeping.entry, column: this.#keeping.column };
  }

  /** After that: keeps room for what has waited long enough. @throws the system's error */
  end(): void {
    if (!this.#walked) return;
    const nowMs = performance.now();
    const first = this.#first;
    this.#patience.sees(first?.key, nowMs);
    if (first !== undefined && nowMs - this.#prunedMs >= PRUNE_MS) {
      this.#prunedMs = nowMs;
      this.#reservations.prune();
    }
    const kept = this.#reservations.kept;
    if (kept !== undefined && (first?.key !== this.#keeping?.key || !sameNeeds(kept.needs, first?.needs)))
      this.unkeep();
    if (first === undefined || !this.#patience.isOver(nowMs) || this.#reservations.kept !== undefined) return;
    const who = `${this.#board.name} ${first.entry.file}`;
    if (this.#reservations.keep(first.needs, who) !== undefined) this.#keeping = first;
    this.#look(true);
  }

  /** Nothing is to be claimed for now: no room is kept. */
  unkeep(): void {
    if (this.#keeping === undefined) return;
    this.#keeping = undefined;
    this.#reservations.unkeep();
    this.#look(true);
  }

  /** When to try again, ms; undefined: nothing waits for what others have. */
  get dueMs(): number | undefined {
    return this.#first === undefined && this.#opened < MOST_OPENED ? undefined : LOOK_MS;
  }

  /** What waits for room; empty if nothing does. */
  get waits(): string {
    const first = this.#first;
    if (first === undefined) return '';
    const kept = this.#keeping?.key === first.key ? ': room is kept for it' : '';
    return `${first.entry.name.dataset} waits for ${formatNeeds(first.needs)}${kept}`;
  }

  /** What is larger than the whole host; empty if nothing is. */
  get beyond(): string {
    const [one, ...more] = this.#beyond.values();
    if (one === undefined) return '';
    return more.length === 0 ? one : `${one} (and ${more.length} more)`;
  }

  #look(now = false): void {
    const nowMs = performance.now();
    if (!now && nowMs - this.#takenMs < LOOK_MS) return;
    this.#takenMs = nowMs;
    this.#taken = this.#reservations.taken();
  }
}

function keyOf(entry: Located, stage: StageDefinition): string {
  return `${stage.name} ${entry.file}`;
}

function subtract(all: Needs, part: Needs): Needs {
  return { milliCpus: all.milliCpus - part.milliCpus, memoryMb: all.memoryMb - part.memoryMb };
}

function sameNeeds(a: Needs | undefined, b: Needs | undefined): boolean {
  return a !== undefined && b !== undefined && a.milliCpus === b.milliCpus && a.memoryMb === b.memoryMb;
}
