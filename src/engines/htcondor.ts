/** Steps as jobs of HTCondor, by its own commands: `condor_submit`, `condor_q`, `condor_rm`, and `condor_history` where an answer was lost. */
import type { EngineDefinition } from '../model/engine.ts';
import type { Client } from './client.ts';
import { type Engine, EngineError, type SubmitOrder } from './engine.ts';
import { idOf, idsOf, parseQueue } from './htcondor-queue.ts';
import { Schedds } from './htcondor-schedds.ts';
import {
  clusterWords,
  description,
  findWords,
  hasEnded,
  hasNoHistory,
  INDEX,
  isRefusal,
  jobWords,
  parseSubmitted,
  pollWords,
} from './htcondor-text.ts';

export function htcondor(definition: EngineDefinition, client: Client): Engine {
  const schedds = new Schedds(async (schedd) => {
    const states = parseQueue(await client.ask('condor_q', pollWords(schedd), { isRefusal }));
    if (states === undefined) throw new EngineError('the answer of condor_q was cut off', false);
    return states;
  });
  return {
    indexVariable: INDEX,
    async submit(order) {
      const id = await submit(client, definition, order);
      schedds.isOwn(id);
      return id;
    },
    async find(jobName) {
      const ids = await find(client, jobName);
      for (const id of ids) schedds.isOwn(id);
      return ids.length > 0 ? ids : findElsewhere(client, jobName);
    },
    poll: (ids) => schedds.poll(ids),
    cancel: (id, indexes) =>
      schedds.cancel(id, indexes, async (schedd) => {
        await client.ask('condor_rm', jobWords(schedd, id, indexes), { isRefusal, isHarmless: hasEnded });
      }),
  };
}

async function submit({ ask }: Client, definition: EngineDefinition, order: SubmitOrder): Promise<string> {
  const input = description(definition, order);
  let stdout: string;
  try {
    stdout = await ask('condor_submit', ['-terse', '-'], { input, isRefusal });
  } catch (error) {
    const isHere = definition.site === undefined && process.getuid?.() === 0;
    throw isHere && error instanceof EngineError && error.isRefusal
      ? new EngineError(`${error.message} (HTCondor takes no jobs of root: run slate as another user)`, true)
      : error;
  }
  const cluster = parseSubmitted(stdout);
  if (cluster === undefined)
    throw new EngineError(`condor_submit said no number: ${stdout.trim().slice(0, 200)}`, false);
  // It is submitted: whatever happens now, it can be found by its name.
  const id = idOf(await ask('condor_q', clusterWords(cluster), { isRefusal: () => false }));
  if (id === undefined) throw new EngineError(`condor_q does not know of cluster ${cluster}`, false);
  return id;
}

/** Jobs that have ended long ago are no longer in the queue. Not every site keeps a history, and who does keeps a long one. */
async function find({ ask }: Client, jobName: string): Promise<string[]> {
  const words = findWords(jobName);
  const queued = idsOf(await ask('condor_q', [...words, '-allusers'], { isRefusal }));
  if (queued.length > 0) return queued;
  return idsOf(await ask('condor_history', ['-limit', '1', ...words], { isRefusal, isHarmless: hasNoHistory }));
}

/** By a process of another host, which has died. Some host of a pool never answers: that is none of these, then. */
async function findElsewhere({ ask }: Client, jobName: string): Promise<string[]> {
  try {
    return idsOf(
      await ask('condor_q', ['-global', ...findWords(jobName), '-allusers'], { isRefusal, isHarmless: () => true }),
    );
  } catch (error) {
    if (error instanceof EngineError) return [];
    throw error;
  }
}
