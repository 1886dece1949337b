/**
 * What a step costs in CPU time, and whom: stage processes, their launchers, the steps themselves. Read from `/proc`
 * several times a second while they run, because an ended process can't be asked.
 */
import fs from 'node:fs';
import type { Finishes } from './steps.ts';

/** Milliseconds a step. */
export interface CpuOfSteps {
  readonly stage: number;
  readonly launcher: number;
  readonly step: number;
}

interface Sample extends CpuOfSteps {
  readonly atMs: number;
}

const EVERY_MS = 50;
/** `CLK_TCK` of every Linux that Node runs on. */
const TICK_MS = 10;

export class CpuMeter {
  readonly #pids: readonly number[];
  readonly #samples: Sample[] = [];
  readonly #timer: NodeJS.Timeout;

  /** @param pids of stage processes: their launchers are their only children */
  constructor(pids: readonly number[]) {
    this.#pids = pids;
    this.#timer = setInterval(() => this.#take(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Undefined if there were too few looks to tell. */
  perStep({ firstMs, lastMs, atMs }: Finishes): CpuOfSteps | undefined {
    const within = this.#samples.filter((sample) => sample.atMs > firstMs && sample.atMs < lastMs);
    const [from, to] = [within[0], within.at(-1)];
    if (from === undefined || to === undefined) return undefined;
    const count = atMs.filter((ms) => ms > from.atMs && ms <= to.atMs).length;
    if (count === 0) return undefined;
    return {
      stage: (to.stage - from.stage) / count,
      launcher: (to.launcher - from.launcher) / count,
      step: (to.step - from.step) / count,
    };
  }

  #take(): void {
    const sum = { stage: 0, launcher: 0, step: 0 };
    for (const pid of this.#pids) {
      const own = timesOf(pid);
      const [launcher = 0] = childrenOf(pid);
      const launched = launcher === 0 ? undefined : timesOf(launcher);
      // One has ended: from here on the sum would be of the others.
      if (own === undefined || launched === undefined) return;
      sum.stage += own.self;
      sum.launcher += launched.self;
      sum.step += launched.waitedFor;
    }
    this.#samples.push({ atMs: Date.now(), ...sum });
  }
}

/** Undefined if it has ended, or there is no `/proc`. */
function timesOf(pid: number): { self: number; waitedFor: number } | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  // Its name, in brackets, may hold anything.
  const fields = text
    ?.slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  if (fields === undefined) return undefined;
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return { self: (user + system) * TICK_MS, waitedFor: (childUser + childSystem) * TICK_MS };
}

function childrenOf(pid: number): number[] {
  return (readProc(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number);
}

function readProc(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}
