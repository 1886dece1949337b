/** Lines of a file that may be huge or still growing (journals, logs, lists), in pieces of a megabyte. Only reads. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { noFileError } from './errors.ts';
import { READ } from './plain-file.ts';
import { LineSplitter, type SplitOptions } from './split-lines.ts';

const PIECE = 1024 * 1024;
/** Holds the end of a last line, as a rule. */
const END_PIECE = 64 * 1024;
const NEWLINE = 0x0a;

export interface LineOptions extends SplitOptions {
  /** Byte to begin at. */
  readonly from?: number | undefined;
  /** Byte to end at, of a file that grows; lines end there. */
  readonly to?: number | undefined;
  /** Give the last line even if nothing ends it. Default true. A reader of a growing file leaves it for the next time. */
  readonly withTail?: boolean;
  /** What is no plain file (a pipe that somebody named) is read as it comes, and waited for. Else it is an error. */
  readonly waits?: boolean;
}

/** The lines, without what ends them and, unless they are wanted, without empty ones. @returns the byte to go on from @throws the system's error */
export function* linesOfFile(path: string, options: LineOptions = {}): Generator<string, number> {
  const { withTail = true, waits = false } = options;
  const splitter = new LineSplitter(options);
  const fd = openSync(path, waits ? 'r' : READ);
  try {
    const isPlain = fstatSync(fd).isFile();
    if (!isPlain && !waits) throw noFileError(path);
    let at = options.from ?? 0;
    for (;;) {
      const buffer = Buffer.allocUnsafe(PIECE);
      const wanted = Math.min(PIECE, (options.to ?? Number.POSITIVE_INFINITY) - at);
      const read = wanted <= 0 ? 0 : readSync(fd, buffer, 0, wanted, isPlain ? at : null);
      if (read === 0) break;
      at += read;
      for (const line of splitter.add(buffer.subarray(0, read))) yield line.toString('utf8');
    }
    if (!withTail || splitter.openBytes === 0) return at - splitter.openBytes;
    const last = splitter.open;
    if (last !== undefined) yield last.toString('utf8');
    return at;
  } finally {
    closeSync(fd);
  }
}

/** The byte after the last whole line, looked for from the file's end. @throws the system's error */
export function endOfLines(path: string): number {
  const fd = openSync(path, READ);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw noFileError(path);
    const buffer = Buffer.allocUnsafe(END_PIECE);
    for (let end = stat.size; end > 0; ) {
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

  /** @throws the system's error; also for what is no plain file: a pipe is not waited for */
  constructor(path: string) {
    this.#fd = openSync(path, READ);
    if (fstatSync(this.#fd).isFile()) return;
    closeSync(this.#fd);
    throw noFileError(path);
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
