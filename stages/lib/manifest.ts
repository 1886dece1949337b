import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, relative, sep } from 'node:path';
import { reading } from './step-errors.ts';

export interface ManifestFile {
  /** Relative to the base, with `/`; absolute if it lies outside. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Product extends ManifestFile {
  readonly stage: string;
  /** The claim that made it; null if the folder's name does not say (a run by hand). */
  readonly epoch: number | null;
}

export interface Try {
  readonly posted: string;
  readonly stage: string;
  readonly epoch: number;
  /** As in the log's name; `run` for one that still runs, such as this very step. */
  readonly outcome: string;
  /** The log, relative to the board, with its size and the time of its last line (UTC). */
  readonly log: string;
  readonly bytes: number;
  readonly modified: string;
}

/** A path for the manifest: it must still mean something when the tree is moved. */
export function relativePath(base: string, path: string): string {
  const inside = relative(base, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside.split(sep).join('/');
}

export function describeFile(base: string, path: string): ManifestFile {
  return reading(path, () => {
    const bytes = readFileSync(path);
    return {
      path: relativePath(base, path),
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
  });
}

/** Every file of a stage's product folder and the folders in it, by name. Links are followed, other things left out. */
export function describeProducts(base: string, stage: string, folder: string): Product[] {
  // `<stage>.<epoch>` under the runner; the folder's stage has its true spelling, the environment's has lost `-`.
  const parts = /^([a-z][a-z0-9_-]*)\.(\d{3,})$/.exec(basename(folder));
  const maker = { stage: parts?.[1] ?? stage, epoch: parts?.[2] === undefined ? null : Number(parts[2]) };
  return filesIn(folder).map((path) => ({ ...describeFile(base, path), ...maker }));
}

function filesIn(folder: string): string[] {
  const names = reading(folder, () => readdirSync(folder)).sort();
  return names.flatMap((name) => {
    const path = join(folder, name);
    const stat = reading(path, () => statSync(path));
    return stat.isDirectory() ? filesIn(path) : stat.isFile() ? [path] : [];
  });
}

/**
 * The tries of a dataset from the names of its logs, `<posted>.<stage>.<epoch>.<outcome>.log`, oldest first. Other names are not logs
 * and are left out; a folder that is not there means that there was no try.
 */
export function readTries(board: string, dataset: string): Try[] {
  const folder = join(board, 'logs', dataset);
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  const tries: Try[] = [];
  for (const name of reading(folder, () => readdirSync(folder))) {
    const parts = /^([^.]+)\.([^.]+)\.(\d{3,})\.([^.]+)\.log$/.exec(name);
    // A log is renamed when its try ends: it may have gone since the folder was read, and then stands there under its new name.
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (parts === null || stat === undefined) continue;
    const [, posted = '', stage = '', epoch = '', outcome = ''] = parts;
    const modified = stat.mtime.toISOString();
    tries.push({
      posted,
      stage,
      epoch: Number(epoch),
      outcome,
      log: `logs/${dataset}/${name}`,
      bytes: stat.size,
      modified,
    });
  }
  return tries.sort((a, b) => a.posted.localeCompare(b.posted) || a.epoch - b.epoch);
}
