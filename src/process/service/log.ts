/**
 * What an instance of a service says beside its answers. It writes to one file of its own for as long as it lives; what it
 * has added while it worked on an entry is copied to that entry's log. It has been written before the answer was, so
 * nothing of it comes too late.
 */
import fs from 'node:fs';
import { isSystemError } from '../../board/errors.ts';

const PIECE = 65_536;
/** A file that has got longer is begun anew, between two entries. */
const MOST_BYTES = 4 * 2 ** 20;
const LAST_BYTES = 512;
/** Of what it says about one entry, the last. */
const MOST_COPIED = 64 * 2 ** 20;
/** Not through a link, which a step may have put there. */
const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
const OPEN = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;

export class ServiceLog {
  readonly path: string;
  readonly #fd: number;
  /** What came before has been copied, or belongs to no entry. */
  #at = 0;
  #from = 0;

  /** @throws the system's error */
  constructor(path: string) {
    this.path = path;
    this.#fd = fs.openSync(path, OPEN, 0o666);
    this.#at = this.#size();
  }

  /** An instance is started: what stands there is none of its. */
  start(): void {
    this.#from = this.#size();
  }

  /** What is said from now on is about an entry. */
  begin(): void {
    let size = this.#size();
    if (size > MOST_BYTES) {
      fs.ftruncateSync(this.#fd, 0);
      size = 0;
      this.#from = 0;
    }
    this.#at = size;
  }

  /** Copies what is new to an entry's log. */
  copyTo(log: string): void {
    const end = this.#size();
    // Somebody has cut it.
    if (end < this.#at) this.#at = end;
    if (end === this.#at) return;
    try {
      if (end - this.#at > MOST_COPIED) this.#leaveOut(log, end - MOST_COPIED);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return;
    }
    const piece = Buffer.alloc(Math.min(PIECE, end - this.#at));
    try {
      while (this.#at < end) {
        const read = fs.readSync(this.#fd, piece, 0, Math.min(piece.length, end - this.#at), this.#at);
        if (read === 0) return;
        this.#at += read;
        fs.appendFileSync(log, piece.subarray(0, read));
      }
    } catch (error) {
      // The disk is full, say: it is in the service's own log at least.
      if (!isSystemError(error)) throw error;
    }
  }

  /** A flood would keep the stage process from everything else while it is copied. */
  #leaveOut(log: string, to: number): void {
    fs.appendFileSync(log, `slate: ${to - this.#at} bytes that the service said before this are left out\n`);
    this.#at = to;
  }

  /** The last line of this instance that is not empty. */
  lastLine(): string {
    const size = this.#size();
    const piece = Buffer.alloc(Math.max(0, Math.min(LAST_BYTES, size - this.#from)));
    try {
      if (piece.length > 0) fs.readSync(this.#fd, piece, 0, piece.length, size - piece.length);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return '';
    }
    return piece.toString('utf8').trimEnd().split('\n').at(-1)?.trim() ?? '';
  }

  /** Its end. A file in which nothing stands goes. */
  close(isWanted: boolean): void {
    const isEmpty = this.#size() === 0;
    fs.closeSync(this.#fd);
    if (isEmpty || !isWanted) fs.rmSync(this.path, { force: true });
  }

  /** Of one that another host has removed nothing more is known: then nothing is new. */
  #size(): number {
    try {
      return fs.fstatSync(this.#fd).size;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return this.#at;
    }
  }
}
