/**
 * Standard error that outlives a full disk. Where it is a file, Node's own stream is dead after its first error: a process whose log lies
 * on the board's disk would be silent for the rest of its life, and about the end of the trouble first of all.
 */
import fs from 'node:fs';
import { isSystemError } from '../board/errors.ts';

let isFile: boolean | undefined;

export function writeStderr(text: string): void {
  isFile ??= isRegular(2);
  if (isFile) writeLasting(2, text);
  else process.stderr.write(text);
}

function isRegular(fd: number): boolean {
  try {
    return fs.fstatSync(fd).isFile();
  } catch (error) {
    // Closed: what the stream makes of that is good enough.
    if (!isSystemError(error)) throw error;
    return false;
  }
}

/** What the disk does not take is lost, and what comes later is tried again. */
export function writeLasting(fd: number, text: string): void {
  const data = Buffer.from(text);
  try {
    for (let at = 0; at < data.length; ) at += fs.writeSync(fd, data, at);
  } catch (error) {
    // There is nowhere left to say so, and the work goes on.
    if (!isSystemError(error)) throw error;
  }
}
