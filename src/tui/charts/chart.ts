/** One chart: its words, its blocks, its axes. Pure. */
import { width } from '../../model/text.ts';
import { fitText } from '../columns.ts';
import type { Metric, Range, Series } from '../data.ts';
import type { Tone } from '../look.ts';
import type { Canvas } from '../surface.ts';
import type { Context } from '../view.ts';
import { axisLine, plotLines, resample, summaryOf } from './plot.ts';
import { axisText, ticksOf, topOf } from './scale.ts';
import { METRIC_TITLES, progressText, summaryText } from './words.ts';

export const METRIC_TONES: Readonly<Record<Metric, Tone>> = {
  throughput: 'good',
  failures: 'bad',
  backlog: 'accent',
  p50: 'busy',
  p95: 'retry',
};

/** Cells of the labels at the left. */
const LABELS = 7;
/** Rows of a chart at which half of its top is told too. */
const WITH_HALF = 6;

export interface Chart {
  /** Whose chart it is: a stage, or all of them. */
  readonly name: string;
  readonly metric: Metric;
  readonly range: Range;
  readonly series: Series;
  /** It is the chart that the keys are about. */
  readonly isChosen: boolean;
}

/** Paints a chart over all of the canvas: a line of words, then as much as there is room for. */
export function paintChart(canvas: Canvas, chart: Chart, context: Context): void {
  const { look, common, data } = context;
  const { metric, series, range } = chart;
  const head = `${chart.name}, ${METRIC_TITLES[metric]}`;
  const x = canvas.put(0, 0, fitText(head, canvas.width, look), look.attr(chart.isChosen ? 'bold' : 'plain'));
  const words = `: ${summaryText(metric, series, common.zone, data.nowMs)}`;
  // Where both do not fit into one line, they take two.
  const isLong = x + width(words) > canvas.width && canvas.height >= 7;
  if (isLong) canvas.put(2, 1, fitText(words.slice(2), canvas.width - 2, look));
  else canvas.put(x, 0, fitText(words, canvas.width - x, look));

  const most = canvas.height - (isLong ? 2 : 1) - 2;
  // With a row for the half of it, that row is in the middle.
  const rows = most >= WITH_HALF && most % 2 === 1 ? most - 1 : most;
  const above = canvas.height - rows - 2;
  const cells = canvas.width - LABELS;
  if (rows < 1 || cells < 1) return;
  const values = resample(series.points, cells);
  const summary = summaryOf(series);
  const axis = above + rows;
  canvas.fill(look.glyphs.vertical, look.attr('dim'), LABELS - 1, above, 1, rows);
  if (summary === undefined) {
    const text = progressText(data.past) ?? 'nothing is known of this time';
    canvas.put(LABELS + 1, above + Math.floor(rows / 2), fitText(text, cells - 1, look), look.attr('dim'));
  } else {
    const top = topOf(metric, summary.most);
    for (const [row, line] of plotLines(values, top, rows, look.glyphs.bars).entries()) {
      canvas.put(LABELS, above + row, line, look.attr(METRIC_TONES[metric]));
    }
    label(canvas, above, axisText(metric, top));
    if (rows >= WITH_HALF) label(canvas, above + rows / 2, axisText(metric, top / 2));
    label(canvas, axis, '0');
  }
  canvas.put(LABELS, axis, axisLine(values, look.glyphs.horizontal), look.attr('dim'));
  const startMs = series.endMs - series.points.length * series.stepMs;
  for (const tick of ticksOf(startMs, series.endMs, cells, range, common.zone)) {
    canvas.put(LABELS + tick.x, axis, look.glyphs.vertical, look.attr('dim'));
    canvas.put(LABELS + tick.x, axis + 1, tick.text);
  }
}

function label(canvas: Canvas, y: number, text: string): void {
  canvas.put(Math.max(0, LABELS - 1 - text.length), y, text);
}
