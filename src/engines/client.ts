/** One question to an engine's own command. */
import { execa } from 'execa';
import { EngineError } from './engine.ts';

/** A client that does not answer is ended: whom it asks may be hanging. */
const CLIENT_MS = 60_000;
/** Output of 100,000 jobs. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface Asking {
  readonly input?: string;
  /** True: what it says on stderr is a refusal; false: it could not be asked. */
  isRefusal(stderr: string): boolean;
  /** True: it has failed, and that is no failure. */
  isHarmless?(stderr: string): boolean;
}

/** @returns what the command printed @throws EngineError */
export async function ask(command: string, words: readonly string[], asking: Asking): Promise<string> {
  const { input, isRefusal, isHarmless } = asking;
  const result = await execa(command, words, {
    reject: false,
    timeout: CLIENT_MS,
    maxBuffer: MOST_BYTES,
    forceKillAfterDelay: 5_000,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  });
  if (result.exitCode === 0) return result.stdout;
  if (result.code === 'ENOENT') throw new EngineError(`there is no command '${command}' on PATH`, true);
  if (result.timedOut) throw new EngineError(`${command} did not answer within ${CLIENT_MS / 1000} s`, false);
  if (result.exitCode !== undefined && isHarmless?.(result.stderr) === true) return result.stdout;
  // Some say it where others say what they were asked.
  const said = result.stderr.trim() === '' ? result.stdout : result.stderr;
  const why = said.trim().replaceAll(/\s+/g, ' ').slice(0, 400);
  const text = why === '' ? (result.shortMessage ?? `${command} failed`) : why;
  throw new EngineError(
    text.startsWith(command) ? text : `${command}: ${text}`,
    result.signal === undefined && isRefusal(said),
  );
}

/** @returns all that the command printed, whether or not it failed @throws EngineError if it can't be asked */
export async function askAnyway(command: string, words: readonly string[]): Promise<string> {
  const result = await execa(command, words, { reject: false, stdin: 'ignore', timeout: CLIENT_MS, all: true });
  if (result.code === 'ENOENT') throw new EngineError(`there is no command '${command}' on PATH`, true);
  if (result.exitCode === undefined) throw new EngineError(`${command}: ${result.shortMessage}`, false);
  return result.all;
}
