/**
 * The state machine: `transition(name, event, rules)` gives the new name and its folder, or a sentence that says why
 * not. Every (letter × event) cell is in `cells.ts`. Pure; `board/move.ts` turns the result into one rename.
 */
import { CELLS, FORWARD, MAY_BECOME, rowOf } from './cells.ts';
import type { Event, SetLetter } from './event.ts';
import type { Graph } from './graph.ts';
import { home, parentsFinished } from './home.ts';
import { isDigit, isFinished, isWaiting, type Letter, MEANINGS, waitingLetter } from './letters.ts';
import {
  type Claim,
  claimOf,
  type EntryName,
  fitName,
  type HomeFolder,
  isCause,
  isProcessId,
  MAX_EPOCH,
  type Tag,
} from './name.ts';

export type { Event, EventType, SetLetter } from './event.ts';

/** What the stages say that letters depend on; a column is an index from 0. */
export interface Rules {
  readonly graph: Graph;
  readonly stages: readonly string[];
  serves(column: number, cls: string): boolean;
  gathers(column: number): boolean;
  /** Failed tries that go back to waiting, 0 to 9. */
  retries(column: number): number;
}

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
  /** Of the others that it holds. */
  readonly cause?: string | undefined;
}

/** A cause that could not be read back is left out: the letter says what matters. */
function causeTag(column: number, cause: string): Tag | undefined {
  return isCause(cause) ? { kind: 'cause', column, cause } : undefined;
}

function failed(column: number, cause: string): Change {
  return { letter: 'f', tag: causeTag(column, cause) };
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
      if (!isProcessId(event.process)) return refuse(`'${event.process}' is no process id`);
      const epoch = name.epoch + 1;
      if (epoch > MAX_EPOCH) return refuse('its epoch can not be counted any further');
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
      return {
        letter: event.products ? 'e' : 'c',
        tag: event.products ? claim : undefined,
        others,
        cause: event.cause,
      };
    }
    case 'publish':
      return { letter: 'c' };
    case 'fail':
      return failed(column, event.cause);
    case 'retry':
      return retried(column, claim, event.cause, rules);
    case 'back':
      return sentBack(name, column, event.to, rules);
    case 'skip':
      return { letter: 's' };
    case 'hold':
      return { letter: 'h', tag: causeTag(column, event.cause) };
    case 'release':
      // As if not reached: settle then opens it as the design says (w, g, s, or not yet).
      return { letter: '_' };
    case 'repipe':
      return repiped(name, column, rules);
    case 'set':
      if (!MAY_BECOME[letter === 'e' ? 'f' : rowOf(letter)].includes(event.letter)) {
        return refuse(`it is ${MEANINGS[letter].word} ('${letter}'), which can not become '${event.letter}'`);
      }
      return { letter: event.letter };
    case 'gathered':
      return { letter: 'w' };
    case 'lost':
      if (letter === 'p') return retried(column, claim, 'l', rules);
      return claim === undefined ? failed(column, 'l') : refuse(FORWARD, column);
    case 'adopt':
      if (claim === undefined) return refuse('no claim of a stage process stands for it');
      if (!isProcessId(event.process)) return refuse(`'${event.process}' is no process id`);
      return { letter: 'p', tag: { ...claim, process: event.process } };
    case 'giveBack':
      return { letter: waitingLetter((claim?.try ?? 1) - 1), epoch: Math.max(name.epoch, event.epoch ?? 0) };
  }
}

/** Of the letters that an exit code asks for, those that may be set: what runs, has run or gathers is left alone. */
function settable(name: EntryName, wanted: ReadonlyMap<number, SetLetter>): Map<number, Letter> {
  const result = new Map<number, Letter>();
  for (const [column, letter] of wanted) {
    const now = name.letters[column] as Letter;
    const idle = now === '_' || now === 'h' || now === 's' || isWaiting(now);
    if (idle && MAY_BECOME[rowOf(now)].includes(letter)) result.set(column, letter);
  }
  return result;
}

function repiped(name: EntryName, column: number, rules: Rules): Change | Refused {
  if (!rules.serves(column, name.class)) return refuse(`the stage does not serve class '${name.class}'`);
  const others = reset(name, column, rules);
  return 'ok' in others ? others : { letter: rules.gathers(column) ? 'g' : 'w', others };
}

/** All that comes after a column as not reached, or why that can't be yet. */
function reset(name: EntryName, column: number, rules: Rules): Map<number, Letter> | Refused {
  const others = new Map<number, Letter>();
  for (const below of rules.graph.descendants[column] ?? []) {
    if (isEnding(name, below)) {
      return refuse(`stage '${rules.stages[below] ?? below}' after it is ending and is finished forward first`, below);
    }
    others.set(below, '_');
  }
  return others;
}

function isEnding(name: EntryName, column: number): boolean {
  return name.letters[column] === 'e' && claimOf(name, column) !== undefined;
}

/**
 * As `repipe` of a stage before it, by the step itself. A person may have done something to that stage meanwhile: if it is
 * not finished, it will run, or stand, anyway, and is left as it is.
 */
function sentBack(name: EntryName, column: number, to: number, rules: Rules): Change | Refused {
  const target = `'${rules.stages[to] ?? to}'`;
  if (rules.graph.descendants[to]?.includes(column) !== true) {
    return refuse(`its exit code sends it back to ${target}, which does not come before it`);
  }
  if (isEnding(name, to)) return refuse(`stage ${target} before it is ending and is finished forward first`, to);
  const letter = name.letters[to] as Letter;
  const others = reset(name, to, rules);
  if ('ok' in others) return others;
  if (isFinished(letter) || letter === 'e') {
    if (!rules.serves(to, name.class)) {
      return refuse(`its exit code sends it back to ${target}, which does not serve class '${name.class}'`);
    }
    others.set(to, rules.gathers(to) ? 'g' : 'w');
  }
  others.delete(column);
  return { letter: '_', others };
}

/** Events that only the owner of a claim brings. */
const OWNERS_EVENTS: ReadonlySet<Event['type']> = new Set(['complete', 'fail', 'retry', 'back', 'giveBack']);

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
  const stage = rules.stages[event.column] ?? '';
  const owned = claimOf(name, event.column) !== undefined;
  if (!owned && letter === 'p' && OWNERS_EVENTS.has(event.type)) {
    return refuse(`stage '${stage}': no claim of a stage process stands for it`);
  }
  // An `e` without a claim has no try whose products could be published: it counts as failed.
  const cell = CELLS[event.type][!owned && letter === 'e' && event.type !== 'lost' ? 'f' : rowOf(letter)];
  if (cell !== true) return refuse(`stage '${stage}': ${cell}`, cell === FORWARD ? event.column : undefined);
  const change = changeOf(name, event, letter, rules);
  if ('ok' in change) return { ...change, why: `stage '${stage}': ${change.why}` };

  let letters = replaceLetter(name.letters, event.column, change.letter);
  for (const [column, other] of change.others ?? []) letters = replaceLetter(letters, column, other);
  const kept = name.tags.filter((tag) => tag.column !== event.column);
  const tags = change.tag === undefined ? kept : [...kept, change.tag];
  if (change.cause !== undefined) {
    for (const [column, other] of change.others ?? []) {
      const tag = other === 'h' ? causeTag(column, change.cause) : undefined;
      if (tag !== undefined) tags.push(tag);
    }
  }
  const moved = arrive({ ...name, letters, epoch: change.epoch ?? name.epoch, tags }, rules);
  return moved.ok ? moved : { ...moved, why: `stage '${stage}': ${moved.why}` };
}

/**
 * The rules of an entry of this class that waits for something, on a board none of whose stages gathers members: the
 * stages that would run first do.
 */
export function rulesWithNeeds(rules: Rules, cls: string, gathersMembers: (column: number) => boolean): Rules {
  if (rules.stages.some((_, column) => gathersMembers(column))) return rules;
  const { descendants } = rules.graph;
  const isFirst = (column: number): boolean =>
    rules.stages.every((_, before) => descendants[before]?.includes(column) !== true || !rules.serves(before, cls));
  return { ...rules, gathers: (column) => rules.gathers(column) || isFirst(column) };
}

/**
 * The letters of a new entry: roots open. `hold` holds the roots that would wait.
 * @param only columns that it is for; it skips the others. Default: all
 */
export function initialLetters(cls: string, rules: Rules, hold = false, only?: ReadonlySet<number>): string {
  const blank = rules.stages.map((_, column) => (only === undefined || only.has(column) ? '_' : 's'));
  const letters = settle(blank.join(''), cls, rules);
  return hold ? letters.replaceAll(/[wg]/g, 'h') : letters;
}

/** True if nothing is left to do: no stage of the pipeline serves the class. */
export function servesNothing(letters: string): boolean {
  return [...letters].every((letter) => isFinished(letter as Letter));
}
