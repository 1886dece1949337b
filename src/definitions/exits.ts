/** What `exits` maps exit codes to, checked by hand: an outcome has many forms, and each is told what is wrong with it. */

import { z } from 'zod';
import type { ExitMap, Outcome } from '../model/definition.ts';
import { isReason } from '../model/name.ts';
import { nearest } from '../model/suggest.ts';
import { expected, STAGE_NAME } from './shapes.ts';
import { isRecord, kindOf } from './source.ts';

const WORDS = ['complete', 'retry', 'hold', 'fail'] as const;
const KEYS = [...WORDS, 'skip', 'set', 'back'] as const;
type Key = (typeof KEYS)[number];
const LETTERS = ['_', 's', 'h'] as const;
const OUTCOME = `one of ${WORDS.join(', ')}, or a mapping such as {fail: reason}, {skip: [stage]}, {hold: [stage]}, {set: {stage: letter}} or {back: stage, most: 2}`;
const REASON = 'a reason in one word: 2 to 16 of a-z 0-9 _, a letter first, and unlike the causes x2, s9 and sent2';
/** An entry that was sent back so often has a fault that another time won't mend. */
const MOST_BACK = 99;

/** What goes wrong in an outcome: the steps below its key, and the message. */
interface Wrong {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function outcomeOf(value: unknown): Outcome | Wrong[] {
  if (typeof value === 'string') {
    const kind = WORDS.find((word) => word === value);
    if (kind !== undefined) return { kind };
    const near = nearest(value, KEYS);
    const hint = near === undefined ? '' : `; did you mean '${near}'?`;
    return [{ path: [], message: `must be ${OUTCOME}, not '${value}'${hint}` }];
  }
  if (!isRecord(value)) return [{ path: [], message: `must be ${OUTCOME}, not ${kindOf(value)}` }];
  const keys = Object.keys(value);
  const [key, ...more] = KEYS.filter((one) => keys.includes(one));
  const others = keys.filter((one) => one !== key && !more.includes(one as Key));
  if (key === undefined || more.length > 0) {
    const told = keys.map((one) => `'${one}'`).join(', ');
    return [{ path: [], message: `must have one of the keys ${KEYS.join(', ')}, not ${told === '' ? 'none' : told}` }];
  }
  const wrong = others
    .filter((one) => one !== 'reason' && !(one === 'most' && key === 'back'))
    .map((one): Wrong => ({ path: [one], message: strangerText(one, key) }));
  const made = formOf(key, value[key], value.most);
  const reason = reasonOf(key, value);
  if (Array.isArray(made)) wrong.push(...made);
  if (Array.isArray(reason)) wrong.push(...reason);
  if (wrong.length > 0 || Array.isArray(made) || Array.isArray(reason)) return wrong;
  return reason === undefined ? made : { ...made, reason };
}

function strangerText(name: string, key: Key): string {
  if (name === 'most') return `can't be here: only 'back' has it`;
  const known = key === 'back' ? ['most', 'reason'] : ['reason'];
  const near = nearest(name, known);
  return `can't stand beside '${key}'${near === undefined ? `; ${known.join(' and ')} can` : `; did you mean '${near}'?`}`;
}

function formOf(key: Key, value: unknown, most: unknown): Outcome | Wrong[] {
  switch (key) {
    case 'skip':
      if (value === 'rest') return { kind: 'skip', stages: 'rest' };
      return listed('skip', value, (stages) => ({ kind: 'skip', stages }), ', or rest');
    case 'set':
      return setOf(value);
    case 'back':
      return backOf(value, most);
    case 'hold':
      if (typeof value !== 'string') {
        const held = (stages: readonly string[]): Outcome => ({
          kind: 'set',
          letters: Object.fromEntries(stages.map((stage) => [stage, 'h'])),
        });
        return listed('hold', value, held, ', or a reason in one word');
      }
      return { kind: 'hold' };
    default:
      return { kind: key };
  }
}

/** `{fail: no_bias}`, or `reason:` beside what has another value. */
function reasonOf(key: Key, value: Readonly<Record<string, unknown>>): string | undefined | Wrong[] {
  const isInside = (WORDS as readonly string[]).includes(key) && !Array.isArray(value[key]);
  if (isInside && value.reason !== undefined) {
    return [{ path: ['reason'], message: `is told by '${key}' already` }];
  }
  const [at, text] = isInside ? [key, value[key]] : ['reason', value.reason];
  if (text === undefined && !isInside) return undefined;
  if (typeof text === 'string' && isReason(text)) return text;
  // A mapping here is told of by its form.
  if (key === 'hold' && isInside && typeof text !== 'string') return undefined;
  return [{ path: [at], message: `must be ${REASON}, not ${kindOf(text)}` }];
}

function listed(
  key: 'skip' | 'hold',
  value: unknown,
  make: (stages: readonly string[]) => Outcome,
  or: string,
): Outcome | Wrong[] {
  if (!Array.isArray(value) || value.length === 0) {
    return [{ path: [key], message: `must be a list of stages, such as [detect]${or}, not ${kindOf(value)}` }];
  }
  const wrong = value.flatMap((stage: unknown, index): Wrong[] =>
    isStage(stage) ? [] : [{ path: [key, index], message: `must be a stage name, not ${kindOf(stage)}` }],
  );
  return wrong.length > 0 ? wrong : make(value.map(String));
}

function isStage(value: unknown): value is string {
  return typeof value === 'string' && STAGE_NAME.test(value);
}

function setOf(value: unknown): Outcome | Wrong[] {
  if (!isRecord(value) || Object.keys(value).length === 0) {
    const message = `must be a mapping of stages to letters, such as {detect: h}, not ${kindOf(value)}`;
    return [{ path: ['set'], message }];
  }
  const letters: Record<string, '_' | 's' | 'h'> = {};
  const wrong: Wrong[] = [];
  for (const [stage, letter] of Object.entries(value)) {
    const path = ['set', stage];
    const known = LETTERS.find((one) => one === letter);
    if (known === undefined) {
      wrong.push({ path, message: `must be _ (not reached), s (skipped) or h (held), not ${kindOf(letter)}` });
    }
    if (!STAGE_NAME.test(stage)) wrong.push({ path, message: 'must be set for a stage name' });
    else if (known !== undefined) letters[stage] = known;
  }
  return wrong.length > 0 ? wrong : { kind: 'set', letters };
}

function backOf(value: unknown, most: unknown = 1): Outcome | Wrong[] {
  const wrong: Wrong[] = [];
  const isNumber = typeof most === 'number' && Number.isInteger(most) && most >= 1 && most <= MOST_BACK;
  if (!isStage(value)) wrong.push({ path: ['back'], message: `must be a stage before this one, not ${kindOf(value)}` });
  if (!isNumber)
    wrong.push({ path: ['most'], message: `must be a number from 1 to ${MOST_BACK}, not ${kindOf(most)}` });
  return isStage(value) && isNumber ? { kind: 'back', stage: value, most } : wrong;
}

export const exits = z
  .record(
    z.string(),
    z.unknown(),
    expected('a mapping of exit codes to outcomes, such as {0: complete, default: fail}'),
  )
  .transform((map, context): ExitMap => {
    const codes = new Map<number, Outcome>([[0, { kind: 'complete' }]]);
    let otherwise: Outcome = { kind: 'fail' };
    for (const [key, value] of Object.entries(map)) {
      if (key !== 'default' && !(/^\d{1,3}$/.test(key) && Number(key) <= 255)) {
        const message = `must be an exit code, 0 to 255, or 'default'`;
        context.addIssue({ code: 'custom', message, path: [key], params: { key: true }, input: value });
        continue;
      }
      const outcome = outcomeOf(value);
      if (Array.isArray(outcome)) {
        for (const { path, message } of outcome) {
          context.addIssue({ code: 'custom', message, path: [key, ...path], input: value });
        }
      } else if (key === 'default') otherwise = outcome;
      else codes.set(Number(key), outcome);
    }
    return { codes, default: otherwise };
  });
