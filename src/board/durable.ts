/** Making a tree of files survive a power cut before it is called published. */
import { readdirSync } from 'node:fs';
import { faultKind, faultText, isGone } from './errors.ts';
import { type Fs, syncBytes } from './fs.ts';

/** What a step has left as its products can't be published as it is: a matter of its try, not of the disk. */
export class ProductsError extends Error {
  override readonly name = 'ProductsError';
}

const SLASH = Buffer.from('/');

/**
 * fsync of every file and folder in it, and of itself, depth first. Symbolic links are not followed, and names are bytes: a
 * step may have chosen any.
 * @throws ProductsError for what may not be read, or can't be reached by its path; system errors
 */
export function syncTree(fs: Fs, path: string): void {
  syncFolder(fs, path);
  try {
    // Not through a link: what it leads to is nobody's product, and goes on changing.
    fs.sync(path, false);
  } catch (error) {
    throw isGone(error) ? new ProductsError(`${path}: its folder of products was removed, or replaced`) : error;
  }
}

function syncFolder(fs: Fs, path: string): void {
  const entries = own(path, () => fs.kinds(path)) ?? [];
  // A name that is no UTF-8 can't be said as text.
  if (entries.some(([name]) => name.includes('\u{fffd}'))) {
    syncBytesBelow(fs, Buffer.from(path));
    return;
  }
  for (const [name, kind] of entries) {
    const child = `${path}/${name}`;
    if (kind === 'folder') syncFolder(fs, child);
    if (kind !== 'other') own(child, () => fs.sync(child));
  }
}

function syncBytesBelow(fs: Fs, path: Buffer): void {
  for (const entry of readdir(path)) {
    const child = Buffer.concat([path, SLASH, entry.name]);
    if (entry.isDirectory()) {
      syncBytesBelow(fs, child);
      own(child, () => sync(fs, child));
    } else if (entry.isFile()) own(child, () => sync(fs, child));
  }
}

function sync(fs: Fs, path: Buffer): void {
  const text = path.toString();
  if (Buffer.from(text).equals(path)) fs.sync(text);
  else syncBytes(path);
}

function readdir(path: Buffer): { name: Buffer; isDirectory(): boolean; isFile(): boolean }[] {
  return own(path, () => readdirSync(path, { withFileTypes: true, encoding: 'buffer' })) ?? [];
}

/** @returns undefined for what a program that the step has left running has removed meanwhile */
function own<T>(path: Buffer | string, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (isGone(error)) return undefined;
    const kind = faultKind(error);
    if (kind !== 'denied' && kind !== 'toolong') throw error;
    throw new ProductsError(
      `${path.toString()}: ${faultText(error)}; products must be readable for who runs the stage`,
    );
  }
}
