/**
 * A board that is followed: what stands on it, kept up to date as others change it, at a small and bounded part of the
 * disk's and the processor's time. It holds no lock, writes nothing, and never waits for the disk.
 */
import type { Board } from '../board.ts';
import { faultText } from '../errors.ts';
import { type LiveDisk, liveDisk } from './disk.ts';
import { EntryList } from './entry-list.ts';
import { Pace } from './pace.ts';
import { Reader } from './reader.ts';
import { Store } from './store.ts';
import type { Health, Tally } from './types.ts';

/** A disk that has not answered for so long can't be read. */
const PATIENCE_MS = 3_000;
/** Parts of the first long look are shown after this. */
const PART_MS = 1_000;
const CHECK_MS = 1_000;
const RENEW_MS = 30_000;
const NEVER = Number.POSITIVE_INFINITY;

export interface LiveOptions {
  readonly disk?: LiveDisk | undefined;
  /** Between two looks, unless they are dear. Default a second. */
  readonly everyMs?: number | undefined;
  /** Something that is shown has changed: at most once for a batch of changes. */
  readonly onChange?: (() => void) | undefined;
}

export class LiveBoard {
  /** What is on the board, filtered and sorted. */
  readonly entries: EntryList;
  readonly #store: Store;
  readonly #reader: Reader;
  readonly #pace: Pace;
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | undefined;
  #check: NodeJS.Timeout | undefined;
  #lookAt = 0;
  #hintAt = NEVER;
  #isForced = false;
  #isBusy = false;
  #isPaused = false;
  #isClosed = false;
  #hasRead = false;
  #goodAt = performance.now();
  #shownAt = 0;
  #renewAt = 0;
  #fault: string | undefined;
  #version = 0;
  #told: readonly unknown[] = [];

  /** Nothing is read before `start`. */
  constructor(board: Board, options: LiveOptions = {}) {
    const { watch } = board.config;
    this.#store = new Store(board.stages);
    this.#pace = new Pace(watch === 'watch' || (watch === 'auto' && !board.isNetwork), options.everyMs);
    this.#onChange = options.onChange ?? (() => undefined);
    this.entries = new EntryList(board, this.#store, () => this.#tell());
    this.#reader = new Reader(board, this.#store, options.disk ?? liveDisk(board.isNetwork), this.#pace, {
      onHint: () => this.#hear(),
      onPart: () => this.#showPart(),
      isStopped: () => this.#isStopped,
    });
  }

  /** Changes whenever something does that is shown. */
  get version(): number {
    return this.#version;
  }

  get health(): Health {
    const nowMs = performance.now();
    const fault = this.#fault ?? this.#silence(nowMs);
    const phase = fault !== undefined ? 'stale' : this.#hasRead ? 'live' : 'reading';
    return { phase, ageMs: nowMs - this.#goodAt, fault, everyMs: this.#pace.everyMs };
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Names that have changed and are not shown so yet, as far as hints have told. */
  get behind(): number {
    return this.#reader.behind;
  }

  start(): void {
    this.#check = setInterval(() => this.#checkUp(), CHECK_MS).unref();
    this.#renewAt = performance.now() + RENEW_MS;
    this.#schedule();
  }

  /** A question that the disk has not answered yet is not waited for. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#check);
    this.#reader.close();
    this.entries.close();
  }

  /** What is shown stands still. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#look();
  }

  /** Looks more often (a factor below 1) or less often from now on. */
  changePace(factor: number): void {
    this.#pace.change(factor);
    this.#look();
  }

  /** Nobody sees what is shown: it may be older. */
  setFocused(isFocused: boolean): void {
    this.#pace.setFocused(isFocused);
    if (isFocused) this.#look();
  }

  /** Reads now what has changed: somebody has just changed it, or asks for it. */
  refresh(): void {
    this.#isForced = true;
    this.#look();
  }

  get #isStopped(): boolean {
    return this.#isPaused || this.#isClosed;
  }

  #look(): void {
    this.#lookAt = 0;
    this.#schedule();
  }

  #hear(): void {
    if (this.#hintAt !== NEVER) return;
    this.#hintAt = performance.now() + this.#pace.hintMs;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isBusy || this.#isClosed) return;
    clearTimeout(this.#timer);
    const at = this.#isPaused ? this.#lookAt : Math.min(this.#lookAt, this.#hintAt);
    this.#timer = setTimeout(() => void this.#work(), Math.max(0, at - performance.now())).unref();
  }

  /** One thing at a time: whatever is slow, nothing piles up behind it. */
  async #work(): Promise<void> {
    this.#isBusy = true;
    const isDue = performance.now() >= this.#lookAt;
    if (isDue) this.#lookAt = NEVER;
    try {
      if (this.#isPaused) await this.#reader.probe();
      else await this.#follow(isDue);
      this.#fault = undefined;
    } catch (error) {
      this.#fault = `${this.#reader.failedAt} ${faultText(error)}`;
      // Whoever was cut short has forgotten what it was told.
      this.#reader.begin();
      if (this.#hintAt < performance.now()) this.#hintAt = NEVER;
    }
    this.#isBusy = false;
    if (this.#isClosed) return;
    // Somebody may have asked for a look meanwhile.
    if (this.#lookAt === NEVER) this.#lookAt = performance.now() + this.#pace.everyMs;
    this.#tell();
    this.#schedule();
  }

  async #follow(isDue: boolean): Promise<void> {
    // Before a look: it is to find what hints have told of where it is now.
    if (this.#hintAt !== NEVER) {
      this.#hintAt = NEVER;
      await this.#reader.followHints();
    }
    if (isDue || this.#reader.hasNewDays) {
      const isForced = this.#isForced;
      this.#isForced = false;
      await this.#reader.look(isForced);
      if (this.#isStopped) return;
      this.#goodAt = performance.now();
      this.#hasRead = true;
    }
    if (!this.#isStopped) this.entries.absorb();
  }

  #showPart(): void {
    const nowMs = performance.now();
    if (nowMs - this.#shownAt < PART_MS) return;
    this.#shownAt = nowMs;
    this.entries.absorb();
    this.#tell();
  }

  /** What comes with time alone: a disk that stays silent, entries that grow older. */
  #checkUp(): void {
    if (performance.now() >= this.#renewAt) {
      this.#renewAt = performance.now() + RENEW_MS;
      this.entries.renewFilter();
    }
    this.#tell();
  }

  #silence(nowMs: number): string | undefined {
    const asked = this.#reader.asked;
    const silentMs = asked === undefined ? 0 : nowMs - asked.sinceMs;
    if (asked === undefined || silentMs < PATIENCE_MS) return undefined;
    return `${asked.what} the disk has not answered for ${Math.floor(silentMs / 1000)} s`;
  }

  #tell(): void {
    const { phase, fault } = this.health;
    const seen: readonly [number, Tally, string, string | undefined] = [
      this.entries.version,
      this.entries.tally,
      phase,
      fault,
    ];
    if (seen.every((one, nth) => one === this.#told[nth])) return;
    this.#told = seen;
    this.#version++;
    this.#onChange();
  }
}
