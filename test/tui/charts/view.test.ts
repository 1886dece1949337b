import { describe, expect, test } from 'vitest';
import { type ChartsState, chartsView } from '../../../src/tui/charts/view.ts';
import { METRICS, type Metric, type Past, type Range } from '../../../src/tui/data.ts';
import type { Context } from '../../../src/tui/view.ts';
import { fakeContext, fakeData, HEAD_ROWS, HST, NOW_MS, paintLines, resized } from '../data.ts';
import { expectPaintsEverywhere, expectSoundBindings } from '../sizes.ts';

const SPANS: Readonly<Record<Range, number>> = { '15m': 900, '1h': 3600, '6h': 21_600, '24h': 86_400, '7d': 604_800 };
const SCALES: Readonly<Record<Metric, number>> = { throughput: 20, failures: 2, backlog: 1_234_567, p50: 4, p95: 75 };

/** A slow wave, another one a stage, after a time of which nothing is known. */
function wave(range: Range, metric: Metric, stage = 'all') {
  const number = 60;
  const points = Array.from({ length: number }, (_, at) =>
    at < 6 ? undefined : (SCALES[metric] * (1 + Math.sin((at + stage.length * 5) / 7))) / 2,
  );
  return { stepMs: (SPANS[range] * 1000) / number, endMs: NOW_MS, points };
}

function context(past: Partial<Past> = {}, common: Parameters<typeof fakeContext>[1] = {}): Context {
  return fakeContext(fakeData({ past: { series: wave, ...past } }), common);
}

function acts(at: Context, ...actions: string[]): ChartsState {
  const first = chartsView.follow(chartsView.initial, at);
  return actions.reduce((now, action) => chartsView.act(now, action, at).state, first);
}

test.each([
  [80, 24, 'all', []],
  [120, 32, 'stage', ['down', 'down', 'metric', 'metric']],
  [200, 50, 'all', ['longer', 'metric', 'metric', 'metric', 'metric']],
  [60, 15, 'all', ['longer', 'longer', 'longer']],
])('screen %dx%d %s', async (cols, rows, name, actions) => {
  const at = resized(context(), cols, rows);
  await expect(`${paintLines(chartsView, acts(at, ...actions), at, cols, rows).join('\n')}\n`).toMatchFileSnapshot(
    `screens/${cols}x${rows}-${name}.txt`,
  );
});

test('its keys are sound', () => {
  expectSoundBindings(chartsView);
});

describe('it paints on screens of all sizes', () => {
  const all =
    (value: number | undefined, number = 60) =>
    () => ({
      stepMs: 60_000,
      endMs: NOW_MS,
      points: new Array<number | undefined>(number).fill(value),
    });
  test.each([
    ['a wave', wave],
    ['nothing known', all(undefined)],
    ['nothing but noughts', all(0)],
    ['the same all the time', all(5)],
    ['huge', all(1e15)],
    ['tiny', all(1e-9)],
    ['no number', all(Number.NaN)],
    ['endless', all(Number.POSITIVE_INFINITY)],
    ['below zero', all(-3)],
    ['a single point', all(7, 1)],
    ['no points', all(7, 0)],
    ['more points than cells', all(7, 10_000)],
  ])('%s', (_, series) => {
    const stages = Array.from({ length: 32 }, (_, column) => `stage-with-a-long-name-${column}`);
    const whole = fakeData({ stages, past: { series } });
    for (const metric of METRICS) {
      const at = fakeContext(whole);
      const state = { ...acts(at), metric };
      expect(paintLines(chartsView, state, at).join('')).not.toMatch(/NaN|Infinity|undefined/);
    }
    expectPaintsEverywhere(chartsView, whole, (at) => acts(at, 'last'));
    expectPaintsEverywhere(chartsView, fakeData({ past: { series, isComplete: false, progress: 0.5 } }), (at) =>
      acts(at),
    );
  });
});

test('tells how far the journals have been read, and that it is not all yet', () => {
  const at = context({ isComplete: false, progress: 0.431 });
  expect(paintLines(chartsView, acts(at), at)[1]).toBe(' reading the journals: 43 %; what is shown is not all yet');
  expect(paintLines(chartsView, acts(context()), context())[1]).toBe(' all stages, throughput');
});

test('what is chosen is in brackets, and the chart is of it', () => {
  const at = context();
  const [tabs, title] = paintLines(chartsView, acts(at, 'shorter', 'metric', 'nextStage'), at);
  expect(tabs).toMatch(/^ throughput\[failures\]backlog p50 p95 +\[15m\]1h 6h 24h 7d$/);
  expect(title).toMatch(/^ verify, failures/);
});

describe('keys', () => {
  test('all metrics in turn', () => {
    const at = context();
    const seen = METRICS.map((_, times) => acts(at, ...Array<string>(times + 1).fill('metric')).metric);
    expect(seen).toEqual(['failures', 'backlog', 'p50', 'p95', 'throughput']);
  });

  test('the time from 15 minutes to 7 days, and no further', () => {
    const at = context();
    expect(acts(at, 'shorter', 'shorter', 'shorter').range).toBe('15m');
    expect(acts(at, 'longer', 'longer', 'longer', 'longer', 'longer').range).toBe('7d');
  });

  test('the stages one after the other, and round', () => {
    const at = context();
    expect(acts(at).list.cursor).toBe('*');
    expect(acts(at, 'nextStage').list.cursor).toBe('verify');
    expect(acts(at, 'previousStage').list.cursor).toBe('archive');
    expect(acts(at, 'previousStage', 'nextStage').list.cursor).toBe('*');
    expect(acts(at, 'down', 'down').list.cursor).toBe('calibrate');
    expect(acts(at, 'up').list.cursor).toBe('*');
  });
});

describe('the mouse', () => {
  const at = context();
  const click = (x: number, y: number) => chartsView.mouse(acts(at), { kind: 'click', x, y: HEAD_ROWS + y }, at).state;
  const lines = paintLines(chartsView, acts(at), at);

  test('chooses metric and time', () => {
    expect(click((lines[0] ?? '').indexOf('p50'), 0).metric).toBe('p50');
    expect(click((lines[0] ?? '').indexOf('24h') + 2, 0).range).toBe('24h');
    expect(click(45, 0)).toEqual(acts(at));
  });

  test('chooses a stage, on whatever screen', () => {
    const y = lines.findIndex((line) => line.startsWith('  detect'));
    expect(click(5, y).list.cursor).toBe('detect');
    const large = resized(at, 200, 50);
    const tall = paintLines(chartsView, acts(large), large, 200, 50);
    const row = tall.findIndex((line) => line.startsWith('  detect'));
    const state = chartsView.mouse(acts(large), { kind: 'click', x: 5, y: HEAD_ROWS + row + 2 }, large).state;
    expect(state.list.cursor).toBe('detect');
    expect(chartsView.mouse(acts(large), { kind: 'click', x: 100, y: HEAD_ROWS + row }, large).state.list.cursor).toBe(
      '*',
    );
  });

  test('scrolls the stages', () => {
    const low = resized(at, 60, 15);
    expect(chartsView.mouse(acts(low), { kind: 'wheeldown', x: 0, y: 9 }, low).state.list.top).toBe(1);
  });
});

test('asks for the series of what is shown', () => {
  const asked = new Set<string>();
  const series: Past['series'] = (range, metric, stage) => {
    asked.add(`${range} ${metric} ${stage ?? '-'}`);
    return wave(range, metric, stage);
  };
  const at = resized(context({ series }), 200, 50);
  paintLines(chartsView, acts(at, 'down', 'metric', 'metric', 'metric'), at, 200, 50);
  const stages = ['-', ...HST.map(({ stage }) => stage)];
  const wanted = [
    ...stages.map((stage) => `1h p50 ${stage}`),
    ...['throughput', 'failures', 'backlog'].map((one) => `1h ${one} verify`),
  ];
  expect([...asked].sort()).toEqual(wanted.sort());
});
