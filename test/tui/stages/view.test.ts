import { describe, expect, test } from 'vitest';
import { Row } from '../../../src/board/rows.ts';
import { compileFilter, filterWords } from '../../../src/model/filter.ts';
import { type CellId, etaMs, GROUPS, stageRows, totalsOf } from '../../../src/tui/stages/matrix.ts';
import { type StagesState, stagesView } from '../../../src/tui/stages/view.ts';
import { bottleneckText, cellText } from '../../../src/tui/stages/words.ts';
import type { Context, Effect } from '../../../src/tui/view.ts';
import { fakeContext, fakeData, HEAD_ROWS, located, NOW_MS, paintLines, paintSurface, resized } from '../data.ts';
import { expectPaintsEverywhere, expectSoundBindings } from '../sizes.ts';

const ENTRIES = [
  'queue w____',
  'queue w____',
  'queue sw___',
  'active 2____',
  'active p____',
  'active cp___',
  'active ce___',
  'active ccwp_',
  'active cc1w_',
  'active ccpc_',
  'gather ccgc_',
  'failed ccfc_ @3-x2',
  'failed ccfc_ @3-x2',
  'failed cf___ @2-t',
  'held cchc_',
  'held h____',
  'done/2026-11-21 ccccc',
  'done/2026-11-21 ccscc',
  'removed/2026-11-21 ccfc_',
].map((line, index) => {
  const [folder = '', letters = '', tag = ''] = line.split(' ');
  const posted = `20261121T${String(8 + (index % 6)).padStart(2, '0')}3000`;
  return `${folder}/50.${posted}.${letters}.003.acs.j8a2${String(index).padStart(4, '0')}${tag}`;
});

const RATES = { claimed: 12.4, done: 11.8, failed: 0.2, retried: 0, lost: 0, p50Seconds: 4.2, p95Seconds: 76 };
const PAST = {
  series: () => ({
    stepMs: 60_000,
    endMs: NOW_MS,
    points: Array.from({ length: 60 }, (_, minute) => (minute < 5 ? undefined : minute % 12)),
  }),
  rates: (stage: string) => (stage === 'detect' ? { ...RATES, done: 0, p50Seconds: undefined } : RATES),
};

type DataOptions = NonNullable<Parameters<typeof fakeData>[0]>;

function context(options: DataOptions = {}, common: Parameters<typeof fakeContext>[1] = {}): Context {
  return fakeContext(fakeData({ entries: ENTRIES, past: PAST, ...options }), common);
}

function started(at: Context, cell: CellId = 'failed'): StagesState {
  return { ...stagesView.follow(stagesView.initial, at), cell };
}

function acts(state: StagesState, at: Context, ...actions: string[]): StagesState {
  return actions.reduce((now, action) => stagesView.act(now, action, at).state, state);
}

function filterOf(effects: readonly Effect[] | undefined): string {
  const effect = effects?.find((one) => one.kind === 'filter');
  return effect?.kind === 'filter' ? effect.text : '';
}

test.each([
  [80, 24],
  [120, 32],
  [200, 50],
  [60, 15],
])('screen %dx%d', async (cols, rows) => {
  const at = resized(context(), cols, rows);
  await expect(`${paintLines(stagesView, started(at), at, cols, rows).join('\n')}\n`).toMatchFileSnapshot(
    `screens/${cols}x${rows}.txt`,
  );
});

test('its keys are sound', () => {
  expectSoundBindings(stagesView);
});

test('it paints on screens of all sizes', () => {
  const stages = Array.from({ length: 32 }, (_, column) => `stage-with-a-long-name-${column}`);
  expectPaintsEverywhere(stagesView, fakeData({ entries: ENTRIES, past: PAST }), (at) => acts(started(at), at, 'last'));
  expectPaintsEverywhere(stagesView, fakeData({ stages, past: PAST }), (at) => acts(started(at), at, 'last'));
});

describe('the numbers', () => {
  test('a cell counts exactly the entries that its filter shows', () => {
    const at = resized(context(), 200, 50);
    const rows = stageRows(at.data);
    let shown = 0;
    for (const [index, row] of rows.entries()) {
      const cells: [CellId, number][] = [
        ...GROUPS.map(({ id }): [CellId, number] => [id, row.counts[id]]),
        ['backlog', row.backlog],
      ];
      for (const [cell, number] of cells) {
        const state = acts(started(at, cell), at, ...Array<string>(index).fill('down'));
        const { effects } = stagesView.act(state, 'open', at);
        const test = compileFilter(filterWords(filterOf(effects)), { stages: at.data.board.stages, nowMs: NOW_MS });
        const found = ENTRIES.map((path) => new Row(located(path))).filter(
          (entry) => entry.state !== 'removed' && test(entry),
        );
        expect(found.length, `${row.stage} ${cell}`).toBe(number);
        expect(effects?.at(-1)).toEqual({ kind: 'view', view: 'board' });
        shown += number;
      }
    }
    // Each entry in each of its columns, and what waits once more as backlog.
    expect(shown).toBe(18 * 5 + totalsOf(rows).backlog);
  });

  test('what waits longest, oldest first on the board', () => {
    const at = context();
    const ages = stageRows(at.data).map(({ oldestMs }) => oldestMs && Math.floor(oldestMs / 60_000));
    // Posted at half past 8, 10, 9 and 10.
    expect(ages).toEqual([332, 212, 272, 212, undefined]);
    const { effects } = stagesView.act(started(at, 'oldest'), 'open', at);
    expect(effects).toEqual([
      { kind: 'filter', text: 'stage:verify state:waiting' },
      { kind: 'set', common: { sort: { key: 'age', reverse: false } } },
      { kind: 'view', view: 'board' },
    ]);
  });

  test('branches are those that do not come after the stage before', () => {
    const stages = [
      { stage: 'a', title: 'A', after: [] },
      { stage: 'b', title: 'B', after: ['a'] },
      { stage: 'c', title: 'C', after: ['a'] },
      { stage: 'd', title: 'D', after: [] },
      { stage: 'e', title: 'E', after: ['c', 'd'] },
    ];
    const rows = stageRows(context({ stages, entries: [] }).data);
    expect(rows.map(({ branch }) => branch)).toEqual([undefined, undefined, ['a'], [], ['c', 'd']]);
  });

  test.each([
    [0, 5, undefined],
    [0, 0, undefined],
    [10, 5, 120_000],
    [10, 0, Number.POSITIVE_INFINITY],
  ])('%d waiting, %d a minute', (backlog, rate, ms) => {
    expect(etaMs(backlog, rate)).toBe(ms);
  });
});

describe('the bottleneck', () => {
  const tell = (options: DataOptions): string => {
    const { data } = context(options);
    return bottleneckText(stageRows(data), data);
  };
  const fast = { past: { ...PAST, rates: (stage: string) => ({ ...RATES, done: stage === 'detect' ? 0.5 : 6 }) } };

  test('is the stage whose backlog takes longest', () => {
    expect(tell(fast)).toBe('slowest: detect, 2 waiting, 0.5/min go out: 4m; then verify 30s, calibrate 10s');
  });

  test('a stage that nothing leaves is worse', () => {
    expect(tell({})).toBe('slowest: detect, 2 waiting, none out in the last hour; then verify 15s, calibrate 5s');
  });

  test.each([
    [{ entries: [] }, "no entry is on the board: 'slate post DATASET' puts one there"],
    [{ entries: ['done/2026-11-21/50.20261121T120000.ccccc.005.acs.x'] }, 'nothing waits at any stage'],
    [{ health: { phase: 'reading' as const } }, 'reading the board'],
    [
      { past: { ...PAST, isComplete: false, progress: 0.43 } },
      'reading the journals: 43 %; rates come when it is done',
    ],
  ])('%j', (options, text) => {
    expect(tell(options)).toBe(text);
  });

  test('no rates are shown while the journals are being read', () => {
    const at = resized(context({ past: { ...PAST, isComplete: false, progress: 0 } }), 120, 32);
    expect(paintLines(stagesView, started(at), at, 120, 32)[1]).toMatch(/ \? +\? +\? /);
  });
});

describe('the cursor', () => {
  test('goes through the cells that stand for entries, and stops at the ends', () => {
    const at = context();
    const seen = [started(at, 'waiting')];
    for (let step = 0; step < 12; step++) seen.push(acts(seen.at(-1) ?? started(at), at, 'right'));
    expect([...new Set(seen.map(({ cell }) => cell))]).toEqual([...GROUPS.map(({ id }) => id), 'backlog', 'oldest']);
    expect(acts(started(at, 'waiting'), at, 'left').cell).toBe('waiting');
  });

  test('is on the first cell where its own has no room', () => {
    const at = resized(context(), 60, 15);
    expect(filterOf(stagesView.act(started(at, 'backlog'), 'open', at).effects)).toBe('stage:verify letter:w');
  });

  test('is seen: the cell is inverse, its row has a mark, a sentence tells it', () => {
    const at = context();
    const state = acts(started(at), at, 'down', 'down');
    const lines = paintLines(stagesView, state, at);
    expect(lines[3]).toMatch(/^▸ detect /);
    expect(lines.at(-2)).toBe(' detect (DET): 2 failed');
    const surface = paintSurface(stagesView, state, at);
    const inverse = [...surface.attrs].flatMap((attr, place) => ((attr >> 18) & 8 ? [surface.chars[place]] : []));
    expect(inverse.join('')).toBe('    2');
  });

  test('a click takes the cell, the wheel the next row', () => {
    const at = context();
    const column = (paintLines(stagesView, started(at), at)[0] ?? '').indexOf('DONE');
    const state = stagesView.mouse(started(at), { kind: 'click', x: column, y: HEAD_ROWS + 2 }, at).state;
    expect([state.list.cursor, state.cell]).toEqual(['calibrate', 'done']);
    const below = stagesView.mouse(state, { kind: 'click', x: column, y: HEAD_ROWS + 6 }, at).state;
    expect(below).toEqual(state);
    const low = resized(at, 80, HEAD_ROWS + 1 + 4);
    expect(stagesView.mouse(started(low), { kind: 'wheeldown', x: 0, y: 0 }, low).state.list.top).toBe(1);
  });
});

test('a cell in words', () => {
  const { data } = context();
  const [verify, , , preview] = stageRows(data);
  if (verify === undefined || preview === undefined) throw new Error('no stage');
  expect(cellText(preview, 'unreached')).toBe('preview (PRV), after calibrate: 9 not come to it yet');
  expect(cellText(verify, 'backlog')).toBe('verify (VER): 3 waiting');
  expect(cellText({ ...verify, oldestMs: undefined }, 'oldest')).toBe('verify (VER): nothing waits here');
  expect(cellText({ ...verify, oldestMs: 3_725_900 }, 'oldest')).toBe(
    'verify (VER): the oldest that waits was posted 1h02m ago',
  );
  expect(cellText({ ...verify, title: 'Verify', branch: [] }, 'done')).toBe(
    'verify, after no other stage: 12 complete',
  );
});
