/**
 * Who is suspected dead. Only suspicion: renames decide what becomes of a claim, and a wrong suspicion costs work, never
 * correctness. Clocks of hosts are not compared: a counter that an observer sees stand still for a lease, on its own
 * monotonic clock, over at least three looks, while its own heartbeats succeeded.
 */
import type { StatusOrder } from '../model/name.ts';
import { askKernel, type ProcessMark } from './host.ts';

/** Looks that must agree. */
export const LEAST_LOOKS = 3;

/** One look at one status file. */
export interface Sighting {
  readonly id: string;
  readonly order: StatusOrder;
  /** Undefined: could not be read this time. */
  readonly counter: number | undefined;
  readonly mark: ProcessMark | undefined;
}

export interface LeaseOptions {
  readonly leaseMs: number;
  /** This process's mark, to ask the kernel about others on the same host. */
  readonly own: ProcessMark;
  /** Its id, which is never suspected; empty for a program that serves nothing. */
  readonly ownId: string;
}

interface Watched {
  counter: number | undefined;
  sinceMs: number;
  lastMs: number;
  looks: number;
}

export class LeaseObserver {
  readonly #options: LeaseOptions;
  readonly #seen = new Map<string, Watched>();
  readonly #absent = new Map<string, Watched>();

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /**
   * Takes in one look at all status files and at the ids that claims on the board name.
   * @param nowMs monotonic, of this process
   * @param healthy false if this process's own heartbeat has not succeeded since the last look: then nothing is concluded
   * @returns ids suspected dead, with why
   */
  look(
    sightings: readonly Sighting[],
    claimants: Iterable<string>,
    nowMs: number,
    healthy: boolean,
  ): Map<string, string> {
    const dead = new Map<string, string>();
    const present = new Set<string>();
    for (const sighting of sightings) {
      present.add(sighting.id);
      this.#absent.delete(sighting.id);
      if (sighting.id === this.#options.ownId) continue;
      const why = this.#judge(sighting, nowMs, healthy);
      if (why !== undefined) dead.set(sighting.id, why);
    }
    for (const id of this.#seen.keys()) if (!present.has(id)) this.#seen.delete(id);
    const named = new Set(claimants);
    for (const id of this.#absent.keys()) if (!named.has(id)) this.#absent.delete(id);
    for (const id of named) {
      if (present.has(id) || id === this.#options.ownId) continue;
      if (this.#stoodStill(this.#absent, id, undefined, nowMs, healthy, 2 * this.#options.leaseMs)) {
        dead.set(id, 'it has had no status file for two leases');
      }
    }
    return dead;
  }

  #judge(sighting: Sighting, nowMs: number, healthy: boolean): string | undefined {
    if (sighting.order === 'lost') return 'it was found dead before';
    const word = sighting.mark === undefined ? 'unknown' : askKernel(sighting.mark, this.#options.own);
    if (word === 'dead') return `its process ${sighting.mark?.pid} on this host has ended`;
    if (!this.#stoodStill(this.#seen, sighting.id, sighting.counter, nowMs, healthy, this.#options.leaseMs))
      return undefined;
    return `its heartbeat has stood still for ${this.#options.leaseMs / 1000} s`;
  }

  #stoodStill(
    among: Map<string, Watched>,
    id: string,
    counter: number | undefined,
    nowMs: number,
    healthy: boolean,
    leaseMs: number,
  ): boolean {
    const before = among.get(id);
    // Also begun anew: if this observer itself was asleep, or its own disk did not answer, what it did not see proves nothing.
    const slept = before !== undefined && nowMs - before.lastMs > this.#options.leaseMs;
    if (before === undefined || before.counter !== counter || slept || !healthy) {
      among.set(id, { counter, sinceMs: nowMs, lastMs: nowMs, looks: 1 });
      return false;
    }
    before.lastMs = nowMs;
    before.looks++;
    return nowMs - before.sinceMs >= leaseMs && before.looks >= LEAST_LOOKS;
  }
}
