import { describe, expect, it } from 'vitest';
import type { Binding } from '../../../src/tui/binding.ts';
import { type MenuState, menuLayer } from '../../../src/tui/layers/menu.ts';
import type { LayerSpec } from '../../../src/tui/view.ts';
import { type FakeContextOptions, fakeContext, fakeData, resized } from '../data.ts';
import { Driver } from './drive.ts';

type Spec = Extract<LayerSpec, { name: 'menu' }>;

const BINDINGS: readonly Binding[] = [
  { keys: ['enter', 'd'], action: 'detail', help: 'its details' },
  { keys: ['l'], action: 'log', help: 'its log' },
  { keys: ['H'], action: 'hold', help: 'hold it', mutates: true },
  { keys: ['space'], action: 'mark', help: 'mark it' },
];

function drive(common: FakeContextOptions = {}, bindings = BINDINGS): Driver<Spec, MenuState> {
  return new Driver(menuLayer, { name: 'menu', title: 'j8\u001b[2J', bindings }, fakeContext(fakeData(), common));
}

describe('the menu', () => {
  it.each([
    [['enter'], 'detail'],
    [['down', 'enter'], 'log'],
    [['j', 'j', 'k', 'enter'], 'log'],
    [['G', 'enter'], 'mark'],
    [['down', 'down', 'down', 'down', 'enter'], 'mark'],
    [['H'], 'hold'],
    [['space'], 'mark'],
    [['d'], 'detail'],
  ])('%j does %s', (keys, action) => {
    const driver = drive().press(...keys);
    expect(driver.effects).toEqual([{ kind: 'act', action }]);
    expect(driver.isClosed).toBe(true);
  });

  it.each(['escape', 'q', 'x'])('%s does nothing', (key) => {
    const driver = drive().press(key);
    expect([driver.isClosed, driver.effects]).toEqual([true, []]);
  });

  it('takes no other key', () => {
    const driver = drive().press('z', '1', 'tab');
    expect([driver.isClosed, driver.effects]).toEqual([false, []]);
  });

  it('does not offer what changes the board where nothing may be changed', () => {
    const driver = drive({ isReadOnly: true });
    expect(driver.text).not.toContain('hold it');
    expect(driver.press('H').effects).toEqual([]);
    const none = drive({ isReadOnly: true }, BINDINGS.slice(2, 3));
    expect([none.isClosed, none.effects]).toMatchObject([true, [{ kind: 'toast' }]]);
  });

  it('takes a click on what is shown, and is closed by one beside it', () => {
    const lines = drive().lines();
    const y = lines.findIndex((line) => line.includes('its log'));
    expect(drive().mouse('click', 10, y + 3).effects).toEqual([{ kind: 'act', action: 'log' }]);
    const beside = drive().mouse('click', 10, 3);
    expect([beside.isClosed, beside.effects]).toEqual([true, []]);
    const border = drive().mouse('click', 10, y + 3 + 3);
    expect([border.isClosed, border.effects]).toEqual([false, []]);
  });

  it('scrolls if the screen is too small', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({
      keys: [`f${index + 20}`],
      action: `a${index}`,
      help: `help ${index}.`,
    }));
    const driver = drive({ cols: 60, rows: 15 }, many).press('G');
    expect(driver.text).toContain('help 29.');
    expect(driver.text).not.toContain('help 5.');
    driver.follow(resized(driver.context, 80, 60));
    expect(driver.text).toContain('help 0.');
    const clicked = drive({ cols: 60, rows: 15 }, many).press('G').mouse('click', 10, 12);
    expect(clicked.effects).toEqual([{ kind: 'act', action: 'a29' }]);
    // The lower border, below which more would follow.
    expect(drive({ cols: 60, rows: 15 }, many).mouse('click', 10, 13).effects).toEqual([]);
  });

  it.each([
    [80, 24],
    [120, 32],
  ])('screen %dx%d', async (cols, rows) => {
    const driver = drive().press('down');
    await expect(`${driver.lines(cols, rows).join('\n')}\n`).toMatchFileSnapshot(`screens/menu-${cols}x${rows}.txt`);
  });
});
