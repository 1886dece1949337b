/** A host as the view shows it: of each stage what is wanted beside what runs, and what is wrong there. Pure. */
import type { HostRow, WishRow } from '../../board/hosts.ts';
import type { ProcessRow } from '../../board/processes.ts';
import { wishKey } from '../../model/name.ts';
import { busyOf, stagesOf } from '../processes/groups.ts';
import { type Problem, problemsOf } from './problems.ts';

/** `by hand`: somebody has started it, nobody has wished for it. `extra`: kept for a wish that is gone. */
export type StageState = WishRow['state'] | 'by hand' | 'extra';

/** A stage on a host, or several that one process is to serve together. */
export interface StageRow {
  /** The same for the same stages. */
  readonly key: string;
  readonly stages: readonly string[];
  readonly wish: WishRow | undefined;
  /** Living processes that serve it, whoever started them. */
  readonly processes: readonly ProcessRow[];
  readonly slots: number;
  readonly busy: number;
  readonly state: StageState;
}

/** What is to be thought of a host, in one word; in capitals what somebody has to look at. */
export interface Verdict {
  readonly word: string;
  readonly tone: 'plain' | 'dim' | 'good' | 'warn' | 'bad';
  /** The worst first: to sort by. */
  readonly rank: number;
}

export interface HostLine {
  readonly row: HostRow;
  /** By key, in the order of the columns. */
  readonly stages: readonly StageRow[];
  readonly live: readonly ProcessRow[];
  readonly problems: readonly Problem[];
  readonly verdict: Verdict;
}

/** Keys of what stages run on hosts: those of the board, then what is wished for or kept together or unknown. */
export function stageKeys(
  hosts: readonly HostRow[],
  processes: readonly ProcessRow[],
  stages: readonly string[],
): string[] {
  const kept = processes.filter((row) => isKept(row) && !row.isDead).map(keyOf);
  const more = new Set([...hosts.flatMap(({ wishes }) => wishes.map(({ key }) => key)), ...kept]);
  return [...stages, ...[...more].filter((key) => !stages.includes(key)).sort()];
}

function isKept({ status }: ProcessRow): boolean {
  return status.content?.kept === true;
}

function keyOf(row: ProcessRow): string {
  return wishKey(stagesOf(row));
}

/** A process that is kept serves its wish; any other each of its stages. */
function serves(row: ProcessRow, key: string): boolean {
  return isKept(row) ? keyOf(row) === key : stagesOf(row).includes(key);
}

function stageRow(key: string, wish: WishRow | undefined, live: readonly ProcessRow[]): StageRow {
  const processes = live.filter((row) => serves(row, key));
  const sum = (value: (row: ProcessRow) => number): number => processes.reduce((all, row) => all + value(row), 0);
  const stateOf = (): StageState => {
    const hasExtra = wish === undefined || wish.state === 'none';
    if (!hasExtra || processes.length === 0) return wish?.state ?? 'none';
    return processes.some(isKept) ? 'extra' : 'by hand';
  };
  return {
    key,
    stages: key.split('+'),
    wish,
    processes,
    slots: sum(({ status }) => status.content?.slots ?? 0),
    busy: sum(busyOf),
    state: stateOf(),
  };
}

/** @param keys of `stageKeys` @param all processes of all hosts */
export function hostLine(row: HostRow, keys: readonly string[], all: readonly ProcessRow[], nowMs: number): HostLine {
  const own = all.filter(({ status }) => status.name.host === row.host);
  const live = own.filter(({ isDead }) => !isDead);
  const stages = keys.map((key) =>
    stageRow(
      key,
      row.wishes.find((wish) => wish.key === key),
      live,
    ),
  );
  const problems = problemsOf(row, own, nowMs);
  return { row, stages, live, problems, verdict: verdictOf(row, live, problems) };
}

function verdictOf(
  { isDown, agent, wishes }: HostRow,
  live: readonly ProcessRow[],
  [worst]: readonly Problem[],
): Verdict {
  if (worst !== undefined) return { word: worst.word, tone: worst.tone, rank: worst.rank };
  if (isDown) return { word: live.length > 0 ? 'draining' : 'down', tone: 'warn', rank: 20 };
  const isMoving = wishes.some(({ state }) => state === 'starting' || state === 'waiting' || state === 'leaving');
  if (agent === 'up') return { word: isMoving ? 'changing' : 'up', tone: isMoving ? 'plain' : 'good', rank: 22 };
  if (live.length > 0) return { word: 'by hand', tone: 'plain', rank: 21 };
  return { word: 'off', tone: 'dim', rank: 23 };
}
