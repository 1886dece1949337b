import { describe, expect, it } from 'vitest';
import { type ScaleState, scaleLayer } from '../../../src/tui/layers/scale.ts';
import type { LayerSpec, ScaleTarget } from '../../../src/tui/view.ts';
import { fakeContext, fakeData } from '../data.ts';
import { Driver } from './drive.ts';

type Spec = Extract<LayerSpec, { name: 'scale' }>;

const target = (host: string, was: ScaleTarget['was'], more: Partial<ScaleTarget> = {}): ScaleTarget => {
  return { host, was, run: typeof was === 'number' ? was : 0, isDown: false, hasAgent: true, ...more };
};

function drive(targets: readonly ScaleTarget[], more: Partial<Spec> = { by: 1 }): Driver<Spec, ScaleState> {
  const spec: Spec = { name: 'scale', key: 'detect', targets, by: undefined, ...more };
  return new Driver(scaleLayer, spec, fakeContext(fakeData()));
}

describe('the number', () => {
  it.each<[string, ScaleTarget['was'], Partial<Spec>, string[], number]>([
    ['one more', 4, { by: 1 }, [], 5],
    ['one fewer', 4, { by: -1 }, [], 3],
    ['more and more', 4, { by: 1 }, ['+', '+', '-', '+'], 7],
    ['of none', 'none', { by: 1 }, [], 1],
    ['of what contradicts itself, from what runs', 'unclear', { by: 1 }, [], 4],
    ['typed', 4, {}, ['1', '2', 'enter'], 12],
    ['typed, and one more', 4, {}, ['1', '2', 'enter', '+'], 13],
    ['typed over what was asked for', 4, { by: 1 }, ['tab', '0', 'enter'], 0],
    ['as it was before', 4, { to: 2 }, [], 2],
    ['never below none', 1, { by: -1 }, ['-', '-'], 0],
    ['never above the most', 1_020, { by: 1 }, ['+', '+', '+', '+', '+', '+'], 1_024],
  ])('%s', (_, was, more, keys, to) => {
    const driver = drive([target('node3', was, was === 'unclear' ? { run: 3 } : {})], more).press(...keys, 'y');
    expect(driver.effects).toEqual([
      { kind: 'scale', key: 'detect', changes: [{ host: 'node3', was, to }], reason: undefined },
    ]);
    expect(driver.isClosed).toBe(true);
  });

  it.each([
    ['x', ''],
    ['1025', 'a number of slots is 0 (none) to 1024'],
    ['4', 'nothing would change'],
  ])('%s is none', (text, note) => {
    const driver = drive([target('node3', 4)], {})
      .type(text)
      .press('enter', 'y');
    expect(driver.effects).toEqual([]);
    if (note !== '') expect(driver.text).toContain(note);
  });

  it('of several hosts is each its own, unless it is typed', () => {
    const targets = [target('node1', 2), target('node2', 'none'), target('node3', 8)];
    const changes = (driver: Driver<Spec, ScaleState>): unknown =>
      driver
        .press('y')
        .effects.flatMap((effect) => (effect.kind === 'scale' ? effect.changes.map(({ to }) => to) : []));
    expect(changes(drive(targets))).toEqual([3, 1, 9]);
    // What is so already is left alone.
    expect(changes(drive(targets, {}).press('8', 'enter'))).toEqual([8, 8]);
  });
});

describe('the answer', () => {
  const many = Array.from({ length: 21 }, (_, index) => target(`n${index}`, 1));

  it.each<[number, string[], boolean]>([
    [1, ['y'], true],
    [1, ['enter', 'enter'], false],
    [1, ['n'], false],
    [1, ['q'], false],
    [1, ['escape'], false],
    [21, ['y', 'enter'], false],
    [21, ['2', '1', 'enter'], true],
    [21, ['2', '0', 'enter'], false],
  ])('for %d hosts: %j', (hosts, keys, isGiven) => {
    expect(drive(many.slice(0, hosts)).press(...keys).effects.length > 0).toBe(isGiven);
  });

  it('has a reason, and the command that does the same', () => {
    const driver = drive([target('node3', 4)])
      .press('tab', 'tab')
      .type('night run')
      .press('enter');
    expect(driver.text).toContain("slate scale detect=5 --host node3 --reason 'night run' --board hst");
    expect(driver.press('y').effects).toMatchObject([{ reason: 'night run' }]);
  });
});

it('tells what else there is to know of each host', () => {
  const { text } = drive([
    target('node1', 4, { run: 3 }),
    target('node2', 'unclear', { run: 2 }),
    target('node3', 1, { isDown: true }),
    target('node4', 'none', { hasAgent: false }),
  ]);
  expect(text).toContain('node1  4 → 5   (3 run)');
  expect(text).toMatch(/node2 {2}unclear → 3 {3}\(2 run; wishes that contradict each other/);
  expect(text).toMatch(/node3 {2}1 → 2 {3}\(1 run; it is down/);
  expect(text).toMatch(/node4 {2}none → 1 {3}\(0 run; no agent keeps it/);
  expect(text).toContain('and the same for 3 more, each with its --host');
});

it.each([
  [80, 24],
  [60, 15],
])('screen %dx%d', async (cols, rows) => {
  const driver = drive([target('node1', 4, { run: 3 }), target('node2', 'none', { hasAgent: false })]);
  await expect(`${driver.lines(cols, rows).join('\n')}\n`).toMatchFileSnapshot(`screens/scale-${cols}x${rows}.txt`);
});
