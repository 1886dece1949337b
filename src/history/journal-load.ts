/** The journal read in short steps, for a program that has other work to do meanwhile. */
import type { Board } from '../board/board.ts';
import type { JournalLine } from '../board/journal.ts';
import { othersRun } from '../board/live/slices.ts';
import { piecesOfFile } from '../board/pieces.ts';
import { daysOf, isWanted, type JournalQuery, mergeByTime, needle, parseLine } from './journal.ts';
import { journalFiles } from './journal-files.ts';

/** Most of it is only searched for the dataset's name: larger pieces than those that are parsed line by line. */
const SEARCHED_BYTES = 256 * 1024;

/** All wanted lines as `readJournal` gives them. @throws the signal's reason once it is aborted */
export async function loadJournal(board: Board, query: JournalQuery, signal?: AbortSignal): Promise<JournalLine[]> {
  const holding = needle(query.dataset);
  const bytes = holding === undefined ? undefined : SEARCHED_BYTES;
  const found: JournalLine[] = [];
  for (const day of daysOf(board, query.sinceMs)) {
    const ofDay: JournalLine[][] = [];
    for (const file of await journalFiles(board, day)) {
      const ofFile: JournalLine[] = [];
      for await (const piece of piecesOfFile(board.path(file), { withTail: true, holding, bytes, signal })) {
        for (const text of piece.lines) {
          const line = parseLine(text);
          if (line !== undefined && isWanted(line, query)) ofFile.push(line);
        }
        await othersRun();
      }
      if (ofFile.length > 0) ofDay.push(ofFile);
    }
    for (const line of mergeByTime(ofDay.map((lines) => lines.values()))) found.push(line);
  }
  return found;
}
