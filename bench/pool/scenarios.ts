/** The pools that are simulated: Hubble's of today, one twenty times as large, and what is turned to find their ends. */
import { LUSTRE, NFS } from './network.ts';
import type { Scenario } from './simulate.ts';

export interface Named extends Scenario {
  /** What is special about it; empty for the plain case. */
  readonly turned: string;
}

/** The reprocessing of all of WFC3 in 2015. */
const WFC3 = 90_959;
const MINUTES: readonly [number, number] = [60, 300];

function hubble(turned: string, more: Partial<Scenario> = {}): Named {
  const pool = { hosts: 7, processes: 7, slots: 450, boards: 1, inFlight: 2_000, batch: 1 };
  return { turned, model: NFS, ...pool, datasets: WFC3, stepSeconds: MINUTES, watchSeconds: 300, ...more };
}

function large(turned: string, more: Partial<Scenario> = {}): Named {
  const pool = { hosts: 200, processes: 200, slots: 10_000, boards: 1, inFlight: 20_000, batch: 1 };
  return { turned, model: NFS, ...pool, datasets: WFC3, stepSeconds: MINUTES, watchSeconds: 4, ...more };
}

const SECOND = { stepSeconds: [1, 1], watchSeconds: 8 } as const;
const TEN_SECONDS = { stepSeconds: [10, 10], watchSeconds: 20 } as const;

/** A part of the backlog is all that such a pool gets through while it is watched. */
const FAST = { stepSeconds: [10, 10], watchSeconds: 3, datasets: 25_000 } as const;

export const SCENARIOS: readonly Named[] = [
  hubble(''),
  hubble('', { model: LUSTRE }),
  hubble('inFlight 225: half of the slots', { inFlight: 225, stepSeconds: [12, 60], watchSeconds: 240 }),
  hubble('', TEN_SECONDS),
  hubble('', SECOND),
  hubble('4 boards', { ...SECOND, boards: 4 }),
  hubble('56 processes', { ...SECOND, processes: 56 }),
  hubble('56 processes, 4 boards', { ...SECOND, processes: 56, boards: 4 }),
  hubble('10 entries a step', { ...TEN_SECONDS, batch: 10, inFlight: 20_000 }),
  hubble('', { ...SECOND, model: LUSTRE }),
  hubble('56 processes', { ...SECOND, model: LUSTRE, processes: 56 }),
  large(''),
  large('', { model: LUSTRE }),
  large('8 boards', { boards: 8 }),
  large('', FAST),
  large('', { ...FAST, model: LUSTRE }),
];

const few = { datasets: 9_000 } as const;

/** The same pool and backlog cut down: for a look in ten seconds. */
export const QUICK: readonly Named[] = [
  hubble('', { ...few, watchSeconds: 120 }),
  hubble('', { ...few, ...TEN_SECONDS, model: LUSTRE }),
  hubble('', { ...few, ...SECOND, watchSeconds: 5 }),
  hubble('56 processes', { ...few, ...SECOND, watchSeconds: 5, processes: 56 }),
];
