/** What is wanted on each host of a board, and what has become of it: for people, from the names and files alone. */
import { formatWish, wishKey } from '../model/name.ts';
import { AGENT_SILENT_MS, type KeptWish, readAgent } from './agent-file.ts';
import type { Board } from './board.ts';
import { faultText, isSystemError } from './errors.ts';
import { askKernel, ownMark } from './host.ts';
import type { ProcessRow } from './processes.ts';
import { isRead, listHosts, readWishes } from './wishes.ts';

/** From so many deaths in a row on, a process that is not up is said to be crashing. */
export const CRASH_LOOP = 3;

export interface WishRow {
  /** As it is written: `calibrate=4`. Several that contradict each other stand in one. */
  readonly wish: string;
  /** `missing`: nothing serves it, and there is no agent to start it. `none`: nothing is wanted. */
  readonly state:
    | 'running'
    | 'leaving'
    | 'starting'
    | 'waiting'
    | 'crashing'
    | 'refused'
    | 'unclear'
    | 'missing'
    | 'none';
  /** Ids of the processes that serve it. */
  readonly processes: readonly string[];
  readonly deaths: number;
  readonly why: string;
  readonly next: string | undefined;
}

export interface HostRow {
  readonly host: string;
  readonly isDown: boolean;
  /** `silent`: it has not written for a while; `none`: there is none, or it has ended. */
  readonly agent: 'up' | 'silent' | 'none';
  readonly agentPid: number | undefined;
  /** Why its folder can't be read, or what its agent can't do; empty: nothing is wrong. */
  readonly trouble: string;
  readonly wishes: readonly WishRow[];
  /** Files that are no wishes. */
  readonly foreign: ReadonlyArray<readonly [file: string, why: string]>;
}

/** By host. @param processes as they stand now */
export function hostRows(board: Board, processes: readonly ProcessRow[]): HostRow[] {
  return listHosts(board).map((host) => hostRow(board, host, processes));
}

type AgentPart = Pick<HostRow, 'agent' | 'agentPid' | 'trouble'> & { readonly kept: readonly KeptWish[] };

function agentOf(board: Board, host: string): AgentPart {
  const none = { agent: 'none', agentPid: undefined, trouble: '', kept: [] } as const;
  try {
    const seen = readAgent(board, host);
    if (seen?.content === undefined) return none;
    const { mark, trouble, wishes } = seen.content;
    if (askKernel(mark, ownMark()) === 'dead') return none;
    const agent = seen.agoMs > Math.max(AGENT_SILENT_MS, board.leaseMs) ? 'silent' : 'up';
    return { agent, agentPid: mark.pid, trouble, kept: wishes };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { ...none, trouble: `its agent's file can't be read: ${faultText(error)}` };
  }
}

function hostRow(board: Board, host: string, processes: readonly ProcessRow[]): HostRow {
  const { kept, ...agent } = agentOf(board, host);
  const read = readWishes(board, host);
  if (!isRead(read)) return { host, isDown: false, ...agent, trouble: read.unread, wishes: [], foreign: [] };
  const serving = (key: string): ProcessRow[] =>
    processes.filter(({ status: { name, content }, isDead }) => {
      return !isDead && name.host === host && content?.kept === true && wishKey(content.stages) === key;
    });
  const rowOf = (key: string, wish: string, slots: number): WishRow => {
    const rows = serving(key);
    const said = kept.find((one) => one.key === key);
    const { deaths = 0, why = '', next } = said ?? {};
    const stateOf = (): WishRow['state'] => {
      const isLeaving = rows.every(
        ({ status: { content } }) => content?.state === 'draining' || content?.state === 'halting',
      );
      if (rows.length > 0) return isLeaving ? 'leaving' : 'running';
      if (slots === 0 || read.isDown) return 'none';
      if (agent.agent !== 'up') return 'missing';
      if (said?.state === 'refused') return 'refused';
      if (deaths >= CRASH_LOOP) return 'crashing';
      return said?.state === 'waiting' ? 'waiting' : 'starting';
    };
    const state = read.torn.has(key) ? 'unclear' : stateOf();
    return { wish, state, processes: rows.map(({ status }) => status.name.id), deaths, why, next };
  };
  const wishes = [
    ...[...read.wishes].map(([key, wish]) => rowOf(key, formatWish(wish), wish.slots)),
    ...[...read.torn].map(([key, files]) => ({ ...rowOf(key, files.join(' '), 1), why: 'they contradict each other' })),
  ];
  return { host, isDown: read.isDown, ...agent, wishes, foreign: read.foreign };
}
