/**
 * When a file is complete, and how long one that can't be taken is given. Ages are durations on the observer's own
 * monotonic clock: no host's clock is compared with a file's mtime. Pure.
 */
import type { Completeness } from '../model/definition.ts';
import { type FileLook, sameLook } from './files.ts';

/** How long, and over how many looks, a file has stayed as it is. */
export interface Age {
  readonly size: number;
  readonly unchangedMs: number;
  readonly looks: number;
}

export type ChecksumVerdict = { readonly ok: true } | { readonly ok: false; readonly why: string };

/**
 * `wait`: for time to pass (`self`), or for the sender to deliver what is missing (`sender`); `hash`: work out the
 * checksum and judge again; `wrong`: quarantine.
 */
export type Verdict =
  | { readonly do: 'wait'; readonly on: 'self' | 'sender' }
  | { readonly do: 'hash' }
  | { readonly do: 'take' }
  | { readonly do: 'wrong'; readonly why: string };

export interface Patience {
  /** A wrong checksum is believed when file and checksum file have not changed for so long. */
  readonly wrongMs: number;
  /** A companion without its file, and a name that looks like an upload in parts, is left alone for so long. */
  readonly orphanMs: number;
}

export const PATIENCE: Patience = { wrongMs: 5_000, orphanMs: 3_600_000 };

/** Used where the zone does not say how long `stable` is. */
const USUAL_STABLE_MS = 2_000;
/** An empty file is most often a copy that has just begun. */
const EMPTY_FACTOR = 10;
const UNMATCHED_FACTOR = 5;
const UNMATCHED_LOOKS = 10;
const LEAST_LOOKS = 2;
/** Names under which programs store what they have not finished: they are renamed at the end. */
const UNFINISHED = /\.(part|partial|filepart|tmp|temp|crdownload|download|incomplete|upload|uploading|swp)$|~$/i;

export function judgeFile(
  complete: Completeness,
  file: Age,
  companion: Age | undefined,
  checksum: ChecksumVerdict | undefined,
  patience: Patience,
): Verdict {
  if (complete.kind === 'stable') {
    const need = file.size === 0 ? complete.forMs * EMPTY_FACTOR : complete.forMs;
    const stable = file.looks >= LEAST_LOOKS && file.unchangedMs >= need;
    return stable ? { do: 'take' } : { do: 'wait', on: 'self' };
  }
  if (companion === undefined) return { do: 'wait', on: 'sender' };
  if (complete.kind === 'signal') return { do: 'take' };
  // Hashing at every look would read a growing file over and over.
  if (file.looks < LEAST_LOOKS || companion.looks < LEAST_LOOKS) return { do: 'wait', on: 'self' };
  if (checksum === undefined) return { do: 'hash' };
  if (checksum.ok) return { do: 'take' };
  const settled = Math.min(file.unchangedMs, companion.unchangedMs) >= patience.wrongMs;
  return settled ? { do: 'wrong', why: checksum.why } : { do: 'wait', on: 'self' };
}

/** A name that nothing wants: it may still be renamed by who writes it. */
export function judgeUnmatched(name: string, complete: Completeness, file: Age, patience: Patience): Verdict {
  if (UNFINISHED.test(name)) return judgeOrphan(file, patience);
  const forMs = complete.kind === 'stable' ? complete.forMs : USUAL_STABLE_MS;
  const over = file.looks >= UNMATCHED_LOOKS && file.unchangedMs >= forMs * UNMATCHED_FACTOR;
  return over ? { do: 'wrong', why: '' } : { do: 'wait', on: 'self' };
}

/** A companion whose file is not there. */
export function judgeOrphan(file: Age, patience: Patience): Verdict {
  const over = file.looks >= LEAST_LOOKS && file.unchangedMs >= patience.orphanMs;
  return over ? { do: 'wrong', why: '' } : { do: 'wait', on: 'sender' };
}

/** Milliseconds between two looks while something is to be judged. */
export function lookInterval(complete: Completeness): number {
  const forMs = complete.kind === 'stable' ? complete.forMs : USUAL_STABLE_MS;
  return Math.max(50, Math.min(1_000, forMs / 2));
}

interface Seen {
  readonly look: FileLook;
  readonly sinceMs: number;
  looks: number;
}

/** What was seen of each file in the folder, look after look. */
export class Looks {
  readonly #seen = new Map<string, Seen>();

  /** @param nowMs monotonic */
  note(name: string, look: FileLook, nowMs: number): Age {
    let seen = this.#seen.get(name);
    if (seen === undefined || !sameLook(seen.look, look)) {
      seen = { look, sinceMs: nowMs, looks: 0 };
      this.#seen.set(name, seen);
    }
    seen.looks++;
    return { size: look.size, unchangedMs: nowMs - seen.sinceMs, looks: seen.looks };
  }

  /** Forgets what is no longer there. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#seen.keys()) if (!names.has(name)) this.#seen.delete(name);
  }
}
