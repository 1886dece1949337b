import { createHash } from 'node:crypto';
import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataError } from './data-error.ts';
import { EXIT, reading, StepError, writing } from './step-errors.ts';

export interface Transferred {
  readonly bytes: number;
  readonly sha256: string;
  /** It was there already, whole. */
  readonly kept: boolean;
}

/** Size and sha256 of a file. */
export function sumOf(path: string): { bytes: number; sha256: string } {
  const bytes = reading(path, () => readFileSync(path));
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * Copies a file and makes sure of it: what has arrived is read again and compared, and only then gets its name. One that is there already
 * and is right is left alone, so that a transfer that was broken off goes on where it was.
 * @param expected sha256 that somebody else has told
 * @throws DataError if the source is not what it should be; StepError 75 if it was damaged on the way
 */
export function transfer(from: string, to: string, expected?: string): Transferred {
  const source = sumOf(from);
  if (expected !== undefined && source.sha256 !== expected.toLowerCase()) {
    throw new DataError(
      `${from}: its sha256 is ${source.sha256}, but should be ${expected}: it is damaged, fetch it again`,
    );
  }
  if (existsSync(to) && sumOf(to).sha256 === source.sha256) return { ...source, kept: true };
  const part = `${to}.part.${process.pid}`;
  writing(to, () => {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, part);
    const file = openSync(part, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  });
  const arrived = sumOf(part).sha256;
  if (arrived !== source.sha256)
    throw new StepError(EXIT.retry, `${part}: its sha256 is ${arrived}, but ${from} has ${source.sha256}; try again`);
  writing(to, () => renameSync(part, to));
  return { ...source, kept: false };
}
