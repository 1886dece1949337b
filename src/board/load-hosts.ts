/** The hosts of a board for a dashboard: read without waiting for the disk, one that hangs must not stop it. */
import { HOSTS_FOLDER, wishFolder } from '../model/name.ts';
import { loadAgent } from './agent-file.ts';
import type { Board } from './board.ts';
import { agentFault, type HostRow, type HostSources, hostJudge, hostsAmong } from './hosts.ts';
import { loadNames } from './load-text.ts';
import type { ProcessRow } from './processes.ts';
import { isHidden } from './scan.ts';
import { MISSING_WISHES, unreadWishes, type WishesRead, wishesAmong } from './wishes.ts';

/** By host. @param processes as they stand now @throws the system's error if `hosts/` itself can't be read */
export async function loadHostRows(board: Board, processes: readonly ProcessRow[], nowMs: number): Promise<HostRow[]> {
  const listed = ((await loadNames(board.path(HOSTS_FOLDER))) ?? []).filter((name) => !isHidden(name));
  const sources: HostSources[] = [];
  for (const host of hostsAmong(listed, processes)) {
    // Where there is no folder, there is nothing to be read in it.
    if (!listed.includes(host)) sources.push({ host, read: MISSING_WISHES, agent: undefined });
    else sources.push({ host, read: await loadWishes(board, host), agent: await agentOf(board, host, nowMs) });
  }
  return sources.map(hostJudge(board, processes));
}

/** Never throws a system's error: a folder that can't be read is told of as that. */
export async function loadWishes(board: Board, host: string): Promise<WishesRead> {
  try {
    const files = await loadNames(board.path(wishFolder(host)));
    return files === undefined ? MISSING_WISHES : wishesAmong(files);
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
