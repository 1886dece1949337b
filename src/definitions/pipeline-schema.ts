/** The shape of `pipelines/<name>.yaml`. */

import { z } from 'zod';
import {
  choice,
  duration,
  durationOrNever,
  expected,
  integer,
  limitName,
  line,
  mapping,
  matching,
  rankTemplate,
  STAGE_NAME,
  size,
  stageName,
  text,
  textOrList,
} from './shapes.ts';
import { timerShape } from './timer.ts';

const DAY = 24 * 60 * 60 * 1000;

const landing = mapping({
  folder: text('a folder').min(1, 'is empty'),
  match: textOrList(
    matching(/^[^/]+$/, "a pattern of file names, without '/'"),
    "a pattern of file names, such as '*.fits', or a list of them",
  ).refine((list) => list.length > 0, 'names no pattern'),
  dataset: text('a template that makes the dataset from the file, such as {{ name }}').min(1, 'is empty'),
  class: text().default('-'),
  rank: rankTemplate.default('50'),
  params: z.record(z.string(), text(), expected('a mapping of parameters to templates')).default({}),
  pattern: text('a regular expression').max(500, 'is longer than 500 characters').optional(),
  complete: mapping({
    stableFor: duration().optional(),
    checksum: choice(['sha256', 'md5']).optional(),
    signal: matching(/^[^/]+$/, "the end of a file name, such as '.done'").optional(),
  }).optional(),
});

export const retentionDefaults = {
  done: 30 * DAY,
  removed: 30 * DAY,
  logs: 30 * DAY,
  products: undefined,
  scratch: 7 * DAY,
  journal: 90 * DAY,
} as const;

export const pipelineShape = mapping({
  pipeline: matching(STAGE_NAME, 'a name: a small letter, then up to 31 of a-z 0-9 _ -'),
  title: line(100).optional(),
  stages: z
    .array(
      mapping(
        {
          stage: stageName,
          after: textOrList(stageName, 'a list of stages').optional(),
          title: line(40).optional(),
        },
        (input) =>
          typeof input === 'string' && STAGE_NAME.test(input)
            ? `is a name alone; write - stage: ${input} (stages is a list of mappings)`
            : undefined,
      ),
      expected('a list of stages, such as - stage: verify'),
    )
    .min(1, 'names no stage')
    .max(32, {
      error: ({ input }) =>
        `has ${Array.isArray(input) ? input.length : 'more'} stages; an entry's name has room for 32`,
    }),
  inFlight: integer(1, 1_000_000).default(2000),
  durability: choice(['posts', 'strict', 'none']).default('posts'),
  landing: z.array(landing, expected('a list of landing zones')).default([]),
  transaction: z.boolean(expected('true or false')).default(false),
  timers: z.array(timerShape, expected('a list of timers')).default([]),
  limits: z
    .record(limitName, integer(0, 100_000), expected('a mapping of limits to numbers, such as {database: 3}'))
    .default({}),
  free: size(0).optional(),
  engine: text('the name of an engine').optional(),
  retention: mapping({
    done: durationOrNever().optional(),
    removed: durationOrNever().optional(),
    logs: durationOrNever().optional(),
    products: durationOrNever().optional(),
    scratch: durationOrNever().optional(),
    journal: durationOrNever().optional(),
  }).optional(),
});
