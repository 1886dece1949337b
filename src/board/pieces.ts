/**
 * Files and folders read in pieces that the event loop waits for: a slow or hung disk stops the reader, and the program
 * goes on. For readers that have a person to serve meanwhile; the protocol itself uses `fs.ts`. Only reads.
 */
import { type FileHandle, open, opendir, readdir, stat } from 'node:fs/promises';
import { faultKind, noFileError } from './errors.ts';
import { READ } from './plain-file.ts';

/** Some hundreds of lines of a journal, or about a millisecond's work. */
export const PIECE_BYTES = 64 * 1024;
/** A line that is longer is passed over: nobody reads it, and parsing it would take too long at a time. */
const MOST_LINE_BYTES = 1024 * 1024;
const NAMES_AT_ONCE = 1024;
const NEWLINE = 0x0a;

async function unlessGone<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (faultKind(error) === 'gone') return undefined;
    throw error;
  }
}

/** A call that waits for a pipe would take one of the few threads for good. */
export async function openPlain(path: string): Promise<FileHandle> {
  const handle = await open(path, READ);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw noFileError(path);
}

/** An open file. It stays the same file when its name changes. */
export class OpenFile {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Undefined: there is no such file. @throws the system's error, also for what is no plain file: a pipe is not waited for */
  static async open(path: string): Promise<OpenFile | undefined> {
    const handle = await unlessGone(openPlain(path));
    return handle === undefined ? undefined : new OpenFile(handle);
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  /** Up to so many bytes; fewer only at the file's end. */
  async read(at: number, bytes: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(Math.max(0, bytes));
    let got = 0;
    while (got < bytes) {
      const read = await this.readInto(buffer, got, bytes - got, at + got);
      if (read === 0) break;
      got += read;
    }
    return buffer.subarray(0, got);
  }

  async readInto(buffer: Buffer, offset: number, bytes: number, at: number): Promise<number> {
    return bytes <= 0 ? 0 : (await this.#handle.read(buffer, offset, bytes, at)).bytesRead;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Undefined: there is no such file. @param isNetwork opens it: on NFS a bare stat may be half a minute old */
export async function sizeOfFile(path: string, isNetwork = false): Promise<number | undefined> {
  if (!isNetwork) return (await unlessGone(stat(path)))?.size;
  const file = await OpenFile.open(path);
  if (file === undefined) return undefined;
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}

export async function mtimeOf(path: string): Promise<number | undefined> {
  return (await unlessGone(stat(path)))?.mtimeMs;
}

/** Names in a folder that is not large, sorted; a missing one is empty. */
export async function namesOf(path: string): Promise<string[]> {
  return ((await unlessGone(readdir(path))) ?? []).sort();
}

/** Names in a folder of any size, some at a time, in the directory's order; a missing one is empty. */
export async function* manyNamesOf(path: string): AsyncGenerator<string[]> {
  const dir = await unlessGone(opendir(path, { bufferSize: NAMES_AT_ONCE }));
  if (dir === undefined) return;
  try {
    let names: string[] = [];
    for (let entry = await dir.read(); entry !== null; entry = await dir.read()) {
      names.push(entry.name);
      if (names.length < NAMES_AT_ONCE) continue;
      yield names;
      names = [];
    }
    yield names;
  } finally {
    await dir.close();
  }
}

export interface PieceOptions {
  /** Byte to begin at: the beginning of a line. */
  readonly from?: number | undefined;
  /** Byte to end at, of a file that grows. */
  readonly to?: number | undefined;
  /** Give the last line even if nothing ends it. Default false. */
  readonly withTail?: boolean;
  /** Leave out lines that do not hold these bytes; pieces of the file without them are not even split. */
  readonly holding?: Buffer | undefined;
  readonly bytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Piece {
  /** Lines that end in this piece, without what ends them and without empty ones. */
  readonly lines: readonly string[];
  /** Bytes that were read for it. */
  readonly bytes: number;
  /** The byte after the last whole line so far: where to go on from another time. */
  readonly at: number;
}

/** The lines of a file, a piece at a time. A missing file has none. @throws the system's error, or the signal's reason */
export async function* piecesOfFile(path: string, options: PieceOptions = {}): AsyncGenerator<Piece> {
  const { from = 0, to = Number.POSITIVE_INFINITY, holding, signal, bytes = PIECE_BYTES } = options;
  const file = await OpenFile.open(path);
  if (file === undefined) return;
  try {
    let buffer = Buffer.allocUnsafe(2 * bytes);
    let at = from;
    /** Bytes at the buffer's beginning: of a line whose end has not been read. */
    let kept = 0;
    /** What is being read is the rest of a line that is too long. */
    let isSkipping = false;
    for (;;) {
      signal?.throwIfAborted();
      if (buffer.length - kept < bytes) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
      const read = await file.readInto(buffer, kept, Math.min(bytes, to - at), at);
      if (read === 0) break;
      at += read;
      const filled = buffer.subarray(0, kept + read);
      const last = filled.lastIndexOf(NEWLINE);
      const first = isSkipping ? filled.indexOf(NEWLINE) + 1 : 0;
      const lines = last < 0 ? [] : linesIn(filled.subarray(first, last + 1), holding);
      if (last >= 0) isSkipping = false;
      kept = filled.length - last - 1;
      buffer.copyWithin(0, last + 1, filled.length);
      if (kept > MOST_LINE_BYTES) isSkipping = true;
      if (isSkipping) kept = 0;
      // Who goes on from here another time reads a line that is too long as one that can't be parsed.
      yield { lines, bytes: read, at: at - kept };
    }
    if (options.withTail !== true || kept === 0 || isSkipping) return;
    yield { lines: linesIn(buffer.subarray(0, kept), holding), bytes: 0, at };
  } finally {
    await file.close();
  }
}

function linesIn(bytes: Buffer, holding: Buffer | undefined): string[] {
  if (holding === undefined) return bytes.toString('utf8').split('\n').filter(isFull);
  const lines: string[] = [];
  for (let found = bytes.indexOf(holding); found >= 0; ) {
    const start = found === 0 ? 0 : bytes.lastIndexOf(NEWLINE, found) + 1;
    const newline = bytes.indexOf(NEWLINE, found);
    const end = newline < 0 ? bytes.length : newline;
    lines.push(bytes.toString('utf8', start, end));
    found = bytes.indexOf(holding, end);
  }
  return lines;
}

function isFull(line: string): boolean {
  return line !== '';
}
