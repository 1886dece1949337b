/**
 * One run of a pool: hosts, their slots, boards on a shared disk, a backlog. Discrete events; the same seed gives the
 * same run.
 */
import { Board } from '../../src/board/board.ts';
import type { Held } from '../../src/board/claim.ts';
import { FOLDERS, formatStatus } from '../../src/model/name.ts';
import { boardName, makeBoard, STAGES } from './backlog.ts';
import { randomFrom, SimClock } from './clock.ts';
import { Events } from './events.ts';
import { MemoryDisk } from './memory-disk.ts';
import { memoryFs } from './memory-fs.ts';
import { type NetworkModel, type Request, Server } from './network.ts';
import { type SimCounts, SimProcess, type SimWorld } from './sim-process.ts';

export interface Scenario {
  readonly model: NetworkModel;
  readonly hosts: number;
  /** Of all hosts together. */
  readonly processes: number;
  readonly slots: number;
  /** The processes are dealt out to them. */
  readonly boards: number;
  readonly inFlight: number;
  /** Entries a step; 1: each has a step of its own. */
  readonly batch: number;
  readonly datasets: number;
  /** Length of a step, evenly between the two. */
  readonly stepSeconds: readonly [least: number, most: number];
  /** How long the full pool is watched; undefined: to the end of the backlog. */
  readonly watchSeconds: number | undefined;
}

export interface Outcome {
  readonly scenario: Scenario;
  /** Until 95 % of the slots were busy; undefined if they never were. */
  readonly fillSeconds: number | undefined;
  /** What the rest is about: after the pool was full, or after `FILL_LIMIT_MS`. */
  readonly watchedSeconds: number;
  /** Share of the slots' time in which steps ran. */
  readonly utilisation: number;
  /** Share of a held slot's time that went to claims and finishes. */
  readonly overhead: number;
  readonly stepsPerSecond: number;
  readonly requestsPerSecond: number;
  /** Of any one second, the filling included. */
  readonly peakPerSecond: number;
  readonly byRequest: ReadonlyMap<Request, number>;
  /** Per claim: candidates that were gone when asked, and renames that someone else won. */
  readonly stalePerClaim: number;
  readonly lostPerClaim: number;
  readonly looksPerSecond: number;
  readonly counts: SimCounts;
  readonly disk: MemoryDisk;
}

const FILL_LIMIT_MS = 30_000;
const FULL = 0.95;
const START_WITHIN_MS = 2_000;
const FORGET_EVERY = 20_000;
const FORGET_AFTER_MS = 60_000;
const SEED = 20_151_121;

type Happening =
  | { readonly kind: 'turn'; readonly member: Member; readonly turn: number }
  | { readonly kind: 'end'; readonly member: Member; readonly batch: readonly Held[] };

interface Member {
  readonly process: SimProcess;
  readonly loop: Generator<number | undefined, never>;
  readonly slots: number;
  started: number;
  asleep: boolean;
  /** The turn that is planned; an earlier one that was planned is void. */
  turn: number;
}

/** @param home a folder on the real disk, empty: a board asks what kind of disk it lies on */
export function simulate(scenario: Scenario, home: string): Outcome {
  const clock = new SimClock();
  return clock.during(() => new Pool(scenario, home, clock).run());
}

class Pool {
  readonly #scenario: Scenario;
  readonly #home: string;
  readonly #clock: SimClock;
  readonly #disk: MemoryDisk;
  readonly #server: Server;
  readonly #events = new Events<Happening>();
  readonly #random = randomFrom(SEED);
  readonly #members: Member[] = [];
  /** Beginnings and ends of all steps. */
  readonly #steps: { readonly fromMs: number; readonly toMs: number }[] = [];
  #running = 0;
  #fullMs: number | undefined;

  constructor(scenario: Scenario, home: string, clock: SimClock) {
    this.#scenario = scenario;
    this.#home = home;
    this.#clock = clock;
    const forgets = (path: string): boolean => path.includes('/journal/') || path.includes('/processes/');
    this.#disk = new MemoryDisk({ now: () => clock.dateMs, forgets });
    this.#server = new Server(scenario.model);
    for (let board = 0; board < scenario.boards; board++) makeBoard(this.#disk, home, scenario, board);
    for (let index = 0; index < scenario.processes; index++) this.#members.push(this.#makeMember(index));
  }

  run(): Outcome {
    const { slots, datasets, watchSeconds } = this.#scenario;
    const steps = datasets * STAGES;
    let before: { readonly counts: SimCounts; readonly atMs: number } | undefined;
    let happened = 0;
    for (let next = this.#events.next(); next !== undefined; next = this.#events.next()) {
      const { atMs, what } = next;
      if (before === undefined && (this.#running >= FULL * slots || atMs > FILL_LIMIT_MS)) {
        if (atMs <= FILL_LIMIT_MS) this.#fullMs = atMs;
        before = { counts: this.#counts(), atMs };
        this.#server.countFromMs = atMs;
        this.#server.byRequest.clear();
      }
      if (before !== undefined && watchSeconds !== undefined && atMs > before.atMs + 1000 * watchSeconds) break;
      if (watchSeconds === undefined && this.#counts().finished === steps) break;
      if (++happened % FORGET_EVERY === 0) this.#server.forget(atMs - FORGET_AFTER_MS);
      this.#clock.nowMs = atMs;
      if (what.kind === 'turn') this.#turn(what.member, what.turn);
      else this.#end(what.member, what.batch);
    }
    return this.#outcome(before ?? { counts: this.#zero(), atMs: 0 });
  }

  #turn(member: Member, turn: number): void {
    if (turn !== member.turn) return;
    member.asleep = false;
    const { value } = member.loop.next();
    const { nowMs } = this.#clock;
    member.asleep = value !== undefined;
    this.#plan(member, value === undefined ? nowMs : Math.max(value, nowMs + 1));
    if (member.asleep && member.process.hasEnded) this.#plan(member, nowMs);
  }

  #end(member: Member, batch: readonly Held[]): void {
    this.#running--;
    member.process.stepEnded(batch, this.#clock.nowMs);
    if (member.asleep) this.#plan(member, this.#clock.nowMs);
  }

  #plan(member: Member, atMs: number): void {
    member.turn++;
    this.#events.plan(atMs, { kind: 'turn', member, turn: member.turn });
  }

  #makeMember(index: number): Member {
    const { hosts, processes, slots, boards, batch } = this.#scenario;
    const id = index.toString(36).padStart(4, '0');
    const onBoard = index % boards;
    const onHost = `host${index % hosts}`;
    const board: Board = Board.open(this.#home, boardName(onBoard), {
      writer: id,
      host: onHost,
      isNetwork: true,
      fs: memoryFs(this.#disk, (call) => {
        if (call.op === 'identify' && call.failed) member.process.askedInVain();
        this.#clock.nowMs = this.#server.charge(call, this.#clock.nowMs);
      }),
    });
    // What it asked before it ran is no part of the run.
    this.#clock.nowMs = 0;
    const own = Math.floor(slots / processes) + (index < slots % processes ? 1 : 0);
    const status = { id, order: 'run' as const, stages: board.stages, pid: 1000 + index, host: onHost };
    const statusFile = formatStatus(status);
    memoryFs(this.#disk).create(board.path(`${FOLDERS.processes}/${statusFile}`), ' '.repeat(4096), false);
    const world: SimWorld = this.#world(() => member);
    const share = { index: Math.floor(index / boards), count: Math.ceil((processes - onBoard) / boards) };
    const process = new SimProcess({
      board,
      id,
      slots: own,
      batch,
      share,
      world,
      statusFile,
      phase: index / processes,
    });
    const member: Member = { process, loop: process.run(), slots: own, started: 0, asleep: true, turn: 0 };
    this.#plan(member, this.#random() * START_WITHIN_MS);
    return member;
  }

  #world(member: () => Member): SimWorld {
    const clock = this.#clock;
    return {
      get nowMs() {
        return clock.nowMs;
      },
      pass: (ms) => {
        clock.nowMs += ms;
      },
      startStep: (members) => this.#startStep(member(), members),
      aside: (action) => {
        const { nowMs } = clock;
        action();
        clock.nowMs = nowMs;
      },
    };
  }

  /** A slot's first step is cut at random, so that the pool does not run in step with itself. */
  #startStep(member: Member, batch: readonly Held[]): void {
    const [least, most] = this.#scenario.stepSeconds;
    const whole = 1000 * (least + this.#random() * (most - least));
    const ms = member.started++ < member.slots ? whole * this.#random() : whole;
    const fromMs = this.#clock.nowMs;
    this.#steps.push({ fromMs, toMs: fromMs + ms });
    this.#running++;
    this.#events.plan(fromMs + ms, { kind: 'end', member, batch });
  }

  #zero(): SimCounts {
    return { claims: 0, stale: 0, lost: 0, finished: 0, looksActive: 0, looksQueue: 0, overheadMs: 0 };
  }

  #counts(): SimCounts {
    const sum = this.#zero();
    for (const { process } of this.#members)
      for (const key of Object.keys(sum) as (keyof SimCounts)[]) sum[key] += process.counts[key];
    return sum;
  }

  #outcome(before: { readonly counts: SimCounts; readonly atMs: number }): Outcome {
    const { slots } = this.#scenario;
    const toMs = this.#clock.nowMs;
    const watchedMs = toMs - before.atMs;
    const counts = this.#counts();
    const since = (key: keyof SimCounts): number => counts[key] - before.counts[key];
    const claims = Math.max(1, since('claims'));
    let ranMs = 0;
    for (const step of this.#steps)
      ranMs += Math.max(0, Math.min(step.toMs, toMs) - Math.max(step.fromMs, before.atMs));
    const requests = [...this.#server.byRequest.values()].reduce((sum, count) => sum + count, 0);
    return {
      scenario: this.#scenario,
      fillSeconds: this.#fullMs === undefined ? undefined : this.#fullMs / 1000,
      watchedSeconds: watchedMs / 1000,
      utilisation: ranMs / (slots * watchedMs),
      overhead: since('overheadMs') / (since('overheadMs') + ranMs),
      stepsPerSecond: (1000 * since('finished')) / watchedMs,
      requestsPerSecond: (1000 * requests) / watchedMs,
      peakPerSecond: Math.max(0, ...this.#server.bySecond.values()),
      byRequest: this.#server.byRequest,
      stalePerClaim: since('stale') / claims,
      lostPerClaim: since('lost') / claims,
      looksPerSecond: (1000 * (since('looksActive') + since('looksQueue'))) / watchedMs,
      counts,
      disk: this.#disk,
    };
  }
}
