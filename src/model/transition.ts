/**
 * The state machine: `transition(name, event, rules)` gives the new name and its folder, or a sentence that says why
 * not. Every (letter × event) cell is in `CELLS`. Pure; `board/move.ts` turns the result into one rename.
 */
import type { Graph } from './graph.ts';
import { home, parentsFinished } from './home.ts';
import { isDigit, isFinished, type Letter, MEANINGS, waitingLetter } from './letters.ts';
import { type Claim, claimOf, type EntryName, fitName, type HomeFolder, type Tag } from './name.ts';

/** What the stages say that letters depend on; a column is an index from 0. */
export interface Rules {
  readonly graph: Graph;
  readonly stages: readonly string[];
  serves(column: number, cls: string): boolean;
  gathers(column: number): boolean;
  /** Failed tries that go back to waiting, 0 to 9. */
  retries(column: number): number;
}

/** Letters that an exit code may give to a descendant. */
export type SetLetter = '_' | 's' | 'h';

export type Event =
  | { readonly type: 'claim'; readonly column: number; readonly process: string }
  /** The step succeeded. With products the column goes to `e`, else to `c`; `set` names descendants. */
  | {
      readonly type: 'complete';
      readonly column: number;
      readonly products: boolean;
      readonly set?: ReadonlyMap<number, SetLetter> | undefined;
    }
  | { readonly type: 'publish'; readonly column: number }
  | { readonly type: 'fail'; readonly column: number; readonly cause: string }
  | { readonly type: 'retry'; readonly column: number; readonly cause: string }
  | { readonly type: 'skip'; readonly column: number }
  | { readonly type: 'hold'; readonly column: number; readonly cause: string }
  | { readonly type: 'release'; readonly column: number }
  | { readonly type: 'repipe'; readonly column: number }
  /** A letter given as such: by a person, or by what another column's exit code says. */
  | { readonly type: 'set'; readonly column: number; readonly letter: '_' | 'w' | 's' | 'h' | 'c' }
  | { readonly type: 'gathered'; readonly column: number }
  | { readonly type: 'lost'; readonly column: number }
  /** A claim returned untried; `epoch` lifts the entry's epoch to at least that (someone had turned it back). */
  | { readonly type: 'giveBack'; readonly column: number; readonly epoch?: number | undefined };

export type EventType = Event['type'];

export interface Moved {
  readonly ok: true;
  readonly name: EntryName;
  readonly folder: HomeFolder;
}
export interface Refused {
  readonly ok: false;
  readonly why: string;
  /** A column that is `e` must be finished forward (published) first; then the event can be tried again. */
  readonly finishFirst?: number;
}
export type Transition = Moved | Refused;

/** Letters as rows of the table: the nine digits behave alike. */
export type Row = Exclude<Letter, '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'> | 'digit';
export const ROWS: readonly Row[] = ['_', 'w', 'digit', 'p', 'e', 'c', 's', 'f', 'h', 'g'];

const NOT_RUNNING = 'no stage process is doing it';
const FORWARD = 'it is ending and is finished forward first';
const yes = true;
/** `true`: allowed. `e` cells marked FORWARD are refused with `finishFirst`. Everything else says why not. */
export const CELLS: Readonly<Record<EventType, Readonly<Record<Row, true | string>>>> = {
  claim: {
    _: 'it is not reached yet',
    w: yes,
    digit: yes,
    p: 'it is being done already',
    e: 'it is ending',
    c: 'it is complete',
    s: 'it is skipped',
    f: 'it failed and waits for a person',
    h: 'it is held',
    g: 'it is still gathering',
  },
  complete: {
    _: NOT_RUNNING,
    w: NOT_RUNNING,
    digit: NOT_RUNNING,
    p: yes,
    e: 'its step has succeeded already',
    c: 'it is complete already',
    s: NOT_RUNNING,
    f: NOT_RUNNING,
    h: NOT_RUNNING,
    g: NOT_RUNNING,
  },
  publish: {
    _: 'it is not ending',
    w: 'it is not ending',
    digit: 'it is not ending',
    p: 'its step has not succeeded yet',
    e: yes,
    c: 'it is complete already',
    s: 'it is not ending',
    f: 'it is not ending',
    h: 'it is not ending',
    g: 'it is not ending',
  },
  fail: {
    _: NOT_RUNNING,
    w: NOT_RUNNING,
    digit: NOT_RUNNING,
    p: yes,
    e: 'its step has succeeded',
    c: NOT_RUNNING,
    s: NOT_RUNNING,
    f: 'it has failed already',
    h: NOT_RUNNING,
    g: yes,
  },
  retry: {
    _: NOT_RUNNING,
    w: NOT_RUNNING,
    digit: NOT_RUNNING,
    p: yes,
    e: 'its step has succeeded',
    c: NOT_RUNNING,
    s: NOT_RUNNING,
    f: NOT_RUNNING,
    h: NOT_RUNNING,
    g: NOT_RUNNING,
  },
  skip: {
    _: yes,
    w: yes,
    digit: yes,
    p: yes,
    e: FORWARD,
    c: 'it is complete; repipe it to run it again',
    s: 'it is skipped already',
    f: yes,
    h: yes,
    g: 'it is gathering: hold it first',
  },
  hold: {
    _: yes,
    w: yes,
    digit: yes,
    p: yes,
    e: FORWARD,
    c: 'it is complete',
    s: 'it is skipped',
    f: 'it failed and waits for a person already',
    h: 'it is held already',
    g: yes,
  },
  release: {
    _: 'it is not held',
    w: 'it is not held',
    digit: 'it is not held',
    p: 'it is not held',
    e: 'it is not held',
    c: 'it is not held',
    s: 'it is not held',
    f: 'it is not held: repipe or skip it',
    h: yes,
    g: 'it is not held',
  },
  repipe: {
    _: 'it is not reached yet, so there is nothing to run again',
    w: 'it is waiting already',
    digit: yes,
    p: yes,
    e: FORWARD,
    c: yes,
    s: yes,
    f: yes,
    h: yes,
    g: 'it is gathering',
  },
  set: { _: yes, w: yes, digit: yes, p: yes, e: FORWARD, c: yes, s: yes, f: yes, h: yes, g: yes },
  gathered: {
    _: 'it is not gathering',
    w: 'it is not gathering',
    digit: 'it is not gathering',
    p: 'it is not gathering',
    e: 'it is not gathering',
    c: 'it is not gathering',
    s: 'it is not gathering',
    f: 'it is not gathering',
    h: 'it is not gathering',
    g: yes,
  },
  lost: {
    _: NOT_RUNNING,
    w: NOT_RUNNING,
    digit: NOT_RUNNING,
    p: yes,
    e: yes,
    c: NOT_RUNNING,
    s: NOT_RUNNING,
    f: NOT_RUNNING,
    h: NOT_RUNNING,
    g: NOT_RUNNING,
  },
  giveBack: {
    _: NOT_RUNNING,
    w: NOT_RUNNING,
    digit: NOT_RUNNING,
    p: yes,
    e: FORWARD,
    c: NOT_RUNNING,
    s: NOT_RUNNING,
    f: NOT_RUNNING,
    h: NOT_RUNNING,
    g: NOT_RUNNING,
  },
};

/** What a letter may become when it is set as such (DESIGN section 2, without the letters that only a claim brings). */
const MAY_BECOME: Readonly<Record<Row, string>> = {
  _: 'wsh',
  w: 'sh',
  digit: 'whs',
  p: 'whsc',
  e: 'c',
  c: 'w_',
  s: 'w_',
  f: 'wsc_',
  h: 'w_s',
  g: 'wh',
};

export function rowOf(letter: Letter): Row {
  return isDigit(letter) ? 'digit' : letter;
}

/** Opens every `_` whose parents are finished: `s` if its stage does not serve the class, `g` if it gathers, else `w`. */
export function settle(letters: string, cls: string, rules: Rules): string {
  let settled = letters;
  for (const column of rules.graph.order) {
    if (settled[column] !== '_' || !parentsFinished(settled, column, rules.graph)) continue;
    settled = replaceLetter(settled, column, !rules.serves(column, cls) ? 's' : rules.gathers(column) ? 'g' : 'w');
  }
  return settled;
}

export function replaceLetter(letters: string, column: number, letter: Letter): string {
  return letters.slice(0, column) + letter + letters.slice(column + 1);
}

function refuse(why: string, finishFirst?: number): Refused {
  return finishFirst === undefined ? { ok: false, why } : { ok: false, why, finishFirst };
}

/** Settles, drops tags that do not fit, finds the folder. Also what housekeeping does to a name set by hand. */
export function arrive(name: EntryName, rules: Rules): Transition {
  const letters = settle(name.letters, name.class, rules);
  const fitted = fitName({ ...name, letters });
  if (fitted === undefined) return refuse('its name has no room for another claim');
  return { ok: true, name: fitted, folder: home(letters, rules.graph) };
}

interface Change {
  readonly letter: Letter;
  readonly epoch?: number;
  readonly tag?: Tag | undefined;
  readonly others?: ReadonlyMap<number, Letter> | undefined;
}

function failed(column: number, cause: string): Change {
  return { letter: 'f', tag: { kind: 'cause', column, cause } };
}

function retried(column: number, claim: Claim | undefined, cause: string, rules: Rules): Change {
  const tries = claim?.try ?? 1;
  return tries > rules.retries(column) ? failed(column, cause) : { letter: waitingLetter(tries) };
}

/** What the event does to its column; cells have been checked. A string refuses. */
function changeOf(name: EntryName, event: Event, letter: Letter, rules: Rules): Change | Refused {
  const { column } = event;
  const claim = claimOf(name, column);
  switch (event.type) {
    case 'claim': {
      if (!parentsFinished(name.letters, column, rules.graph)) return refuse('the stages before it are not finished');
      const epoch = name.epoch + 1;
      const nth = isDigit(letter) ? Number(letter) + 1 : 1;
      return { letter: 'p', epoch, tag: { kind: 'claim', column, process: event.process, epoch, try: nth } };
    }
    case 'complete': {
      for (const other of event.set?.keys() ?? []) {
        if (rules.graph.descendants[column]?.includes(other) !== true) {
          return refuse(`its exit code sets '${rules.stages[other] ?? other}', which does not come after it`);
        }
      }
      const others = event.set === undefined ? undefined : settable(name, event.set);
      return { letter: event.products ? 'e' : 'c', tag: event.products ? claim : undefined, others };
    }
    case 'publish':
      return { letter: 'c' };
    case 'fail':
      return failed(column, event.cause);
    case 'retry':
      return retried(column, claim, event.cause, rules);
    case 'skip':
      return { letter: 's' };
    case 'hold':
      return { letter: 'h', tag: { kind: 'cause', column, cause: event.cause } };
    case 'release':
      // As if not reached: settle then opens it as the design says (w, g, s, or not yet).
      return { letter: '_' };
    case 'repipe':
      return repiped(name, column, rules);
    case 'set':
      if (!MAY_BECOME[rowOf(letter)].includes(event.letter)) {
        return refuse(`it is ${MEANINGS[letter].word} ('${letter}'), which can not become '${event.letter}'`);
      }
      return { letter: event.letter };
    case 'gathered':
      return { letter: 'w' };
    case 'lost':
      if (letter === 'p') return retried(column, claim, 'l', rules);
      return claim === undefined ? failed(column, 'l') : refuse(FORWARD, column);
    case 'giveBack':
      return { letter: waitingLetter((claim?.try ?? 1) - 1), epoch: Math.max(name.epoch, event.epoch ?? 0) };
  }
}

/** Of the letters that an exit code asks for, those that may still be set: what runs or has run is left alone. */
function settable(name: EntryName, wanted: ReadonlyMap<number, SetLetter>): Map<number, Letter> {
  const result = new Map<number, Letter>();
  for (const [column, letter] of wanted) {
    const now = name.letters[column];
    if (now === '_' || now === 'h' || now === 's') result.set(column, letter);
  }
  return result;
}

function repiped(name: EntryName, column: number, rules: Rules): Change | Refused {
  if (!rules.serves(column, name.class)) return refuse(`the stage does not serve class '${name.class}'`);
  const others = new Map<number, Letter>();
  for (const below of rules.graph.descendants[column] ?? []) {
    if (name.letters[below] === 'e' && claimOf(name, below) !== undefined) {
      return refuse(`stage '${rules.stages[below] ?? below}' after it is ending and is finished forward first`, below);
    }
    others.set(below, '_');
  }
  return { letter: rules.gathers(column) ? 'g' : 'w', others };
}

/**
 * The name and folder after an event, or why it is refused. The entry's name must belong to this pipeline.
 * Settles, so a completion opens the children in the same step.
 */
export function transition(name: EntryName, event: Event, rules: Rules): Transition {
  if (name.letters.length !== rules.stages.length) {
    return refuse(`its name has ${name.letters.length} columns, the board has ${rules.stages.length}`);
  }
  const letter = name.letters[event.column] as Letter | undefined;
  if (letter === undefined) return refuse(`the board has no column ${event.column + 1}`);
  const cell = CELLS[event.type][rowOf(letter)];
  const stage = rules.stages[event.column] ?? '';
  if (cell !== yes) return refuse(`stage '${stage}': ${cell}`, cell === FORWARD ? event.column : undefined);
  const change = changeOf(name, event, letter, rules);
  if ('ok' in change) return { ...change, why: `stage '${stage}': ${change.why}` };

  let letters = replaceLetter(name.letters, event.column, change.letter);
  for (const [column, other] of change.others ?? []) letters = replaceLetter(letters, column, other);
  const kept = name.tags.filter((tag) => tag.column !== event.column);
  const tags = change.tag === undefined ? kept : [...kept, change.tag];
  const moved = arrive({ ...name, letters, epoch: change.epoch ?? name.epoch, tags }, rules);
  return moved.ok ? moved : { ...moved, why: `stage '${stage}': ${moved.why}` };
}

/** The letters of a new entry: roots open. `hold` holds the roots that would wait. */
export function initialLetters(cls: string, rules: Rules, hold = false): string {
  const letters = settle('_'.repeat(rules.stages.length), cls, rules);
  return hold ? letters.replaceAll(/[wg]/g, 'h') : letters;
}

/** True if nothing is left to do: no stage of the pipeline serves the class. */
export function servesNothing(letters: string): boolean {
  return [...letters].every((letter) => isFinished(letter as Letter));
}
