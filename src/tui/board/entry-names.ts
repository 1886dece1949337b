/** Datasets that are too long for their column: cut in the middle, where those that are shown still differ. Pure. */

/** Names that are no longer than this are never cut. */
const SHORT = 20;
/** Least that is shown of a name that is cut. */
const LEAST = 9;

/** A name in so many cells, of which `tail` are its end. Datasets are ASCII: characters are cells. */
export function cutName(name: string, cells: number, tail: number, more: string): string {
  if (name.length <= cells) return name;
  const end = Math.max(0, Math.min(tail, cells - 1));
  return (
    name.slice(0, Math.max(0, cells - 1 - end)) + more.slice(0, Math.max(0, cells)) + name.slice(name.length - end)
  );
}

function tellsApart(names: readonly string[], cells: number, tail: number): boolean {
  return new Set(names.map((name) => cutName(name, cells, tail, '*'))).size === names.length;
}

/** How long the end must be for the names to differ in so many cells; undefined: no cut does it. */
function tailOf(names: readonly string[], cells: number): number | undefined {
  const middle = Math.floor((cells - 1) / 2);
  if (tellsApart(names, cells, middle)) return middle;
  // From the middle to both ends: what looks most like the name comes first.
  for (let off = 1; off < cells; off++) {
    for (const tail of [middle + off, middle - off])
      if (tail >= 0 && tail < cells && tellsApart(names, cells, tail)) return tail;
  }
  return undefined;
}

/** The end that is shown of names in so many cells: one that tells them apart, or half. */
export function tailFor(names: readonly string[], cells: number): number {
  return tailOf([...new Set(names)], cells) ?? Math.floor((cells - 1) / 2);
}

/** The least cells in which the names differ from each other. */
export function leastCells(names: readonly string[]): number {
  const different = [...new Set(names)];
  const longest = different.reduce((most, name) => Math.max(most, name.length), 0);
  if (longest <= SHORT) return longest;
  let [least, most] = [LEAST, longest];
  while (least < most) {
    const half = Math.floor((least + most) / 2);
    if (tailOf(different, half) === undefined) least = half + 1;
    else most = half;
  }
  return most;
}
