import { describe, expect, it } from 'vitest';
import { type OutputState, outputLayer } from '../../../src/tui/layers/output.ts';
import type { LayerSpec } from '../../../src/tui/view.ts';
import { type FakeContextOptions, fakeContext, fakeData } from '../data.ts';
import { Driver } from './drive.ts';

type Spec = Extract<LayerSpec, { name: 'output' }>;

const LINES = Array.from({ length: 100 }, (_, index) => `${index}.\t${'word '.repeat(30)}end ${index}`);

function drive(lines: readonly string[] = LINES, common: FakeContextOptions = {}): Driver<Spec, OutputState> {
  return new Driver(outputLayer, { name: 'output', title: 'slate ls', lines }, fakeContext(fakeData(), common));
}

const first = (driver: Driver<Spec, OutputState>): string => driver.lines()[1]?.slice(2).trim() ?? '';

describe('the output', () => {
  it.each<[string[], string]>([
    [['j'], '1.'],
    [['j', 'k', 'k'], '0.'],
    [['pagedown'], '17.'],
    [['space', 'pageup'], '0.'],
    [['C-d'], '9.'],
    [['C-d', 'C-u'], '0.'],
    [['G'], '82.'],
    [['G', 'j'], '82.'],
    [['G', 'g'], '0.'],
  ])('%j shows line %s first', (keys, wanted) => {
    expect(first(drive().press(...keys))).toMatch(new RegExp(`^${wanted.replace('.', '\\.')} `));
  });

  it('moves sideways up to the end of the widest line', () => {
    const driver = drive().press('right');
    expect(first(driver)).toMatch(/^d word/);
    for (let at = 0; at < 50; at++) driver.press('right');
    expect(first(driver)).toMatch(/end 0/);
    for (let at = 0; at < 50; at++) driver.press('left');
    expect(first(driver)).toMatch(/^0\. /);
  });

  it('wraps', () => {
    const driver = drive().press('w');
    expect(driver.lines()[3]).toContain('end 0');
    expect(driver.press('right').lines()[1]).toContain('0. ');
  });

  it('is moved by the wheel', () => {
    expect(first(drive().mouse('wheeldown', 1, 5))).toMatch(/^3\./);
    expect(first(drive().mouse('wheeldown', 1, 5).mouse('wheelup', 1, 5))).toMatch(/^0\./);
  });

  it('is copied without what a terminal would obey', () => {
    const driver = drive(['a\tb', '\u001b]0;x\u0007']).press('y');
    expect(driver.effects).toEqual([{ kind: 'copy', text: 'a\tb\n\\x1b]0;x\\x07', what: '2 lines' }]);
    const long = drive(Array.from({ length: 12_345 }, () => 'x')).press('y');
    expect(long.effects).toMatchObject([{ kind: 'copy', what: '12,345 lines' }]);
  });

  it.each(['escape', 'q'])('%s closes it', (key) => {
    expect(drive().press(key).isClosed).toBe(true);
  });

  it.each<[string, readonly string[]]>([
    ['output-short', ['j8a20101q', '漢字\u202e', '']],
    ['output-long', LINES],
  ])('screen %s', async (name, lines) => {
    for (const [cols, rows] of [
      [80, 24],
      [120, 32],
    ] as const) {
      const text = `${drive(lines, { cols, rows }).lines(cols, rows).join('\n')}\n`;
      await expect(text).toMatchFileSnapshot(`screens/${name}-${cols}x${rows}.txt`);
    }
  });
});
