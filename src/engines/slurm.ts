/** Steps as jobs of Slurm, by its own commands: `sbatch`, `squeue`, `scancel`. */
import { execa } from 'execa';
import type { EngineDefinition, JobState } from '../model/engine.ts';
import { type Engine, EngineError, type SubmitOrder } from './engine.ts';
import { FIELDS, isRefusal, jobWord, parseQueue, parseSubmitted, submitWords } from './slurm-text.ts';

/** A client that does not answer is ended: the controller may be hanging. */
const CLIENT_MS = 60_000;
/** Output of 100,000 jobs. */
const MOST_BYTES = 64 * 1024 * 1024;

export function slurm(definition: EngineDefinition): Engine {
  return {
    indexVariable: 'SLURM_ARRAY_TASK_ID',
    submit: (order) => submit(definition, order),
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

async function submit(definition: EngineDefinition, order: SubmitOrder): Promise<string> {
  const stdout = await ask('sbatch', [...submitWords(definition, order), order.script]);
  const id = parseSubmitted(stdout);
  if (id === undefined) throw new EngineError(`sbatch said no number: ${stdout.trim().slice(0, 200)}`, false);
  return id;
}

/** @returns what the command printed @throws EngineError */
async function ask(command: string, words: readonly string[]): Promise<string> {
  const result = await execa(command, words, {
    reject: false,
    stdin: 'ignore',
    timeout: CLIENT_MS,
    maxBuffer: MOST_BYTES,
    forceKillAfterDelay: 5_000,
  });
  if (result.exitCode === 0) return result.stdout;
  if (result.code === 'ENOENT') throw new EngineError(`there is no command '${command}' on PATH`, true);
  if (result.timedOut) throw new EngineError(`${command} did not answer within ${CLIENT_MS / 1000} s`, false);
  const why = result.stderr.trim().replaceAll(/\s+/g, ' ').slice(0, 400);
  const text = why === '' ? (result.shortMessage ?? `${command} failed`) : why;
  throw new EngineError(
    text.startsWith(command) ? text : `${command}: ${text}`,
    result.signal === undefined && isRefusal(why),
  );
}
