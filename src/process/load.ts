/** What a stage process says of itself in its status file. */
import type { Board } from '../board/board.ts';
import { ownMark, type ProcessMark } from '../board/host.ts';
import type { HostShare, RunningEntry, StatusContent } from '../board/status.ts';
import type { Needs } from '../model/demand.ts';
import type { StatusOrder } from '../model/name.ts';
import type { Load } from './heartbeat.ts';
import { loadNow, OwnFacts } from './own-facts.ts';
import type { Resources } from './resources.ts';
import type { Services } from './service/services.ts';
import type { Slots } from './slots.ts';
import type { ServedStages } from './stages.ts';
import { VERSION } from './version.ts';

export interface LoadFacts {
  readonly board: Board;
  readonly started: string;
  readonly stages: readonly string[];
  readonly size: number;
  readonly state: StatusContent['state'];
  readonly message: string;
  readonly slots: Slots;
  readonly roles: readonly string[];
  readonly isKept: boolean;
  readonly services: Services;
}

/** What is waited for is told in a few lines. */
const MOST_WAITS = 400;
/** Memory and load are shown for people: to ask the kernel each second would be half of what an idle process does. */
const SAMPLED_MS = 5_000;
let sampled = { atMs: Number.NEGATIVE_INFINITY, rssMb: 0, load1: 0 };

function sample(): { readonly rssMb: number; readonly load1: number } {
  const atMs = performance.now();
  if (atMs - sampled.atMs >= SAMPLED_MS) {
    const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
    sampled = { atMs, rssMb, load1: loadNow() };
  }
  return sampled;
}

export interface StateFacts {
  /** The disk refuses. */
  readonly isBlocked: boolean;
  readonly isHalting: boolean;
  /** It ends when its steps have. */
  readonly isLeaving: boolean;
  readonly order: StatusOrder;
  readonly isBusy: boolean;
  /** Stages can't run. */
  readonly hasTrouble: boolean;
}

export function stateOf({
  isBlocked,
  isHalting,
  isLeaving,
  order,
  isBusy,
  hasTrouble,
}: StateFacts): StatusContent['state'] {
  if (isBlocked) return 'blocked';
  if (isHalting) return 'halting';
  if (order === 'drain' || isLeaving) return 'draining';
  if (order === 'pause') return 'paused';
  if (order === 'suspend') return 'suspended';
  if (isBusy) return 'busy';
  return hasTrouble ? 'blocked' : 'idle';
}

/** It does not change, and asking the kernel for it takes six calls. */
let own: ProcessMark | undefined;

/** Asked for rarely, whoever asks for the load. */
const knownFacts = new WeakMap<Board, OwnFacts>();

function factsOf(board: Board): OwnFacts {
  const known = knownFacts.get(board) ?? new OwnFacts(board);
  knownFacts.set(board, known);
  return known;
}

function shareOf({ milliCpus, memoryMb }: Needs): HostShare {
  return { cpus: milliCpus / 1000, memoryMb };
}

export function loadOf(facts: LoadFacts): Load {
  const { board, started, stages, size, state, message, slots, roles, isKept, services } = facts;
  own ??= ownMark();
  const { rssMb, load1 } = sample();
  const instances = services.status();
  const { room, waits } = slots.resources;
  const { troubles } = slots.dispatcher;
  return {
    ...own,
    host: board.host,
    started,
    version: VERSION,
    stages,
    slots: size,
    ...(isKept ? { kept: true } : {}),
    state,
    message,
    done: slots.telling.done,
    failed: slots.telling.failed,
    ...(room === undefined ? {} : { budget: shareOf(room.budget), used: shareOf(room.used) }),
    ...(waits === '' ? {} : { waits: waits.slice(0, MOST_WAITS) }),
    ...(troubles.length === 0 ? {} : { engineTroubles: troubles }),
    rssMb,
    load1,
    facts: factsOf(board).read(),
    ...(roles.length === 0 ? {} : { roles }),
    ...(instances.length === 0 ? {} : { services: instances }),
    busy: slots.busy.size - slots.jobs,
    ...(slots.jobs === 0 ? {} : { away: slots.jobs }),
    entries: inHand(slots),
  };
}

/** Why stages or entries are not served, for people; empty if all are. */
export function troubleOf(stages: ServedStages, { trouble, beyond }: Resources): string {
  return [stages.trouble, trouble, beyond].filter((text) => text !== '').join('; ');
}

/** @param trouble why something is left after all, or empty */
export function idleText(trouble: string): string {
  return trouble === '' ? 'nothing is left to do' : `nothing is left that can be done: ${trouble}`;
}

/** One of each step first: the file holds so much, and the rest of a long list is cut. */
function inHand({ busy }: Slots): StatusContent['entries'] {
  const firsts: RunningEntry[] = [];
  const others: RunningEntry[] = [];
  for (const { execution, members, batch, nth } of busy) {
    const { since } = execution;
    let isFirst = true;
    for (const { held } of members.values()) {
      const { dataset, stage, epoch } = held.try;
      const together = batch === undefined ? {} : { batch: nth, of: batch.size };
      (isFirst ? firsts : others).push({ dataset, stage, epoch, since, ...together });
      isFirst = false;
    }
  }
  return [...firsts, ...others];
}
