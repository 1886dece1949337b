/**
 * Gives back the memory that start and work took, once nothing has run for a while. V8's young generation grows to 16 MB
 * by the first look at a large board, and shrinks only in a full collection after seconds without much allocation: an
 * idle process allocates too little to ever have one. For programs that are nothing but a stage process: the collection
 * stops all of a program for some ms.
 */
import v8 from 'node:v8';
import vm from 'node:vm';

/** The first tells V8 how little is allocated by now; the second, later than the 5 s that it averages over, gives back. */
const MINOR_MS = 5_000;
const MAJOR_MS = 11_000;

export type Collect = (options?: { type: 'minor' }) => void;

/** Node gives the collector only to programs that were started with a flag. Undefined: not to be had. */
function collector(): Collect | undefined {
  v8.setFlagsFromString('--expose-gc');
  const gc: unknown = vm.runInNewContext('globalThis.gc');
  v8.setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? (gc as Collect) : undefined;
}

export class Rest {
  readonly #find: () => Collect | undefined;
  #collect: Collect | undefined;
  #done = 0;

  constructor(find: () => Collect | undefined = collector) {
    this.#find = find;
  }

  /** To be called now and then. @param quietMs how long nothing has run */
  turn(quietMs: number): void {
    if (quietMs < MINOR_MS) {
      this.#done = 0;
      return;
    }
    if (this.#done === 0) {
      this.#collect = this.#find();
      this.#collect?.({ type: 'minor' });
      this.#done = 1;
    } else if (this.#done === 1 && quietMs >= MAJOR_MS) {
      this.#collect?.();
      this.#done = 2;
    }
  }
}
