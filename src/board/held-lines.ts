/** The lines of a log that are held, as it is read forwards and backwards. Pure. */
import { LineFolder, type TextLine } from './log-text.ts';

type Seen = number | undefined;

export class HeldLines {
  readonly #most: number;
  #folder = new LineFolder(0);
  /** Ended lines; a line that goes on stands behind them in `lines`. */
  #texts: readonly string[] = [];
  /** Where they begin in the file. */
  #starts: readonly number[] = [];
  #textsSeen: readonly Seen[] = [];
  #openSeen: Seen;
  #lines: readonly string[] = [];
  #seen: readonly Seen[] = [];
  #skipped = 0;
  #first = 0;

  /** @param most lines that are held at most */
  constructor(most: number) {
    this.#most = most;
  }

  /** Another array whenever something has changed. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get seenMs(): readonly Seen[] {
    return this.#seen;
  }

  /** Number of the first line that is held: no line ever gets another one's. */
  get firstLine(): number {
    return this.#first;
  }

  /** Bytes of the file before the first line that is held. */
  get skippedBytes(): number {
    return this.#skipped;
  }

  /** Lets everything go; what is appended next begins at this byte. */
  restart(at: number): void {
    this.#first += this.#lines.length;
    this.#skipped = at;
    this.#folder = new LineFolder(at);
    this.#openSeen = undefined;
    this.#hold([], [], []);
  }

  /** Takes up the next bytes of the file. The oldest lines go if there are too many. */
  append(piece: Buffer, seenMs: Seen): void {
    const hadOpen = this.#folder.open !== undefined;
    const fresh = this.#folder.feed(piece);
    // The first of them may be the end of a line that was seen before.
    const seen = fresh.map((_, index) => (index === 0 && hadOpen ? this.#openSeen : seenMs));
    if (!hadOpen || fresh.length > 0) this.#openSeen = seenMs;
    this.#hold(this.#texts.concat(textsOf(fresh)), this.#starts.concat(startsOf(fresh)), this.#textsSeen.concat(seen));
  }

  /** Takes up bytes that lie before the first line and begin with one. False: there is no room for them. */
  prepend(piece: Buffer, at: number): boolean {
    const folder = new LineFolder(at);
    const lines = folder.feed(piece);
    // A line that is longer than a piece has no end here: its parts are told as lines.
    if (folder.open !== undefined) lines.push(folder.open);
    if (lines.length + this.#texts.length > this.#most) return false;
    this.#first -= lines.length;
    this.#skipped = at;
    const unseen = new Array<Seen>(lines.length).fill(undefined);
    this.#hold(
      textsOf(lines).concat(this.#texts),
      startsOf(lines).concat(this.#starts),
      unseen.concat(this.#textsSeen),
    );
    return true;
  }

  /** Copies of whole arrays, not elements: cheap enough for each look at a log of 200,000 lines. */
  #hold(texts: readonly string[], starts: readonly number[], seen: readonly Seen[]): void {
    const over = Math.max(0, texts.length - this.#most);
    const { open } = this.#folder;
    this.#texts = over === 0 ? texts : texts.slice(over);
    this.#starts = over === 0 ? starts : starts.slice(over);
    this.#textsSeen = over === 0 ? seen : seen.slice(over);
    if (over > 0) {
      this.#first += over;
      this.#skipped = this.#starts[0] ?? open?.at ?? this.#skipped;
    }
    this.#lines = open === undefined ? this.#texts : this.#texts.concat(open.text);
    this.#seen = open === undefined ? this.#textsSeen : this.#textsSeen.concat(this.#openSeen);
  }
}

function textsOf(lines: readonly TextLine[]): string[] {
  return lines.map(({ text }) => text);
}

function startsOf(lines: readonly TextLine[]): number[] {
  return lines.map(({ at }) => at);
}
