/**
 * How many slots a stage process has. One that a host agent keeps follows the wish of its host, as the names in
 * `hosts/<host>/` say it, for as long as it runs: an agent that is dead takes nothing from it.
 */
import type { Board } from '../board/board.ts';
import { isRead, readWishes } from '../board/wishes.ts';
import { wishFolder, wishKey } from '../model/name.ts';
import type { LogCode } from './log-lines.ts';

const LOOK_EVERY_MS = 1_000;
/** A name under rename may be missing from a look: that nothing is wanted is believed when so many agree. */
const LOOKS = 2;

interface Sized {
  resize(size: number): void;
}

export interface SizingOptions {
  readonly board: Board;
  readonly stages: readonly string[];
  /** How many it has while no wish says it. */
  readonly slots: () => number;
  readonly isKept: boolean;
  readonly log: (code: Extract<LogCode, 'slots' | 'wish-unclear'>, text: string) => void;
}

export class Sizing {
  readonly #options: SizingOptions;
  readonly #key: string;
  #wished: number | undefined;
  #isWanted = true;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #unwanted = 0;
  #unclear = 0;
  /** A mark that is seen stands there: that needs no second look. */
  #isDown = false;

  constructor(options: SizingOptions) {
    this.#options = options;
    this.#key = wishKey(options.stages);
  }

  get size(): number {
    return this.#wished ?? this.#options.slots();
  }

  /** False: it ends when its steps have. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  get isKept(): boolean {
    return this.#options.isKept;
  }

  /** @returns false: nothing is wanted of this process, so it claims nothing, and ends when its steps have */
  turn(nowMs: number, ...parts: readonly Sized[]): boolean {
    if (!this.#options.isKept || nowMs - this.#lookedMs < LOOK_EVERY_MS) return this.#isWanted;
    this.#lookedMs = nowMs;
    const slots = this.#look();
    if (slots === 0) {
      if (++this.#unwanted < LOOKS && !this.#isDown) return this.#isWanted;
      if (this.#isWanted) this.#say('nothing is wanted of it here any longer: it ends when its steps have');
      this.#isWanted = false;
      return false;
    }
    this.#unwanted = 0;
    if (slots === undefined) return this.#isWanted;
    if (!this.#isWanted) this.#say('it is wanted again');
    this.#isWanted = true;
    const { size } = this;
    this.#wished = slots;
    if (slots === size) return true;
    this.#say(`${size} → ${slots}`);
    for (const part of parts) part.resize(slots);
    return true;
  }

  /** Undefined: the names do not say, and what runs is left as it is. */
  #look(): number | undefined {
    const { board } = this.#options;
    const read = readWishes(board, board.host);
    if (!isRead(read)) return this.#doubt(`${board.path(wishFolder(board.host))}: ${read.unread}`);
    this.#isDown = read.isDown;
    if (read.isDown) return this.#sure(0);
    const torn = read.torn.get(this.#key);
    if (torn !== undefined) return this.#doubt(`${torn.join(' and ')} contradict each other`);
    return this.#sure(read.wishes.get(this.#key)?.slots ?? 0);
  }

  #sure(slots: number): number {
    this.#unclear = 0;
    return slots;
  }

  /** Said once, when a second look agrees. */
  #doubt(why: string): undefined {
    this.#unclear++;
    if (this.#unclear === LOOKS)
      this.#options.log('wish-unclear', `what is wanted of it can't be told (${why}): it goes on as it is`);
    return undefined;
  }

  #say(text: string): void {
    this.#options.log('slots', text);
  }
}
