import { describe, expect, it } from 'vitest';
import { bodyOf, footerText, healthText, paintHeader } from '../../src/tui/frame.ts';
import { GLOBAL } from '../../src/tui/global-keys.ts';
import { Look } from '../../src/tui/look.ts';
import { Surface } from '../../src/tui/surface.ts';
import { fakeContext, fakeData } from './data.ts';

const look = new Look({ isAscii: false, hasColor: false, showLetters: false });

function header(cols: number, view: 'board' | 'events' = 'board'): string {
  const surface = new Surface(cols, 24);
  paintHeader(surface.canvas, view, fakeContext(fakeData({ entries: [] }), { cols, rows: 24 }));
  return surface.lines()[0] ?? '';
}

describe('the header', () => {
  it.each([60, 70, 80, 100, 200])(
    'tells board, views and health at %i columns, nothing running into another',
    (cols) => {
      const text = header(cols);
      expect(text).toMatch(/^ (slate )?\S+ \[1 Board\]/);
      expect(text).toMatch(/ (LIVE|READING)$/);
      for (const number of [2, 3, 4, 5, 6]) expect(text).toMatch(new RegExp(`[ \\[]${number}[ \\]]`));
    },
  );
});

describe('health', () => {
  const health = { phase: 'live', ageMs: 0, fault: undefined, everyMs: 1000 } as const;
  it.each([
    [health, false, 'LIVE', false],
    [health, true, 'PAUSED', true],
    [{ ...health, phase: 'reading' } as const, false, 'READING', false],
    [{ ...health, phase: 'stale', ageMs: 12_400 } as const, true, 'STALE 12s', true],
    [{ ...health, phase: 'stale', ageMs: 10 } as const, false, 'STALE 1s', true],
  ])('%j', (given, isPaused, text, isBad) => {
    expect(healthText(given, isPaused)).toEqual({ text, isBad });
  });
});

describe('the footer', () => {
  const bindings = [
    { keys: ['a'], action: 'one', help: 'one', label: 'first thing' },
    { keys: ['b'], action: 'two', help: 'two', label: 'second thing', mutates: true as const },
    { keys: ['c'], action: 'three', help: 'three' },
  ];

  it('keeps help and quit however narrow it is', () => {
    for (const cols of [20, 30, 60, 200]) {
      const text = footerText([bindings, GLOBAL], cols, look, false);
      expect(text.length).toBeLessThanOrEqual(cols);
      expect(text).toContain('? help');
      expect(text).toContain('q quit');
    }
  });

  it('does not offer what a reader may not do', () => {
    expect(footerText([bindings, GLOBAL], 200, look, false)).toContain('b second thing');
    expect(footerText([bindings, GLOBAL], 200, look, true)).not.toContain('second thing');
  });
});

it('the body is what header and footer leave', () => {
  expect(bodyOf(80, 24)).toEqual({ x: 0, y: 3, width: 80, height: 20 });
});
