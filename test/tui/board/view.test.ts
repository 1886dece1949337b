import { beforeAll, describe, expect, it } from 'vitest';
import { runKey } from '../../../src/board/rows.ts';
import { paintCondition, paintSummary } from '../../../src/tui/board/summary.ts';
import { type BoardState, boardView } from '../../../src/tui/board/view.ts';
import { Surface } from '../../../src/tui/surface.ts';
import type { Context } from '../../../src/tui/view.ts';
import {
  type FakeContextOptions,
  type FakeData,
  fakeContext,
  fakeData,
  keyOf,
  paintLines,
  paintSurface,
  resized,
} from '../data.ts';
import { ENTRIES, FAILED, manyEntries, RUNNING, smallBoard } from './fixtures.ts';

const ESC = String.fromCharCode(27);

function stateAfter(context: Context, ...actions: readonly string[]): BoardState {
  return actions.reduce(
    (state, action) => boardView.act(state, action, context).state,
    boardView.follow(boardView.initial, context),
  );
}

/** The two lines above the body, and the body. */
function screen(
  data: FakeData,
  cols: number,
  rows: number,
  actions: readonly string[],
  options: FakeContextOptions = {},
) {
  const context = resized(fakeContext(data, options), cols, rows);
  const state = stateAfter(context, ...actions);
  const head = new Surface(cols, 2);
  paintSummary(head.canvas.part(0, 0, cols, 1), context);
  paintCondition(head.canvas.part(0, 1, cols, 1), context, state.list.marks.size);
  return [...head.lines(), ...paintLines(boardView, state, context)];
}

const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('screens', () => {
  const steps = ['down', 'mark', 'down', 'mark', 'down', 'down'];
  it.each([
    ['80x24', 80, 24, steps, {}],
    ['120x32', 120, 32, steps, {}],
    ['200x50', 200, 50, steps, {}],
    ['80x24-log', 80, 24, [...steps, 'tabNext'], {}],
    ['80x24-files', 80, 24, [...steps, 'tabNext', 'tabNext', 'focus', 'zoom'], {}],
    ['80x24-history', 80, 24, [...steps, 'tabBefore', 'focus', 'zoom'], {}],
    ['80x24-ascii', 80, 24, steps, { look: { isAscii: true } }],
    ['80x24-letters', 80, 24, ['detail'], { look: { showLetters: true } }],
    ['80x24-aside', 80, 24, ['detail', 'right', 'right'], {}],
    ['60x15', 60, 15, steps, {}],
  ] as const)('are as they were: %s', async (name, cols, rows, actions, options) => {
    const lines = screen(smallBoard(), cols, rows, actions, options);
    expect(lines.every((line) => line.length <= cols)).toBe(true);
    await expect(text(lines)).toMatchFileSnapshot(`screens/${name}.txt`);
  });

  it.each([
    [80, 24],
    [120, 32],
    [200, 50],
  ])('of a board with many entries: %dx%d', async (cols, rows) => {
    const entries = manyEntries(2000);
    const data = fakeData({ entries, filter: '-state:done', sort: { key: 'age', reverse: true } });
    const lines = screen(data, cols, rows, ['pageDown', 'pageDown', 'detail']);
    await expect(text(lines)).toMatchFileSnapshot(`screens/many-${cols}x${rows}.txt`);
  });
});

describe('a board with 200,000 entries', () => {
  let data: FakeData;
  beforeAll(() => {
    data = fakeData({ entries: manyEntries(200_000) });
  });

  it.each([
    [80, 24],
    [200, 50],
  ])('is read only where it is shown: %dx%d', (cols, rows) => {
    const context = resized(fakeContext(data), cols, rows);
    const state = stateAfter(context, 'last', 'pageUp');
    data.entries.reads = 0;
    const lines = paintLines(boardView, state, context, cols, rows);
    expect(lines.filter((line) => line.includes('j1')).length).toBeGreaterThan(8);
    expect(data.entries.reads).toBeGreaterThan(8);
    expect(data.entries.reads).toBeLessThan(4 * rows);
  });

  it('is read only where it is shown by keys that move, and when the data has changed', () => {
    const context = resized(fakeContext(data), 200, 50);
    let state = stateAfter(context, 'last');
    for (const action of ['up', 'pageUp', 'first', 'pageDown', 'mark', 'range', 'focus', 'down', 'right', 'zoom']) {
      data.entries.reads = 0;
      state = boardView.act(state, action, context).state;
      expect([action, data.entries.reads < 250]).toEqual([action, true]);
    }
    data.entries.reads = 0;
    boardView.follow(state, context);
    expect(data.entries.reads).toBeLessThan(250);
  });
});

describe('where there is nothing to be seen', () => {
  it.each([
    ['no entries', fakeData(), 'no entries yet: slate post DATASET puts one on the board'],
    ['the filter', fakeData({ entries: ENTRIES, filter: 'nobody' }), 'no entry matches; \\ clears the filter'],
    ['both', fakeData({ filter: 'nobody' }), 'no entries yet: slate post DATASET puts one on the board'],
    ['reading', fakeData({ health: { phase: 'reading' } }), 'reading the board …'],
    [
      'reading with a filter',
      fakeData({ entries: ENTRIES, filter: 'nobody', health: { phase: 'reading' } }),
      'reading the board …',
    ],
    [
      'unreadable',
      fakeData({ health: { phase: 'stale', fault: 'EIO' } }),
      "the board can't be read, and has not been read before",
    ],
  ])('it says what to do: %s', (_, data, wanted) => {
    expect(paintLines(boardView, boardView.initial, fakeContext(data)).join('\n')).toContain(wanted);
  });

  it('keys do nothing', () => {
    const context = fakeContext(fakeData());
    for (const { action } of boardView.bindings) {
      const state = boardView.follow(boardView.initial, context);
      expect(() => paintLines(boardView, boardView.act(state, action, context).state, context)).not.toThrow();
    }
  });
});

describe('columns', () => {
  const heads = (data: FakeData, cols: number): string =>
    (paintLines(boardView, boardView.initial, fakeContext(data), cols, 24)[0] ?? '').trim().replaceAll(/\s+/g, ' ');

  it('go where there is no room: HOST, CLASS, RANK, TRY', () => {
    const data = smallBoard({ sort: { key: 'age', reverse: false } });
    expect(heads(data, 120)).toBe('ENTRY STAGES AT STATE AGE▼ TRY RANK CLASS HOST NOTE …');
    expect(heads(data, 99)).toBe('ENTRY STAGES AT STATE AGE▼ TRY RANK CLASS NOTE …');
    expect(heads(data, 80)).toBe('ENTRY STAGES AT STATE AGE▼ TRY RANK NOTE …');
    expect(heads(data, 74)).toBe('ENTRY STAGES AT STATE AGE▼ TRY NOTE …');
    expect(heads(data, 66)).toBe('ENTRY STAGES AT STATE AGE▼ NOTE …');
  });

  it.each([
    ['rank', false, 'RANK▼'],
    ['age', true, 'AGE▲'],
    ['entry', false, 'ENTRY▼'],
    ['state', false, 'STATE▼'],
    ['stage', true, 'AT▲'],
    ['try', false, 'TRY▼'],
    ['class', false, 'CLASS▼'],
  ] as const)('carry the arrow of the order: %s', (key, reverse, wanted) => {
    const head = heads(smallBoard({ sort: { key, reverse } }), 160);
    expect(head).toContain(wanted);
    expect(head.match(/[▲▼]/g)).toHaveLength(1);
  });

  it('come back with the arrow keys', () => {
    const context = fakeContext(smallBoard());
    const line = (state: BoardState): string => paintLines(boardView, state, context)[3] ?? '';
    const start = stateAfter(context, 'detail');
    let state = start;
    for (let press = 0; press < 20; press++) state = boardView.act(state, 'right', context).state;
    expect(paintLines(boardView, state, context)[0]).toMatch(/^ {3}ENTRY +….*HOST +NOTE$/);
    expect(paintLines(boardView, state, context)[8]).toContain('waiting to be tried again after 2 failed tries');
    expect(line(state)).toContain('j8a2010bq');
    for (let press = 0; press < 20; press++) state = boardView.act(state, 'left', context).state;
    expect(line(state)).toBe(line(start));
    // On a wide screen there is nothing to scroll to.
    const wide = resized(context, 200, 24);
    const wideState = stateAfter(wide, 'detail');
    expect(boardView.act(wideState, 'right', wide).state).toBe(wideState);
  });

  it('do not shrink while the list is scrolled', () => {
    const entries = [...ENTRIES.slice(0, 4), ...manyEntries(100)];
    const context = fakeContext(fakeData({ entries, sort: { key: 'entry', reverse: true } }), { rows: 15 });
    const first = paintLines(boardView, stateAfter(context), context)[0];
    expect(paintLines(boardView, stateAfter(context, 'last'), context)[0]).toBe(first);
  });

  it('show what tells entries apart where their names are too long', () => {
    const names = Array.from(
      { length: 40 },
      (_, at) => `observation_of_a_far_galaxy_${at + 10}_with_a_camera_of_the_telescope`,
    );
    const entries = names.map((name) => `queue/50.20261121T120000.w____.000.acs.${name}`);
    const lines = paintLines(boardView, boardView.initial, fakeContext(fakeData({ entries })), 80, 24);
    const shown = lines.slice(1, 10).map((line) => line.slice(3, line.indexOf('  ○')));
    expect(new Set(shown).size).toBe(9);
    expect(shown[0]).toContain('10');
    expect(shown.every((name) => name.includes('…'))).toBe(true);
  });

  it('have one cell for each of many stages', () => {
    const stages = Array.from({ length: 32 }, (_, at) => `s${at + 1}`);
    const letters = `${'c'.repeat(30)}p_`;
    const entries = [`active/50.20261121T120000.${letters}.031.acs.x@31-k3f1-31-1`];
    const line = paintLines(boardView, boardView.initial, fakeContext(fakeData({ stages, entries })), 120, 24)[1];
    expect(line).toContain(`${'✓'.repeat(30)}▶·`);
  });
});

describe('text of foreign origin', () => {
  const nasty = `${ESC}]0;title\u0007\u009b2J\u202enode\n\r望遠鏡😀`;
  it('can neither move the cursor nor break a row', () => {
    const key = keyOf(RUNNING);
    const story = {
      posted: '20261121T135000',
      entry: undefined,
      params: { [nasty]: nasty, more: { deep: nasty } },
      paramsFault: nasty,
      tries: [
        {
          stage: nasty,
          epoch: 3,
          process: nasty,
          host: nasty,
          started: nasty,
          ended: nasty,
          outcome: nasty,
          reason: nasty,
        },
      ],
      acts: [{ t: nasty, event: 'hold' as const, host: nasty, by: nasty, reason: nasty }],
    };
    const data = smallBoard({
      filter: 'j8a20103q',
      processes: [{ id: 'k3f1', host: nasty, stages: [nasty] }],
      stories: { j8a20103q: { kind: 'story', stories: [story] } },
      logTails: { [key]: [nasty, `ERROR ${nasty}`, 'x'.repeat(2_000_000)] },
      files: { [key]: [{ path: nasty, bytes: 1, kind: 'log', note: nasty }] },
      stages: ['verify', 'calibrate', 'detect', 'preview', { stage: 'archive', title: nasty, after: ['preview'] }],
      health: { phase: 'live' },
    });
    for (const cols of [60, 80, 120, 200]) {
      const context = resized(fakeContext(data), cols, 40);
      for (let tab = 0; tab < 4; tab++) {
        const state = stateAfter(context, ...new Array<string>(tab).fill('tabNext'));
        const surface = paintSurface(boardView, state, context);
        const all = surface.chars.join('');
        expect(all).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
        expect(all).toContain('\\x1b');
        for (const [at, char] of surface.chars.entries()) {
          // The second half of a wide character stands behind its first.
          if (char === '') expect(surface.chars[at - 1]).toMatch(/[望遠鏡😀]/u);
        }
      }
    }
  });
});

it('keeps its columns in line beside a host with an ugly name', () => {
  const data = smallBoard({ filter: 'process:k3f1', processes: [{ id: 'k3f1', host: `a${ESC}b` }] });
  const lines = paintLines(boardView, boardView.initial, fakeContext(data), 200, 50);
  expect(lines[1]).toContain('a\\x1bb');
  expect(lines[1]?.indexOf('k3f1, a2b4')).toBe(lines[0]?.indexOf('NOTE'));
});

describe('the cursor', () => {
  it('stays on its entry when the rows move, and the marks stay with theirs', () => {
    const before = fakeContext(smallBoard());
    const state = stateAfter(before, 'down', 'down', 'mark', 'down');
    const key = state.list.cursor;
    const moved = fakeContext(smallBoard({ sort: { key: 'entry', reverse: true } }));
    const next = boardView.follow(state, moved);
    expect(next.list.cursor).toBe(key);
    expect(runKey(moved.data.entries.at(next.list.index) ?? never())).toBe(key);
    expect([...next.list.marks]).toEqual([...state.list.marks]);
    const row = paintLines(boardView, next, moved).find((line) => line.startsWith(' ▸'));
    expect(row).toContain(key?.split(' ')[0]);
  });

  it('is seen without colour, and marks are', () => {
    const context = fakeContext(smallBoard(), { look: { hasColor: false } });
    const surface = paintSurface(boardView, stateAfter(context, 'mark', 'mark', 'up'), context);
    const lines = surface.lines().slice(3);
    expect(lines.slice(1, 4).map((line) => line.slice(0, 2))).toEqual(['* ', '*▸', '  ']);
    expect(surface.lines().join('\n')).toContain('✗ FAILED');
  });
});

function never(): never {
  throw new Error('there is no such entry');
}

it('tells of all stages, however many they are', () => {
  const stages = Array.from({ length: 32 }, (_, at) => `s${at + 1}`);
  const entries = [`active/50.20261121T120000.${'c'.repeat(30)}p_.031.acs.x@31-k3f1-31-1`];
  const context = fakeContext(fakeData({ stages, entries }), { rows: 40 });
  const text = paintLines(boardView, stateAfter(context), context, 80, 40).join('\n');
  for (const [at, stage] of stages.entries())
    expect(text).toMatch(new RegExp(`\\b${stage} ${at < 30 ? '✓' : at === 30 ? '▶' : '·'}`));
});

it.each([
  ['queue/50.20261121T120000.w____.000.acs.x', 'tries    none yet'],
  ['queue/50.20261121T120000.ccw__.005.acs.x', 'tries    none in the journals or logs'],
])('tells that no tries are known: %s', (entry, wanted) => {
  const story = {
    posted: '20261121T120000',
    entry: undefined,
    params: {},
    paramsFault: undefined,
    tries: [],
    acts: [],
  };
  const data = fakeData({ entries: [entry], stories: { x: { kind: 'story', stories: [story] } } });
  const context = fakeContext(data, { rows: 40 });
  const lines = paintLines(boardView, stateAfter(context), context, 80, 40);
  expect(lines.map((line) => line.trim().replace(/\s*[│█]$/, ''))).toContain(wanted);
});

it('tells whose child it is, what it has posted, and where parameters come from', () => {
  const at = { board: 'hst', posted: '20261121T120001', letters: undefined };
  const story = {
    posted: '20261121T120000',
    entry: undefined,
    params: { k: 'own' },
    paramsFault: undefined,
    added: [{ stage: 'split', epoch: 1, params: { parts: 2 } }],
    parent: { board: 'hst', dataset: 'night', posted: '20261121T110000', stage: 'deliver', epoch: 3 },
    children: [
      { ...at, dataset: 'x-1', state: 'done' as const, text: 'done' },
      { ...at, dataset: 'x-2', state: 'failed' as const, text: 'failed at detect: exit code 2' },
    ],
    tries: [],
    acts: [],
  };
  const entry = 'queue/50.20261121T120000.w____.000.acs.x';
  const data = fakeData({ entries: [entry], stories: { x: { kind: 'story', stories: [story] } } });
  const context = fakeContext(data, { rows: 40 });
  const lines = paintLines(boardView, stateAfter(context), context, 100, 40).map((line) => line.trim());
  const told = lines.map((line) => line.replace(/\s*[│█]$/, ''));
  expect(told).toContainEqual(
    expect.stringMatching(/^parent +deliver\.003 of (hst:)?night, posted 2026-11-21 11:00:00/),
  );
  expect(told).toContainEqual(expect.stringMatching(/^children 2: 1 done, 1 failed$/));
  expect(told).toContainEqual(expect.stringMatching(/^(hst:)?x-2 {2}failed at detect: exit code 2$/));
  expect(told).toContainEqual(expect.stringMatching(/^param +parts = 2 {2}\(split\.001\)$/));
  expect(told).toContainEqual(expect.stringMatching(/^param +k = own$/));
});

it('tells what failed where it failed', () => {
  const context = fakeContext(smallBoard({ filter: 'j8a20101q' }));
  const lines = paintLines(boardView, stateAfter(context), context);
  expect(lines.join('\n')).toContain('✗ FAILED at detect: exit code 2');
  expect(lines.join('\n')).toContain('why      bad header NAXIS');
  expect(keyOf(FAILED)).toBe('j8a20101q 20261121T120000');
});
