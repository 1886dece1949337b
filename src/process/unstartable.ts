/**
 * Why a program could not be started for one entry, where the stage and the host are not to blame: what its parameters
 * made of the command. Such an entry fails; a stage whose program is missing waits instead.
 */
import { constants } from 'node:os';
import { isFixed, TemplateError } from '../definitions/definitions.ts';
import type { StageDefinition } from '../model/definition.ts';
import type { Launch, RunEnd } from './launcher.ts';

/** Linux takes no longer argument, nor `NAME=value`, whatever there is room for (MAX_ARG_STRLEN, less the end). */
const MOST_TEXT_BYTES = 128 * 1024 - 1;
const INSTEAD = "let the step read it from the file '$SLATE_PARAMS', or from one of 'files:'";

/** @throws TemplateError if an argument or a variable is longer than the system hands over */
export function checkLengths({ file }: StageDefinition, { args, env }: Pick<Launch, 'args' | 'env'>): void {
  for (const [index, arg] of args.entries()) checkLength(arg, `${file}: argument ${index + 1} of the command`);
  for (const [name, value] of Object.entries(env)) checkLength(`${name}=${value}`, `${file}: env.${name}`);
}

function checkLength(text: string, what: string): void {
  // No character has more than three bytes a unit: most texts need not be measured.
  if (text.length * 3 <= MOST_TEXT_BYTES) return;
  const bytes = Buffer.byteLength(text);
  if (bytes <= MOST_TEXT_BYTES) return;
  throw new TemplateError(
    `${what} has ${bytes} bytes for this entry, and a program is given at most ${MOST_TEXT_BYTES}; ${INSTEAD}`,
  );
}

/** Undefined: it is not this entry's fault, or nothing of the kind. */
export function entryFault({ file, command }: StageDefinition, end: RunEnd): string | undefined {
  if (end.kind !== 'unstartable' || end.what !== 'program') return undefined;
  if (Math.abs(end.errno) === constants.errno.E2BIG)
    return `${file}: arguments and environment are longer than the system hands over (E2BIG); ${INSTEAD}`;
  const program = command.kind === 'argv' ? (command.argv[0] ?? '') : '';
  const isTold = !isFixed(program) && /\b(params|members)\b/.test(program);
  return isTold ? `${file}: command[0] names a program for this entry that can't be started: ${end.error}` : undefined;
}
