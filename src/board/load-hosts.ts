/** The hosts of a board for a dashboard: read without waiting for the disk, one that hangs must not stop it. */
import { readdir } from 'node:fs/promises';
import { HOSTS_FOLDER, wishFolder } from '../model/name.ts';
import { loadAgent } from './agent-file.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import { agentFault, type HostRow, type HostSources, hostJudge, hostsAmong } from './hosts.ts';
import type { ProcessRow } from './processes.ts';
import {
  isAmong,
  type Listed,
  listedAmong,
  MISSING_WISHES,
  unreadWishes,
  type WishesRead,
  wishesAmong,
} from './wishes.ts';

/** By host. @param processes as they stand now @throws the system's error if `hosts/` itself can't be read */
export async function loadHostRows(board: Board, processes: readonly ProcessRow[], nowMs: number): Promise<HostRow[]> {
  const listed = await loadListed(board);
  const sources: HostSources[] = [];
  for (const host of hostsAmong(listed.hosts, processes)) {
    // Where there is no folder, there is nothing to be read in it.
    const isListed = isAmong(listed, host);
    const read = isListed ? await loadWishes(board, host) : MISSING_WISHES;
    sources.push({ host, isListed, read, agent: isListed ? await agentOf(board, host, nowMs) : undefined });
  }
  return sources.map(hostJudge(board, processes));
}

async function loadListed(board: Board): Promise<Listed> {
  try {
    const names = await readdir(board.path(HOSTS_FOLDER), { withFileTypes: true });
    return listedAmong(names.map((entry) => [entry.name, entry.isFile()]));
  } catch (error) {
    if (isGone(error)) return listedAmong([]);
    throw error;
  }
}

/** Never throws a system's error: a folder that can't be read is told of as that. */
export async function loadWishes(board: Board, host: string): Promise<WishesRead> {
  try {
    return wishesAmong(await readdir(board.path(wishFolder(host))));
  } catch (error) {
    return unreadWishes(error);
  }
}

async function agentOf(board: Board, host: string, nowMs: number): Promise<HostSources['agent']> {
  try {
    return await loadAgent(board, host, nowMs);
  } catch (error) {
    return agentFault(error);
  }
}
