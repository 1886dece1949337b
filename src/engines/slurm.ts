/** Steps as jobs of Slurm, by its own commands: `sbatch`, `squeue`, `scancel`. */
import type { EngineDefinition, JobState } from '../model/engine.ts';
import type { Client } from './client.ts';
import { type Engine, EngineError, type SubmitOrder } from './engine.ts';
import { FIELDS, isRefusal, jobWord, parseQueue, parseSubmitted, submitWords } from './slurm-text.ts';

type Ask = (command: string, words: readonly string[]) => Promise<string>;

export function slurm(definition: EngineDefinition, client: Client): Engine {
  const ask: Ask = (command, words) => client.ask(command, words, { isRefusal });
  return {
    indexVariable: 'SLURM_ARRAY_TASK_ID',
    submit: (order) => submit(ask, definition, order),
    async find(jobName) {
      const stdout = await ask('squeue', ['-h', '-t', 'all', '--me', `--name=${jobName}`, '-o', '%F']);
      return /^\d+/m.exec(stdout)?.[0];
    },
    async poll(): Promise<ReadonlyMap<string, JobState>> {
      return parseQueue(await ask('squeue', ['-h', '-r', '-t', 'all', '--me', '-o', FIELDS]));
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
