/** Short lists as rows of a list: all of their keys are at hand. Pure. */
import type { Rows } from './list.ts';

/** Rows with these keys, which differ from each other. */
export function keyRows(keys: readonly string[]): Rows {
  let indexes: ReadonlyMap<string, number> | undefined;
  return {
    length: keys.length,
    keyAt: (index) => keys[index] ?? '',
    indexOf: (key) => {
      indexes ??= new Map(keys.map((one, index) => [one, index]));
      return indexes.get(key) ?? -1;
    },
  };
}
