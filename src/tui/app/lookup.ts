/**
 * Things that are read when the cursor comes to rest on an entry: its story, its files, the end of its log. What is passed on
 * the way is not read; what is known is shown until it has been read anew.
 */

/** The cursor has to rest this long. */
const REST_MS = 120;
const MOST_KEPT = 50;

/** Reading the same again takes a twentieth of the time at most. */
const SHARE = 20;

interface Held<V> {
  readonly value: V;
  /** When it was read, and how long that took. */
  readonly atMs: number;
  readonly costMs: number;
  /** What it was read at: the entry's name and, for what grows, the time. */
  readonly version: string;
}

export class Lookup<V> {
  readonly #load: (key: string, signal: AbortSignal) => Promise<V>;
  readonly #onChange: () => void;
  readonly #onFault: (error: unknown) => void;
  readonly #held = new Map<string, Held<V>>();
  #wanted: { readonly key: string; readonly version: string } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #abort: AbortController | undefined;

  constructor(
    load: (key: string, signal: AbortSignal) => Promise<V>,
    onChange: () => void,
    onFault: (error: unknown) => void,
  ) {
    this.#load = load;
    this.#onChange = onChange;
    this.#onFault = onFault;
  }

  /** What is known of it; asking starts reading if that is not of this version. */
  ask(key: string, version: string): V | undefined {
    const held = this.#held.get(key);
    const isWanted = this.#wanted?.key === key && this.#wanted.version === version;
    const isFresh = held !== undefined && performance.now() - held.atMs < SHARE * held.costMs;
    if (held?.version !== version && !isWanted && !isFresh) {
      this.#wanted = { key, version };
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#read(key, version), REST_MS);
    }
    return held?.value;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  async #read(key: string, version: string): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const startMs = performance.now();
    try {
      const value = await this.#load(key, abort.signal);
      if (abort.signal.aborted) return;
      const atMs = performance.now();
      this.#held.delete(key);
      this.#held.set(key, { value, version, atMs, costMs: atMs - startMs });
      for (const old of this.#held.keys()) {
        if (this.#held.size <= MOST_KEPT) break;
        this.#held.delete(old);
      }
      this.#onChange();
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#onFault(error);
    } finally {
      // Asked for again it is read again.
      if (this.#wanted?.key === key && this.#wanted.version === version) this.#wanted = undefined;
    }
  }
}
