/**
 * History, append-only, one writer a file: `journal/<day>/<host>.<writer>.jsonl`. A line follows the rename it tells
 * of, so the last line of a dead process may be missing; the board is the truth. Lines are gathered for one turn of the
 * event loop and written with one append, on a line of their own whatever stands before.
 */
import { dayFolder, journalPath } from '../model/name.ts';
import { isGone } from './errors.ts';
import { type Fs, makeBelow } from './fs.ts';

/** What a line tells. `docs/journal.md` has the list with the fields of each. */
export const JOURNAL_EVENTS = [
  'post',
  'unposted',
  'claim',
  'finish',
  'outcome',
  'publish',
  'giveback',
  'lost',
  'discard',
  'arrive',
  'duplicate',
  'link',
  'hold',
  'release',
  'repipe',
  'skip',
  'rank',
  'set',
  'remove',
  'rebuild',
  'retention',
  'start',
  'stop',
  'order',
  'blocked',
  'unblocked',
  'suspect',
  'service',
  'gathered',
  'limit',
  'landed',
  'quarantined',
  'fired',
  'passed',
  'commit',
  'giveup',
  'scale',
  'up',
  'down',
  'died',
  'adopt',
  'submitted',
] as const;
export type JournalEvent = (typeof JOURNAL_EVENTS)[number];

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

const DAY_LENGTH = '2026-11-21'.length;

interface Pending {
  readonly day: string;
  /** A line; bytes are the rest of one that a full disk has cut. */
  readonly data: string | Buffer;
}

/** Lines become bytes once, all together: an append is one write. */
function joined(parts: ReadonlyArray<string | Buffer>): Buffer {
  if (parts.every((part) => typeof part === 'string')) return Buffer.from(parts.join(''));
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

export class Journal {
  readonly #options: JournalOptions;
  readonly #madeDays = new Set<string>();
  /** Days whose file ends with a line of ours, whole or to be carried on. */
  readonly #ownEnd = new Set<string>();
  #pending: Pending[] = [];
  #scheduled = false;
  /** Most lines come in the same millisecond as the one before. */
  #time = { ms: Number.NaN, text: '' };

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  write(event: JournalEvent, fields: JournalFields): void {
    const t = this.#timeText();
    const line: JournalLine = { t, event, ...fields, host: this.#options.host, by: this.#options.writer };
    this.#pending.push({ day: t.slice(0, DAY_LENGTH), data: `${JSON.stringify(line)}\n` });
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  #timeText(): string {
    const ms = this.#options.now();
    if (ms !== this.#time.ms) this.#time = { ms, text: new Date(ms).toISOString() };
    return this.#time.text;
  }

  /** Writes what is pending. Called by itself, and at the end of a process. Never throws. */
  flush(): void {
    const lines = this.#pending;
    this.#pending = [];
    const byDay = new Map<string, (string | Buffer)[]>();
    for (const { day, data } of lines) {
      const parts = byDay.get(day);
      if (parts === undefined) byDay.set(day, [data]);
      else parts.push(data);
    }
    for (const [day, parts] of byDay) {
      const data = joined(parts);
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
  #keep(day: string, rest: Buffer, parts: ReadonlyArray<string | Buffer>): void {
    const untouched = rest.length === joined(parts).length;
    const kept = untouched ? parts.map((data) => ({ day, data })) : [{ day, data: rest }];
    const all = [...kept, ...this.#pending];
    this.#pending = all.slice(-MOST_KEPT);
    // The rest of a cut line may be among what goes: what comes next is not its end.
    if (all.length > MOST_KEPT) this.#ownEnd.clear();
  }

  #append(day: string, data: Buffer): number {
    const { fs, root, host, writer } = this.#options;
    const path = `${root}/${journalPath(day, host, writer)}`;
    if (!this.#madeDays.has(day)) {
      makeBelow(fs, root, dayFolder('journal', day));
      this.#madeDays.add(day);
    }
    // A command's file has had other writers, one after the other: one that died may have left half a line.
    const isFirst = !this.#ownEnd.has(day);
    let written: number;
    try {
      written = fs.append(path, data, isFirst);
    } catch (error) {
      if (!isGone(error)) throw error;
      makeBelow(fs, root, dayFolder('journal', day));
      written = fs.append(path, data, isFirst);
    }
    if (written > 0) this.#ownEnd.add(day);
    return written;
  }
}
