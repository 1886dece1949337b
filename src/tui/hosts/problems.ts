/** What is wrong on a host, the worst first: shown and not hidden. Pure. */
import type { HostRow, WishRow } from '../../board/hosts.ts';
import type { ProcessRow } from '../../board/processes.ts';
import { plain } from '../../model/text.ts';
import { durationText } from '../processes/table.ts';

export interface Problem {
  /** For the column of states. */
  readonly word: string;
  readonly tone: 'warn' | 'bad';
  readonly rank: number;
  /** A sentence: what, and what to do. */
  readonly text: string;
}

/** Words in the order of how bad they are. */
const WORDS = ['UNREAD', 'CRASHING', 'SILENT', 'TROUBLE', 'NO AGENT', 'UNCLEAR', 'WISHES', 'retrying'] as const;
type Word = (typeof WORDS)[number];

function problem(word: Word, text: string, tone: Problem['tone'] = 'bad'): Problem {
  return { word, tone, rank: WORDS.indexOf(word), text: plain(text) };
}

/** `again in 43s`, or empty. The agent tells the time by its own clock. */
export function againText({ next }: WishRow, { facts }: HostRow, nowMs: number): string {
  const at = Date.parse(next ?? '');
  if (Number.isNaN(at)) return '';
  const leftMs = at - nowMs - (facts.clockMs ?? 0);
  return leftMs < 1_000 ? 'again at once' : `again in ${durationText(leftMs)}`;
}

/** `died 4 times in a row, again in 43s: exit code 2`, empty if it has not. The reason may be long, so it comes last. */
export function deathText(wish: WishRow, row: HostRow, nowMs: number): string {
  const { deaths, why } = wish;
  if (deaths === 0) return '';
  const times = deaths === 1 ? 'died' : `died ${deaths} times in a row`;
  const again = wish.state === 'running' ? 'up again' : againText(wish, row, nowMs);
  return `${[times, again].filter((text) => text !== '').join(', ')}${why === '' ? '' : `: ${why}`}`;
}

function ofWish(wish: WishRow, row: HostRow, nowMs: number): Problem[] {
  const { state, wish: name, why } = wish;
  switch (state) {
    case 'crashing':
      return [problem('CRASHING', `${name} ${deathText(wish, row, nowMs)}`)];
    case 'waiting':
      return [problem('retrying', `${name} ${deathText(wish, row, nowMs)}`, 'warn')];
    case 'unclear':
      return [problem('UNCLEAR', `${name} contradict each other: what runs is left as it is; + or = leaves one`)];
    case 'refused':
      return [problem('WISHES', `${name}: ${why}`, 'warn')];
    case 'missing': {
      if (row.agent === 'silent') return [];
      return [problem('NO AGENT', `nothing serves ${name}: 'slate up' on ${row.host} starts an agent`)];
    }
    default:
      return [];
  }
}

/** All of them at once: a host that is cut off has many. */
function silentProcesses(silent: readonly ProcessRow[]): Problem[] {
  if (silent.length === 0) return [];
  const longest = Math.max(...silent.map(({ beatMs = 0 }) => beatMs));
  const ids = silent.map(({ status }) => status.name.id).join(', ');
  const who = silent.length === 1 ? `process ${ids} has` : `${silent.length} processes have`;
  const whom = silent.length === 1 ? '' : `: ${ids}`;
  return [problem('SILENT', `${who} not been heard of for ${durationText(longest)}${whom}`)];
}

/** @param processes those of the host, living and dead */
export function problemsOf(row: HostRow, processes: readonly ProcessRow[], nowMs: number): Problem[] {
  const { trouble, isUnread, agent, seenMs, foreign, host } = row;
  const silent = processes.filter(({ isSilent, isDead }) => isSilent && !isDead);
  const found = [
    ...(isUnread ? [problem('UNREAD', `hosts/${host} can't be read: ${trouble}; what runs is left as it is`)] : []),
    ...(trouble !== '' && !isUnread ? [problem('TROUBLE', `its agent says: ${trouble}`)] : []),
    ...(agent === 'silent'
      ? [problem('SILENT', `its agent has not been heard of for ${durationText(seenMs ?? 0)}; what runs goes on`)]
      : []),
    ...silentProcesses(silent),
    ...row.wishes.flatMap((wish) => ofWish(wish, row, nowMs)),
    ...foreign.map(([file, why]) => problem('WISHES', `${file} is no wish: ${why}`, 'warn')),
  ];
  return found.sort((a, b) => a.rank - b.rank);
}
