/** Who breaks things: at random moments one of the faults, on a host that chance picks. Each is counted when it was done. */
import fs from 'node:fs';
import { boardPath, list } from '../../helpers/home.ts';
import type { Chance } from './chance.ts';
import type { SmallDisk } from './disk.ts';
import { type AgentHost, send } from './hosts.ts';
import type { Poster } from './poster.ts';

/** How often each comes, among all. */
const WEIGHTS = {
  'stage process killed': 6,
  'host agent killed': 3,
  'host agent and its stage processes killed': 2,
  'host switched off': 1.5,
  'stage process frozen past its lease': 3,
  'host frozen past the lease': 1,
  'disk full': 1.5,
  'wish renamed': 2,
  'poster killed': 1,
} as const;

export type FaultName = keyof typeof WEIGHTS;

export interface Stage {
  readonly home: string;
  readonly hosts: readonly AgentHost[];
  readonly disk: SmallDisk;
  readonly poster: Poster;
  readonly leaseMs: number;
}

export class Director {
  readonly #stage: Stage;
  readonly #chance: Chance;
  readonly #pending = new Set<Promise<void>>();
  readonly #frozen = new Set<AgentHost>();
  readonly counts = new Map<FaultName, number>();

  constructor(stage: Stage, chance: Chance) {
    this.#stage = stage;
    this.#chance = chance;
    for (const name of Object.keys(WEIGHTS) as FaultName[]) this.counts.set(name, 0);
  }

  /** Faults every so often until the time is over; then waits until the last of them has passed. */
  async direct(untilMs: number, gapMs: number): Promise<void> {
    while (performance.now() < untilMs) {
      await pause(this.#chance.between(0.3, 1.7) * gapMs);
      const name = this.#chance.weighted(WEIGHTS);
      if (this.#do(name)) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    }
    await Promise.all(this.#pending);
  }

  /** @returns false: there was nothing to do it to */
  #do(name: FaultName): boolean {
    const { hosts, poster } = this.#stage;
    const host = this.#chance.pick(hosts.filter((one) => one.isOn && !this.#frozen.has(one)));
    switch (name) {
      case 'disk full':
        return this.#fillDisk();
      case 'poster killed':
        return poster.kill();
      case 'wish renamed':
        return this.#renameWish();
    }
    if (host === undefined) return false;
    switch (name) {
      case 'stage process killed':
        return this.#kill(this.#oneOf(host.pids('run')));
      case 'host agent killed':
        return this.#kill(host.pids('up'));
      case 'host agent and its stage processes killed':
        return this.#kill([...host.pids('up'), ...host.pids('run')]);
      case 'host switched off':
        this.#later(this.#offAndOn(host));
        return true;
      case 'stage process frozen past its lease':
        return this.#freeze(host, this.#oneOf(host.pids('run')));
      case 'host frozen past the lease':
        return this.#freeze(host, host.all());
    }
  }

  #oneOf(pids: readonly number[]): number[] {
    const pid = this.#chance.pick(pids);
    return pid === undefined ? [] : [pid];
  }

  #kill(pids: readonly number[]): boolean {
    return pids.map((pid) => send(pid, 'SIGKILL')).includes(true);
  }

  #freeze(host: AgentHost, pids: readonly number[]): boolean {
    if (!pids.map((pid) => send(pid, 'SIGSTOP')).includes(true)) return false;
    this.#frozen.add(host);
    this.#later(
      pause(this.#stage.leaseMs * this.#chance.between(1.5, 2.5)).then(() => {
        for (const pid of pids) send(pid, 'SIGCONT');
        this.#frozen.delete(host);
      }),
    );
    return true;
  }

  async #offAndOn(host: AgentHost): Promise<void> {
    await host.switchOff();
    await pause(this.#chance.between(500, 3_000));
    host.switchOn();
  }

  #fillDisk(): boolean {
    const { disk } = this.#stage;
    if (disk.isFull) return false;
    disk.fill();
    this.#later(pause(this.#chance.between(3_000, 7_000)).then(() => disk.free()));
    return true;
  }

  #renameWish(): boolean {
    const { home } = this.#stage;
    const host = this.#chance.pick(list(home, 'hosts'));
    const wish = list(home, `hosts/${host}`).find((file) => file.includes('='));
    if (wish === undefined) return false;
    const folder = boardPath(home, `hosts/${host}`);
    const slots = 1 + this.#chance.below(4);
    try {
      fs.renameSync(`${folder}/${wish}`, `${folder}/${wish.split('=')[0]}=${slots}`);
    } catch (error) {
      // The disk is full, and the folder's block too.
      if (!(error instanceof Error && 'errno' in error)) throw error;
      return false;
    }
    return true;
  }

  #later(work: Promise<void>): void {
    this.#pending.add(work);
    void work.finally(() => this.#pending.delete(work));
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
