/** What a verb does to an entry, in words, and many of them in a few lines. Pure but for `planVerb`, which reads no disk. */

import { type Letter, MEANINGS } from '../model/letters.ts';
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

/** Plans that are told alike: those of the same letters in the same folder, that come to the same. */
interface Kind {
  readonly plan: Planned;
  number: number;
}

type ByFolder = Map<string, Kind>;
type ByLetters = Map<string, ByFolder>;
type ByText = Map<string, ByLetters>;

function within<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** In the order in which they come first. Of maybe 200,000 plans: no text is made for each. */
function kindsOf(plans: readonly Planned[]): readonly Kind[] {
  const kinds: Kind[] = [];
  const [able, refused]: [ByText, ByText] = [new Map(), new Map()];
  for (const plan of plans) {
    const { folder, name } = plan.entry;
    const byLetters = within(plan.ok ? able : refused, plan.text, (): ByLetters => new Map());
    const byFolder = within(byLetters, name.letters, (): ByFolder => new Map());
    const kind = within(byFolder, folder, () => {
      const made: Kind = { plan, number: 0 };
      kinds.push(made);
      return made;
    });
    kind.number++;
  }
  return kinds;
}

/**
 * `37 failed at detect -> rerun detect, preview, archive`, one line a kind, the most frequent first.
 * @param told how a number is told
 */
export function breakdown(
  board: Board,
  plans: readonly Planned[],
  told: (number: number) => string = String,
): string[] {
  const lines = new Map<string, number>();
  for (const { plan, number } of kindsOf(plans)) {
    const row = new Row(plan.entry);
    const place = names(board, columnsAt(row));
    const line = `${row.state}${place === '' ? '' : ` at ${place}`}${plan.ok ? ' -> ' : ' refused: '}${plan.text}`;
    lines.set(line, (lines.get(line) ?? 0) + number);
  }
  return [...lines].sort((a, b) => b[1] - a[1]).map(([line, number]) => `${told(number)} ${line}`);
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

/**
 * `37 repiped, 2 refused`
 * @param told how a number is told
 */
export function summary(
  verb: Verb['verb'],
  done: number,
  refused: number,
  absent: number,
  isDry: boolean,
  told: (number: number) => string = String,
): string {
  const entries = `${told(done)} ${done === 1 ? 'entry' : 'entries'}`;
  const parts = [isDry ? `${entries} would be ${PAST[verb]}` : `${told(done)} ${PAST[verb]}`];
  if (refused > 0) parts.push(`${told(refused)} ${isDry ? 'would be ' : ''}refused`);
  if (absent > 0) parts.push(`${told(absent)} absent`);
  return parts.join(', ');
}
