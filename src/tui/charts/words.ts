/** What the charts say in words. Pure. */
import { formatDuration } from '../../model/duration.ts';
import type { Metric, Past, Series } from '../data.ts';
import { percent } from '../numbers.ts';
import { shortTime, type Zone } from '../times.ts';
import { summaryOf } from './plot.ts';
import { valueText } from './scale.ts';

export const METRIC_TITLES: Readonly<Record<Metric, string>> = {
  throughput: 'throughput',
  failures: 'failures',
  backlog: 'backlog',
  p50: 'p50: half of the steps took less',
  p95: 'p95: all but 5 % of the steps took less',
};

/** Undefined once all journals are read. */
export function progressText({ isComplete, progress }: Past): string | undefined {
  return isComplete ? undefined : `reading the journals: ${percent(progress)}; what is shown is not all yet`;
}

/** `latest 12.3/min, average 11.8/min, most 20/min at 13:22` */
export function summaryText(metric: Metric, series: Series, zone: Zone, nowMs: number): string {
  const summary = summaryOf(series);
  if (summary === undefined) return 'nothing is known of this time';
  const { latest, ago, average, most, mostMs } = summary;
  if (most === 0) return `none${ago === 0 ? '' : `; nothing is known of the last ${agoText(ago, series)}`}`;
  const old = ago === 0 ? '' : ` ${agoText(ago, series)} ago`;
  const at = shortTime(mostMs, nowMs, zone).replace(/:\d\d(Z?)$/, '$1');
  return `latest ${valueText(metric, latest)}${old}, average ${valueText(metric, average)}, most ${valueText(metric, most)} at ${at}`;
}

function agoText(points: number, { stepMs }: Series): string {
  return formatDuration(points * stepMs);
}
