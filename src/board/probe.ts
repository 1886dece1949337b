/** Does the board's disk take what it is given? Asked before anything is risked on the answer. */
import { randomBytes } from 'node:crypto';
import { FOLDERS } from '../model/name.ts';
import type { Board } from './board.ts';

/** As much as a log's first block. */
const PROBE_BYTES = 4096;

/** Makes, renames and removes a small file; what a refusal leaves is hidden, and swept after a day. @throws the system's error */
export function probeDisk(board: Board): void {
  const name = board.path(`${FOLDERS.tmp}/.probe-${randomBytes(6).toString('hex')}`);
  board.fs.create(name, ' '.repeat(PROBE_BYTES), false);
  try {
    board.fs.rename(name, `${name}-2`);
  } catch (error) {
    board.fs.unlink(name);
    throw error;
  }
  board.fs.unlink(`${name}-2`);
}
