/** Lines out of pieces of bytes, as they come through a pipe. */

const NEWLINE = 0x0a;

export class LineReader {
  readonly #most: number;
  #rest: Buffer[] = [];
  #length = 0;

  /** @param most bytes of a line */
  constructor(most: number) {
    this.#most = most;
  }

  /** The lines that this piece ends, without their ends; `undefined` as the last: one that is longer than allowed. */
  add(piece: Buffer): (string | undefined)[] {
    const lines: (string | undefined)[] = [];
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      const isTooLong = this.#length + end - start > this.#most;
      lines.push(isTooLong ? undefined : this.#take(piece.subarray(start, end)));
      if (isTooLong) return lines;
      start = end + 1;
    }
    if (start < piece.length) {
      this.#rest.push(piece.subarray(start));
      this.#length += piece.length - start;
    }
    if (this.#length > this.#most) lines.push(undefined);
    return lines;
  }

  /** What came after the last line's end. */
  get rest(): string {
    return Buffer.concat(this.#rest).toString('utf8');
  }

  #take(last: Buffer): string {
    const line = this.#rest.length === 0 ? last : Buffer.concat([...this.#rest, last]);
    this.#rest = [];
    this.#length = 0;
    return line.toString('utf8');
  }
}
