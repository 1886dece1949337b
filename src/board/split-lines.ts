/** Lines out of pieces of bytes. A line without end is not kept: of one that is too long its beginning stands for it. */

const NEWLINE = 0x0a;
/** The lists of people have longer lines than journals; nobody writes one like this. */
const MOST_LINE = 64 * 1024 * 1024;
/** Of a line that is too long. */
const KEPT = 1024;

export interface SplitOptions {
  /** What ends a line; default the newline. */
  readonly separator?: number;
  /** Leave out lines that do not hold these bytes; pieces without them are not even split. */
  readonly holding?: Buffer | undefined;
  /** Bytes of a line. */
  readonly mostLine?: number | undefined;
  /** Told of each line that is longer, with its beginning. */
  readonly onLong?: (start: Buffer) => void;
  /** Give empty lines as well: of a list that a person counts the lines of. */
  readonly withEmpty?: boolean;
}

export class LineSplitter {
  readonly #separator: number;
  readonly #holding: Buffer | undefined;
  readonly #most: number;
  readonly #onLong: ((start: Buffer) => void) | undefined;
  readonly #withEmpty: boolean;
  #rest: Buffer[] = [];
  #bytes = 0;
  #isLong = false;

  constructor({ separator = NEWLINE, holding, mostLine = MOST_LINE, onLong, withEmpty = false }: SplitOptions = {}) {
    this.#separator = separator;
    this.#holding = holding;
    this.#most = mostLine;
    this.#onLong = onLong;
    this.#withEmpty = withEmpty;
  }

  /** Bytes of the line that has no end yet. */
  get openBytes(): number {
    return this.#bytes;
  }

  /** The line that has no end yet; undefined if it is not wanted. */
  get open(): Buffer | undefined {
    const line = Buffer.concat(this.#rest);
    return line.length > 0 && this.#holds(line) ? line : undefined;
  }

  /** The lines that end in this piece, without what ends them and, unless they are wanted, without empty ones. */
  add(piece: Buffer): Buffer[] {
    const last = piece.lastIndexOf(this.#separator);
    if (last < 0) {
      this.#keep(piece);
      return [];
    }
    const lines: Buffer[] = [];
    let fresh = piece;
    if (this.#isLong) {
      const { open } = this;
      if (open !== undefined) lines.push(open);
      fresh = piece.subarray(piece.indexOf(this.#separator) + 1);
    } else if (this.#rest.length > 0) fresh = Buffer.concat([...this.#rest, piece]);
    const end = fresh.length - (piece.length - last - 1);
    this.#rest = [];
    this.#bytes = 0;
    this.#isLong = false;
    if (end > 0 && this.#holds(fresh)) this.#split(fresh, end, lines);
    this.#keep(fresh.subarray(end));
    return lines;
  }

  #split(data: Buffer, to: number, lines: Buffer[]): void {
    for (let start = 0; start < to; ) {
      const end = data.indexOf(this.#separator, start);
      const line = data.subarray(start, end);
      if ((line.length > 0 || this.#withEmpty) && this.#holds(line)) lines.push(line);
      start = end + 1;
    }
  }

  #keep(piece: Buffer): void {
    this.#bytes += piece.length;
    if (piece.length === 0 || this.#isLong) return;
    this.#rest.push(piece);
    if (this.#bytes <= this.#most) return;
    this.#isLong = true;
    const start = Buffer.from(Buffer.concat(this.#rest).subarray(0, KEPT));
    this.#rest = [start];
    this.#onLong?.(start);
  }

  #holds(bytes: Buffer): boolean {
    return this.#holding === undefined || bytes.includes(this.#holding);
  }
}
