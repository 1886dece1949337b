/** Which home a command works on. */

import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const FOLDERS = ['pipelines', 'stages', 'blackboard'] as const;

/** No home where one was looked for; the message says where, and what was missing. */
export class HomeError extends Error {
  override readonly name = 'HomeError';
}

/**
 * The home named by `--home`, else by `$SLATE_HOME`, else the nearest folder from `start` upward that has the folders of
 * one.
 *
 * @param start the working folder, absolute
 * @param flag the value of `--home`, if given
 * @returns an absolute path
 * @throws HomeError
 */
export function findHome(
  start: string,
  env: Readonly<Record<string, string | undefined>>,
  flag?: string | undefined,
): string {
  if (flag !== undefined) return named(start, flag, '--home');
  const variable = env.SLATE_HOME;
  if (variable !== undefined && variable !== '') return named(start, variable, '$SLATE_HOME');
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (missingFolders(folder).length === 0) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new HomeError(
    `no home in ${resolve(start)} or above it: looked for a folder with ${FOLDERS.map((name) => `${name}/`).join(', ')}; ` +
      "name one with --home or $SLATE_HOME, or make one with 'slate init'",
  );
}

function named(start: string, path: string, by: string): string {
  const home = resolve(start, path);
  const missing = missingFolders(home);
  if (missing.length === 0) return home;
  if (!isFolder(home)) throw new HomeError(`${by} names ${home}, which is no folder`);
  const lacks = missing.map((name) => `${name}/`).join(', ');
  throw new HomeError(`${by} names ${home}, which is no home: it has no ${lacks}; make one with 'slate init ${path}'`);
}

function missingFolders(folder: string): string[] {
  return FOLDERS.filter((name) => !isFolder(join(folder, name)));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    // A part of the path that is a file, or that may not be entered: not a home of ours.
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
