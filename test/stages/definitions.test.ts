import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './support.ts';

const read = (...path: string[]) => parse(readFileSync(join(ROOT, ...path), 'utf8'));
const PIPELINES = {
  hst: ['verify', 'calibrate', 'detect', 'preview', 'archive'],
  association: ['mosaic', 'merge', 'overview'],
  sao: ['split', 'clean', 'mean', 'daily', 'chart'],
  oco2: ['aggregate', 'submit', 'check', 'upload', 'retrieve', 'download', 'clear', 'statistics', 'quality', 'summary'],
};

it.each(Object.entries(PIPELINES))(
  'the pipeline %s has its stages in order, each after one before it',
  (name, stages) => {
    const pipeline = read('pipelines', `${name}.yaml`);
    expect(pipeline.stages.map(({ stage }: { stage: string }) => stage)).toEqual(stages);
    pipeline.stages.forEach(({ after = [] }: { after?: string[] }, i: number) => {
      for (const parent of after) expect(stages.slice(0, i)).toContain(parent);
    });
  },
);

/** Their steps are the runner's own. */
const TRANSFERS = ['upload', 'download', 'clear'];

it('no stage is without a pipeline, no program without a stage', () => {
  const stages = Object.values(PIPELINES).flat().sort();
  const files = (end: string) =>
    readdirSync(join(ROOT, 'stages'))
      .filter((name) => name.endsWith(end))
      .map((name) => name.slice(0, -end.length))
      .sort();
  expect(files('.yaml')).toEqual(stages);
  expect(files('.ts')).toEqual(stages.filter((stage) => !TRANSFERS.includes(stage)));
});

describe.each(Object.values(PIPELINES).flat())('stages/%s.yaml', (name) => {
  const stage = read('stages', `${name}.yaml`);

  it('uses known keys only', () => {
    const known =
      'stage title description command shell exits retries backoff timeout slots products env classes scratch gather engine cpus memory transfer';
    expect(known.split(' ')).toEqual(expect.arrayContaining(Object.keys(stage)));
    expect(stage).toMatchObject({ stage: name, title: name.slice(0, 3).toUpperCase() });
    // What is taken away leaves nothing, and what is found on a site stays there.
    const leavesNothing = stage.transfer?.remove !== undefined || name === 'retrieve';
    expect(stage.products).toBe(leavesNothing ? undefined : true);
  });
});

const PROGRAMS = Object.values(PIPELINES)
  .flat()
  .filter((name) => !TRANSFERS.includes(name));

describe.each(PROGRAMS)('stages/%s.yaml, which has a program', (name) => {
  const stage = read('stages', `${name}.yaml`);

  it('runs the program that is built from its source', () => {
    expect(stage.command.slice(0, 2)).toEqual(['node', `{{ home }}/dist/stages/${name}.js`]);
    expect(existsSync(join(ROOT, 'stages', `${name}.ts`))).toBe(true);
  });

  it('maps the exit codes that the program may end with', () => {
    expect(stage.exits).toMatchObject({ 0: 'complete', 75: 'retry', default: 'fail' });
    const holds = readFileSync(join(ROOT, 'stages', `${name}.ts`), 'utf8').includes('EXIT.hold');
    expect(stage.exits[3]).toBe(holds ? 'hold' : undefined);
  });
});
