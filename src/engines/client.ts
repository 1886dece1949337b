/** One question to an engine's own command, here or on the site where the engine is. */
import { execa, type Options } from 'execa';
import { shellQuote } from '../definitions/shell-scan.ts';
import type { SiteDefinition } from '../model/site.ts';
import { EngineError } from './engine.ts';
import { clientEnvironment } from './environment.ts';
import { Leash } from './leash.ts';

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

export interface Client {
  /** @returns what the command printed @throws EngineError */
  ask(command: string, words: readonly string[], asking: Asking): Promise<string>;
  /** @returns all that the command printed, whether or not it failed @throws EngineError if it can't be asked */
  askAnyway(command: string, words: readonly string[]): Promise<string>;
}

/** Where the commands are, and for how long anybody waits for them. */
interface Place {
  /** Undefined: here. */
  readonly site: SiteDefinition | undefined;
  /** Aborted when nobody waits for an answer any more: what has not answered by then is ended. */
  readonly unwanted: AbortSignal | undefined;
}

export function clientAt(site: SiteDefinition | undefined, unwanted?: AbortSignal): Client {
  const place = { site, unwanted };
  return {
    ask: (command, words, asking) => ask(place, command, words, asking),
    askAnyway: (command, words) => askAnyway(place, command, words),
  };
}

/** Before it nothing that is printed on a site counts. */
const BEGIN = 'slate: begin';
/** What a shell says of a command that it does not find. */
const NOT_FOUND = 127;
/** Of ssh: the other side was not reached, or lost on the way. */
const SSH_FAILED = 255;

interface Said {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly message: string;
}

/** @throws EngineError if it could not be asked at all */
async function run(
  { site, unwanted }: Place,
  command: string,
  words: readonly string[],
  input: string | undefined,
): Promise<Said> {
  // No word passes a second shell: what is to run there is read by one from its standard input.
  const line = `${[command, ...words].map(shellQuote).join(' ')} ${input === undefined ? '</dev/null' : `<<'slate.end'\n${input}\nslate.end`}`;
  const script = `echo '${BEGIN}'\nexec ${line}\n`;
  const [program = '', ...args] = site === undefined ? [command, ...words] : [...site.run, 'sh', '-s'];
  const given = site === undefined ? input : script;
  const options: Options = given === undefined ? { stdin: 'ignore' } : { input: given };
  const where = site === undefined ? '' : ` on site ${site.name}`;
  const leaves = `${command}${where} is not waited for: its process ends`;
  if (unwanted?.aborted === true) throw new EngineError(leaves, false);
  const child = execa(program, args, {
    ...options,
    env: clientEnvironment(process.env),
    extendEnv: false,
    reject: false,
    stripFinalNewline: site === undefined,
    maxBuffer: MOST_BYTES,
    // What it has started itself may hold its output open.
    detached: unwanted !== undefined,
  });
  const leash = new Leash(child, { limitMs: CLIENT_MS, unwanted });
  const result = await Promise.race([child, leash.lost]).finally(() => leash.release());
  if (leash.cut === 'unwanted') throw new EngineError(leaves, false);
  if (leash.cut === 'late' || result === undefined)
    throw new EngineError(`${command}${where} did not answer within ${CLIENT_MS / 1000} s`, false);
  const stdout = String(result.stdout ?? '');
  const stderr = String(result.stderr ?? '');
  const at = site === undefined ? 0 : stdout.indexOf(`${BEGIN}\n`);
  if (result.code === 'ENOENT' || (result.exitCode === NOT_FOUND && site !== undefined && at >= 0)) {
    const missing = result.code === 'ENOENT' ? program : command;
    throw new EngineError(`there is no command '${missing}' on PATH${missing === command ? where : ''}`, true);
  }
  if (at < 0 || (site !== undefined && result.exitCode === SSH_FAILED))
    throw new EngineError(`site ${site?.name} could not be reached: ${lineOf(stderr)}`, false);
  const said = site === undefined ? stdout : stdout.slice(at + BEGIN.length + 1);
  const { exitCode, signal } = result;
  return { exitCode, signal, stdout: said, stderr, message: result.shortMessage ?? `${command} failed` };
}

async function ask(
  place: Place,
  command: string,
  words: readonly string[],
  { input, isRefusal, isHarmless }: Asking,
): Promise<string> {
  const { exitCode, signal, stdout, stderr, message } = await run(place, command, words, input);
  if (exitCode === 0) return stdout;
  if (exitCode !== undefined && isHarmless?.(stderr) === true) return stdout;
  // Some say it where others say what they were asked.
  const said = stderr.trim() === '' ? stdout : stderr;
  const why = lineOf(said);
  const text = why === '' ? message : why;
  throw new EngineError(
    text.startsWith(command) ? text : `${command}: ${text}`,
    signal === undefined && isRefusal(said),
  );
}

async function askAnyway(place: Place, command: string, words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr, message } = await run(place, command, words, undefined);
  if (exitCode === undefined) throw new EngineError(`${command}: ${message}`, false);
  return `${stdout}\n${stderr}`;
}

function lineOf(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').slice(0, 400);
}
