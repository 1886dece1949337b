/**
 * An actor's thread. It does what a program of Slateboard does, with the real code, on a disk that it reaches only through
 * its channel; its clock is the stage's, with what its host's is wrong by.
 */
import { workerData } from 'node:worker_threads';
import { EPOCH_MS } from '../../../bench/pool/clock.ts';
import { ACTOR, Channel } from './channel.ts';
import { LIVES } from './lives.ts';
import type { Reply, Request, Setup } from './messages.ts';
import { Died, World } from './world.ts';

export interface ThreadData {
  readonly memory: SharedArrayBuffer;
  /** One number: milliseconds since the run began. */
  readonly clock: SharedArrayBuffer;
}

const { memory, clock } = workerData as ThreadData;
const channel = new Channel(ACTOR, memory);
const time = new Float64Array(clock);
let skewMs = 0;

Date.now = () => EPOCH_MS + Math.floor(time[0] ?? 0) + skewMs;
performance.now = () => time[0] ?? 0;
// The journal's turn of the event loop: a life writes its lines itself, at certain points.
globalThis.setImmediate = (() => ({})) as unknown as typeof setImmediate;
// Most errors here are answers: ENOENT, EEXIST.
Error.stackTraceLimit = 30;

function ask(request: Request): Reply {
  channel.say(request);
  // The stage may have much to do before it comes back to this one, and between two runs it does nothing.
  return channel.hear<Reply>(Number.POSITIVE_INFINITY);
}

async function live(setup: Setup): Promise<string | undefined> {
  skewMs = setup.skewMs;
  const world = new World(setup, ask);
  try {
    await LIVES[setup.role](world);
    return undefined;
  } catch (error) {
    if (world.isDead || error instanceof Died) return undefined;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

let fault: string | undefined;
for (;;) {
  const reply = ask({ kind: 'ready', fault });
  if (reply.kind !== 'live') break;
  fault = await live(reply.setup);
}
