import { describe, expect, it } from 'vitest';
import { HOST_TEXTS, type HostState, hostLayer } from '../../../src/tui/layers/host.ts';
import type { HostAct, LayerSpec } from '../../../src/tui/view.ts';
import { type FakeHost, type FakeProcess, fakeContext, fakeData, fakeWish } from '../data.ts';
import { Driver } from './drive.ts';

type Spec = Extract<LayerSpec, { name: 'host' }>;

const steps = (number: number): NonNullable<FakeProcess['content']> => ({
  busy: number,
  entries: [{ dataset: 'j1', stage: 'detect', epoch: 3, since: '2026-11-21T13:58:02.000Z' }],
});
const PROCESSES: readonly FakeProcess[] = [
  { id: 'k3f1', host: 'node1', content: steps(21) },
  { id: 'dead', host: 'node1', isDead: true, content: steps(40) },
  { id: 'k3f2', host: 'node2', content: steps(2) },
];
const HOSTS: readonly FakeHost[] = [
  { host: 'node1', wishes: [fakeWish('detect=4')] },
  { host: 'node2', agent: 'none', isDown: true },
];

function drive(act: HostAct, hosts: readonly string[], isAll = false): Driver<Spec, HostState> {
  const context = fakeContext(fakeData({ hosts: HOSTS, processes: PROCESSES }));
  return new Driver(hostLayer, { name: 'host', act, hosts, isAll }, context);
}

describe('what is done', () => {
  it.each<[HostAct, string[], HostAct]>([
    ['drain', [], 'drain'],
    ['drain', ['up'], 'start'],
    ['start', ['j', 'k', 'k'], 'start'],
    ['start', ['down', 'down', 'down'], 'stop'],
  ])('%s and %j', (act, keys, wanted) => {
    const driver = drive(act, ['node2']).press(...keys);
    expect(driver.text).toContain(`▸ ${wanted}`);
    driver.press('y');
    expect(driver.effects).toEqual([{ kind: 'host', act: wanted, hosts: ['node2'], reason: undefined }]);
    expect(driver.isClosed).toBe(true);
  });

  it('is told, and the command that does the same', () => {
    for (const text of Object.values(HOST_TEXTS)) expect(drive('start', ['node1']).text).toContain(text);
    const command = (act: HostAct, hosts: readonly string[], isAll?: boolean): string => drive(act, hosts, isAll).text;
    expect(command('start', ['node1'])).toContain('slate up --host node1 --board hst');
    expect(command('drain', ['node1', 'node2'])).toMatch(/slate down --host node1 --board hst[\s\S]*for 1 more/);
    expect(command('stop', ['node1', 'node2'], true)).toContain('slate down --all --now --board hst');
    const driver = drive('drain', ['node1']).press('tab').type('new memory').press('enter', 'y');
    expect(driver.effects).toMatchObject([{ reason: 'new memory' }]);
  });

  it('is told of whom', () => {
    const { text } = drive('stop', ['node1', 'node2', 'gone']);
    expect(text).toContain('node1  agent up, 21 steps running, wanted detect=4');
    expect(text).toContain("node2  down, no agent: 'slate up' there, 2 steps running, wanted nothing");
    expect(text).toContain('gone  no longer known');
  });
});

describe('the answer', () => {
  const many = Array.from({ length: 21 }, (_, index) => `n${index}`);

  it.each<[HostAct, readonly string[], string[], boolean]>([
    ['drain', ['node1'], ['y'], true],
    ['drain', ['node1'], ['enter', 'enter'], false],
    ['drain', ['node1'], ['n'], false],
    ['start', ['node1'], ['escape'], false],
    // Steps that are stopped are counted.
    ['stop', ['node1'], ['y', 'enter'], false],
    ['stop', ['node1'], ['2', '1', 'enter'], true],
    ['stop', ['node2'], ['y'], true],
    ['drain', many, ['y', 'enter'], false],
    ['drain', many, ['2', '1', 'enter'], true],
    // Typed for something else, it is no answer.
    ['stop', ['node1'], ['2', '1', 'up', 'down', 'enter'], false],
  ])('to %s of %j: %j', (act, hosts, keys, isGiven) => {
    expect(drive(act, hosts).press(...keys).effects.length > 0).toBe(isGiven);
  });
});

it.each([
  [80, 24],
  [60, 15],
])('screen %dx%d', async (cols, rows) => {
  const driver = drive('stop', ['node1', 'node2']).press('2');
  await expect(`${driver.lines(cols, rows).join('\n')}\n`).toMatchFileSnapshot(`screens/host-${cols}x${rows}.txt`);
});
