/** What has waited longest at each column. Pure. */
import { letterCode, postedMsOf } from '../../model/name.ts';
import type { Store } from './store.ts';

const W = 'w'.charCodeAt(0);
const DIGIT_1 = '1'.charCodeAt(0);
const DIGIT_9 = '9'.charCodeAt(0);

function isWaitingCode(code: number): boolean {
  return code === W || (code >= DIGIT_1 && code <= DIGIT_9);
}

/** Of each column the slot of the oldest entry that waits there in queue or active; -1: none. */
export function oldestWaiting(store: Store): number[] {
  const { columns, files } = store;
  const oldest = new Array<number>(columns).fill(-1);
  const since = new Array<number>(columns).fill(Number.POSITIVE_INFINITY);
  for (let slot = 0; slot < files.length; slot++) {
    if (!store.isLive(slot)) continue;
    const state = store.stateOf(slot);
    if (state !== 'queue' && state !== 'active') continue;
    const file = files[slot] ?? '';
    const postedMs = postedMsOf(file);
    for (let column = 0; column < columns; column++) {
      const least = since[column] ?? 0;
      if (postedMs > least || !isWaitingCode(letterCode(file, column))) continue;
      // Of those posted in the same second, the first in order of service: what is shown must not jump about.
      if (postedMs === least && file >= (files[oldest[column] ?? 0] ?? '')) continue;
      oldest[column] = slot;
      since[column] = postedMs;
    }
  }
  return oldest;
}
