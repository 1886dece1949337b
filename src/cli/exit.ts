/** Exit codes: the one table. `docs/exit-codes.md` lists the same, and a test compares them. */
import { BoardError, faultText, isExists, isSystemError, RightsError } from '../board/errors.ts';

export const EXIT = {
  ok: 0,
  /** Some failed, or the disk refused. */
  some: 1,
  usage: 2,
  absent: 3,
  timeout: 4,
  refused: 5,
  bug: 70,
} as const;

/** 128 + the signal's number is added for a command that a signal ended. */
export const EXIT_MEANINGS: ReadonlyArray<readonly [code: number, meaning: string]> = [
  [EXIT.ok, 'ok; also an empty list'],
  [EXIT.some, 'some of it failed, or the disk refused'],
  [EXIT.usage, 'wrong usage: an unknown option, a name that is not allowed, a definition with faults, no such board'],
  [EXIT.absent, 'a named dataset is absent, or a verb matched nothing'],
  [EXIT.timeout, 'the time is up (wait, down --wait)'],
  [EXIT.refused, 'refused by state: all of it; or this account may not, or SLATE_READ_ONLY is set'],
  [EXIT.bug, 'a fault of slate itself: please report it'],
];

/** An end with a message for the user and an exit code. An empty message says nothing more. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: number;

  constructor(exit: number, message: string) {
    super(message);
    this.exit = exit;
  }
}

export function usage(message: string): CliError {
  return new CliError(EXIT.usage, message);
}

/** Errors that say all there is to say in their message. Compared by name: their modules load late or not at all. */
const USER_ERRORS: ReadonlySet<string> = new Set([
  'DefinitionError',
  'FilterError',
  'DurationError',
  'HomeError',
  'TemplateError',
]);

export interface Ending {
  readonly exit: number;
  readonly message: string;
}

/** What an error means to the caller. */
export function endingOf(error: unknown): Ending {
  if (error instanceof CliError) return { exit: error.exit, message: error.message };
  if (error instanceof RightsError) return { exit: EXIT.refused, message: error.message };
  if (error instanceof BoardError) {
    const exit = error.cause === undefined ? EXIT.usage : isExists(error.cause) ? EXIT.refused : EXIT.some;
    return { exit, message: error.message };
  }
  if (error instanceof Error && USER_ERRORS.has(error.name)) return { exit: EXIT.usage, message: error.message };
  if (isSystemError(error)) {
    const path = 'path' in error && typeof error.path === 'string' ? `${error.path}: ` : '';
    return { exit: EXIT.some, message: `${path}${faultText(error)}` };
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exit: EXIT.bug, message: `this is a fault of slate itself; please report it with these lines:\n${trace}` };
}

/** The exit code of many: `done` went well, `refused` by state, `absent` not there. */
export function exitOfMany(done: number, refused: number, absent: number): number {
  if (refused === 0 && absent === 0) return EXIT.ok;
  if (done > 0 || (refused > 0 && absent > 0)) return EXIT.some;
  return refused > 0 ? EXIT.refused : EXIT.absent;
}
