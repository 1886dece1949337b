import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { pipelineShape } from '../../src/definitions/pipeline-schema.ts';
import { KEY_DOCS, keysAt } from '../../src/definitions/schema-doc.ts';
import { stageShape } from '../../src/definitions/stage-schema.ts';

/** All keys of a shape, written as in the table. */
function keysOf(schema: z.core.$ZodType, prefix = ''): string[] {
  const { def } = schema._zod as unknown as { def: Record<string, unknown> & { type: string } };
  const inner = (key: string) => def[key] as z.core.$ZodType;
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape as Record<string, z.core.$ZodType>).flatMap(([key, value]) => {
        const name = prefix === '' ? key : `${prefix}.${key}`;
        return [name, ...keysOf(value, name)];
      });
    case 'array':
      return keysOf(inner('element'), `${prefix}[]`);
    case 'record':
      return [`${prefix}.*`];
    case 'optional':
    case 'default':
      return keysOf(inner('innerType'), prefix);
    case 'pipe': {
      const input = keysOf(inner('in'), prefix);
      return input.length > 0 ? input : keysOf(inner('out'), prefix);
    }
    default:
      return [];
  }
}

describe('the table of keys', () => {
  it.each([
    ['pipeline', pipelineShape],
    ['stage', stageShape],
  ] as const)('has each key of a %s file once, and no other', (file, shape) => {
    const table = KEY_DOCS.filter((doc) => doc.file === file).map((doc) => doc.key);
    expect([...table].sort()).toEqual(keysOf(shape).sort());
  });

  it('says what each means', () => {
    for (const doc of KEY_DOCS) expect(doc.meaning.length, doc.key).toBeGreaterThan(5);
  });

  it('knows the keys of each mapping', () => {
    expect(keysAt('pipeline', ['stages', 3])).toEqual(['stage', 'after', 'title']);
    expect(keysAt('stage', ['backoff'])).toEqual(['first', 'factor', 'most']);
    expect(keysAt('pipeline', [])).toEqual([
      'pipeline',
      'title',
      'stages',
      'inFlight',
      'durability',
      'engine',
      'landing',
      'transaction',
      'timers',
      'limits',
      'free',
      'retention',
    ]);
  });
});
