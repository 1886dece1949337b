/**
 * History, append-only, one writer a file: `journal/<day>/<host>.<writer>.jsonl`. A line follows the rename it tells
 * of, so the last line of a dead process may be missing; the board is the truth. Lines are gathered for one turn of the
 * event loop and written with one append.
 */
import { dayFolder, formatDay, journalPath } from '../model/name.ts';
import { isGone } from './errors.ts';
import { type Fs, makeBelow } from './fs.ts';

/** What a line tells. `docs/journal.md` has the list with the fields of each. */
export type JournalEvent =
  | 'post'
  | 'claim'
  | 'finish'
  | 'publish'
  | 'giveback'
  | 'lost'
  | 'discard'
  | 'arrive'
  | 'duplicate'
  | 'link'
  | 'hold'
  | 'release'
  | 'repipe'
  | 'skip'
  | 'rank'
  | 'set'
  | 'remove'
  | 'rebuild'
  | 'retention'
  | 'start'
  | 'stop'
  | 'order'
  | 'blocked'
  | 'unblocked'
  | 'suspect'
  | 'landed'
  | 'quarantined';

/** Fields of a line; `t` (RFC 3339 UTC, this host's clock), `event`, `host` and `by` are added. */
export interface JournalFields {
  readonly dataset?: string;
  readonly posted?: string;
  readonly class?: string;
  readonly rank?: number;
  readonly stage?: string;
  readonly column?: number;
  readonly epoch?: number;
  readonly try?: number;
  readonly process?: string;
  readonly from?: string;
  readonly to?: string;
  readonly folder?: string;
  readonly outcome?: string;
  readonly code?: number | null;
  readonly signal?: string | null;
  readonly seconds?: number;
  readonly reason?: string;
  readonly [more: string]: unknown;
}

export interface JournalLine extends JournalFields {
  readonly t: string;
  readonly event: JournalEvent;
  readonly host: string;
  /** A stage process's id or a user. */
  readonly by: string;
}

export interface JournalOptions {
  readonly fs: Fs;
  readonly root: string;
  readonly host: string;
  readonly writer: string;
  readonly now: () => number;
  /** Told when lines can't be written; they are kept and tried again with the next ones. */
  readonly onTrouble: (error: unknown) => void;
}

/** Lines kept while the disk refuses them; beyond that the oldest go. The board itself loses nothing. */
const MOST_KEPT = 10_000;

export class Journal {
  readonly #options: JournalOptions;
  readonly #madeDays = new Set<string>();
  #pending: { day: string; data: Buffer }[] = [];
  #scheduled = false;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  write(event: JournalEvent, fields: JournalFields): void {
    const now = this.#options.now();
    const line: JournalLine = {
      t: new Date(now).toISOString(),
      event,
      ...fields,
      host: this.#options.host,
      by: this.#options.writer,
    };
    this.#pending.push({ day: formatDay(now), data: Buffer.from(`${JSON.stringify(line)}\n`) });
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  /** Writes what is pending. Called by itself, and at the end of a process. Never throws. */
  flush(): void {
    const lines = this.#pending;
    this.#pending = [];
    const byDay = new Map<string, Buffer[]>();
    for (const { day, data } of lines) {
      const parts = byDay.get(day);
      if (parts === undefined) byDay.set(day, [data]);
      else parts.push(data);
    }
    for (const [day, parts] of byDay) {
      const data = Buffer.concat(parts);
      let written = 0;
      try {
        // A disk that runs full takes the beginning: a line that was cut is carried on where it was.
        while (written < data.length) written += this.#append(day, data.subarray(written));
      } catch (error) {
        this.#keep(day, data.subarray(written), parts);
        this.#options.onTrouble(error);
      }
    }
  }

  /** What was not written, to be written before what comes later. */
  #keep(day: string, rest: Buffer, parts: readonly Buffer[]): void {
    const untouched = rest.length === parts.reduce((sum, part) => sum + part.length, 0);
    const kept = untouched ? parts.map((data) => ({ day, data })) : [{ day, data: rest }];
    this.#pending = [...kept, ...this.#pending].slice(-MOST_KEPT);
  }

  #append(day: string, data: Buffer): number {
    const { fs, root, host, writer } = this.#options;
    const path = `${root}/${journalPath(day, host, writer)}`;
    if (!this.#madeDays.has(day)) {
      makeBelow(fs, root, dayFolder('journal', day));
      this.#madeDays.add(day);
    }
    try {
      return fs.append(path, data);
    } catch (error) {
      if (!isGone(error)) throw error;
      makeBelow(fs, root, dayFolder('journal', day));
      return fs.append(path, data);
    }
  }
}
