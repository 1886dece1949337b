/** Scales of charts: round values at the upper edge, round times below. Pure but for the zone of the process. */
import type { Metric, Range } from '../data.ts';
import { compact, perMinute, secondsText } from '../numbers.ts';
import { clock, dateOf, type Zone } from '../times.ts';

const ROUND = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10] as const;
const ROUND_SECONDS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400] as const;

/** The next round value that is not less; 1 for what is nothing. */
export function roundUp(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  // Very small values have no unit of their own.
  if (!(unit > 0)) return value;
  const factor = ROUND.find((one) => one * unit >= value) ?? 10;
  return factor * unit;
}

/** Upper edge of a chart whose largest value is `most`. */
export function topOf(metric: Metric, most: number): number {
  if (metric === 'backlog') return Math.max(1, roundUp(most));
  if (!isLatency(metric) || most <= 30) return roundUp(most);
  return ROUND_SECONDS.find((seconds) => seconds >= most) ?? Math.ceil(most / 86_400) * 86_400;
}

export function isLatency(metric: Metric): boolean {
  return metric === 'p50' || metric === 'p95';
}

/** A value as it stands at the axis. */
export function axisText(metric: Metric, value: number): string {
  return isLatency(metric) ? secondsText(value) : compact(value);
}

/** A value in a sentence: `412/min`, `1.23k`, `2.5s`. */
export function valueText(metric: Metric, value: number): string {
  if (isLatency(metric)) return secondsText(value);
  return metric === 'backlog' ? compact(Math.round(value)) : `${perMinute(value)}/min`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Distances between labels that may be taken, the shortest first. */
const TICKS: Readonly<Record<Range, readonly number[]>> = {
  '15m': [MINUTE, 3 * MINUTE, 5 * MINUTE, 15 * MINUTE],
  '1h': [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR],
  '6h': [30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR],
  '24h': [2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY],
  '7d': [DAY, 2 * DAY, 7 * DAY],
};

export interface Tick {
  readonly x: number;
  readonly text: string;
}

function zoneOffset(ms: number, zone: Zone): number {
  return zone === 'utc' ? 0 : -new Date(ms).getTimezoneOffset() * MINUTE;
}

function tickText(ms: number, range: Range, zone: Zone): string {
  return range === '7d' ? dateOf(ms, zone).slice(5) : clock(ms, zone).slice(0, 5);
}

/** Labels of times along `cells` that stand for the time from `startMs` to `endMs`: as many as fit, none over another. */
export function ticksOf(startMs: number, endMs: number, cells: number, range: Range, zone: Zone): Tick[] {
  const span = endMs - startMs;
  if (!(span > 0) || cells <= 0) return [];
  const wide = tickText(endMs, range, zone).length + 2;
  const step = TICKS[range].find((ms) => (ms / span) * cells >= wide) ?? span;
  const ticks: Tick[] = [];
  const offset = zoneOffset(startMs, zone);
  for (let at = Math.ceil((startMs + offset) / step) * step - offset; at < endMs; at += step) {
    const x = Math.floor(((at - startMs) / span) * cells);
    const text = tickText(at, range, zone);
    if (x + text.length <= cells) ticks.push({ x, text });
  }
  return ticks;
}
