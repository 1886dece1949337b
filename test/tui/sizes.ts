/** What holds for every view: its keys, and that it paints on any screen and lets nothing harmful through. */
import { expect } from 'vitest';
import { bindingOf } from '../../src/tui/binding.ts';
import { GLOBAL } from '../../src/tui/global-keys.ts';
import type { Context, View } from '../../src/tui/view.ts';
import { type FakeData, FOOT_ROWS, fakeContext, HEAD_ROWS, paintSurface, resized } from './data.ts';

/** Names that would move the cursor, set a title, turn the direction, or fill more than their cells. */
export const HOSTILE = '\u001b]0;title\u0007\u009b2J\u202edlrow\u2028e\u0301\u0301\u0301\u0301\u0301\u{1f600}漢字';

export const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** No key twice, none that means something everywhere, each with a help. */
export function expectSoundBindings<S>(view: View<S>): void {
  const keys = view.bindings.flatMap((binding) => binding.keys);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.filter((key) => bindingOf([GLOBAL.filter(({ yields }) => yields !== true)], key) !== undefined)).toEqual(
    [],
  );
  const actions = view.bindings.map(({ action }) => action);
  expect(new Set(actions).size).toBe(actions.length);
  expect(view.bindings.filter(({ help }) => help === '')).toEqual([]);
}

const SIZES: ReadonlyArray<readonly [number, number]> = [1, 5, 11, 15, 24, 50].flatMap((rows) =>
  [1, 20, 59, 60, 80, 99, 120, 160, 200, 300].map((cols) => [cols, rows + HEAD_ROWS + FOOT_ROWS] as const),
);

/**
 * Follows, acts and paints on screens of all sizes, with glyphs and in ASCII: nothing is thrown, nothing harmful is in a
 * cell, nothing is painted outside the body.
 */
export function expectPaintsEverywhere<S>(view: View<S>, data: FakeData, stateOf: (context: Context) => S): void {
  for (const isAscii of [false, true]) {
    const context = fakeContext(data, { look: { isAscii } });
    for (const [cols, rows] of SIZES) {
      const sized = resized(context, cols, rows);
      const state = view.follow(stateOf(sized), sized);
      const surface = paintSurface(view, state, sized, cols, rows);
      const harmful = HARMFUL.exec(surface.chars.join(''));
      expect(harmful?.[0].codePointAt(0), `${cols}x${rows}`).toBeUndefined();
      const lines = surface.lines();
      expect([...lines.slice(0, HEAD_ROWS), ...lines.slice(rows - FOOT_ROWS)].join('').trim()).toBe('');
      for (const kind of ['click', 'wheelup', 'wheeldown'] as const) {
        for (let y = 0; y < rows; y += 3) view.mouse(state, { kind, x: Math.floor(cols / 2), y }, sized);
      }
    }
  }
}
