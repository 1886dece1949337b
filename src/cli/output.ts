/**
 * Standard output: data only, in large chunks, waiting for slow readers. Nothing here ends the process: the exit code is
 * set and what was written drains. A reader that went away (EPIPE) is no error: the rest is dropped.
 */
import type { Writable } from 'node:stream';
import { jsonText } from '../model/text.ts';

const CHUNK = 64 * 1024;

export class Output {
  readonly #stream: Writable;
  #pending = '';
  #isFull = false;
  #isClosed = false;
  #failure: Error | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#isClosed = true;
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') this.#failure = error;
    });
    stream.on('close', () => {
      this.#isClosed = true;
    });
  }

  /** True once nobody reads any more: lists and followers stop, work that was asked for goes on. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Why the output is incomplete (a full disk), if it is. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  write(text: string): void {
    if (this.#isClosed) return;
    this.#pending += text;
    if (this.#pending.length >= CHUNK) this.#push();
  }

  /** The same for bytes, which are not to be changed any more. */
  writeBytes(bytes: Uint8Array): void {
    this.#push();
    if (bytes.length > 0 && !this.#isClosed && !this.#stream.write(bytes)) this.#isFull = true;
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  json(value: unknown): void {
    this.line(jsonText(value, 2));
  }

  /** Hands everything over, and waits until the reader has taken enough of it. */
  async drained(): Promise<void> {
    this.#push();
    if (!this.#isFull || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#stream.off('drain', done);
        this.#stream.off('error', done);
        this.#stream.off('close', done);
        resolve();
      };
      this.#stream.on('drain', done);
      this.#stream.on('error', done);
      this.#stream.on('close', done);
    });
    this.#isFull = false;
  }

  #push(): void {
    if (this.#pending === '' || this.#isClosed) return;
    const text = this.#pending;
    this.#pending = '';
    if (!this.#stream.write(text)) this.#isFull = true;
  }
}
