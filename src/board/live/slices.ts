/** Long work in slices, so that keys are answered and screens painted meanwhile. */

/** A slice: with what a paint takes, well below what a person feels. */
const SLICE_MS = 8;

/** Lets others run who wait for the event loop. */
export function othersRun(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Does all of it at once. */
export function runAtOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/**
 * Does it a slice at a time.
 * @param isStopped asked between slices
 * @returns undefined if it was stopped
 */
export async function runSliced<T>(work: Generator<void, T>, isStopped?: () => boolean): Promise<T | undefined> {
  let until = performance.now() + SLICE_MS;
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() < until) continue;
    await othersRun();
    if (isStopped?.() === true) return undefined;
    until = performance.now() + SLICE_MS;
  }
}
