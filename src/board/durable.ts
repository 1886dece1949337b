/** Making a tree of files survive a power cut before it is called published. */
import type { Fs } from './fs.ts';

/** fsync of every file and folder in it, and of itself, depth first. Symbolic links are not followed. @throws system errors */
export function syncTree(fs: Fs, path: string): void {
  for (const [name, kind] of fs.kinds(path)) {
    const child = `${path}/${name}`;
    if (kind === 'folder') syncTree(fs, child);
    else if (kind === 'file') fs.sync(child);
  }
  fs.sync(path);
}
