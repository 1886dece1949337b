/**
 * Which entries go together into one execution, of those that wait for a stage. Several processes have read the same names:
 * each begins at another block of them, and one whose first entry others have just taken is left to them as a whole, so
 * that not each of them ends up with half a batch.
 */
import { type Candidate, compareNames, type Share } from '../model/order.ts';

/** Two lists that are in order, as one. */
export function* merged<C extends Candidate>(a: Iterable<C>, b: Iterable<C>): Generator<C> {
  const [as, bs] = [a[Symbol.iterator](), b[Symbol.iterator]()];
  let [left, right] = [as.next(), bs.next()];
  while (!left.done && !right.done) {
    if (compareNames(left.value.entry.name, right.value.entry.name) <= 0) {
      yield left.value;
      left = as.next();
    } else {
      yield right.value;
      right = bs.next();
    }
  }
  for (; !left.done; left = as.next()) yield left.value;
  for (; !right.done; right = bs.next()) yield right.value;
}

/**
 * Where in the list this process begins: at its own one of the full blocks, if what stands there has the best rank.
 * @param waiting in order of service
 */
export function blockStart(waiting: readonly Candidate[], most: number, { index, count }: Share): number {
  const blocks = Math.floor(waiting.length / most);
  if (count < 2 || blocks < 2) return 0;
  const start = (index % blocks) * most;
  return waiting[start]?.entry.name.rank === waiting[0]?.entry.name.rank ? start : 0;
}

/** `gone`: others were faster. `later`: it is not due, or there is no room for it in `active/`; it goes on waiting. */
export type Sight = 'ready' | 'gone' | 'later';

export interface Block<C> {
  readonly taken: readonly C[];
  /** Others are at these: they are not to be asked for one after another. */
  readonly passed: readonly C[];
}

/** Entries of which others have taken the one before, looked up one after another. */
const MOST_GONE = 32;

/** The next `most` that can be had. @param look asked of each in turn */
export function takeBlock<C extends Candidate>(
  waiting: readonly C[],
  most: number,
  start: number,
  isAlone: boolean,
  look: (candidate: C) => Sight,
): Block<C> {
  const taken: C[] = [];
  let gone = 0;
  for (let at = start; at < waiting.length && taken.length < most; at++) {
    const candidate = waiting[at] as C;
    const sight = look(candidate);
    if (sight === 'ready') taken.push(candidate);
    if (sight !== 'gone' || isAlone) continue;
    if (taken.length === 0) return { taken, passed: waiting.slice(at, at + most) };
    if (++gone >= MOST_GONE) break;
  }
  return { taken, passed: [] };
}
