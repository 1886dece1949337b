/** Journals written by hand. */
import fs from 'node:fs';
import { dirname } from 'node:path';
import type { Board } from '../../src/board/board.ts';
import type { JournalLine } from '../../src/board/journal.ts';

/** A line as it stands in a journal. `at`: milliseconds UTC. */
export function text(at: number, event: string, more: object = {}): string {
  return JSON.stringify({ t: new Date(at).toISOString(), event, ...more, host: 'h', by: 'x' });
}

export function line(at: number, event: string, more: object = {}): JournalLine {
  return JSON.parse(text(at, event, more));
}

/** A journal file of that day, for that writer. @returns its path */
export function write(board: Board, at: number, lines: readonly string[], writer = 'h.x'): string {
  const day = new Date(at).toISOString().slice(0, 10);
  const path = board.path(`journal/${day}/${writer}.jsonl`);
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.appendFileSync(path, lines.map((one) => `${one}\n`).join(''));
  return path;
}
