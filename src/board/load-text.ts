/** Reading without waiting for the disk: one that hangs must not stop a dashboard. */
import { readdir } from 'node:fs/promises';
import { isGone } from './errors.ts';
import { openPlain } from './pieces.ts';

/** What says of itself how it is does it in less. */
const MOST_BYTES = 256 * 1024;

export interface LoadedText {
  readonly text: string;
  readonly mtimeMs: number;
}

/** A file's text and when it was written; undefined if it is not there. @throws the system's error */
export async function loadText(path: string): Promise<LoadedText | undefined> {
  try {
    const file = await openPlain(path);
    try {
      const { mtimeMs } = await file.stat();
      const { bytesRead, buffer } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
      return { text: buffer.toString('utf8', 0, bytesRead), mtimeMs };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** All of a file, however long; undefined if it is not there. @throws the system's error */
export async function loadWhole(path: string): Promise<string | undefined> {
  try {
    const file = await openPlain(path);
    try {
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The names in a folder; undefined if it is not there. @throws the system's error */
export async function loadNames(path: string): Promise<string[] | undefined> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
