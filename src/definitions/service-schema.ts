/** The key `service` of a stage file. */

import { z } from 'zod';
import type { ServiceDefinition } from '../model/definition.ts';
import { duration, expected, integer, mapping, size } from './shapes.ts';
import { isRecord } from './source.ts';

const FACTOR = expected('a number from 1 to 100');
const SERVICE = expected('true, or a mapping such as {most: 1000, memory: 2g}');

const serviceKeys = mapping(
  {
    restart: mapping({
      first: duration(1).optional(),
      factor: z.number(FACTOR).min(1, FACTOR).max(100, FACTOR).optional(),
      most: duration(1).optional(),
    }).optional(),
    most: integer(1, 1_000_000_000).optional(),
    age: duration(1).optional(),
    memory: size().optional(),
    start: duration(1).optional(),
    stop: duration().optional(),
    cancel: z.boolean(expected('true or false')).optional(),
  },
  (input) => SERVICE.error({ input }),
);

/** `true` is a service with nothing told, `false` is none. */
export const serviceShape = z.preprocess(
  (value) => (value === true ? {} : value === false ? undefined : value),
  serviceKeys.optional(),
);

const FIRST_MS = 1_000;
const MOST_MS = 60_000;
const STOP_MS = 5_000;

export function serviceOf(data: z.output<typeof serviceShape>): ServiceDefinition | undefined {
  if (data === undefined) return undefined;
  const firstMs = data.restart?.first ?? FIRST_MS;
  return {
    restart: {
      firstMs,
      factor: data.restart?.factor ?? 2,
      mostMs: data.restart?.most ?? Math.max(MOST_MS, firstMs),
    },
    most: data.most,
    ageMs: data.age,
    memoryBytes: data.memory,
    startMs: data.start,
    stopMs: data.stop ?? STOP_MS,
    cancel: data.cancel ?? false,
  };
}

/** On the plain data: its templates are checked even where the shape is wrong. */
export function isService(data: Readonly<Record<string, unknown>>): boolean {
  return data.service === true || isRecord(data.service);
}
