/**
 * Simulations side by side, a thread each: their figures do not depend on the machine's clock, so that they may take all
 * of its cores.
 */
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { SCENARIOS as FULL, type Named, QUICK } from './scenarios.ts';
import { type Outcome, simulate } from './simulate.ts';

/** Each simulation of 10,000 slots takes a gigabyte. */
const THREADS = 2;

/** What one gave: without its disk, which stays in its thread. */
export type Figures = Omit<Outcome, 'disk'>;

interface Order {
  readonly quick: boolean;
  readonly at: number;
  readonly home: string;
}

interface Answer {
  readonly figures: Figures;
  readonly seconds: number;
}

export function scenariosOf(quick: boolean): readonly Named[] {
  return quick ? QUICK : FULL;
}

/** @param program what runs `simulateOrdered` in a thread of it; @returns in the order of the scenarios */
export async function simulateAll(
  program: string,
  folder: string,
  quick: boolean,
  done: (named: Named, answer: Answer) => void,
): Promise<Figures[]> {
  const scenarios = scenariosOf(quick);
  const results: Figures[] = [];
  // The largest first, so that none is left to run alone at the end.
  const order = [...scenarios.keys()].sort((a, b) => (scenarios[b]?.slots ?? 0) - (scenarios[a]?.slots ?? 0));
  const work = async (): Promise<void> => {
    for (let at = order.shift(); at !== undefined; at = order.shift()) {
      const named = scenarios[at];
      if (named === undefined) continue;
      const home = join(folder, `pool${at}`);
      fs.mkdirSync(home);
      // A new one for each: what it held is gone with it.
      const worker = new Worker(program, { workerData: { quick, at, home } satisfies Order });
      const [answer] = (await once(worker, 'message')) as [Answer];
      await worker.terminate();
      results[at] = answer.figures;
      done(named, answer);
    }
  };
  await Promise.all(Array.from({ length: THREADS }, work));
  return results;
}

/** The thread's side. */
export function simulateOrdered(): void {
  const { quick, at, home } = workerData as Order;
  const named = scenariosOf(quick)[at];
  if (named === undefined) throw new Error(`no scenario ${at}`);
  const start = performance.now();
  const { disk: _, ...figures } = simulate(named, home);
  parentPort?.postMessage({ figures, seconds: (performance.now() - start) / 1000 } satisfies Answer);
}
