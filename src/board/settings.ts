/** The settings in `board.yaml` that stage processes read anew while they run, and the one that a command changes. */
import { randomBytes } from 'node:crypto';
import { parseDocument } from 'yaml';
import { BOARD_FILE, FOLDERS } from '../model/name.ts';
import type { Board } from './board.ts';
import { parseConfig, type SharedSettings } from './config.ts';
import { BoardError, isSystemError } from './errors.ts';

/** As `board.yaml` has them now. Undefined: it can't be read, or is being written by hand; the next look may. */
export function readShared(board: Board): SharedSettings | undefined {
  try {
    const file = board.path(BOARD_FILE);
    const { limits, freeBytes } = parseConfig(board.fs.read(file).content, file);
    return { limits, freeBytes };
  } catch (error) {
    if (!(error instanceof BoardError) && !isSystemError(error)) throw error;
    return undefined;
  }
}

/**
 * Sets how many places a limit has; everything else in `board.yaml` stays as it is, comments too. Who reads the file sees
 * the old one or the new one.
 * @returns how many it had
 * @throws BoardError, the system's error
 */
export function setLimit(board: Board, limit: string, places: number): number | undefined {
  const file = board.path(BOARD_FILE);
  const before = board.fs.read(file).content;
  const was = parseConfig(before, file).limits[limit];
  const document = parseDocument(before);
  document.setIn(['limits', limit], places);
  const text = document.toString();
  parseConfig(text, file);
  const draft = board.path(`${FOLDERS.tmp}/.board-${randomBytes(6).toString('hex')}`);
  board.fs.create(draft, text, board.config.durability !== 'none');
  board.fs.rename(draft, file);
  board.journal.write('limit', { limit, places, ...(was === undefined ? {} : { was }) });
  return was;
}
