/** Commands for a site: those that run there, and those that transfer. What they say on standard error is the step's log. */
import { execa } from 'execa';
import { fillWords } from '../../definitions/sites.ts';
import type { SiteDefinition } from '../../model/site.ts';
import { programPath } from '../step.ts';
import { TransferError } from './fault.ts';
import { BEGIN, DIFFER } from './scripts.ts';

/** Of ssh, and of what runs over it: the other side was not reached. */
const SSH_FAILED = 255;
/** A list of some millions of files. */
const MOST_BYTES = 1024 * 1024 * 1024;

export interface Place {
  readonly home: string;
  readonly site: SiteDefinition;
}

/** Runs a script on the site. @returns what it said @throws TransferError */
export async function runThere({ home, site }: Place, script: string): Promise<string> {
  const words = [...fillWords(site.run, site, home), 'sh', '-s'];
  const { stdout } = await start({ home, site }, words, script);
  const at = stdout.indexOf(`${BEGIN}\n`);
  if (at < 0) throw new TransferError('unreachable', `site ${site.name}: '${words.join(' ')}' said nothing of it`);
  return stdout.slice(at + BEGIN.length + 1);
}

/** Transfers by the site's own command. @param more names for its templates @throws TransferError */
export async function transfer(
  { home, site }: Place,
  way: 'upload' | 'download',
  more: Readonly<Record<string, string>>,
): Promise<void> {
  await start({ home, site }, fillWords(site[way], site, home, more), '');
}

/** @throws TransferError */
async function start({ home, site }: Place, words: readonly string[], input: string): Promise<{ stdout: string }> {
  const [program = '', ...args] = words;
  const isScript = input !== '';
  const result = await execa(programPath(home, program), args, {
    reject: false,
    ...(isScript ? { input } : { stdin: 'ignore' as const }),
    stdout: isScript ? 'pipe' : 'inherit',
    stderr: 'inherit',
    stripFinalNewline: false,
    timeout: site.timeoutMs,
    maxBuffer: MOST_BYTES,
    forceKillAfterDelay: 5_000,
  });
  const stdout = typeof result.stdout === 'string' ? result.stdout : '';
  if (result.exitCode === 0) return { stdout };
  const who = `site ${site.name}: '${program}'`;
  if (result.code === 'ENOENT' || result.code === 'EACCES')
    throw new TransferError('refused', `${who} can't be started: ${result.originalMessage ?? result.code}`);
  if (result.timedOut) throw new TransferError('stalled', `${who} has not ended within ${site.timeoutMs / 1000} s`);
  const said = isScript ? stdout.slice(stdout.indexOf(`${BEGIN}\n`) + BEGIN.length + 1).trim() : '';
  const hasBegun = !isScript || stdout.includes(`${BEGIN}\n`);
  if (result.exitCode === SSH_FAILED || !hasBegun)
    throw new TransferError('unreachable', `${who} did not reach it (${ending(result)})`);
  if (isScript && result.exitCode === DIFFER)
    throw new TransferError(
      'differ',
      `site ${site.name}: not what was sent: ${said.replaceAll('\n', ', ').slice(0, 400)}`,
    );
  throw new TransferError('failed', `${who} has failed (${ending(result)}); see above`);
}

function ending({
  exitCode,
  signal,
}: {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
}): string {
  return signal === undefined ? `exit code ${exitCode}` : signal;
}
