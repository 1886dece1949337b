import { describe, expect, it } from 'vitest';
import { width } from '../../src/model/text.ts';
import { LEAST_COLS, paintHeader } from '../../src/tui/frame.ts';
import { Surface } from '../../src/tui/surface.ts';
import { headOf, tabAt } from '../../src/tui/tabs.ts';
import { VIEWS, type ViewName } from '../../src/tui/view.ts';
import { fakeContext, fakeData } from './data.ts';

function header(cols: number, view: ViewName = 'board', name = 'hst'): string {
  const surface = new Surface(cols, 24);
  paintHeader(surface.canvas, view, fakeContext(fakeData({ entries: [], name }), { cols, rows: 24 }));
  return surface.lines()[0] ?? '';
}

describe('the tabs', () => {
  it.each([
    ['hst', 200, ' slate hst  1 Board  2 Stages  3 Procs  4 Charts [5 Events] 6 Hosts  7 Jobs '],
    [
      'hst-association',
      200,
      ' slate hst-association  1 Board  2 Stages  3 Procs  4 Charts [5 Events] 6 Hosts  7 Jobs ',
    ],
    ['hst-association', 100, ' slate hst-association  1 Board 2 Stages 3 Procs 4 Charts [5 Events] 6 Hosts 7 Jobs '],
    ['hst', 90, ' slate hst  1 Board 2 Stages 3 Procs 4 Charts [5 Events] 6 Hosts 7 Jobs '],
    ['hst', 80, ' hst  1 Board 2 Stages 3 Procs 4 Charts [5 Events] 6 Hosts 7 Jobs '],
    ['hst-association', 90, ' hst-associat…  1 Board 2 Stages 3 Procs 4 Charts [5 Events] 6 Hosts 7 Jobs '],
    ['mosaic', 80, ' mosaic  1 Board 2 Stage 3 Proc 4 Chart [5 Event] 6 Host 7 Jobs '],
    ['hst-association', 80, ' hst-ass…  1 Board 2 Stage 3 Proc 4 Chart [5 Event] 6 Host 7 Jobs '],
    ['hst-association', 70, ' slate hst-association  1  2  3  4 [5 Events] 6  7 '],
    ['hst-association', 60, ' hst-association  1 2 3 4 [5 Events] 6 7 '],
  ])('of %s at %i columns', (name, cols, text) => {
    expect(header(cols, 'events', name).slice(0, text.length)).toBe(text);
  });

  it('leave room for the longest health, and are written alike whichever view is at hand', () => {
    for (const name of ['a', 'hst', 'mosaic', 'hst-association', 'x'.repeat(32)]) {
      for (let cols = LEAST_COLS; cols <= 220; cols++) {
        const heads = VIEWS.map((here) => headOf(name, cols, here));
        expect(new Set(heads.map(({ title }) => title)).size).toBe(1);
        for (const { title, tabs } of heads) {
          const ends = [1 + width(title), ...tabs.map(({ x, text }) => x + text.length)];
          expect(tabs.every(({ x }, index) => x > (ends[index] ?? 0))).toBe(true);
          expect((ends.at(-1) ?? 0) + 1 + ' STALE 12m30s'.length).toBeLessThanOrEqual(cols);
        }
      }
    }
  });

  it.each([
    ['hst', 120],
    ['hst-association', 80],
    ['hst', 60],
  ])('can be clicked where they stand: %s at %i columns', (name, cols) => {
    const text = header(cols, 'board', name);
    expect(VIEWS.map((_view, index) => tabAt(text.search(`[ [\\[]${index + 1}`) + 1, name, cols, 'board'))).toEqual(
      VIEWS,
    );
    expect(tabAt(2, name, cols, 'board')).toBeUndefined();
  });
});
