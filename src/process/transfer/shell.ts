/** Commands for a site: those that run there, and those that transfer. What they say on standard error is the step's log. */
import fs from 'node:fs';
import { execa } from 'execa';
import { fillWords, SITES_FILE } from '../../definitions/sites.ts';
import { Leash } from '../../engines/leash.ts';
import type { SiteDefinition } from '../../model/site.ts';
import { programPath } from '../step.ts';
import { TransferError } from './fault.ts';
import { BEGIN, CLOSED, DIFFER, ROOTLESS } from './scripts.ts';

/** Of ssh, and of what runs over it: the other side was not reached. */
const SSH_FAILED = 255;
/** A list of some millions of files. */
const MOST_BYTES = 1024 * 1024 * 1024;

export interface Place {
  readonly home: string;
  readonly site: SiteDefinition;
  /** Aborted when nobody waits for its commands any more; undefined: they end with who waits. */
  readonly unwanted?: AbortSignal | undefined;
}

/**
 * Runs a script on the site. @returns what it said
 * @param isQuiet its words on standard error belong to the message alone
 * @throws TransferError
 */
export async function runThere(place: Place, script: string, isQuiet = false): Promise<string> {
  const { home, site } = place;
  // Any other has to be there: a disk that is not mounted would be filled otherwise.
  if (site.isInHome) fs.mkdirSync(site.root, { recursive: true });
  const words = [...fillWords(site.run, site, home), 'sh', '-s'];
  const { stdout } = await start(place, words, { script, isQuiet });
  const said = saidIn(stdout);
  if (said === undefined)
    throw new TransferError('unreachable', `site ${site.name}: '${words.join(' ')}' said nothing of it`);
  return said;
}

/** Transfers by the site's own command. @param more names for its templates @throws TransferError */
export async function transfer(
  { home, site }: Place,
  way: 'upload' | 'download',
  more: Readonly<Record<string, string>>,
): Promise<void> {
  await start({ home, site }, fillWords(site[way], site, home, more), {});
}

interface Manner {
  /** A script for the other side; without it there is nothing to read, and what is printed is the step's log. */
  readonly script?: string;
  readonly isQuiet?: boolean;
}

/** @throws TransferError */
async function start(
  { home, site, unwanted }: Place,
  words: readonly string[],
  { script, isQuiet = false }: Manner,
): Promise<{ stdout: string }> {
  const [program = '', ...args] = words;
  const who = `site ${site.name}: '${program}'`;
  const left = (): TransferError => new TransferError('unreachable', `${who} is not waited for: its process ends`);
  if (unwanted?.aborted === true) throw left();
  const child = execa(programPath(home, program), args, {
    reject: false,
    ...(script === undefined ? { stdin: 'ignore' as const } : { input: script }),
    stdout: script === undefined ? 'inherit' : 'pipe',
    stderr: isQuiet ? 'pipe' : 'inherit',
    stripFinalNewline: false,
    maxBuffer: MOST_BYTES,
    detached: unwanted !== undefined,
  });
  const leash = new Leash(child, { limitMs: site.timeoutMs, unwanted });
  const result = await Promise.race([child, leash.lost]).finally(() => leash.release());
  if (leash.cut === 'unwanted') throw left();
  if (leash.cut === 'late' || result === undefined)
    throw new TransferError('stalled', `${who} has not ended within ${site.timeoutMs / 1000} s`);
  const stdout = typeof result.stdout === 'string' ? result.stdout : '';
  if (result.exitCode === 0) return { stdout };
  const how = `${result.signal ?? `exit code ${result.exitCode}`}${isQuiet ? `: ${lineOf(result.stderr)}` : '; see above'}`;
  if (result.code === 'ENOENT' || result.code === 'EACCES')
    throw new TransferError('refused', `${who} can't be started: ${result.originalMessage ?? result.code}`);
  const said = saidIn(stdout);
  if (result.exitCode === SSH_FAILED || (script !== undefined && said === undefined))
    throw new TransferError('unreachable', `${who} did not reach it (${how})`);
  if (script !== undefined && result.exitCode === ROOTLESS)
    throw new TransferError('failed', rootText(site, said?.includes(CLOSED) === true));
  if (script !== undefined && result.exitCode === DIFFER)
    throw new TransferError('differ', `site ${site.name}: not what was sent: ${lineOf(said)}`);
  throw new TransferError('failed', `${who} has failed (${how})`);
}

/** What is wrong with its root, and what is to be done. */
function rootText({ name, root, host, run }: SiteDefinition, isClosed: boolean): string {
  const through = run.length === 0 ? 'this host' : `the host that '${run.join(' ')}' reaches`;
  const where = host ?? through;
  const mend = `mend 'root' of ${name} in ${SITES_FILE}`;
  if (isClosed)
    return `site ${name}: its root ${root} on ${where} can't be entered: see to its rights there, or ${mend}`;
  return `site ${name}: its root ${root} is not there on ${where}: mount its disk or make the folder, or ${mend}`;
}

/** Behind what a login may have had to say; undefined: the script has not begun. */
function saidIn(stdout: string): string | undefined {
  const at = stdout.indexOf(`${BEGIN}\n`);
  return at < 0 ? undefined : stdout.slice(at + BEGIN.length + 1);
}

function lineOf(text: unknown): string {
  return String(text ?? '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ', ')
    .slice(0, 400);
}
