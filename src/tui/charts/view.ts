/** The charts view: throughput, failures, backlog and service times out of the journals, of all stages or of one. Pure. */
import type { Binding, MouseEvent } from '../binding.ts';
import { fitText, paintCell, paintHeads, placeColumns } from '../columns.ts';
import { METRICS, RANGES, type Series } from '../data.ts';
import { MOVES } from '../global-keys.ts';
import { cursorIndex, EMPTY_LIST, follow, goTo, move, scroll } from '../list.ts';
import type { Canvas } from '../surface.ts';
import type { Context, Result, View } from '../view.ts';
import { METRIC_TONES, paintChart } from './chart.ts';
import {
  ALL,
  type ChartsState,
  fourMetrics,
  type Layout,
  layoutOf,
  nameOf,
  stageKeys,
  stageList,
  tabsOf,
} from './layout.ts';
import { plotLines, resample, summaryOf } from './plot.ts';
import { axisText } from './scale.ts';
import { progressText } from './words.ts';

export type { ChartsState } from './layout.ts';

const BINDINGS: readonly Binding[] = [
  { keys: ['c'], action: 'metric', help: 'the next metric', label: 'metric' },
  { keys: ['left', '['], action: 'shorter', help: 'a shorter time', label: 'shorter' },
  { keys: ['right', ']'], action: 'longer', help: 'a longer time', label: 'longer' },
  ...MOVES.map((binding) => (binding.action === 'down' ? { ...binding, label: 'stage' } : binding)),
  { keys: ['tab'], action: 'nextStage', help: 'the next stage; after the last all of them' },
  { keys: ['S-tab'], action: 'previousStage', help: 'the previous stage' },
];

function seriesOf(state: ChartsState, key: string, context: Context, metric = state.metric): Series {
  return context.data.past.series(state.range, metric, key === ALL ? undefined : key);
}

/** The next of a row, without going round. */
function beside<T>(row: readonly T[], now: T, by: number): T {
  const at = Math.max(0, Math.min(row.length - 1, row.indexOf(now) + by));
  return row[at] ?? now;
}

function act(state: ChartsState, action: string, context: Context): Result<ChartsState> {
  const rows = stageList(context);
  const { items } = layoutOf(context);
  switch (action) {
    case 'metric': {
      const at = (METRICS.indexOf(state.metric) + 1) % METRICS.length;
      return { state: { ...state, metric: METRICS[at] ?? state.metric } };
    }
    case 'shorter':
    case 'longer': {
      const range = beside(RANGES, state.range, action === 'longer' ? 1 : -1);
      return { state: range === state.range ? state : { ...state, range } };
    }
    case 'nextStage':
    case 'previousStage': {
      const by = action === 'nextStage' ? 1 : rows.length - 1;
      const index = (cursorIndex(state.list, rows) + by) % rows.length;
      return { state: { ...state, list: goTo(state.list, rows, index, items) } };
    }
    default: {
      const list = move(state.list, rows, action, items);
      return { state: list === undefined ? state : { ...state, list } };
    }
  }
}

function mouse(state: ChartsState, event: MouseEvent, context: Context): Result<ChartsState> {
  const { body } = context;
  const rows = stageList(context);
  const layout = layoutOf(context);
  if (event.kind !== 'click') {
    return { state: { ...state, list: scroll(state.list, rows, event.kind === 'wheelup' ? -1 : 1, layout.items) } };
  }
  const [x, y] = [event.x - body.x, event.y - body.y];
  if (y === 0) {
    const tab = tabsOf(body.width).find((one) => x >= one.x && x < one.x + one.value.length);
    if (tab === undefined) return { state };
    return { state: tab.kind === 'metric' ? { ...state, metric: tab.value } : { ...state, range: tab.value } };
  }
  const { list } = layout;
  const row = Math.floor((y - list.y - (layout.hasHead ? 1 : 0)) / layout.itemRows);
  const isInside = x >= list.x && x < list.x + list.width && row >= 0 && row < layout.items;
  if (!isInside || state.list.top + row >= rows.length) return { state };
  return { state: { ...state, list: goTo(state.list, rows, state.list.top + row, layout.items) } };
}

function paint(canvas: Canvas, state: ChartsState, context: Context): void {
  const { look, data } = context;
  paintTabs(canvas, state, context);
  const progress = progressText(data.past);
  if (progress !== undefined) canvas.put(1, 1, fitText(progress, canvas.width - 2, look), look.attr('warn'));
  const layout = layoutOf(context);
  const keys = stageKeys(context);
  const key = keys[cursorIndex(state.list, stageList(context))] ?? ALL;
  const metrics = layout.charts.length === 1 ? [state.metric] : fourMetrics(state.metric);
  for (const [index, { x, y, width, height }] of layout.charts.entries()) {
    const metric = metrics[index] ?? state.metric;
    const series = seriesOf(state, key, context, metric);
    const chart = { name: nameOf(key), metric, range: state.range, series, isChosen: metric === state.metric };
    paintChart(canvas.part(x, y, width, height), chart, context);
  }
  const { list } = layout;
  paintMultiples(canvas.part(list.x, list.y, list.width, list.height), state, layout, context);
}

function paintTabs(canvas: Canvas, state: ChartsState, { look }: Context): void {
  for (const { value, x } of tabsOf(canvas.width)) {
    const isHere = value === state.metric || value === state.range;
    canvas.put(x, 0, value, look.attr(isHere ? 'bold' : 'plain'));
    // Told by more than bold letters.
    if (!isHere) continue;
    canvas.put(x - 1, 0, '[', look.attr('bold'));
    canvas.put(x + value.length, 0, ']', look.attr('bold'));
  }
}

const GUTTER = 2;

/** All stages below one another, each on its own scale. */
function paintMultiples(canvas: Canvas, state: ChartsState, layout: Layout, context: Context): void {
  const { look } = context;
  const keys = stageKeys(context);
  const longest = Math.max(...keys.map((key) => nameOf(key).length));
  const columns = placeColumns(
    [
      { id: 'stage', head: 'STAGE', cells: Math.min(longest, canvas.width < 100 ? 12 : 24) },
      { id: 'chart', head: `${state.metric}, ${state.range}`, cells: 10, grows: true },
      { id: 'latest', head: 'LATEST', cells: 7, isRight: true },
      { id: 'average', head: 'AVERAGE', cells: 7, isRight: true, drop: 1 },
      { id: 'most', head: 'MOST', cells: 7, isRight: true },
    ] as const,
    canvas.width - GUTTER - 1,
  );
  const top = layout.hasHead ? 1 : 0;
  if (layout.hasHead) paintHeads(canvas, columns, GUTTER, 0, look);
  const at = cursorIndex(state.list, stageList(context));
  for (let item = 0; item < layout.items; item++) {
    const index = state.list.top + item;
    const key = keys[index];
    if (key === undefined) break;
    const y = top + item * layout.itemRows;
    const series = seriesOf(state, key, context);
    const summary = summaryOf(series);
    const told = (value: number | undefined): string => (value === undefined ? '?' : axisText(state.metric, value));
    const texts = {
      stage: nameOf(key),
      chart: '',
      latest: told(summary?.latest),
      average: told(summary?.average),
      most: told(summary?.most),
    };
    const isUnderCursor = index === at;
    if (isUnderCursor) canvas.put(0, y, look.glyphs.cursor, look.attr('bold'));
    for (const column of columns) {
      const cell = { text: texts[column.id], isUnderCursor: isUnderCursor && column.id === 'stage' };
      paintCell(canvas, { column, left: GUTTER, y }, cell, look);
      if (column.id !== 'chart') continue;
      const rows = Math.max(1, layout.itemRows - 1);
      const values = resample(series.points, column.cells);
      for (const [row, line] of plotLines(values, summary?.most ?? 0, rows, look.glyphs.bars).entries()) {
        canvas.put(GUTTER + column.x, y + row, line, look.attr(METRIC_TONES[state.metric]));
      }
    }
  }
}

export const chartsView: View<ChartsState> = {
  name: 'charts',
  title: 'Charts',
  bindings: BINDINGS,
  initial: { range: '1h', metric: 'throughput', list: EMPTY_LIST },
  follow(state, context) {
    const list = follow(state.list, stageList(context), layoutOf(context).items);
    return list === state.list ? state : { ...state, list };
  },
  act,
  mouse,
  paint,
};
