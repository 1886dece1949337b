/** Making a tree of files survive a power cut before it is called published. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Fs } from './fs.ts';

/** fsync of every file and folder in it, and of itself, depth first. Symbolic links are not followed. @throws system errors */
export function syncTree(fs: Fs, path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) syncTree(fs, child);
    else if (entry.isFile()) fs.sync(child);
  }
  fs.sync(path);
}
