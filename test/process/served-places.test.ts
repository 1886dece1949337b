/** How many steps and jobs a stage process has at a time, by where its stages run. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createBoard } from '../../src/board/board.ts';
import { loadPipeline } from '../../src/definitions/definitions.ts';
import { ServedStages } from '../../src/process/stages.ts';
import { makeHome, writeStage } from '../helpers/home.ts';

const ON = (engine: string): string => `command: [/bin/true]\nengine: ${engine}`;

function served(engines: Readonly<Record<string, string>>, names = Object.keys(engines)): [ServedStages, string] {
  const home = makeHome(Object.fromEntries(Object.entries(engines).map(([name, engine]) => [name, ON(engine)])));
  fs.writeFileSync(
    join(home, 'engines.yaml'),
    'engines:\n  one: {kind: slurm, most: 30}\n  two: {kind: pbs, most: 2000}\n',
  );
  const board = createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  return [new ServedStages(board, names, new Set(), () => undefined), home];
}

test.each<[string, Record<string, string>, number, [slots: number, jobs: number], string]>([
  ['on this host', { a: 'local' }, 4, [1, 1000], '4 slots'],
  ['as jobs', { a: 'one' }, 4, [30, 4], '4 slots'],
  ['as jobs of two engines', { a: 'one', b: 'two', c: 'one' }, 4, [2000, 4], '4 slots'],
  ['both here and as jobs', { a: 'local', b: 'two', c: 'two' }, 4, [1, 2000], '4 slots, and jobs of two'],
  ['both, of two engines', { a: 'one', b: 'two', c: 'local' }, 4, [1, 2030], '4 slots, and jobs of one, two'],
])('stages that run %s', (_, engines, told, [slots, jobs], text) => {
  const [stages] = served(engines);
  expect([stages.defaultSlots, stages.jobSlots(told), stages.text(told)]).toEqual([
    slots,
    jobs,
    `stages ${Object.keys(engines).join(', ')}, ${text}`,
  ]);
});

test('where a stage runs is read anew with its file', () => {
  const [stages, home] = served({ a: 'one', b: 'local' }, ['a']);
  expect([stages.isAway(0), stages.places, stages.defaultSlots]).toEqual([true, { here: false, away: true }, 30]);
  writeStage(home, 'a', ON('local'));
  stages.reload();
  expect([stages.isAway(0), stages.places, stages.defaultSlots]).toEqual([false, { here: true, away: false }, 1]);
});
