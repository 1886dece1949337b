/** Programs that steps are: where they are looked for, and Slateboard itself as one of them. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isSystemError } from '../board/errors.ts';
import { fillWords, readSites } from '../definitions/sites.ts';
import type { TransferRule } from '../model/site.ts';

/** Beside this file once it is bundled; else where the build leaves it. */
const PLACES = ['./slate.js', '../../dist/slate.js'];

/** A command line that begins with `slate`, as one that can be started wherever it is. */
export function ownCommand([, ...args]: readonly string[]): string[] {
  const script = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  return [process.execPath, script ?? 'slate.js', ...args];
}

/** The programs that a transfer starts here. */
export function transferPrograms(home: string, { site: name, way }: TransferRule): string[] {
  const site = readSites(home).sites.get(name);
  if (site === undefined) return [];
  const [run] = fillWords(site.run.slice(0, 1), site, home);
  const [tool = ''] = way === 'remove' ? [] : site[way];
  return [run ?? 'sh', tool].filter((program) => program !== '');
}

/** Paths at which a program is looked for. */
export function placesOf(home: string, program: string): string[] {
  if (program.includes('/')) return [resolve(home, program)];
  return (process.env.PATH ?? '').split(delimiter).map((folder) => `${folder === '' ? '.' : folder}/${program}`);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return false;
  }
}
