/**
 * What a host says of itself beside its stage processes: load, cores, free disk, clock. For people: nothing on the board
 * depends on it, and a file of an older version has none of it.
 */

import { formatDuration } from '../model/duration.ts';

export interface HostFacts {
  /** Load of one minute. */
  readonly load1?: number;
  readonly cpus?: number;
  /** MB that may still be filled where the board lies. */
  readonly freeMb?: number;
  /** The same for `scratch/`, if that is another disk. */
  readonly scratchMb?: number;
  /** Milliseconds that its clock is ahead of the board's; below 0 it is behind. */
  readonly clockMs?: number;
}

const NAMES = ['load1', 'cpus', 'freeMb', 'scratchMb', 'clockMs'] as const satisfies readonly (keyof HostFacts)[];

/** Only what is a number: the file may be of another version, or damaged. */
export function parseFacts(value: unknown): HostFacts {
  if (typeof value !== 'object' || value === null) return {};
  const facts: { -readonly [Name in keyof HostFacts]: number } = {};
  for (const name of NAMES) {
    const fact: unknown = Reflect.get(value, name);
    if (typeof fact === 'number' && Number.isFinite(fact)) facts[name] = fact;
  }
  return facts;
}

/** Of each fact what the first of them knows. */
export function firstKnown(sources: readonly HostFacts[]): HostFacts {
  // Those that come later are written over.
  return Object.assign({}, ...[...sources].reverse().map(parseFacts)) as HostFacts;
}

/** A write that took longer says nothing of a clock. */
const LONGEST_MS = 1_000;

/**
 * How far a clock is ahead of the disk's that showed these times around a write, which the disk has stamped with `mtimeMs`.
 * 0: the stamp lies between them. Undefined: nothing can be told.
 */
export function clockOffset(beforeMs: number, afterMs: number, mtimeMs: number): number | undefined {
  if (afterMs < beforeMs || afterMs - beforeMs > LONGEST_MS) return undefined;
  if (mtimeMs < beforeMs) return Math.round(beforeMs - mtimeMs);
  return mtimeMs > afterMs ? Math.round(afterMs - mtimeMs) : 0;
}

/** `3.25/8`: load of one minute, of so many cores. */
export function loadText({ load1, cpus }: HostFacts): string {
  if (load1 === undefined) return '?';
  const load = load1 < 10 ? load1.toFixed(2) : load1.toFixed(1);
  return cpus === undefined ? load : `${load}/${cpus}`;
}

/** Less is what a disk's stamps and a clock differ by on one host. */
const LEAST_CLOCK_MS = 50;

/** `0s`, `+0.3s`, `-1h02m`: how far a clock is ahead of the board's. */
export function clockText(ms: number): string {
  const size = Math.abs(ms);
  if (size < LEAST_CLOCK_MS) return '0s';
  const text = size < 10_000 ? `${(size / 1000).toFixed(1)}s` : formatDuration(Math.floor(size / 1000) * 1000);
  return `${ms < 0 ? '-' : '+'}${text}`;
}
