/** Which entries an action is about, fixed when it is asked for; and which actions apply to them. */
import { planVerb, type Verb } from '../../board/operate.ts';
import { runKey } from '../../board/rows.ts';
import type { Located } from '../../board/scan.ts';
import type { FilterRow } from '../../model/filter.ts';
import { count } from '../../model/text.ts';
import type { Binding } from '../binding.ts';
import type { Ask, Context, Effect } from '../view.ts';
import { BOARD_KEYS } from './keys.ts';
import { cursorEntry } from './pane.ts';
import { type BoardState, hiddenOf } from './state.ts';

/** The dataset of an entry's key. */
export function datasetOf(key: string): string {
  return key.split(' ')[0] ?? key;
}

/** What an action would be about. */
interface Chosen {
  readonly keys: ReadonlySet<string>;
  readonly scope: Ask['scope'];
}

/** The marked entries that are still there, else the one of the cursor. No text is built for each of many marks. */
function chosenOf(state: BoardState, context: Context): Chosen {
  const { sets } = context.data.entries;
  const keys = sets.kept(state.list.marks);
  // Exactly what the filter lets through, if it is empty the whole board: that says it the shortest way.
  if (keys.size > 0) return { keys, scope: keys.size > 1 && sets.isAll(keys) ? 'filter' : 'marks' };
  const entry = cursorEntry(state, context);
  return { keys: new Set(entry === undefined ? [] : [runKey(entry)]), scope: 'cursor' };
}

type Lettered = Pick<FilterRow, 'letters'>;

interface Action {
  readonly verb: Verb['verb'];
  /** Of several entries only these are meant. */
  readonly only?: (row: Lettered) => boolean;
  readonly none?: string;
}

/** What failed or is held beside it would be meant by repipe as well, so it is left to `R`. */
const waitsForRetry = ({ letters }: Lettered): boolean => /[1-9]/.test(letters) && !/[fhp]/.test(letters);
const isRunning = ({ letters }: Lettered): boolean => letters.includes('p') && !/[fh]/.test(letters);

const ACTIONS: Readonly<Record<string, Action>> = {
  hold: { verb: 'hold' },
  release: { verb: 'release' },
  repipe: { verb: 'repipe' },
  retry: { verb: 'repipe', only: waitsForRetry, none: 'none of it waits to be tried again' },
  restart: { verb: 'repipe', only: isRunning, none: 'none of it is running' },
  skip: { verb: 'skip' },
  rank: { verb: 'rank' },
  remove: { verb: 'remove' },
};

export function isMutating(action: string): boolean {
  return ACTIONS[action] !== undefined;
}

/** Opens the dialog of an action, or says why there is none. */
export function askEffect(action: string, state: BoardState, context: Context): Effect {
  if (context.common.isReadOnly) return { kind: 'toast', text: 'read-only: nothing was changed', isError: true };
  const { verb, only, none } = ACTIONS[action] ?? { verb: 'hold' };
  const chosen = chosenOf(state, context);
  if (chosen.keys.size === 0) return { kind: 'toast', text: 'no entry here' };
  const keys = context.data.entries.sets.select(chosen.keys, only);
  if (keys.length === 0) return { kind: 'toast', text: none ?? 'no entry here' };
  // Fewer than were marked: the filter does not say which.
  const scope = chosen.scope === 'filter' && keys.length < chosen.keys.size ? 'marks' : chosen.scope;
  const filter = scope === 'filter' ? context.common.filter.text : '';
  return { kind: 'open', layer: { name: 'verb', ask: { verb, keys, scope, filter } } };
}

/** Entries looked at to tell whether an action applies to some of many. */
const LOOKED_AT = 200;

function applies(action: string, entries: readonly Located[], { data }: Context): boolean {
  const { verb, only } = ACTIONS[action] ?? { verb: 'hold' };
  return entries.some((entry) => {
    if (only !== undefined && !only(entry.name)) return false;
    if (verb === 'rank') return planVerb(data.board, entry, { verb, rank: entry.name.rank }).ok;
    if (verb === 'set') return false;
    const plan = planVerb(data.board, entry, { verb });
    return plan.ok || plan.finishFirst !== undefined;
  });
}

/** In the menu besides what changes the board. */
const HARMLESS: ReadonlySet<string> = new Set(['detail', 'log', 'mark', 'copy']);

/** The bindings that make sense for the marked entries, else for the one of the cursor. */
function menuBindings(keys: ReadonlySet<string>, state: BoardState, context: Context): readonly Binding[] {
  const entries = firstOf(keys, LOOKED_AT).flatMap((key) => context.data.entries.find(key) ?? []);
  const hasLog = (cursorEntry(state, context)?.name.epoch ?? 0) > 0;
  return BOARD_KEYS.filter(({ action }) => {
    if (HARMLESS.has(action)) return action !== 'log' || hasLog;
    return isMutating(action) && !context.common.isReadOnly && applies(action, entries, context);
  });
}

function firstOf(keys: ReadonlySet<string>, most: number): string[] {
  const first: string[] = [];
  for (const key of keys) if (first.push(key) === most) break;
  return first;
}

export function menuEffect(state: BoardState, context: Context): Effect {
  const entry = cursorEntry(state, context);
  const { keys, scope } = chosenOf(state, context);
  if (keys.size === 0) return { kind: 'toast', text: 'no entry here' };
  const title = scope === 'cursor' ? (entry?.name.dataset ?? '') : markedText(keys, context);
  return { kind: 'open', layer: { name: 'menu', title, bindings: menuBindings(keys, state, context) } };
}

/** `12 marked entries, 3 not shown` */
function markedText(keys: ReadonlySet<string>, context: Context): string {
  const hidden = hiddenOf(keys, context);
  const text = count(keys.size, 'marked entry', 'marked entries');
  return hidden > 0 ? `${text}, ${hidden} not shown` : text;
}

/** A terminal's clipboard takes less: of many entries not even the text is built. */
const MOST_COPIED = 100_000;

/** One dataset a line. */
export function copyEffect(state: BoardState, context: Context): Effect {
  const { keys } = chosenOf(state, context);
  if (keys.size === 0) return { kind: 'toast', text: 'nothing to copy: no entry here' };
  const datasets = new Set<string>();
  let bytes = 0;
  for (const key of keys) {
    const dataset = datasetOf(key);
    if (datasets.has(dataset)) continue;
    datasets.add(dataset);
    bytes += dataset.length + 1;
    if (bytes > MOST_COPIED)
      return {
        kind: 'toast',
        text: `the datasets of ${keys.size} entries: too long for a terminal's clipboard`,
        isError: true,
      };
  }
  return { kind: 'copy', text: [...datasets].join('\n'), what: count(datasets.size, 'dataset') };
}
