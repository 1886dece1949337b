/**
 * Which jobs of a submission its process has told the engine to cancel: written before it is told, so that whoever takes them
 * over knows that their end may be none of their own.
 */
import { JOB_FILES, submissionPath } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';

/** One line each time, whatever their number. */
export function noteCancels(board: Board, name: string, indexes: readonly number[]): void {
  try {
    board.fs.append(board.path(submissionPath(name, JOB_FILES.cancels)), `${JSON.stringify(indexes)}\n`);
  } catch (error) {
    // The submission is over, and gone.
    if (!isGone(error)) throw error;
  }
}

/** @returns indexes */
export function readCancels(board: Board, name: string): ReadonlySet<number> {
  try {
    const { content } = board.fs.read(board.path(submissionPath(name, JOB_FILES.cancels)));
    return new Set(content.split('\n').flatMap(indexesOf));
  } catch (error) {
    if (isGone(error)) return new Set();
    throw error;
  }
}

function indexesOf(line: string): number[] {
  try {
    const value: unknown = line === '' ? [] : JSON.parse(line);
    return Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [];
  } catch (error) {
    // Torn: the disk was full, or its process died over it, and told nobody.
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
