/** What is to happen, earliest first; of the same time, in the order in which it was planned. A binary heap. */
interface Planned<T> {
  readonly atMs: number;
  readonly order: number;
  readonly what: T;
}

export class Events<T> {
  readonly #heap: Planned<T>[] = [];
  #order = 0;

  get size(): number {
    return this.#heap.length;
  }

  plan(atMs: number, what: T): void {
    const planned = { atMs, order: this.#order++, what };
    let at = this.#heap.length;
    this.#heap.push(planned);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const above = this.#heap[up] as Planned<T>;
      if (isBefore(above, planned)) break;
      this.#heap[at] = above;
      at = up;
    }
    this.#heap[at] = planned;
  }

  next(): { readonly atMs: number; readonly what: T } | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      const left = this.#heap[down];
      if (left === undefined) break;
      const right = this.#heap[down + 1];
      if (right !== undefined && isBefore(right, left)) down++;
      const below = this.#heap[down] as Planned<T>;
      if (isBefore(last, below)) break;
      this.#heap[at] = below;
      at = down;
    }
    this.#heap[at] = last;
    return first;
  }
}

function isBefore<T>(a: Planned<T>, b: Planned<T>): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
