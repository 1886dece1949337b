/**
 * The table of the state machine: every (letter × event) cell, allowed or refused with a sentence, and which letters
 * may be set as such. `docs/states.md` shows it to operators. Pure data; `transition.ts` acts on it.
 */
import type { EventType } from './event.ts';
import { isDigit, type Letter } from './letters.ts';

/** Letters as rows of the table: the nine digits behave alike. */
export type Row = Exclude<Letter, '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'> | 'digit';
export const ROWS: readonly Row[] = ['_', 'w', 'digit', 'p', 'e', 'c', 's', 'f', 'h', 'g'];

const NOT_RUNNING = 'no stage process is doing it';
/** Why an `e` with a claim refuses what would undo it; the refusal names it as `finishFirst`. */
export const FORWARD = 'it is ending and is finished forward first';
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
  back: {
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
export const MAY_BECOME: Readonly<Record<Row, string>> = {
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
