/**
 * The orders that entries are listed in. Each has a number that tells most entries apart, and a comparison of what has the
 * same number; the last word has the identity, so that no order is ever by chance. Pure.
 */
import { classOf, NameView, postedMsOf, postedText, rankOf, type State } from '../../model/name.ts';
import { columnsAt, tryOf } from '../rows.ts';
import type { Store } from './store.ts';
import type { SortKey } from './types.ts';

/** Negative if slot `a` comes before slot `b`. */
export type Compare = (a: number, b: number) => number;

/** Names as they were when sorting began: what changes meanwhile is put in its place afterwards. */
export type Names = Pick<Store, 'files' | 'starts' | 'ends'>;

export function snapshot({ files, starts, ends }: Store): Names {
  return { files: files.slice(), starts: starts.slice(), ends: ends.slice() };
}

const STATE_ORDER: readonly State[] = ['failed', 'held', 'active', 'gather', 'queue', 'done', 'removed'];
/** Behind all columns. */
const NOWHERE = 99;
/** Characters of 7 bits that a number holds exactly. */
const PACKED = 7;

function packed(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < start + PACKED; at++) value = value * 128 + (at < end ? text.charCodeAt(at) : 0);
  return value;
}

/** The number of a slot in this order, by its name now. Small ones come first. */
export function numberOf(key: SortKey, store: Store): (slot: number) => number {
  const view = new NameView();
  const read = (slot: number): NameView => view.read(store.files[slot] ?? '', store.stateOf(slot));
  switch (key) {
    case 'rank':
      return (slot) => {
        const file = store.files[slot] ?? '';
        return rankOf(file) * 1e12 + postedMsOf(file) / 1000;
      };
    case 'age':
      return (slot) => postedMsOf(store.files[slot] ?? '');
    case 'entry':
      return (slot) => packed(store.files[slot] ?? '', store.starts[slot] ?? 0, store.ends[slot] ?? 0);
    case 'state':
      return (slot) => STATE_ORDER.indexOf(store.stateOf(slot));
    case 'stage':
      return (slot) => columnsAt(read(slot))[0] ?? NOWHERE;
    case 'try':
      return (slot) => -tryOf(read(slot));
    case 'class':
      return (slot) => {
        const name = classOf(store.files[slot] ?? '', store.starts[slot]);
        return packed(name, 0, name.length);
      };
  }
}

/** The order of slots that have the same number. */
export function tieOf(key: SortKey, names: Names): Compare {
  const identity: Compare = (a, b) => compareIdentity(names, a, b);
  if (key === 'rank') return (a, b) => compareText(names.files[a] ?? '', names.files[b] ?? '') || identity(a, b);
  if (key === 'class') return (a, b) => compareClassEnd(names, a, b) || identity(a, b);
  return identity;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Of two classes that have the same number: what the number does not hold. */
function compareClassEnd({ files, starts }: Names, a: number, b: number): number {
  const left = files[a] ?? '';
  const right = files[b] ?? '';
  const leftEnd = (starts[a] ?? 0) - 1;
  const rightEnd = (starts[b] ?? 0) - 1;
  const leftStart = left.lastIndexOf('.', leftEnd - 1) + 1 + PACKED;
  const rightStart = right.lastIndexOf('.', rightEnd - 1) + 1 + PACKED;
  if (leftStart >= leftEnd && rightStart >= rightEnd) return 0;
  return compareText(left.slice(leftStart, leftEnd), right.slice(rightStart, rightEnd));
}

/** By dataset, then by posted time. Compared in place: 200,000 entries are not cut into texts. */
function compareIdentity({ files, starts, ends }: Names, a: number, b: number): number {
  const left = files[a] ?? '';
  const right = files[b] ?? '';
  const leftStart = starts[a] ?? 0;
  const rightStart = starts[b] ?? 0;
  const leftLength = (ends[a] ?? 0) - leftStart;
  const rightLength = (ends[b] ?? 0) - rightStart;
  const length = Math.min(leftLength, rightLength);
  for (let at = 0; at < length; at++) {
    const difference = left.charCodeAt(leftStart + at) - right.charCodeAt(rightStart + at);
    if (difference !== 0) return difference;
  }
  return leftLength - rightLength || compareText(postedText(left), postedText(right));
}

/** Compares slots by their names now: for a few. */
export function compareNow(key: SortKey, store: Store): Compare {
  const number = numberOf(key, store);
  const tie = tieOf(key, store);
  return (a, b) => number(a) - number(b) || tie(a, b);
}

/** Sorted in one go before they are merged. */
const RUN = 1024;

/**
 * Sorts many slots, quickly if most of them are in order. A step of the work at a time.
 * @param slots is used up
 */
export function* sortSlots(
  slots: Uint32Array<ArrayBuffer>,
  key: SortKey,
  store: Store,
): Generator<void, Uint32Array<ArrayBuffer>> {
  const names = snapshot(store);
  const number = numberOf(key, store);
  const numbers = new Float64Array(store.slots);
  for (let at = 0; at < slots.length; at++) {
    const slot = slots[at] ?? 0;
    numbers[slot] = number(slot);
    if (at % RUN === RUN - 1) yield;
  }
  const tie = tieOf(key, names);
  const compare: Compare = (a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0) || tie(a, b);
  for (let start = 0; start < slots.length; start += RUN) {
    const run = slots.subarray(start, start + RUN);
    if (!isInOrder(run, compare)) run.sort(compare);
    yield;
  }
  let from = slots;
  let to = new Uint32Array(slots.length);
  for (let width = RUN; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width)
      yield* mergeRuns(from, to, start, Math.min(start + width, from.length), compare);
    [from, to] = [to, from];
  }
  return from;
}

function isInOrder(slots: Uint32Array, compare: Compare): boolean {
  for (let at = 1; at < slots.length; at++) if (compare(slots[at - 1] ?? 0, slots[at] ?? 0) > 0) return false;
  return true;
}

/** Merges the run from `start` to `middle` with the one behind it, which is not longer. */
function* mergeRuns(
  from: Uint32Array,
  to: Uint32Array,
  start: number,
  middle: number,
  compare: Compare,
): Generator<void> {
  const end = Math.min(2 * middle - start, from.length);
  if (middle >= end || compare(from[middle - 1] ?? 0, from[middle] ?? 0) <= 0) {
    to.set(from.subarray(start, end), start);
    return;
  }
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const takesLeft = right >= end || (left < middle && compare(from[left] ?? 0, from[right] ?? 0) <= 0);
    to[at] = (takesLeft ? from[left++] : from[right++]) ?? 0;
    if (at % RUN === RUN - 1) yield;
  }
}
