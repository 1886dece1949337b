/** Steps as jobs of PBS, by its own commands: `qsub`, `qstat`, `qdel`. Which PBS it is they are asked once. */
import type { EngineDefinition } from '../model/engine.ts';
import type { Asking, Client } from './client.ts';
import { type Engine, EngineError } from './engine.ts';
import { findByName, parseQueue } from './pbs-states.ts';
import {
  cancelWords,
  type Dialect,
  dialectOf,
  INDEX_VARIABLE,
  isOfGone,
  isRefusal,
  isWithoutHistory,
  parseSubmitted,
  pbsName,
  splitId,
  submitWords,
} from './pbs-text.ts';

/** It fails for jobs that have ended, and shows the others all the same. */
const how = (dialect: Dialect): Asking => ({ isRefusal, isHarmless: (stderr) => isOfGone(dialect, stderr) });

export function pbs(definition: EngineDefinition, { ask, askAnyway }: Client): Engine {
  let known: Dialect | undefined;
  const dialect = async (): Promise<Dialect> => {
    known ??= dialectOf(await askAnyway('qstat', ['--version']));
    return known;
  };
  let hasHistory = true;
  /** OpenPBS, with what it knows of jobs that have ended: a server that keeps nothing of them refuses to be asked for it. */
  const askWithHistory = async (command: string, words: readonly string[]): Promise<string> => {
    if (hasHistory) {
      try {
        return await ask(command, ['-x', ...words], how('openpbs'));
      } catch (error) {
        if (!(error instanceof EngineError) || !isWithoutHistory(error.message)) throw error;
        hasHistory = false;
      }
    }
    return ask(command, words, how('openpbs'));
  };
  return {
    indexVariable: INDEX_VARIABLE,
    // What it keeps of jobs that have ended, and for how long, is the site's to say; often it is nothing.
    forgets: true,
    // Slurm's commands of these names don't say which job of an array they speak of.
    together: async () => ((await dialect()) === 'slurm' ? 1 : Number.POSITIVE_INFINITY),
    async submit(order) {
      const stdout = await ask('qsub', submitWords(await dialect(), definition, order), { isRefusal });
      const id = parseSubmitted(stdout);
      if (id === undefined) throw new EngineError(`qsub said no number: ${stdout.trim().slice(0, 200)}`, false);
      return id;
    },
    async find(jobName) {
      const name = pbsName(jobName);
      const which = await dialect();
      if (which !== 'openpbs') return findByName(which, await ask('qstat', ['-f'], how(which)), name);
      const stdout = await askWithHistory('qselect', ['-N', name]);
      const words = stdout.split(/\s+/).filter((word) => word !== '');
      return [...new Set(words.map((word) => splitId(word)?.id ?? word))];
    },
    async poll(ids) {
      const which = await dialect();
      if (ids.length === 0) return new Map();
      const words = ['-f', ...(which === 'slurm' ? [] : ['-t', ...ids])];
      const stdout = which === 'openpbs' ? await askWithHistory('qstat', words) : await ask('qstat', words, how(which));
      return parseQueue(which, stdout);
    },
    async cancel(id, indexes) {
      const which = await dialect();
      await ask('qdel', cancelWords(which, id, indexes), how(which));
    },
  };
}
