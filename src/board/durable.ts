/** Making a tree of files survive a power cut before it is called published. */
import fs from 'node:fs';
import { join } from 'node:path';

/** fsync of every file and folder in it, and of itself, depth first. Symbolic links are not followed. @throws system errors */
export function syncTree(path: string): void {
  for (const entry of fs.readdirSync(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) syncTree(child);
    else if (entry.isFile()) syncFile(child);
  }
  syncFile(path);
}

function syncFile(path: string): void {
  const fd = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
