import { gunzipSync } from 'node:zlib';
import { DataError } from './data-error.ts';

/** More than any input of these pipelines by far; keeps a hostile gzip file from filling the memory. */
export const LARGEST = 1024 ** 3;

/**
 * Unpacks gzip by its magic number; other bytes are handed back as they are.
 * @throws DataError for a damaged or cut-off stream, or one of more than `largest` bytes unpacked
 */
export function unpack(bytes: Buffer, largest = LARGEST): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: largest });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw new DataError(`the file unpacks to more than ${largest} bytes, the limit`);
    if (code === 'Z_BUF_ERROR') throw new DataError(`the gzip stream is cut off after ${bytes.length} bytes`);
    throw new DataError(`the gzip stream of ${bytes.length} bytes is damaged (${(error as Error).message})`);
  }
}
