/** Works out a file's checksum, streaming, and compares it with what its checksum file says. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Algorithm, parseChecksum } from './companion.ts';
import type { ChecksumVerdict } from './judge.ts';

/** A checksum file larger than this is none. */
const MOST_BYTES = 1_048_576;

/** @throws the system's error if one of the files can't be read; AbortError. */
export async function checkChecksum(
  path: string,
  companion: string,
  name: string,
  algorithm: Algorithm,
  signal: AbortSignal,
): Promise<ChecksumVerdict> {
  if (fs.statSync(companion).size > MOST_BYTES) return { ok: false, why: 'the checksum file is larger than 1 MB' };
  const wanted = parseChecksum(fs.readFileSync(companion, 'utf8'), algorithm, name);
  if (!wanted.ok) return wanted;
  const hash = createHash(algorithm);
  await pipeline(fs.createReadStream(path, { highWaterMark: 1_048_576 }), hash, { signal });
  const hex = hash.digest('hex');
  if (hex === wanted.hex) return { ok: true };
  return { ok: false, why: `its ${algorithm} is ${hex}, and its checksum file says ${wanted.hex}` };
}
