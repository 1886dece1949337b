/** Long work in short steps, so that a program that has a person to serve answers in between. */

import { othersRun } from '../board/live/slices.ts';

/** Work at a time; keys are answered at least that often. */
const SLICE_MS = 5;

export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}

/** Does a step of work, then lets others have their turn before it is settled. */
export type Pace = (work: () => void) => Promise<void>;

/** @param duty the share of the time that the work may take, from 0 to 1 */
export function paced(duty: number): Pace {
  let busyMs = 0;
  return (work) => {
    const began = performance.now();
    work();
    busyMs += performance.now() - began;
    if (busyMs < SLICE_MS) return othersRun();
    const restMs = busyMs * (1 / duty - 1);
    busyMs = 0;
    return restMs < 1 ? othersRun() : sleep(restMs);
  };
}
