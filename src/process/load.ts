/** What a stage process says of itself in its status file. */
import { loadavg } from 'node:os';
import type { Board } from '../board/board.ts';
import { ownMark, type ProcessMark } from '../board/host.ts';
import type { StatusContent } from '../board/status.ts';
import type { Load } from './heartbeat.ts';
import type { Slots } from './slots.ts';
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
}

/** Memory and load are shown for people: to ask the kernel each second would be half of what an idle process does. */
const SAMPLED_MS = 5_000;
let sampled = { atMs: Number.NEGATIVE_INFINITY, rssMb: 0, load1: 0 };

function sample(): { readonly rssMb: number; readonly load1: number } {
  const atMs = performance.now();
  if (atMs - sampled.atMs >= SAMPLED_MS) {
    const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
    sampled = { atMs, rssMb, load1: Math.round((loadavg()[0] ?? 0) * 100) / 100 };
  }
  return sampled;
}

/** It does not change, and asking the kernel for it takes six calls. */
let own: ProcessMark | undefined;

export function loadOf({ board, started, stages, size, state, message, slots, roles }: LoadFacts): Load {
  own ??= ownMark();
  const { rssMb, load1 } = sample();
  return {
    ...own,
    host: board.host,
    started,
    version: VERSION,
    stages,
    slots: size,
    state,
    message,
    done: slots.telling.done,
    failed: slots.telling.failed,
    rssMb,
    load1,
    ...(roles.length === 0 ? {} : { roles }),
    entries: slots.executions.map(({ held, since }) => ({
      dataset: held.try.dataset,
      stage: held.stage,
      epoch: held.try.epoch,
      since,
    })),
  };
}
