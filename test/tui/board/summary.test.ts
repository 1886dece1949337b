import { describe, expect, it } from 'vitest';
import { width } from '../../../src/model/text.ts';
import { conditionLine, paintCondition, paintSummary, summaryLine } from '../../../src/tui/board/summary.ts';
import type { Data, Past } from '../../../src/tui/data.ts';
import { Surface } from '../../../src/tui/surface.ts';
import type { Context } from '../../../src/tui/view.ts';
import { type FakeContextOptions, type FakeOptions, fakeContext, fakeData } from '../data.ts';
import { ENTRIES } from './fixtures.ts';

/** A board of which only the numbers are told. */
function numbered(states: Partial<Data['entries']['tally']['states']>, options: FakeOptions = {}): Context {
  const context = fakeContext(fakeData(options));
  const all = { queue: 0, active: 0, gather: 0, failed: 0, held: 0, done: 0, removed: 0, ...states };
  const { entries } = context.data;
  const tally = { ...entries.tally, states: all, total: Object.values(all).reduce((sum, value) => sum + value, 0) };
  const told = { tally, causes: [], length: 147, isSorting: false } as unknown as Data['entries'];
  return { ...context, data: { ...context.data, entries: told } };
}

function row(paint: (canvas: Surface['canvas']) => void, cols: number): string {
  const surface = new Surface(cols, 1);
  paint(surface.canvas);
  return surface.lines()[0] ?? '';
}

const LARGE = { queue: 81_204, active: 64, gather: 2, failed: 37, held: 110, done: 122_002 };
const past: Partial<Past> = {
  donePerMinute: 412.4,
  etaMs: (toDo) => (toDo === 81_204 + 64 + 2 ? 11_834_000 : undefined),
  series: () => ({ stepMs: 60_000, endMs: 0, points: Array.from({ length: 60 }, (_, at) => at) }),
};

describe('the board in numbers', () => {
  it.each([
    [
      140,
      ' ○ queue 81,204  ▶ active 64  ◌ gather 2  ✗ FAILED 37  ‖ held 110  ✓ done 122,002  done/min ▁▁▂▃▄▄▅▆▆▇██ 412  ETA 3h17m',
    ],
    [112, ' ○ queue 81,204  ▶ active 64  ◌ gather 2  ✗ FAILED 37  ‖ held 110  ✓ done 122,002  done/min 412  ETA 3h17m'],
    [100, ' ○ queue 81,204  ▶ active 64  ◌ gather 2  ✗ FAILED 37  ‖ held 110  ✓ done 122,002  done/min 412'],
    [80, ' ○ queue 81,204 ▶ active 64 ◌ gather 2 ✗ FAILED 37 ‖ held 110 ✓ done 122,002'],
    [74, ' ○ queue 81.2k ▶ active 64 ◌ gather 2 ✗ FAILED 37 ‖ held 110 ✓ done 122k'],
    [60, ' ○ queue 81.2k ▶ active 64 ◌ gather 2 ✗ FAILED 37 ‖ held 110'],
  ])('fit into %d columns', (cols, wanted) => {
    const context = numbered(LARGE, { past });
    const line = row((canvas) => paintSummary(canvas, context), cols);
    expect(line).toBe(wanted);
    expect(width(line)).toBeLessThanOrEqual(cols);
  });

  it('fit into 80 columns with 200,000 entries', () => {
    const context = numbered({ queue: 100_000, active: 2000, gather: 12, failed: 30_000, held: 7988, done: 60_000 });
    expect(row((canvas) => paintSummary(canvas, context), 80)).toBe(
      ' ○ queue 100k ▶ active 2,000 ◌ gather 12 ✗ FAILED 30k ‖ held 7,988 ✓ done 60k',
    );
  });

  it('tell no rate that is not known, and no time that nobody can tell', () => {
    const text = (more: Partial<Past>): string =>
      summaryLine(numbered({ queue: 1 }, { past: more }), 200)
        .map((part) => part.text)
        .join('');
    expect(text({})).not.toContain('done/min');
    expect(text({ donePerMinute: 0.04 })).toContain('done/min 0.04');
    expect(text({ donePerMinute: 1 })).not.toContain('ETA');
    expect(text({ donePerMinute: 1, etaMs: () => 59_000 })).toContain('ETA <1m');
    expect(text({ donePerMinute: 1, etaMs: () => 30 * 86_400_000 })).toContain('ETA 30d');
    expect(text({ donePerMinute: 0.001, etaMs: () => 13_978 * 86_400_000 })).toMatch(/done\/min <0.01$/);
  });

  it('are none before the first look', () => {
    const context = fakeContext(fakeData({ health: { phase: 'reading' } }));
    expect(row((canvas) => paintSummary(canvas, context), 80)).toBe(' no numbers yet');
  });

  it('tone down what is nought', () => {
    const failed = (number: number): unknown =>
      summaryLine(numbered({ failed: number }), 80).find(({ text }) => text.includes('FAILED'))?.tone;
    expect([failed(0), failed(1)]).toEqual(['dim', 'bad']);
  });
});

describe('the condition', () => {
  const line = (options: FakeOptions, common: FakeContextOptions, marked: number, cols: number): string => {
    const context = fakeContext(fakeData({ entries: ENTRIES, ...options }), common);
    return row((canvas) => paintCondition(canvas, context, marked), cols);
  };

  it.each([
    ['', 0, 80, ' no filter   12 of 12   marked 0   sort age▼'],
    ['state:failed,held', 3, 80, ' FILTER state:failed,held   3 of 12   marked 3   sort age▼'],
    ['state:failed,held', 3, 55, ' FILTER state:failed,held   3 of 12   marked 3'],
    ['state:failed,held -class:xyz -class:abc', 0, 60, ' FILTER state:failed,held -…   3 of 12   marked 0'],
    ['state:failed,held -class:xyz -class:abc', 0, 40, ' FILTER state:failed,held -…   3 of 12'],
  ])('fits: "%s", %d marked, %d columns', (filter, marked, cols, wanted) => {
    const text = line({ filter, sort: { key: 'age', reverse: false } }, {}, marked, cols);
    expect(text).toBe(wanted);
    expect(width(text)).toBeLessThanOrEqual(cols);
  });

  it('tells of marks that are not shown', () => {
    const context = fakeContext(fakeData({ entries: ENTRIES, filter: 'state:failed' }));
    expect(row((canvas) => paintCondition(canvas, context, 1_234, 3), 80)).toBe(
      ' FILTER state:failed   2 of 12   marked 1,234 (3 not shown)   sort rank▼',
    );
  });

  it('says what is wrong with the line that is being typed', () => {
    const fault = "'stat': there is no key 'stat'";
    const common = { filter: { text: 'state:failed', fault } };
    expect(line({ filter: 'state:failed' }, common, 0, 80)).toBe(` FILTER state:failed   2 of 12   ${fault}`);
    const context = fakeContext(fakeData(), { filter: { text: '', fault } });
    const bad = conditionLine(context, 0, 80).find(({ text }) => text.includes('stat'));
    expect(bad?.tone).toBe('bad');
    expect(width(line({}, { filter: { text: '', fault: fault.repeat(9) } }, 0, 60))).toBe(60);
  });

  it('tells that the order is being worked out, and of files that are no entries', () => {
    expect(line({ isSorting: true, foreign: 2 }, { look: { isAscii: true } }, 0, 100)).toBe(
      ' no filter   12 of 12   marked 0   sort rank v (sorting)   2 files are no entry',
    );
    expect(line({ foreign: 1, sort: { key: 'try', reverse: true } }, {}, 0, 100)).toContain(
      'sort try▲   1 file is no entry',
    );
  });
});
