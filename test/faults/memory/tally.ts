/** Every kind of fault, and how often it was really met: one that changes nothing does not count. */
export const KINDS = {
  'lost reply': 'a change was made, and its caller is told EIO or ETIMEDOUT',
  'lost reply, asked again': 'a change was made, and its caller is told ENOENT or EEXIST, as of a request sent twice',
  'stale: missing': 'a client takes a name for missing that stands, as it did before',
  'stale: standing': 'a client takes a name for standing that has gone',
  'listing: missed': 'a readdir leaves out a name that came while it was read',
  'listing: left over': 'a readdir shows a name that went while it was read',
  'full (ENOSPC)': 'what takes space is refused, several calls in a row',
  'full (EDQUOT)': 'likewise',
  'device (EIO)': 'any call is refused, several in a row',
  'stale handle (ESTALE)': 'likewise',
  'read-only (EROFS)': 'every change is refused, several calls in a row',
  'fsync (EIO)': 'an fsync says that data is lost',
  'torn append': 'a write takes the beginning only, and the next one is refused',
  'half-made file': 'others come between the creation of a file and its content',
  'process killed': 'before, in the middle of or after a call',
  'process stopped': 'for more than a lease, in the middle of whatever it does',
  'power cut': 'of all: what was not synced is undone, or in part',
} as const;

export type Kind = keyof typeof KINDS;
export const ALL_KINDS = Object.keys(KINDS) as Kind[];

export class Tally {
  readonly #counts = new Map<Kind, number>();

  count(kind: Kind): void {
    this.#counts.set(kind, this.of(kind) + 1);
  }

  of(kind: Kind): number {
    return this.#counts.get(kind) ?? 0;
  }

  get total(): number {
    return ALL_KINDS.reduce((sum, kind) => sum + this.of(kind), 0);
  }

  add(other: Tally): void {
    for (const kind of ALL_KINDS) this.#counts.set(kind, this.of(kind) + other.of(kind));
  }
}
