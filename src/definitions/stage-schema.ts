/** The shape of `stages/<name>.yaml`. */

import { z } from 'zod';
import { exits } from './exits.ts';
import { serviceShape } from './service-schema.ts';
import {
  CLASS_NAME,
  choice,
  cores,
  duration,
  expected,
  integer,
  limits,
  line,
  mapping,
  matching,
  memory,
  size,
  stageName,
  text,
} from './shapes.ts';
import { transferShape } from './transfer.ts';

/** A word alone says what is gathered, with nothing more to say. */
const gather = z.preprocess(
  (value) => (typeof value === 'string' ? { what: value } : value),
  mapping({
    what: choice(['members', 'children']),
    until: stageName.optional(),
    deadline: duration(1).optional(),
    then: choice(['run', 'hold', 'fail']).optional(),
  }),
);

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
  retries: integer(0, 9).optional(),
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
  checkpoint: z.boolean(expected('true or false')).default(false),
  cpus: cores().optional(),
  memory: memory().optional(),
  limits: limits().default({}),
  free: size(0).optional(),
  batch: mapping({ most: integer(1, 1000), within: duration().optional(), idle: duration(1).optional() }).optional(),
  env: z
    .record(
      matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name'),
      text(),
      expected('a mapping of variables to texts'),
    )
    .default({}),
  // Checked on the plain data, with the templates that they are made of.
  files: z
    .record(
      z.string(),
      z.unknown(),
      expected(
        'a mapping of file names to templates, such as {config.ini: …} or {config.ini: {from: templates/x.njk}}',
      ),
    )
    .default({}),
  classes: z
    .array(matching(CLASS_NAME, 'a class: 1 to 16 of a-z 0-9 _ -'), expected('a list of classes, such as [acs, wfc3]'))
    .min(1, 'names no class; leave it out to serve all')
    .optional(),
  scratch: choice(['keep-failed', 'keep', 'remove']).default('keep-failed'),
  service: serviceShape,
  gather: gather.optional(),
  transfer: transferShape.optional(),
  engine: text('the name of an engine').optional(),
});
