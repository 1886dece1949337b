/** Lines of a file that may be huge or still growing (journals, logs, lists), in pieces of a megabyte. Only reads. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const PIECE = 1024 * 1024;
/** Holds the end of a last line, as a rule. */
const END_PIECE = 64 * 1024;
const NEWLINE = 0x0a;

export interface LineOptions {
  /** What ends a line; default the newline. */
  readonly separator?: number;
  /** Byte to begin at. */
  readonly from?: number | undefined;
  /** Byte to end at, of a file that grows; lines end there. */
  readonly to?: number | undefined;
  /** Give the last line even if nothing ends it. Default true. A reader of a growing file leaves it for the next time. */
  readonly withTail?: boolean;
  /** Leave out lines that do not hold these bytes; pieces of the file without them are not even split. */
  readonly holding?: Buffer | undefined;
}

/** The lines, without what ends them and without empty ones. @returns the byte to go on from @throws the system's error */
export function* linesOfFile(path: string, options: LineOptions = {}): Generator<string, number> {
  const { separator = NEWLINE, withTail = true, holding } = options;
  const holds = (bytes: Buffer): boolean => holding === undefined || bytes.includes(holding);
  const fd = openSync(path, 'r');
  // A pipe is read as it comes.
  const isSeekable = fstatSync(fd).isFile();
  try {
    let at = options.from ?? 0;
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const buffer = Buffer.allocUnsafe(PIECE);
      const wanted = Math.min(PIECE, (options.to ?? Number.POSITIVE_INFINITY) - at);
      const read = wanted <= 0 ? 0 : readSync(fd, buffer, 0, wanted, isSeekable ? at : null);
      if (read === 0) break;
      at += read;
      const fresh = buffer.subarray(0, read);
      const piece = rest.length === 0 ? fresh : Buffer.concat([rest, fresh]);
      const last = piece.lastIndexOf(separator);
      rest = piece.subarray(last + 1);
      if (last < 0 || !holds(piece)) continue;
      for (let start = 0; start <= last; ) {
        const end = piece.indexOf(separator, start);
        const line = piece.subarray(start, end);
        if (line.length > 0 && holds(line)) yield line.toString('utf8');
        start = end + 1;
      }
    }
    if (!withTail || rest.length === 0) return at - rest.length;
    if (holds(rest)) yield rest.toString('utf8');
    return at;
  } finally {
    closeSync(fd);
  }
}

/** The byte after the last whole line, looked for from the file's end. @throws the system's error */
export function endOfLines(path: string): number {
  const fd = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(END_PIECE);
    for (let end = fstatSync(fd).size; end > 0; ) {
      const start = Math.max(0, end - END_PIECE);
      const read = readSync(fd, buffer, 0, end - start, start);
      const last = buffer.subarray(0, read).lastIndexOf(NEWLINE);
      if (last >= 0) return start + last + 1;
      end = start;
    }
    return 0;
  } finally {
    closeSync(fd);
  }
}

/** An open file that grows, and may get another name meanwhile: what was not read yet. */
export class Tail {
  readonly #fd: number;
  readonly #decoder = new TextDecoder('utf-8');
  #at = 0;

  /** @throws the system's error */
  constructor(path: string) {
    this.#fd = openSync(path, 'r');
  }

  /** Everything since the last time, a piece at a time. */
  *pieces(): Generator<string> {
    const buffer = Buffer.allocUnsafe(PIECE);
    for (;;) {
      // A file that was truncated begins anew.
      if (fstatSync(this.#fd).size < this.#at) this.#at = 0;
      const read = readSync(this.#fd, buffer, 0, PIECE, this.#at);
      if (read === 0) return;
      this.#at += read;
      yield this.#decoder.decode(buffer.subarray(0, read), { stream: true });
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
