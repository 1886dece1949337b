/** A copy of what a file holds, under a name that nothing has yet. */
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { extname } from 'node:path';
import { BoardError, faultText, isExists, isSystemError } from './errors.ts';
import { type OpenFile, PIECE_BYTES } from './pieces.ts';

const MOST_NAMES = 1_000;

/** `log.log`, `log-2.log`, `log-3.log` … */
function numbered(path: string, number: number): string {
  if (number === 1) return path;
  const suffix = extname(path);
  return `${path.slice(0, path.length - suffix.length)}-${number}${suffix}`;
}

async function create(path: string): Promise<{ path: string; handle: FileHandle }> {
  for (let number = 1; ; number++) {
    const free = numbered(path, number);
    try {
      return { path: free, handle: await open(free, 'wx') };
    } catch (error) {
      if (!isExists(error) || number === MOST_NAMES) throw error;
    }
  }
}

/**
 * Writes what the file holds now to a new file, and never over one: where the name is taken a number is added.
 * @returns the path that it got
 * @throws BoardError if it can't be written; nothing is left then
 */
export async function saveCopy(file: OpenFile, to: string): Promise<string> {
  try {
    const size = await file.size();
    const made = await create(to);
    try {
      for (let at = 0; at < size; ) {
        const piece = await file.read(at, Math.min(PIECE_BYTES, size - at));
        if (piece.length === 0) break;
        for (let done = 0; done < piece.length; ) {
          done += (await made.handle.write(piece, done, piece.length - done)).bytesWritten;
        }
        at += piece.length;
      }
    } catch (error) {
      await unlink(made.path);
      throw error;
    } finally {
      await made.handle.close();
    }
    return made.path;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new BoardError(`${to}: the log can't be saved there: ${faultText(error)}`, { cause: error });
  }
}
