/** Steps as jobs of HTCondor, by its own commands: `condor_submit`, `condor_q`, `condor_rm`, and `condor_history` where an answer was lost. */
import type { EngineDefinition, JobState } from '../model/engine.ts';
import type { Client } from './client.ts';
import { type Engine, EngineError, type SubmitOrder } from './engine.ts';
import { POLL_WORDS, parseQueue } from './htcondor-queue.ts';
import {
  description,
  findWords,
  hasEnded,
  hasNoHistory,
  INDEX,
  isRefusal,
  jobWords,
  parseSubmitted,
} from './htcondor-text.ts';

export function htcondor(definition: EngineDefinition, client: Client): Engine {
  return {
    indexVariable: INDEX,
    submit: (order) => submit(client, definition, order),
    find: (jobName) => find(client, jobName),
    poll: () => poll(client),
    async cancel(id, indexes) {
      await client.ask('condor_rm', jobWords(id, indexes), { isRefusal, isHarmless: hasEnded });
    },
  };
}

async function submit({ ask }: Client, definition: EngineDefinition, order: SubmitOrder): Promise<string> {
  const input = description(definition, order);
  let stdout: string;
  try {
    stdout = await ask('condor_submit', ['-terse', '-'], { input, isRefusal });
  } catch (error) {
    const isRoot = error instanceof EngineError && error.isRefusal && process.getuid?.() === 0;
    throw isRoot
      ? new EngineError(`${error.message} (HTCondor takes no jobs of root: run slate as another user)`, true)
      : error;
  }
  const id = parseSubmitted(stdout);
  if (id === undefined) throw new EngineError(`condor_submit said no number: ${stdout.trim().slice(0, 200)}`, false);
  return id;
}

/** Jobs that have ended long ago are no longer in the queue. Not every site keeps a history. */
async function find({ ask }: Client, jobName: string): Promise<string | undefined> {
  const words = findWords(jobName);
  const queued = firstNumber(await ask('condor_q', words, { isRefusal }));
  return queued ?? firstNumber(await ask('condor_history', words, { isRefusal, isHarmless: hasNoHistory }));
}

function firstNumber(stdout: string): string | undefined {
  return /^\d+/m.exec(stdout)?.[0];
}

async function poll({ ask }: Client): Promise<ReadonlyMap<string, JobState>> {
  const states = parseQueue(await ask('condor_q', POLL_WORDS, { isRefusal }));
  if (states === undefined) throw new EngineError('the answer of condor_q was cut off', false);
  return states;
}
