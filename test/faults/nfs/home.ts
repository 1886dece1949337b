/** The home that the server exports: made here and put on its disk before it starts, which saves the guests the time. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { SLATE } from '../../helpers/home.ts';

export const DURABILITIES = ['none', 'posts', 'strict'] as const;
export const BOARDS = ['claims', ...DURABILITIES] as const;
export type BoardName = (typeof BOARDS)[number];

/** Longer than a guest ever stands still where it has but a part of a core. */
const LEASE = '20s';

/** @returns the folder for the server's disk: home, and what the server keeps. @param claims so many entries to be fought for */
export function makeExport(work: string, claims: number): string {
  const folder = join(work, 'content');
  const home = join(folder, 'export', 'home');
  fs.cpSync(join(import.meta.dirname, 'home'), home, { recursive: true });
  for (const name of ['blackboard', 'tools']) fs.mkdirSync(join(home, name));
  for (const board of BOARDS) slate(home, ['create', board, '--pipeline', board, '--lease', LEASE]);
  slate(home, ['post', '--board', 'claims', '--from', '-', '--quiet'], claimed(claims).join('\n'));
  return folder;
}

/** Names of the entries of board `claims`. */
export function claimed(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `d${String(index).padStart(5, '0')}`);
}

function slate(home: string, args: readonly string[], input = ''): void {
  execFileSync(process.execPath, [SLATE, '--home', home, ...args], { input, stdio: ['pipe', 'ignore', 'pipe'] });
}
