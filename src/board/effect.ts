/** What a verb does to an entry, in words, and many of them in a few lines. Pure but for `planVerb`, which reads no disk. */

import { type Letter, MEANINGS } from '../model/letters.ts';
import { count } from '../model/text.ts';
import type { Board } from './board.ts';
import { planVerb, type Verb } from './operate.ts';
import { columnsAt, Row } from './rows.ts';
import type { Located } from './scan.ts';

export interface Planned {
  readonly entry: Located;
  readonly ok: boolean;
  /** Letters afterwards, or as they are. */
  readonly letters: string;
  /** The state afterwards. */
  readonly state: string;
  /** `rerun detect, preview`, or why it is refused. */
  readonly text: string;
}

function names(board: Board, columns: readonly number[]): string {
  return columns.map((column) => board.stages[column] ?? '').join(', ');
}

function changed(from: string, to: string): number[] {
  return [...to].flatMap((letter, column) => (letter === from[column] ? [] : [column]));
}

function effectText(board: Board, verb: Verb, from: string, to: string): string {
  const columns = changed(from, to);
  switch (verb.verb) {
    case 'rank':
      return `rank ${String(verb.rank).padStart(2, '0')}`;
    case 'set':
      return `set ${Object.keys(verb.params).join(', ')}`;
    case 'remove':
      return 'remove';
    case 'repipe': {
      const below = new Set(columns.flatMap((column) => board.graph.descendants[column] ?? []));
      const again = board.stages.flatMap((_, column) => {
        const open = '_wg'.includes(to[column] ?? '');
        return open && (columns.includes(column) || below.has(column)) ? [column] : [];
      });
      return `rerun ${names(board, again)}`;
    }
    case 'release': {
      const freed = columns.map((column) => `${board.stages[column] ?? ''} (${MEANINGS[to[column] as Letter].word})`);
      return `release ${freed.join(', ')}`;
    }
    default: {
      const letter = verb.verb === 'hold' ? 'h' : 's';
      return `${verb.verb} ${names(
        board,
        columns.filter((column) => to[column] === letter),
      )}`;
    }
  }
}

/** What the verb would do now. */
export function planned(board: Board, entry: Located, verb: Verb): Planned {
  const plan = planVerb(board, entry, verb);
  const row = new Row(entry);
  if (plan.ok) {
    const { letters } = plan.name;
    return { entry, ok: true, letters, state: plan.home, text: effectText(board, verb, row.letters, letters) };
  }
  // What is ending is finished forward first, then the verb is worked out anew.
  const ok = plan.finishFirst !== undefined;
  return { entry, ok, letters: row.letters, state: row.state, text: plan.why };
}

/** `37 failed at detect -> rerun detect, preview, archive`, one line a kind, the most frequent first. */
export function breakdown(board: Board, plans: readonly Planned[]): string[] {
  const kinds = new Map<string, number>();
  for (const { entry, ok, text } of plans) {
    const row = new Row(entry);
    const place = names(board, columnsAt(row));
    const kind = `${row.state}${place === '' ? '' : ` at ${place}`}${ok ? ' -> ' : ' refused: '}${text}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, number]) => `${number} ${kind}`);
}

const PAST: Readonly<Record<Verb['verb'], string>> = {
  hold: 'held',
  release: 'released',
  repipe: 'repiped',
  skip: 'skipped',
  rank: 'given the rank',
  set: 'set',
  remove: 'removed',
};

/** `37 repiped, 2 refused` */
export function summary(verb: Verb['verb'], done: number, refused: number, absent: number, isDry: boolean): string {
  const parts = [isDry ? `${count(done, 'entry', 'entries')} would be ${PAST[verb]}` : `${done} ${PAST[verb]}`];
  if (refused > 0) parts.push(`${refused} ${isDry ? 'would be ' : ''}refused`);
  if (absent > 0) parts.push(`${absent} absent`);
  return parts.join(', ');
}
