/** The shape of `engines.yaml`. */
import { z } from 'zod';
import { ENGINE_KINDS } from '../model/engine.ts';
import { choice, duration, expected, integer, mapping, matching, text } from './shapes.ts';

export const ENGINE_NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/** Relative, below the home. */
const HOME_PATH = /^(?!\/)(?!(?:.*\/)?\.{0,2}(?:\/|$))[^\p{Cc}]+$/u;

/** What goes to a command line as one word. */
const word = text('a word').regex(/^\S+$/, 'is no single word');

export const engineShape = mapping({
  kind: choice(ENGINE_KINDS).optional(),
  partition: word.optional(),
  account: word.optional(),
  walltime: duration(1_000).optional(),
  options: z.array(text('an option, such as --qos=normal'), expected('a list of options')).default([]),
  setup: text('lines of shell').default(''),
  template: text('a file in the home')
    .regex(HOME_PATH, "must be a path in the home without '..', such as templates/job.sh")
    .optional(),
  most: integer(1, 100_000).default(1_000),
  array: integer(1, 10_000).default(100),
  site: text('the name of a site').optional(),
  poll: duration(100).default(5_000),
});

export type EngineShape = z.output<typeof engineShape>;

export const enginesShape = mapping({
  engines: z.record(
    matching(ENGINE_NAME, 'the name of an engine: a small letter, then up to 31 of a-z 0-9 _ -'),
    engineShape,
    expected('a mapping of names to engines, such as {cluster: {kind: slurm}}'),
  ),
});
