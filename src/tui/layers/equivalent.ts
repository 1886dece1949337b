/** What the command line would say for what a dialog is about to do: shown there, so that it can be learned and scripted. Pure. */
import type { Verb } from '../../board/operate.ts';
import type { Order } from '../../model/name.ts';
import { thousands } from '../numbers.ts';
import type { Ask, HostAct } from '../view.ts';

/** The verbs that have a dialog. */
export type DialogVerb = Exclude<Verb, { readonly verb: 'set' }>;

export interface Equivalent {
  readonly command: string;
  /** What it leaves out. */
  readonly note: string | undefined;
}

const SAFE = /^[A-Za-z0-9_@%+=:,./-][A-Za-z0-9_@%+=:,./~-]*$/;

/** A word as a shell takes it: as it is, or in single quotes. */
export function shellQuote(word: string): string {
  return SAFE.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Up to so many are named, of more only the first few. */
const MOST_NAMED = 6;
const NAMED = 3;
/** What a filter without words is: the command line takes none. */
const ALL = '-state:removed';

/** @param wordOf the word of an item: of many items, most are never looked at */
function named(items: readonly string[], wordOf: (item: string) => string): { text: string; left: number } {
  const shown = items.length > MOST_NAMED ? items.slice(0, NAMED) : items;
  const left = items.length - shown.length;
  const words = [...new Set(shown.map(wordOf))].map(shellQuote);
  return { text: [...words, ...(left > 0 ? ['…'] : [])].join(' '), left };
}

/** The dataset of an entry's key: a key is a dataset, a space and the posted time. */
export function datasetOf(key: string): string {
  return key.slice(0, key.indexOf(' '));
}

function reasonWords(reason: string): string[] {
  return reason.trim() === '' ? [] : [`--reason ${shellQuote(reason.trim())}`];
}

/** Always named: a shell may mean another board, or find several. */
function boardWords(board: string): string {
  return `--board ${shellQuote(board)}`;
}

/**
 * The verb on a frozen set of entries.
 * @param board name of the board that they are on
 * @param isOver the one entry is done or removed: its name alone might mean another run
 */
export function equivalentCommand(board: string, ask: Ask, verb: DialogVerb, reason = '', isOver = false): Equivalent {
  const head = verb.verb === 'rank' ? `slate rank ${String(verb.rank).padStart(2, '0')}` : `slate ${verb.verb}`;
  const stage = 'stage' in verb && verb.stage !== undefined ? [`--stage ${shellQuote(verb.stage)}`] : [];
  const tail = [...stage, ...reasonWords(reason)];
  if (ask.scope === 'filter') {
    const filter = ask.filter.trim() === '' ? ALL : ask.filter.trim();
    const where = `--where ${shellQuote(filter)}`;
    return { command: [head, where, ...tail, '--yes', boardWords(board)].join(' '), note: undefined };
  }
  const [only] = ask.keys;
  const posted = isOver && ask.keys.length === 1 ? [`--posted ${only?.slice(only.indexOf(' ') + 1)}`] : [];
  const { text, left } = named(ask.keys, datasetOf);
  const note = left > 0 ? `and ${thousands(left)} more: --from0 FILE takes a list` : undefined;
  return { command: [head, ...posted, ...tail, boardWords(board), text].join(' '), note };
}

/** An order to stage processes of a board. */
export function equivalentOrder(board: string, ids: readonly string[], order: Order, reason = ''): Equivalent {
  const { text, left } = named(ids, (id) => id);
  const command = ['slate order', text, order, ...reasonWords(reason), boardWords(board)].join(' ');
  return { command, note: left > 0 ? `and ${thousands(left)} more ids` : undefined };
}

/** Changes of a wish: one command a host, of which the first is told. */
export function equivalentScale(
  board: string,
  key: string,
  changes: ReadonlyArray<{ readonly host: string; readonly to: number }>,
  reason = '',
): Equivalent {
  const [first] = changes;
  const { host = '', to = 0 } = first ?? {};
  const words = ['slate scale', shellQuote(`${key}=${to}`), `--host ${shellQuote(host)}`, ...reasonWords(reason)];
  const command = [...words, boardWords(board)].join(' ');
  const left = changes.length - 1;
  return { command, note: left > 0 ? `and the same for ${thousands(left)} more, each with its --host` : undefined };
}

/** Starts, drains or stops hosts: with `--all` only where they are all of them. */
export function equivalentHost(
  board: string,
  { act, hosts, isAll }: { readonly act: HostAct; readonly hosts: readonly string[]; readonly isAll: boolean },
  reason = '',
): Equivalent {
  const head = act === 'start' ? 'slate up' : 'slate down';
  const where = isAll ? '--all' : `--host ${shellQuote(hosts[0] ?? '')}`;
  const now = act === 'stop' ? ['--now'] : [];
  const command = [head, where, ...now, ...reasonWords(reason), boardWords(board)].join(' ');
  const left = isAll ? 0 : hosts.length - 1;
  return { command, note: left > 0 ? `and the same for ${thousands(left)} more, each with its --host` : undefined };
}
