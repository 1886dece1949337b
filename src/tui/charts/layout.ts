/** Where the parts of the charts view lie, and what its list of stages holds. Pure. */
import { METRICS, type Metric, RANGES, type Range } from '../data.ts';
import { keyRows } from '../key-rows.ts';
import type { ListState, Rows } from '../list.ts';
import type { Area } from '../surface.ts';
import type { Context } from '../view.ts';

export interface ChartsState {
  readonly range: Range;
  readonly metric: Metric;
  /** The stages; the cursor says whose chart is shown. */
  readonly list: ListState;
}

/** No stage is called that. */
export const ALL = '*';

export function stageKeys({ data }: Context): string[] {
  return [ALL, ...data.board.stages];
}

export function stageList(context: Context): Rows {
  return keyRows(stageKeys(context));
}

export function nameOf(key: string): string {
  return key === ALL ? 'all stages' : key;
}

export type Tab =
  | { readonly kind: 'metric'; readonly value: Metric; readonly x: number }
  | { readonly kind: 'range'; readonly value: Range; readonly x: number };

/** The words of the first line that can be clicked. */
export function tabsOf(cells: number): Tab[] {
  const tabs: Tab[] = [];
  let x = 1;
  for (const value of METRICS) {
    tabs.push({ kind: 'metric', value, x });
    x += value.length + 1;
  }
  const wide = RANGES.reduce((sum, value) => sum + value.length + 1, 0);
  x = Math.max(x + 1, cells - wide - 1);
  for (const value of RANGES) {
    tabs.push({ kind: 'range', value, x });
    x += value.length + 1;
  }
  return tabs;
}

export interface Layout {
  /** Relative to the body. */
  readonly list: Area;
  readonly hasHead: boolean;
  /** Rows that each stage takes, and stages that are seen. */
  readonly itemRows: number;
  readonly items: number;
  /** One chart, or four with one a metric; none where there is no room. */
  readonly charts: readonly Area[];
}

const LIST_WIDTH = 62;
const MOST_ITEM_ROWS = 4;
const LEAST_CHART = 5;

export function layoutOf(context: Context): Layout {
  const { body, data } = context;
  const top = data.past.isComplete ? 1 : 2;
  const room = Math.max(1, body.height - top);
  const number = data.board.stages.length + 1;
  if (body.width >= 160 && room >= 28) return beside(body.width, top, room, number);
  const hasHead = room >= 9;
  const most = Math.max(1, Math.floor(room * 0.4) - (hasHead ? 1 : 0));
  const hasChart = room >= LEAST_CHART + 1;
  const items = Math.min(number, hasChart ? most : room);
  const rows = items + (hasHead ? 1 : 0);
  return {
    list: { x: 0, y: top + room - rows, width: body.width, height: rows },
    hasHead,
    itemRows: 1,
    items,
    charts: hasChart ? [{ x: 1, y: top, width: body.width - 2, height: room - rows }] : [],
  };
}

/** The list at the left, four charts at its right. */
function beside(width: number, top: number, room: number, number: number): Layout {
  const itemRows = Math.max(1, Math.min(MOST_ITEM_ROWS, Math.floor((room - 1) / number)));
  const x = LIST_WIDTH + 2;
  const wide = Math.floor((width - x - 3) / 2);
  const high = Math.floor((room - 1) / 2);
  const places = [0, 1, 2, 3].map((at) => ({
    x: x + (at % 2) * (wide + 2),
    y: top + (at < 2 ? 0 : high + 1),
    width: wide,
    height: high,
  }));
  return {
    list: { x: 0, y: top, width: LIST_WIDTH, height: room },
    hasHead: true,
    itemRows,
    items: Math.min(number, Math.floor((room - 1) / itemRows)),
    charts: places,
  };
}

/** The metrics of four charts: of the two latencies only one has room. */
export function fourMetrics(chosen: Metric): Metric[] {
  return ['throughput', 'failures', 'backlog', chosen === 'p50' ? 'p50' : 'p95'];
}
