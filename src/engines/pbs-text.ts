/**
 * What PBS's commands are told, and what they say. Pure. There are three of them: `openpbs` (PBS Pro too), `torque`, and
 * `slurm`, the commands of these names that Slurm brings along (read with 22.05), which say far less.
 */
import { createHash } from 'node:crypto';
import { shellQuote } from '../definitions/shell-scan.ts';
import type { EngineDefinition, JobNeeds } from '../model/engine.ts';
import { ranges } from './engine.ts';

export type Dialect = 'openpbs' | 'torque' | 'slurm';

/** Of what `qstat --version` says, on both outputs: `pbs_version = 23.06.06`, `Version: 6.1.3`, `Unknown option: version`. */
export function dialectOf(said: string): Dialect {
  if (/Unknown option: version/i.test(said)) return 'slurm';
  return /^\s*version:/im.test(said) ? 'torque' : 'openpbs';
}

/** By shell, what a job's number is: the two PBS have a variable each, a job that is no array has none. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's.
export const INDEX_VARIABLE = 'PBS_ARRAY_INDEX:-${PBS_ARRAYID:-0}';

/** Older ones take 15 characters, and Torque adds the number to an array's: what it stands for is on the board. */
export function pbsName(jobName: string): string {
  const digest = createHash('sha256').update(jobName).digest();
  const number = BigInt(`0x${digest.subarray(0, 9).toString('hex')}`);
  return `s${number.toString(36).padStart(14, '0').slice(-14)}`;
}

/** Words for `qsub`, with the script. What a job prints goes nowhere: its script writes to the submission's own log. */
export function submitWords(
  dialect: Dialect,
  engine: EngineDefinition,
  order: { readonly jobName: string; readonly script: string; readonly count: number; readonly needs: JobNeeds },
): string[] {
  const isArray = order.count > 1;
  const array = dialect === 'torque' ? '-t' : '-J';
  return [
    '-N',
    pbsName(order.jobName),
    // PBS Pro refuses arrays that are not to be run again: their second run finds the mark of the first, and ends.
    ...['-r', dialect === 'openpbs' && isArray ? 'y' : 'n'],
    ...['-j', 'oe', '-o', '/dev/null', '-m', 'n'],
    // Slurm's has no -S that it would heed, and says so.
    ...(dialect === 'slurm' ? [] : ['-S', '/bin/sh']),
    ...(isArray ? [array, `0-${order.count - 1}`] : []),
    ...(engine.partition === undefined ? [] : ['-q', engine.partition]),
    ...(engine.account === undefined ? [] : ['-A', engine.account]),
    ...resourceWords(dialect, order.needs),
    ...engine.options,
    // It puts its words together for a shell.
    dialect === 'slurm' ? shellQuote(order.script) : order.script,
  ];
}

function resourceWords(dialect: Dialect, { milliCpus, memoryMb, walltimeMs }: JobNeeds): string[] {
  const cpus = milliCpus > 0 ? Math.max(1, Math.ceil(milliCpus / 1000)) : undefined;
  const memory = memoryMb > 0 ? `mem=${Math.ceil(memoryMb)}mb` : undefined;
  const walltime = walltimeMs === undefined ? undefined : `walltime=${clock(walltimeMs)}`;
  const list =
    dialect === 'openpbs'
      ? [chunk(cpus, memory), walltime]
      : [cpus === undefined ? undefined : `nodes=1:ppn=${cpus}`, memory, walltime];
  const said = list.filter((word) => word !== undefined);
  // Slurm's hears only the last -l.
  return said.length === 0 ? [] : ['-l', said.join(',')];
}

function chunk(cpus: number | undefined, memory: string | undefined): string | undefined {
  if (cpus === undefined && memory === undefined) return undefined;
  return ['select=1', `ncpus=${cpus ?? 1}`, ...(memory === undefined ? [] : [memory])].join(':');
}

/** `hours:minutes:seconds` */
export function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

const ID = /^(\d+)(\[\d*\])?(\.[\w.-]+)?$/;

/** The last line that `qsub` says: `123.server`, `123[].server`, `123`. */
export function parseSubmitted(stdout: string): string | undefined {
  const last = stdout.trim().split('\n').at(-1)?.trim() ?? '';
  return ID.test(last) ? last : undefined;
}

/** The submission that a job of an array belongs to, and its number there: `123[4].server` is 4 of `123[].server`. */
export function splitId(text: string): { readonly id: string; readonly index: number } | undefined {
  const [, number, brackets, server = ''] = ID.exec(text.trim()) ?? [];
  if (number === undefined || brackets === '[]') return undefined;
  if (brackets === undefined) return { id: `${number}${server}`, index: 0 };
  return { id: `${number}[]${server}`, index: Number(brackets.slice(1, -1)) };
}

/** Words for `qdel`: `123[0-4].server`; Torque's arrays take `-t 0-4`. */
export function cancelWords(dialect: Dialect, id: string, indexes: readonly number[]): string[] {
  if (!id.includes('[]')) return [id];
  const parts = ranges(indexes);
  return dialect === 'torque' ? ['-t', parts.join(','), id] : parts.map((part) => id.replace('[]', `[${part}]`));
}

const DOWN = [
  /cannot connect to server/i,
  /Connection (?:refused|timed out|reset)/i,
  /No route to host|Network is unreachable/i,
  /Communication failure|End of File|Premature end of message/i,
  /errno=|error=|Protocol \(ASN\.1\) error/i,
  /Server (?:shutting down|is busy)|Batch protocol error|Request timed out/i,
  /pbs_iff|trqauthd|Invalid credential/i,
  // Of Slurm behind its own commands of these names.
  /Unable to contact slurm controller|Problem loading|Socket timed out|Slurm temporarily unable/i,
];

/** True: it refuses for a reason of its own; false: it could not be asked. */
export function isRefusal(said: string): boolean {
  return !DOWN.some((pattern) => pattern.test(said));
}

/** Its server keeps nothing of jobs that have ended, as is the default (PBSE_JOBHISTNOTSET), and refuses to be asked for them. */
export function isWithoutHistory(said: string): boolean {
  return /histor|\b15140\b/i.test(said);
}

const GONE =
  /Unknown Job Id|Job has finished|Request invalid for state of job|Job (?:is )?not in queue|already been deleted/i;

/** Every line is about a job that has ended, or that it knows no more. Slurm's `qstat` fails without a word if it has none at all. */
export function isOfGone(dialect: Dialect, stderr: string): boolean {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return lines.every((line) => GONE.test(line)) && (lines.length > 0 || dialect === 'slurm');
}
