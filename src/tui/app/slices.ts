/** Long work in short pieces: between two of them keys are heard and the screen is painted. */

const SLICE_MS = 8;

/** Runs `step` until it says that there is no more, yielding to the event loop about every 8 ms. */
export async function inSlices(step: () => boolean, afterSlice: () => void = () => undefined): Promise<void> {
  for (;;) {
    const end = performance.now() + SLICE_MS;
    while (performance.now() < end) if (!step()) return;
    afterSlice();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
