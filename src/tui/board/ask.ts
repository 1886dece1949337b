/** Which entries an action is about, fixed when it is asked for; and which actions apply to them. */
import { planVerb, type Verb } from '../../board/operate.ts';
import { runKey } from '../../board/rows.ts';
import type { Located } from '../../board/scan.ts';
import { isDigit } from '../../model/letters.ts';
import { count } from '../../model/text.ts';
import type { Binding } from '../binding.ts';
import type { Ask, Context, Effect } from '../view.ts';
import { BOARD_KEYS } from './keys.ts';
import { cursorEntry } from './pane.ts';
import type { BoardState } from './state.ts';

/** True if the entry is still listed somewhere. */
export function isThere(key: string, { data }: Pick<Context, 'data'>): boolean {
  return data.entries.find(key) !== undefined || data.entries.indexOf(key) >= 0;
}

/** The dataset of an entry's key. */
export function datasetOf(key: string): string {
  return key.split(' ')[0] ?? key;
}

export interface Targets {
  readonly keys: readonly string[];
  readonly scope: Ask['scope'];
}

/** The marked entries that are still there, else the one of the cursor. */
export function targetsOf(state: BoardState, context: Context): Targets {
  const marks = [...state.list.marks].filter((key) => isThere(key, context));
  if (marks.length > 0) return { keys: marks, scope: isAllOf(marks, context) ? 'filter' : 'marks' };
  const entry = cursorEntry(state, context);
  return { keys: entry === undefined ? [] : [runKey(entry)], scope: 'cursor' };
}

/** Exactly what the filter lets through, if it is empty the whole board: that says it the shortest way. */
function isAllOf(keys: readonly string[], { data }: Context): boolean {
  if (keys.length < 2 || keys.length !== data.entries.length) return false;
  return keys.every((key) => data.entries.indexOf(key) >= 0);
}

interface Action {
  readonly verb: Verb['verb'];
  /** Of several entries only these are meant. */
  readonly only?: (entry: Located) => boolean;
  readonly none?: string;
}

/** What failed or is held beside it would be meant by repipe as well, so it is left to `R`. */
const waitsForRetry = ({ name }: Located): boolean => [...name.letters].some(isDigit) && !/[fhp]/.test(name.letters);
const isRunning = ({ name }: Located): boolean => name.letters.includes('p') && !/[fh]/.test(name.letters);

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
  const targets = targetsOf(state, context);
  if (targets.keys.length === 0) return { kind: 'toast', text: 'no entry here' };
  const keys = only === undefined ? targets.keys : targets.keys.filter((key) => isMeant(key, only, context));
  if (keys.length === 0) return { kind: 'toast', text: none ?? 'no entry here' };
  // Fewer than were marked: the filter does not say which.
  const scope = targets.scope === 'filter' && keys.length < targets.keys.length ? 'marks' : targets.scope;
  const filter = scope === 'filter' ? context.common.filter.text : '';
  return { kind: 'open', layer: { name: 'verb', ask: { verb, keys, scope, filter } } };
}

function isMeant(key: string, only: (entry: Located) => boolean, context: Context): boolean {
  const entry = context.data.entries.find(key);
  return entry !== undefined && only(entry);
}

/** Entries looked at to tell whether an action applies to some of many. */
const LOOKED_AT = 200;

function applies(action: string, entries: readonly Located[], { data }: Context): boolean {
  const { verb, only } = ACTIONS[action] ?? { verb: 'hold' };
  return entries.some((entry) => {
    if (only !== undefined && !only(entry)) return false;
    if (verb === 'rank') return planVerb(data.board, entry, { verb, rank: entry.name.rank }).ok;
    if (verb === 'set') return false;
    const plan = planVerb(data.board, entry, { verb });
    return plan.ok || plan.finishFirst !== undefined;
  });
}

/** In the menu besides what changes the board. */
const HARMLESS: ReadonlySet<string> = new Set(['detail', 'log', 'mark', 'copy']);

/** The bindings that make sense for the marked entries, else for the one of the cursor. */
function menuBindings(keys: readonly string[], state: BoardState, context: Context): readonly Binding[] {
  const entries = keys.slice(0, LOOKED_AT).flatMap((key) => context.data.entries.find(key) ?? []);
  const hasLog = (cursorEntry(state, context)?.name.epoch ?? 0) > 0;
  return BOARD_KEYS.filter(({ action }) => {
    if (HARMLESS.has(action)) return action !== 'log' || hasLog;
    return isMutating(action) && !context.common.isReadOnly && applies(action, entries, context);
  });
}

export function menuEffect(state: BoardState, context: Context): Effect {
  const entry = cursorEntry(state, context);
  const { keys, scope } = targetsOf(state, context);
  if (keys.length === 0) return { kind: 'toast', text: 'no entry here' };
  const title =
    scope === 'cursor' ? (entry?.name.dataset ?? '') : `${count(keys.length, 'marked entry', 'marked entries')}`;
  return { kind: 'open', layer: { name: 'menu', title, bindings: menuBindings(keys, state, context) } };
}

/** One dataset a line. */
export function copyEffect(state: BoardState, context: Context): Effect {
  const { keys } = targetsOf(state, context);
  if (keys.length === 0) return { kind: 'toast', text: 'nothing to copy: no entry here' };
  const datasets = [...new Set(keys.map(datasetOf))];
  return { kind: 'copy', text: datasets.join('\n'), what: count(datasets.length, 'dataset') };
}
