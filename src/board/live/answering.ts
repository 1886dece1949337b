/**
 * For what reads the disk in the calling thread: first it is asked, in another one, whether it answers at all. While it hangs
 * nobody gets to the reading, and one thread waits for all who want to.
 */

/** @returns settles once the disk answers, though it be with an error: what is read next will tell */
export function answering(ask: () => Promise<unknown>): () => Promise<void> {
  let asked: Promise<void> | undefined;
  const over = (): void => {
    asked = undefined;
  };
  return () => {
    asked ??= ask().then(over, over);
    return asked;
  };
}
