import { describe, expect, it } from 'vitest';
import { ORDERS, type Order } from '../../../src/model/name.ts';
import { ORDER_TEXTS, type OrderState, orderLayer } from '../../../src/tui/layers/order.ts';
import type { LayerSpec } from '../../../src/tui/view.ts';
import { type FakeProcess, fakeContext, fakeData } from '../data.ts';
import { Driver } from './drive.ts';

type Spec = Extract<LayerSpec, { name: 'order' }>;

const steps = (number: number): NonNullable<FakeProcess['content']> => ({
  entries: Array.from({ length: number }, (_, index) => ({
    dataset: `j${index}`,
    stage: 'detect',
    epoch: 3,
    since: '2026-11-21T13:58:02.000Z',
  })),
});
const BUSY: FakeProcess = { id: 'k3f1', host: 'node1', stages: ['detect'], content: steps(21) };
const IDLE: FakeProcess = { id: 'k9aa', host: 'node7', stages: ['calibrate', 'detect'] };
const DEAD: FakeProcess = { id: 'zz99', order: 'lost', isDead: true, content: steps(40) };

function drive(ids: readonly string[], order?: Order): Driver<Spec, OrderState> {
  const data = fakeData({ processes: [BUSY, IDLE, DEAD] });
  return new Driver(orderLayer, { name: 'order', ids, order }, fakeContext(data));
}

describe('the order', () => {
  it.each<[string, Order | undefined, string[], Order]>([
    ['is drain unless told', undefined, [], 'drain'],
    ['is the one asked for', 'run', [], 'run'],
    ['is chosen with arrows', undefined, ['up', 'up'], 'pause'],
    ['is chosen with letters', 'run', ['j', 'j', 'k'], 'pause'],
    ['stays at the ends', 'run', ['up'], 'run'],
  ])('%s', (_, order, keys, wanted) => {
    const driver = drive(['k9aa'], order).press(...keys);
    expect(driver.text).toContain(`▸ ${wanted}`);
    driver.press('y');
    expect(driver.effects).toEqual([{ kind: 'order', ids: ['k9aa'], order: wanted, reason: undefined }]);
    expect(driver.isClosed).toBe(true);
  });

  it('has a reason', () => {
    const driver = drive(['k9aa', 'k3f1']).press('tab').type('new jumper').paste('\n').press('up', 'enter');
    expect(driver.text).toContain("slate order k9aa k3f1 suspend --reason 'new jumper'");
    driver.press('down', 'y');
    expect(driver.effects).toMatchObject([{ order: 'drain', reason: 'new jumper' }]);
  });

  it('tells what each means', () => {
    for (const order of ORDERS) expect(drive(['k9aa']).text).toContain(ORDER_TEXTS[order]);
  });

  it('tells of whom', () => {
    const { text } = drive(['k3f1', 'zz99', 'gone']);
    expect(text).toContain('k3f1  node1  detect  run, 21 steps running');
    expect(text).toContain('found dead: takes no orders');
    expect(text).toContain('gone  no longer there');
  });
});

describe('the answer', () => {
  it('may be the short form that is offered', () => {
    const data = fakeData({ processes: [{ id: 'k3f1', host: 'node1', stages: ['detect'], content: steps(2000) }] });
    const context = fakeContext(data);
    const driver = new Driver(orderLayer, { name: 'order', ids: ['k3f1'], order: 'halt' as const }, context);
    driver.press('1', 'k', 'enter');
    expect(driver.effects).toEqual([]);
    expect(driver.text).toContain('type 2000 or');
    driver.press('backspace', 'backspace', '2', 'k', 'enter');
    expect(driver.effects).toMatchObject([{ order: 'halt' }]);
  });

  it.each<[Order, string[], boolean]>([
    ['drain', ['y'], true],
    ['pause', ['enter', 'enter'], false],
    ['drain', ['n'], false],
    ['drain', ['escape'], false],
    ['drain', ['q'], false],
    ['halt', ['y', 'enter'], false],
    ['halt', ['enter'], false],
    ['halt', ['2', '1', 'enter'], true],
    ['halt', ['2', '0', 'enter'], false],
    ['halt', ['6', '1', 'enter'], false],
    ['suspend', ['2', '1', 'enter'], true],
    ['halt', ['2', 'k', 'enter'], false],
    // Typed for another order, it is no answer.
    ['halt', ['2', '1', 'up', 'up', 'enter'], false],
  ])('to %s of 21 running steps: %j', (order, keys, isGiven) => {
    const driver = drive(['k3f1', 'zz99'], order).press(...keys);
    expect(driver.effects.length > 0).toBe(isGiven);
  });

  it('to halt an idle one is y', () => {
    expect(drive(['k9aa'], 'halt').press('y').effects).toHaveLength(1);
  });

  it('without processes says so', () => {
    const driver = drive([]);
    expect([driver.isClosed, driver.effects]).toMatchObject([true, [{ kind: 'toast', isError: true }]]);
  });
});

it('keeps the chosen order in sight on the smallest screen', () => {
  const driver = drive(['k9aa']).press('down', 'down');
  expect(driver.lines(60, 15).join('\n')).toContain('▸ reload');
});

it.each([
  [80, 24],
  [120, 32],
  [60, 15],
])('screen %dx%d', async (cols, rows) => {
  const driver = drive(['k3f1', 'k9aa', 'zz99'], 'halt').press('2');
  await expect(`${driver.lines(cols, rows).join('\n')}\n`).toMatchFileSnapshot(`screens/order-${cols}x${rows}.txt`);
});
