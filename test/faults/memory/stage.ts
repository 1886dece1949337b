/**
 * One run: actors in threads of their own, of which one makes one call at a time, chosen by chance; everything that goes wrong comes
 * of the plan's seed. Then all is mended, the house is kept until nothing changes, and what stands is judged.
 */
import { constants } from 'node:os';
import { EPOCH_MS, randomFrom } from '../../../bench/pool/clock.ts';
import { DiskLostError, isSystemError } from '../../../src/board/errors.ts';
import { HOME, LEASE_MS, makeBoard } from './board.ts';
import type { Channel } from './channel.ts';
import { type Call, Client, Killed } from './client.ts';
import type { Crew } from './crew.ts';
import type { Fact, Reply, Request, Role, Setup } from './messages.ts';
import { type Plan, shareOf } from './plan.ts';
import { Server } from './server.ts';
import { Tally } from './tally.ts';
import { Witness } from './witness.ts';

const CAST: readonly Role[] = ['worker', 'worker', 'worker', 'poster', 'poster', 'sweeper', 'operator'];
const SKEWS_MS = [0, 3_600_000, -3_600_000] as const;
/** Who has just made a call makes the next one, of a hundred times. */
const GOES_ON = 45;
const PAUSE_MS = 300;
const MOST_CALL_MS = 4;

interface Actor {
  readonly index: number;
  readonly role: Role;
  readonly channel: Channel;
  readonly client: Client;
  request: Request;
  /** The call that it is in the middle of. */
  call: Call | undefined;
  /** Sleeps, or stands still, until then. */
  dueMs: number;
  lives: number;
}

export interface Run {
  readonly server: Server;
  readonly tally: Tally;
  readonly witness: Witness;
  /** What programs threw that no disk throws. */
  readonly faults: readonly string[];
  readonly facts: readonly Fact[];
  readonly calls: number;
  /** When the last of them ended. */
  readonly nowMs: number;
}

export class Stage {
  readonly #plan: Plan;
  readonly #crew: Crew;
  readonly #random: () => number;
  readonly #server: Server;
  readonly #tally = new Tally();
  readonly #witness: Witness;
  readonly #actors: Actor[];
  readonly #faults: string[] = [];
  readonly #facts: Fact[] = [];
  #lives = 0;
  #calls = 0;

  constructor(plan: Plan, crew: Crew) {
    this.#plan = plan;
    this.#crew = crew;
    this.#random = randomFrom(plan.seed);
    this.#nowMs = 0;
    this.#server = new Server(
      () => EPOCH_MS + Math.floor(this.#nowMs),
      (disk) => makeBoard(disk, plan.durability),
    );
    this.#witness = new Witness((path) => Number(this.#server.door.identify(path).ino));
    this.#actors = CAST.map((role, index) => this.#actor(role, index));
  }

  get #nowMs(): number {
    return this.#crew.clock[0] ?? 0;
  }

  set #nowMs(ms: number) {
    this.#crew.clock[0] = ms;
  }

  run(): Run {
    let last: Actor | undefined;
    while (this.#calls < this.#plan.calls && this.#faults.length === 0) {
      const actor = this.#next(last);
      this.#nowMs += this.#random() * MOST_CALL_MS;
      this.#turn(actor);
      last = actor;
    }
    for (const actor of this.#actors) this.#kill(actor);
    return {
      server: this.#server,
      tally: this.#tally,
      witness: this.#witness,
      faults: this.#faults,
      facts: this.#facts,
      calls: this.#calls,
      nowMs: this.#nowMs,
    };
  }

  #actor(role: Role, index: number): Actor {
    const channel = this.#crew.channel(index);
    const client = new Client({
      server: this.#server,
      tally: this.#tally,
      random: this.#random,
      share: shareOf(this.#plan),
      renamed: (from, to) => this.#witness.renamed(from, to),
      created: (path) => this.#witness.created(path),
    });
    const dueMs = this.#random() * PAUSE_MS;
    return { index, role, channel, client, request: { kind: 'ready' }, call: undefined, dueMs, lives: 0 };
  }

  #next(last: Actor | undefined): Actor {
    const isDue = (actor: Actor): boolean => actor.dueMs <= this.#nowMs;
    if (last !== undefined && isDue(last) && this.#random() * 100 < GOES_ON) return last;
    let due = this.#actors.filter(isDue);
    if (due.length === 0) {
      this.#nowMs = Math.min(...this.#actors.map(({ dueMs }) => dueMs));
      due = this.#actors.filter(isDue);
    }
    return due[Math.floor(this.#random() * due.length)] as Actor;
  }

  /** One piece of what an actor is at. */
  #turn(actor: Actor): void {
    const { request } = actor;
    switch (request.kind) {
      case 'ready':
        this.#answer(actor, { kind: 'live', setup: this.#setup(actor) });
        return;
      case 'sleep':
        this.#answer(actor, { kind: 'value' });
        return;
      case 'told':
        this.#facts.push(request.fact);
        this.#answer(actor, { kind: 'value' });
        return;
      case 'call':
        this.#goOn(actor, request.op, request.args);
    }
  }

  #goOn(actor: Actor, op: string, args: readonly unknown[]): void {
    const share = shareOf(this.#plan);
    if (this.#random() * 100 < share('power cut')) {
      this.#powerCut();
      return;
    }
    if (actor.call === undefined) this.#calls++;
    actor.call ??= actor.client.call(op, args);
    let reply: Reply;
    try {
      const { done, value } = actor.call.next();
      if (done !== true) return;
      reply = { kind: 'value', value };
    } catch (error) {
      if (error instanceof Killed) {
        this.#kill(actor);
        return;
      }
      reply = replyOf(error);
    }
    actor.call = undefined;
    this.#answer(actor, reply);
    if (this.#random() * 100 >= share('process stopped')) return;
    this.#tally.count('process stopped');
    actor.dueMs = this.#nowMs + LEASE_MS * (1 + 2 * this.#random());
  }

  #setup(actor: Actor): Setup {
    const { isNetwork, durability } = this.#plan;
    const { role, index } = actor;
    actor.lives++;
    return {
      role,
      id: (this.#lives++).toString(36).padStart(4, 'w'),
      host: isNetwork ? `host${index}` : 'host',
      home: HOME,
      isNetwork,
      durability,
      skewMs: isNetwork ? (SKEWS_MS[index % SKEWS_MS.length] ?? 0) : 0,
      seed: Math.floor(this.#random() * 2 ** 31),
    };
  }

  #answer(actor: Actor, reply: Reply): void {
    actor.channel.say(reply);
    const request = actor.channel.hear<Request>();
    actor.request = request;
    actor.dueMs = this.#nowMs;
    if (request.kind === 'sleep') actor.dueMs += request.ms;
    else if (request.kind === 'ready') {
      if (request.fault !== undefined) this.#faults.push(`${actor.role}: ${request.fault}`);
      actor.dueMs += this.#random() * PAUSE_MS;
      actor.client.restart();
    }
  }

  /** Nothing that it does from here on reaches the disk; another program begins in its place. */
  #kill(actor: Actor): void {
    actor.call = undefined;
    for (let round = 0; actor.request.kind !== 'ready'; round++) {
      if (round > 100) throw new Error(`a dead ${actor.role} goes on: ${JSON.stringify(actor.request)}`);
      this.#answer(actor, { kind: 'crash' });
    }
  }

  #powerCut(): void {
    this.#tally.count('power cut');
    for (const actor of this.#actors) this.#kill(actor);
    this.#server.powerCut(this.#random);
    this.#witness.forget();
  }
}

function replyOf(error: unknown): Reply {
  if (error instanceof DiskLostError) return { kind: 'disk lost', message: error.message };
  if (!isSystemError(error)) throw error;
  const { errno, code = '', path = '' } = error;
  if (Math.abs(errno) === constants.errno.EINVAL) throw error;
  return { kind: 'error', errno, code, path };
}
