/** What is wanted on each host of a board, and what has become of it: for people, from the names and files alone. */
import { formatWish, wishKey } from '../model/name.ts';
import { AGENT_SILENT_MS, type AgentSeen, type KeptWish, readAgent } from './agent-file.ts';
import type { Board } from './board.ts';
import { faultText, isSystemError } from './errors.ts';
import { askKernel, ownMark, type ProcessMark } from './host.ts';
import { firstKnown, type HostFacts, parseFacts } from './host-facts.ts';
import type { ProcessRow } from './processes.ts';
import { standingState } from './standing.ts';
import { filesOf, isAmong, isRead, readListed, readWishes, type WishesRead } from './wishes.ts';

/** From so many deaths in a row on, a process that is not up is said to be crashing. */
export const CRASH_LOOP = 3;

export interface WishRow {
  /** Its stages, in order: the same for the same stages. */
  readonly key: string;
  /** As it is written: `calibrate=4`. Several that contradict each other stand in one. */
  readonly wish: string;
  /** Undefined: it can't be told. */
  readonly slots: number | undefined;
  /** `missing`: nothing serves it, and there is no agent to start it. `none`: nothing is wanted. */
  readonly state:
    | 'running'
    | 'suspended'
    | 'paused'
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
  /** It has a folder in `hosts/`. The others are known by their stage processes alone. */
  readonly isListed: boolean;
  readonly isDown: boolean;
  /** `silent`: it has not written for a while; `none`: there is none, or it has ended. */
  readonly agent: 'up' | 'silent' | 'none';
  readonly agentPid: number | undefined;
  /** RFC 3339 UTC; undefined: there is none. */
  readonly agentStarted: string | undefined;
  readonly agentVersion: string | undefined;
  /** Its folder can't be read: `trouble` says why. */
  readonly isUnread: boolean;
  /** Why its folder can't be read, or what its agent can't do; empty: nothing is wrong. */
  readonly trouble: string;
  readonly wishes: readonly WishRow[];
  /** Files that are no wishes. */
  readonly foreign: ReadonlyArray<readonly [file: string, why: string]>;
  /** All that somebody has put into its folder: wishes, what contradicts itself, what is none, the mark. */
  readonly files: readonly string[];
  readonly facts: HostFacts;
  /** Since it last wrote anything here, by the board's clock; undefined: it never has, as far as can be seen. */
  readonly seenMs: number | undefined;
}

/** What the disk says of a host. */
export interface HostSources {
  readonly host: string;
  /** There is something of its name in `hosts/`: a link to nowhere, perhaps. */
  readonly isListed: boolean;
  readonly read: WishesRead;
  /** Or why its file can't be read. */
  readonly agent: AgentSeen | string | undefined;
}

/** By host: those that have a folder, and those that stage processes run on. @param processes as they stand now */
export function hostRows(board: Board, processes: readonly ProcessRow[]): HostRow[] {
  const judge = hostJudge(board, processes);
  const listed = readListed(board);
  return hostsAmong(listed.hosts, processes).map((host) => {
    const agent = agentOrFault(() => readAgent(board, host));
    return judge({ host, isListed: isAmong(listed, host), read: readWishes(board, host), agent });
  });
}

/** All names, each once, in order. */
export function hostsAmong(listed: readonly string[], processes: readonly ProcessRow[]): string[] {
  return [...new Set([...listed, ...processes.map(({ status }) => status.name.host)])].sort();
}

function agentOrFault(read: () => AgentSeen | undefined): AgentSeen | string | undefined {
  try {
    return read();
  } catch (error) {
    return agentFault(error);
  }
}

/** @throws what is no system's error */
export function agentFault(error: unknown): string {
  if (!isSystemError(error)) throw error;
  return `its agent's file can't be read: ${faultText(error)}`;
}

/** What is to be thought of what the disk says of hosts, beside these processes. Asks this host's kernel, and no disk. */
export function hostJudge(
  { leaseMs }: Pick<Board, 'leaseMs'>,
  processes: readonly ProcessRow[],
): (of: HostSources) => HostRow {
  const own = ownMark();
  const byHost = new Map<string, ProcessRow[]>();
  for (const row of processes) {
    const { host } = row.status.name;
    byHost.set(host, [...(byHost.get(host) ?? []), row]);
  }
  const isEnded = (mark: ProcessMark): boolean => askKernel(mark, own) === 'dead';
  return (sources) => hostRowOf(sources, byHost.get(sources.host) ?? [], Math.max(AGENT_SILENT_MS, leaseMs), isEnded);
}

type AgentPart = Pick<HostRow, 'agent' | 'agentPid' | 'agentStarted' | 'agentVersion' | 'trouble' | 'facts'> & {
  readonly kept: readonly KeptWish[];
};

const NO_AGENT: AgentPart = {
  agent: 'none',
  agentPid: undefined,
  agentStarted: undefined,
  agentVersion: undefined,
  trouble: '',
  facts: {},
  kept: [],
};

function agentPart(
  seen: AgentSeen | string | undefined,
  silentMs: number,
  isEnded: (mark: ProcessMark) => boolean,
): AgentPart {
  if (typeof seen === 'string') return { ...NO_AGENT, trouble: seen };
  if (seen?.content === undefined || isEnded(seen.content.mark)) return NO_AGENT;
  const { mark, trouble, wishes, started, version, facts } = seen.content;
  return {
    agent: seen.agoMs > silentMs ? 'silent' : 'up',
    agentPid: mark.pid,
    agentStarted: started,
    agentVersion: version,
    trouble,
    facts: parseFacts(facts),
    kept: wishes,
  };
}

/** @param processes those of the host, living and dead */
function hostRowOf(
  { host, isListed, read, agent: seen }: HostSources,
  processes: readonly ProcessRow[],
  silentMs: number,
  isEnded: (mark: ProcessMark) => boolean,
): HostRow {
  const { kept, facts: told, ...agent } = agentPart(seen, silentMs, isEnded);
  const newest = [...processes].sort((a, b) => beatOf(a) - beatOf(b));
  const common = {
    host,
    ...agent,
    facts: firstKnown([told, ...newest.map(factsOf)]),
    seenMs: seenMs(typeof seen === 'string' ? undefined : seen, newest),
  };
  if (!isRead(read)) {
    const trouble = isListed ? read.unread : agent.trouble;
    const none = { isDown: false, wishes: [], foreign: [], files: [] };
    return { ...common, ...none, isListed, isUnread: isListed, trouble };
  }
  const serving = (key: string): ProcessRow[] =>
    processes.filter(({ status: { content }, isDead }) => {
      return !isDead && content?.kept === true && wishKey(content.stages) === key;
    });
  const rowOf = (key: string, wish: string, slots: number | undefined): WishRow => {
    const rows = serving(key);
    const said = kept.find((one) => one.key === key);
    const { deaths = 0, why = '', next } = said ?? {};
    const stateOf = (): WishRow['state'] => {
      const isLeaving = rows.every(
        ({ status: { content } }) => content?.state === 'draining' || content?.state === 'halting',
      );
      const standing = standingState(rows);
      if (standing === 'suspended') return standing;
      if (rows.length > 0) return isLeaving ? 'leaving' : (standing ?? 'running');
      if (slots === 0 || read.isDown) return 'none';
      if (agent.agent !== 'up') return 'missing';
      if (said?.state === 'refused') return 'refused';
      if (deaths >= CRASH_LOOP) return 'crashing';
      return said?.state === 'waiting' ? 'waiting' : 'starting';
    };
    const state = read.torn.has(key) ? 'unclear' : stateOf();
    return { key, wish, slots, state, processes: rows.map(({ status }) => status.name.id), deaths, why, next };
  };
  const wishes = [
    ...[...read.wishes].map(([key, wish]) => rowOf(key, formatWish(wish), wish.slots)),
    ...[...read.torn].map(([key, files]) => ({
      ...rowOf(key, files.join(' '), undefined),
      why: 'they contradict each other',
    })),
  ];
  const { isDown, foreign } = read;
  return { ...common, isListed: true, isUnread: false, isDown, wishes, foreign, files: filesOf(read) };
}

function beatOf({ beatMs }: ProcessRow): number {
  return beatMs ?? Number.POSITIVE_INFINITY;
}

function factsOf({ status: { content } }: ProcessRow): HostFacts {
  const { load1 } = parseFacts(content);
  return { ...parseFacts(content?.facts), ...(load1 === undefined ? {} : { load1 }) };
}

/** @param newest the one that was heard of last comes first */
function seenMs(agent: AgentSeen | undefined, [newest]: readonly ProcessRow[]): number | undefined {
  const ages = [agent?.agoMs, newest?.beatMs].filter((ms) => ms !== undefined);
  return ages.length === 0 ? undefined : Math.min(...ages);
}
