/** What a run is made of; all else follows from its seed. */
import fc from 'fast-check';
import type { Durability } from '../../../src/model/definition.ts';
import { ALL_KINDS, type Kind } from './tally.ts';

export interface Plan {
  readonly seed: number;
  /** Calls of all actors together, before everything is mended. */
  readonly calls: number;
  /** A file server's clients, or programs on one host. */
  readonly isNetwork: boolean;
  readonly durability: Durability;
  readonly kinds: readonly Kind[];
}

/** Of a hundred calls that it could come with. */
const SHARES: Readonly<Record<Kind, number>> = {
  'lost reply': 2,
  'lost reply, asked again': 4,
  'stale: missing': 50,
  'stale: standing': 50,
  'listing: missed': 40,
  'listing: left over': 0,
  'full (ENOSPC)': 0.5,
  'full (EDQUOT)': 0.5,
  'device (EIO)': 0.15,
  'stale handle (ESTALE)': 0.15,
  'read-only (EROFS)': 0.3,
  'fsync (EIO)': 0.5,
  'torn append': 4,
  'half-made file': 30,
  'process killed': 0.25,
  'process stopped': 0.2,
  'power cut': 0.08,
};

/** What only file servers do, and what a host's power takes from all of its programs. */
const NETWORK_ONLY: ReadonlySet<Kind> = new Set([
  'lost reply',
  'lost reply, asked again',
  'stale: missing',
  'stale: standing',
  'stale handle (ESTALE)',
]);
const LOCAL_ONLY: ReadonlySet<Kind> = new Set(['power cut']);

export function shareOf(plan: Plan): (kind: Kind) => number {
  const chosen = new Set(plan.kinds);
  return (kind) => {
    if (!chosen.has(kind) || (plan.isNetwork ? LOCAL_ONLY : NETWORK_ONLY).has(kind)) return 0;
    return SHARES[kind];
  };
}

/** Shrinks to few kinds, few calls. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(2 ** 31 - 1),
  calls: fc.integer({ min: 200, max: 1_500 }),
  isNetwork: fc.boolean(),
  durability: fc.constantFrom<Durability>('posts', 'strict', 'none'),
  kinds: fc.oneof(fc.constant(ALL_KINDS), fc.subarray(ALL_KINDS)),
});
