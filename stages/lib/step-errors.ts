import { constants } from 'node:os';
import { DataError } from './data-error.ts';

/** What a step program's exit code says; `stages/<name>.yaml` maps them to outcomes. */
export const EXIT = {
  complete: 0,
  /** The data are bad: of another kind, damaged, or lacking what the step needs. */
  data: 2,
  /** A person should look: nothing is broken, but the result would be worth nothing. */
  hold: 3,
  usage: 64,
  /** A file that the step needs is missing or cannot be read. */
  noInput: 66,
  bug: 70,
  /** The output folder or a file in it cannot be written. */
  cannotCreate: 73,
  /** A passing trouble of disk or network: the same try may well succeed later. */
  retry: 75,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a step with an exit code of its choice; the message is the line for stderr. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

const { errno } = constants;
// By number: Node 20 has no names for ESTALE and EDQUOT and calls them "Unknown system error".
const PASSING = new Set([
  ...[errno.EIO, errno.ESTALE, errno.EAGAIN, errno.EINTR, errno.ETIMEDOUT, errno.EBUSY, errno.ENFILE, errno.EMFILE],
  ...[errno.ENOSPC, errno.EDQUOT, errno.ENOMEM, errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH],
]);

/** The system's name for an error from a system call, or undefined for any other error. */
export function systemError(error: unknown): { errno: number; code: string } | undefined {
  if (!(error instanceof Error)) return undefined;
  const { errno: number, code } = error as NodeJS.ErrnoException;
  if (typeof number !== 'number') return undefined;
  const known = Object.entries(errno).find(([, value]) => value === Math.abs(number));
  return { errno: Math.abs(number), code: known?.[0] ?? code ?? String(number) };
}

/** The exit code for whatever a step threw. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof StepError) return error.exitCode;
  if (error instanceof DataError) return EXIT.data;
  const system = systemError(error);
  return system !== undefined && PASSING.has(system.errno) ? EXIT.retry : EXIT.bug;
}

/**
 * Runs what reads `path`, and turns its errors into ones that name the file: bad data as DataError, a file that is not there or may
 * not be read as exit code 66, passing trouble as 75. Other errors are bugs and go through.
 */
export function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DataError) throw new DataError(`${path}: ${error.message}`);
    const system = systemError(error);
    if (system === undefined) throw error;
    if (PASSING.has(system.errno))
      throw new StepError(EXIT.retry, `${path}: cannot be read now (${system.code}); try again`);
    throw new StepError(
      EXIT.noInput,
      `${path}: cannot be read (${system.code}); check that the file is there and readable`,
    );
  }
}

/** The same for what writes `path`. */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const system = systemError(error);
    if (system === undefined) throw error;
    if (PASSING.has(system.errno))
      throw new StepError(EXIT.retry, `${path}: cannot be written now (${system.code}); try again`);
    throw new StepError(
      EXIT.cannotCreate,
      `${path}: cannot be written (${system.code}); check the folder and its permissions`,
    );
  }
}
