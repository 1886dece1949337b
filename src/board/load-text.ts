/** Reading without waiting for the disk: one that hangs must not stop a dashboard. */
import { open, readdir } from 'node:fs/promises';
import { isGone } from './errors.ts';

export interface LoadedText {
  readonly text: string;
  readonly mtimeMs: number;
}

/** A file's text and when it was written; undefined if it is not there. @throws the system's error */
export async function loadText(path: string): Promise<LoadedText | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { mtimeMs } = await file.stat();
      return { text: await file.readFile('utf8'), mtimeMs };
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
