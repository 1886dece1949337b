/** The stage processes of a board as their status files tell of them, and what is to be thought of it. */
import { readdir } from 'node:fs/promises';
import { parseTroubles, type ToldTrouble, togetherTold } from '../model/engine-trouble.ts';
import { FOLDERS, parseStatus } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import { askKernel, ownMark, type ProcessMark } from './host.ts';
import { loadText } from './load-text.ts';
import { isHidden } from './scan.ts';
import { parseStatusContent, readStatuses, type StatusFile } from './status.ts';

export interface ProcessRow {
  readonly status: StatusFile;
  /** Since its status file was last written; undefined if it has just gone. */
  readonly beatMs: number | undefined;
  /** Longer silent than a lease. A single look proves nothing: only that it is worth another. */
  readonly isSilent: boolean;
  /** Found dead by another process, or ended, as the kernel of this host knows: what its file says of it is over. */
  readonly isDead: boolean;
}

export function processRows(board: Board): ProcessRow[] {
  const nowMs = board.now();
  const own = ownMark();
  return readStatuses(board).map((status) => judge(board, own, status, beatOf(board, status.file, nowMs)));
}

function judge(board: Board, own: ProcessMark, status: StatusFile, beatMs: number | undefined): ProcessRow {
  const isEnded = status.content !== undefined && askKernel(status.content, own) === 'dead';
  const isDead = isEnded || status.name.order === 'lost';
  return { status, beatMs, isSilent: !isDead && beatMs !== undefined && beatMs > board.leaseMs, isDead };
}

/** The same without waiting for the disk: one that hangs must not stop a dashboard. @throws the system's error */
export async function loadProcessRows(board: Board, nowMs: number): Promise<ProcessRow[]> {
  const folder = board.path(FOLDERS.processes);
  const rows: ProcessRow[] = [];
  const own = ownMark();
  for (const file of await readdir(folder)) {
    const name = isHidden(file) ? undefined : parseStatus(file);
    if (name === undefined) continue;
    const seen = await loadText(`${folder}/${file}`);
    if (seen === undefined) continue;
    const status: StatusFile = { file, name, content: parseStatusContent(seen.text) };
    rows.push(judge(board, own, status, Math.max(0, nowMs - seen.mtimeMs)));
  }
  return rows.sort((a, b) => (a.status.name.id < b.status.name.id ? -1 : 1));
}

/** What they say of engines that take nothing, or can't be asked. */
export function engineTroubles(rows: readonly ProcessRow[]): ToldTrouble[] {
  return togetherTold(
    rows.flatMap(({ status: { name, content }, isDead }) =>
      isDead ? [] : [{ id: name.id, host: name.host, troubles: parseTroubles(content?.engineTroubles) }],
    ),
  );
}

function beatOf(board: Board, file: string, nowMs: number): number | undefined {
  try {
    const { mtimeMs } = board.fs.identify(board.path(`${FOLDERS.processes}/${file}`));
    return Math.max(0, nowMs - mtimeMs);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
