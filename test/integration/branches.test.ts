/** Two branches and a join on one dataset: four processes rename the same entry under each other's steps. */
import { expect, test } from 'vitest';
import { doubles, entries, expectProved, journal, list, makeBoard, slateOk, startRun } from '../helpers/home.ts';

const TRUE = 'command: [/bin/true]';

test('1,000 entries with two branches and a join under 4 processes: no branch lost or doubled', async () => {
  const stages = { root: TRUE, left: TRUE, right: TRUE, join: TRUE };
  const columns = [
    '{stage: root}',
    '{stage: left, after: [root]}',
    '{stage: right, after: [root]}',
    '{stage: join, after: [left, right]}',
  ];
  const home = await makeBoard(stages, columns);
  const names = Array.from({ length: 1000 }, (_, index) => `d${String(index).padStart(4, '0')}`);
  await slateOk(home, ['post', '--from', '-', '-q'], names.join('\n'));
  // Each branch has processes of its own, so that both are always under way at once.
  const runs = [
    ['--stage', 'root', '--stage', 'left'],
    ['--stage', 'root', '--stage', 'right'],
    ['--stage', 'left', '--stage', 'join'],
    ['--stage', 'right', '--stage', 'join'],
  ];
  const started = runs.map((stagesOf) => startRun(home, ['--until-idle', '--slots', '2', ...stagesOf]));
  expect(await Promise.all(started.map(({ ended }) => ended)), started.map((run) => run.log()).join('\n')).toEqual([
    0, 0, 0, 0,
  ]);

  const all = entries(home);
  expect(all.filter(({ folder, name }) => folder.startsWith('done/') && name.letters === 'cccc').length).toBe(1000);
  expect(all.length).toBe(1000);
  expect(list(home, 'ids')).toEqual([]);
  const lines = journal(home);
  expect(doubles(lines, 'claim')).toEqual([]);
  for (const stage of Object.keys(stages)) {
    expect(lines.filter((line) => line.event === 'finish' && line.stage === stage).length, stage).toBe(1000);
    expect(
      new Set(lines.filter((line) => line.event === 'claim' && line.stage === stage).map(({ dataset }) => dataset))
        .size,
      stage,
    ).toBe(1000);
  }
  await expectProved(home);
}, 120_000);
