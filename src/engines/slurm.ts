/** Steps as jobs of Slurm, by its own commands: `sbatch`, `squeue`, `scancel`. */
import type { EngineDefinition, JobState } from '../model/engine.ts';
import type { Client } from './client.ts';
import { type Engine, EngineError, type SubmitOrder } from './engine.ts';
import {
  idWords,
  isRefusal,
  jobWord,
  parseQueue,
  parseSubmitted,
  pollWords,
  submitWords,
  unseen,
} from './slurm-text.ts';

type Ask = (command: string, words: readonly string[]) => Promise<string>;

export function slurm(definition: EngineDefinition, client: Client): Engine {
  const ask: Ask = (command, words) => client.ask(command, words, { isRefusal });
  return {
    indexVariable: 'SLURM_ARRAY_TASK_ID',
    submit: (order) => submit(ask, definition, order),
    async find(jobName) {
      const stdout = await ask('squeue', ['-h', '-t', 'all', `--name=${jobName}`, '-o', '%F']);
      return [...new Set(stdout.match(/^\d+/gm) ?? [])];
    },
    async poll(ids): Promise<ReadonlyMap<string, JobState>> {
      // Its controller picks one account's jobs itself; of all jobs it would say more than is wanted.
      const own = parseQueue(await ask('squeue', pollWords(['--me'])));
      const others = unseen(ids, own);
      if (others.length === 0) return own;
      return new Map([...own, ...parseQueue(await ask('squeue', pollWords(idWords(others))))]);
    },
    async cancel(id, indexes) {
      await ask('scancel', ['--quiet', jobWord(id, indexes)]);
    },
  };
}

async function submit(ask: Ask, definition: EngineDefinition, order: SubmitOrder): Promise<string> {
  const stdout = await ask('sbatch', [...submitWords(definition, order), order.script]);
  const id = parseSubmitted(stdout);
  if (id === undefined) throw new EngineError(`sbatch said no number: ${stdout.trim().slice(0, 200)}`, false);
  return id;
}
