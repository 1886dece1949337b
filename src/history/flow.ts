/** What a line of the journal does to the numbers of what is to be done. Pure. */
import type { JournalLine } from '../board/journal.ts';
import { isFinished, isWaiting, type Letter } from '../model/letters.ts';

export interface Flow {
  /** Entries to be done: 1 more, 1 less, or as many as before. */
  readonly toDo: number;
  /** It came to be done by this. */
  readonly isDone: boolean;
  /** Letters of an entry to be done, before and after; empty: it was not, or is no longer. */
  readonly before: string;
  readonly after: string;
}

function isOff(folder: string): boolean {
  return /^(?:done|removed)(?:\/|$)/.test(folder);
}

function isOver(letters: string): boolean {
  for (const letter of letters) if (!isFinished(letter as Letter)) return false;
  return true;
}

/** Undefined: the line tells of no change of letters. */
export function flowOf(line: JournalLine): Flow | undefined {
  const { event, from, to, folder } = line;
  if (typeof to !== 'string' || line.dataset === undefined) return undefined;
  const isNow = typeof folder === 'string' ? !isOff(folder) : !isOver(to);
  const isNew = event === 'post' || event === 'rebuild';
  if (!isNew && typeof from !== 'string') return undefined;
  // Housekeeping tells where it stood; of all others the letters tell.
  const stood = typeof line.was === 'string' ? !isOff(line.was) : !isOver(from ?? '');
  const wasThere = !isNew && stood;
  const toDo = Number(isNow) - Number(wasThere);
  const isDone = wasThere && typeof folder === 'string' && folder.startsWith('done');
  return { toDo, isDone, before: wasThere ? (from ?? '') : '', after: isNow ? to : '' };
}

/** How many more entries wait at a column. */
export function waitingChange({ before, after }: Flow, column: number): number {
  const waits = (letters: string): number => Number(isWaiting((letters[column] ?? '_') as Letter));
  return waits(after) - waits(before);
}
