/** The shape of `stages/<name>.yaml`. */

import { z } from 'zod';
import type { ExitMap, Outcome } from '../model/definition.ts';
import { nearest } from '../model/suggest.ts';
import {
  CLASS_NAME,
  choice,
  duration,
  expected,
  integer,
  line,
  mapping,
  matching,
  STAGE_NAME,
  stageName,
  text,
} from './shapes.ts';
import { isRecord, kindOf } from './source.ts';

const WORDS = ['complete', 'retry', 'hold', 'fail'] as const;
const LETTERS = ['_', 's', 'h'] as const;
const OUTCOME = `one of ${WORDS.join(', ')}, {skip: [stage, …]} or {set: {stage: letter}}`;

/** What goes wrong in an outcome: the steps below its key, and the message. */
interface Wrong {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function outcomeOf(value: unknown): Outcome | Wrong[] {
  if (typeof value === 'string') {
    const kind = WORDS.find((word) => word === value);
    if (kind !== undefined) return { kind };
    const near = nearest(value, [...WORDS, 'skip', 'set']);
    const hint = near === undefined ? '' : `; did you mean '${near}'?`;
    return [{ path: [], message: `must be ${OUTCOME}, not '${value}'${hint}` }];
  }
  if (!isRecord(value)) return [{ path: [], message: `must be ${OUTCOME}, not ${kindOf(value)}` }];
  const [key, ...more] = Object.keys(value);
  if (more.length > 0 || (key !== 'skip' && key !== 'set')) {
    const keys = [key, ...more].map((one) => `'${one}'`).join(', ');
    return [{ path: [], message: `must have one key, 'skip' or 'set', not ${keys}` }];
  }
  return key === 'skip' ? skipOf(value[key]) : setOf(value[key]);
}

function skipOf(value: unknown): Outcome | Wrong[] {
  if (!Array.isArray(value) || value.length === 0) {
    return [{ path: ['skip'], message: `must be a list of stages, such as [detect], not ${kindOf(value)}` }];
  }
  const wrong = value.flatMap((stage: unknown, index): Wrong[] =>
    typeof stage === 'string' && STAGE_NAME.test(stage)
      ? []
      : [{ path: ['skip', index], message: `must be a stage name, not ${kindOf(stage)}` }],
  );
  return wrong.length > 0 ? wrong : { kind: 'skip', stages: value.map(String) };
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

const exits = z
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

const ARGUMENT = 'an argument: text, and in quotes if it looks like a number';

export const stageShape = mapping({
  stage: stageName,
  title: line(40).optional(),
  description: text().optional(),
  command: z
    .array(text(ARGUMENT), {
      error: ({ input }) =>
        typeof input === 'string'
          ? `must be a list, such as [node, step.js]; for a line of shell write shell:`
          : expected('a list of the program and its arguments').error({ input }),
    })
    .min(1, 'names no program')
    .refine((list) => list[0] !== '', { error: 'names no program', path: [0] })
    .optional(),
  shell: text('one line of shell').regex(/\S/, 'is empty').optional(),
  exits: exits.optional(),
  retries: integer(0, 9).default(0),
  backoff: mapping({
    first: duration().optional(),
    factor: z
      .number(expected('a number from 1 to 100'))
      .min(1, expected('a number from 1 to 100'))
      .max(100, expected('a number from 1 to 100'))
      .optional(),
    most: duration().optional(),
  }).optional(),
  timeout: duration(1).optional(),
  slots: integer(1, 1024).optional(),
  products: z.boolean(expected('true or false')).default(false),
  env: z
    .record(
      matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name'),
      text(),
      expected('a mapping of variables to texts'),
    )
    .default({}),
  classes: z
    .array(matching(CLASS_NAME, 'a class: 1 to 16 of a-z 0-9 _ -'), expected('a list of classes, such as [acs, wfc3]'))
    .min(1, 'names no class; leave it out to serve all')
    .optional(),
  scratch: choice(['keep-failed', 'keep', 'remove']).default('keep-failed'),
});
