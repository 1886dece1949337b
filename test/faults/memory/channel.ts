/**
 * Two threads that take turns: who asks stands still until the other has answered, so that of all threads only one runs at
 * any time, and a run is the same whenever it is run again.
 */
const TURN = 0;
const LENGTH = 1;
const HEAD_BYTES = 8;
const BYTES = 512 * 1024;
/** A turn takes microseconds; on a machine that is busy with other things, more. */
const BOUND_MS = 20_000;
const LOOK_MS = 250;

/** The other has not answered in time. */
export class Silence extends Error {
  override readonly name = 'Silence';
}

/** Whose turn it is. */
export type Side = 0 | 1;
export const STAGE: Side = 0;
export const ACTOR: Side = 1;

export class Channel {
  readonly memory: SharedArrayBuffer;
  readonly #side: Side;
  readonly #head: Int32Array;
  readonly #text: Buffer;

  constructor(side: Side, memory = new SharedArrayBuffer(HEAD_BYTES + BYTES)) {
    this.memory = memory;
    this.#side = side;
    this.#head = new Int32Array(memory, 0, 2);
    this.#text = Buffer.from(memory, HEAD_BYTES);
  }

  /** Gives the other its turn without a word. */
  pass(): void {
    Atomics.store(this.#head, TURN, 1 - this.#side);
  }

  /** Gives the other its turn. */
  say(message: unknown): void {
    const length = this.#text.write(JSON.stringify(message));
    if (length > BYTES - 4) throw new Error('a message has no room');
    Atomics.store(this.#head, LENGTH, length);
    Atomics.store(this.#head, TURN, 1 - this.#side);
    Atomics.notify(this.#head, TURN);
  }

  /** Waits for its own turn. */
  hear<Message>(boundMs = BOUND_MS): Message {
    const others = 1 - this.#side;
    // Looked at again now and then: a wake-up that is lost costs a moment.
    for (let waitedMs = 0; Atomics.wait(this.#head, TURN, others, LOOK_MS) === 'timed-out'; waitedMs += LOOK_MS)
      if (waitedMs >= boundMs) throw new Silence('no answer from a thread');
    return JSON.parse(this.#text.toString('utf8', 0, Atomics.load(this.#head, LENGTH))) as Message;
  }
}
