/** Works out a file's checksum, streaming, and compares it with what its checksum file says. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { noFileError } from '../board/errors.ts';
import { READ_OWN, readAll, withFile } from '../board/plain-file.ts';
import { type Algorithm, parseChecksum } from './companion.ts';
import type { ChecksumVerdict } from './judge.ts';

/** A checksum file larger than this is none. */
const MOST_BYTES = 1_048_576;

/** Undefined: it is too large to be one. @throws the system's error */
function readCompanion(path: string): string | undefined {
  return withFile(path, READ_OWN, (fd) => {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) throw noFileError(path);
    return stat.size > MOST_BYTES ? undefined : readAll(fd, stat.size, path, MOST_BYTES);
  });
}

/** @throws the system's error if one of the files can't be read; AbortError. */
export async function checkChecksum(
  path: string,
  companion: string,
  name: string,
  algorithm: Algorithm,
  signal: AbortSignal,
): Promise<ChecksumVerdict> {
  const text = readCompanion(companion);
  if (text === undefined) return { ok: false, why: 'the checksum file is larger than 1 MB' };
  const wanted = parseChecksum(text, algorithm, name);
  if (!wanted.ok) return wanted;
  const hash = createHash(algorithm);
  // It was a plain file when it was looked at: its sender may have put a pipe or a link there since.
  const fd = fs.openSync(path, READ_OWN);
  if (!fs.fstatSync(fd).isFile()) {
    fs.closeSync(fd);
    throw noFileError(path);
  }
  await pipeline(fs.createReadStream(path, { fd, highWaterMark: 1_048_576 }), hash, { signal });
  const hex = hash.digest('hex');
  if (hex === wanted.hex) return { ok: true };
  return { ok: false, why: `its ${algorithm} is ${hex}, and its checksum file says ${wanted.hex}` };
}
