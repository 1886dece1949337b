/** Why nothing works on a board, or less than is wanted: what a monitor has to hear of beside what has failed. */
import type { Board } from './board.ts';
import type { Counts } from './counts.ts';
import type { HostRow, WishRow } from './hosts.ts';
import type { ProcessRow } from './processes.ts';

const UNMET: ReadonlySet<WishRow['state']> = new Set(['missing', 'crashing', 'refused', 'unclear']);

export function boardTroubles(
  board: Pick<Board, 'stages'>,
  counts: Pick<Counts, 'letters'>,
  processes: readonly ProcessRow[],
  hosts: readonly HostRow[],
): string[] {
  return [
    ...processes.flatMap(endedOrBlocked),
    ...hosts.flatMap(({ host, wishes }) => wishes.flatMap((wish) => unmet(host, wish))),
    ...unserved(board, counts, processes),
  ];
}

/** Of the ended those that nobody has missed yet: who lives marks them within a lease. */
function endedOrBlocked({ status: { name, content }, isDead }: ProcessRow): string[] {
  const who = `stage process ${name.id} on ${name.host}`;
  if (isDead)
    return name.order === 'lost'
      ? []
      : [`${who} has ended without a word: any stage process returns its claims, 'slate sweep --wait' too`];
  return content?.state === 'blocked' ? [`${who} is blocked`] : [];
}

function unmet(host: string, { wish, state, deaths, why }: WishRow): string[] {
  if (!UNMET.has(state)) return [];
  const how =
    state === 'missing'
      ? `nothing serves it, and no agent is there: 'slate up' on ${host} starts one`
      : state === 'crashing'
        ? `its process has died ${deaths} times in a row`
        : state;
  return [`wish ${wish} on ${host}: ${[how, why].filter((text) => text !== '').join('; ')}`];
}

/** Entries that could run now or after their backoff, where nothing takes them. */
function unserved(
  { stages }: Pick<Board, 'stages'>,
  { letters }: Pick<Counts, 'letters'>,
  processes: readonly ProcessRow[],
): string[] {
  const taking = processes.filter(({ status: { name }, isDead }) => !isDead && /^(run|reload)$/.test(name.order));
  const served = new Set(taking.flatMap(({ status: { name, content } }) => content?.stages ?? name.stages));
  return stages.flatMap((stage, column) => {
    if (served.has(stage)) return [];
    const waiting = [...(letters[column] ?? [])].reduce(
      (sum, [letter, number]) => sum + (/[w1-9]/.test(letter) ? number : 0),
      0,
    );
    if (waiting === 0) return [];
    return [
      `${waiting === 1 ? '1 entry waits' : `${waiting} entries wait`} at ${stage}, and no stage process takes them`,
    ];
  });
}
