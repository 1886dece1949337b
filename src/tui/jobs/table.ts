/** What stands in the tables of the jobs view. Pure. */
import type { JobRow } from '../../board/job-rows.ts';
import { formatDuration } from '../../model/duration.ts';
import { formatEpoch } from '../../model/name.ts';
import type { Placed } from '../columns.ts';
import type { Look, Tone } from '../look.ts';
import { fitNumber, megabytes, thousands } from '../numbers.ts';
import { shortTime } from '../times.ts';
import type { Context } from '../view.ts';
import { NUMBER } from './columns.ts';
import { countOf, type JobLine, type JobLines, NO_ENTRY } from './model.ts';

const STATE_TONES: Readonly<Record<string, Tone>> = {
  running: 'busy',
  held: 'warn',
  gone: 'bad',
  submitting: 'dim',
  ended: 'dim',
  pending: 'plain',
};
const END_TONES: Readonly<Record<string, Tone>> = { done: 'good', failed: 'bad', retried: 'retry', back: 'warn' };

export function durationText(ms: number | undefined): string {
  return ms === undefined || Number.isNaN(ms) ? '' : formatDuration(Math.max(0, Math.round(ms / 1000) * 1000));
}

/** In the queue, and at work, until now or until it ended. */
export function spansOf(row: JobRow, nowMs: number): { readonly waitMs: number; readonly ranMs: number | undefined } {
  const { submittedMs, startedMs, endedMs } = row;
  return {
    waitMs: (startedMs ?? endedMs ?? nowMs) - submittedMs,
    ranMs: startedMs === undefined ? undefined : (endedMs ?? nowMs) - startedMs,
  };
}

export function jobTone(row: JobRow): Tone {
  if (row.fault !== undefined || (row.code ?? 0) !== 0) return 'bad';
  return STATE_TONES[row.kind] ?? 'plain';
}

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export function cellOf(line: JobLine, column: Placed, context: Context, lines: JobLines): Cell {
  switch (line.kind) {
    case 'job':
      return jobCell(line.row, column.id, context);
    case 'aggregate':
      return aggregateCell(line, column, context.look, context.data.nowMs);
    case 'state':
      return stateCell(line, column, context, lines.most);
    case 'time':
      return timeCell(line, column, context, lines.most);
  }
}

function jobCell(row: JobRow, id: string, { data, common }: Context): Cell {
  const { nowMs } = data;
  const time = (ms: number | undefined): string => (ms === undefined ? '' : shortTime(ms, nowMs, common.zone));
  switch (id) {
    case 'state':
      return { text: row.fault ?? row.kind, tone: jobTone(row) };
    case 'name':
      return { text: row.dataset };
    case 'stage':
      return { text: row.stage };
    case 'epoch':
      return { text: formatEpoch(row.epoch) };
    case 'job':
      return { text: row.job ?? '-' };
    case 'detail':
      return {
        text: row.kind === 'running' ? (row.node ?? '') : row.why,
        ...(row.kind === 'held' ? { tone: 'warn' } : {}),
      };
    case 'wait':
      return { text: durationText(spansOf(row, nowMs).waitMs) };
    case 'ran':
      return { text: durationText(spansOf(row, nowMs).ranMs) };
    case 'peak':
      return { text: row.peakMb === undefined ? '' : megabytes(row.peakMb) };
    case 'submitted':
      return { text: time(row.submittedMs) };
    case 'started':
      return { text: time(row.startedMs) };
    case 'engine':
      return { text: row.engine };
    case 'process':
      return { text: row.process };
    default:
      return { text: row.of ?? '' };
  }
}

/** A bar of so many cells for a share, at least one for what is more than nothing. */
function barText(value: number, most: number, cells: number, look: Look): string {
  if (!(value > 0) || !(most > 0)) return '';
  return look.glyphs.thumb.repeat(Math.max(1, Math.min(cells, Math.round((value / most) * cells))));
}

const number = (value: number): Cell => ({ text: fitNumber(value, NUMBER), ...(value === 0 ? { tone: 'dim' } : {}) });
const toned = (value: number, tone: Tone): Cell => ({
  text: fitNumber(value, NUMBER),
  tone: value === 0 ? 'dim' : tone,
});

function aggregateCell(
  { group }: Extract<JobLine, { kind: 'aggregate' }>,
  column: Placed,
  look: Look,
  nowMs: number,
): Cell {
  const { of, counts, rows, done, failed, again, meanSeconds, waitsSinceMs } = group;
  const open = rows.length - counts.ended;
  switch (column.id) {
    case 'name':
      return of === undefined ? { text: NO_ENTRY, tone: 'dim' } : { text: of };
    case 'jobs':
      return number(open);
    case 'held':
      return toned(counts.held, 'warn');
    case 'running':
      return toned(counts.running, 'busy');
    case 'pending':
      return number(counts.pending + counts.submitting + counts.gone);
    case 'done':
      return of === undefined ? { text: '' } : toned(done, 'good');
    case 'failed':
      return of === undefined ? { text: '' } : toned(failed, 'bad');
    case 'again':
      return of === undefined ? { text: '' } : toned(again, 'retry');
    case 'mean':
      return { text: durationText(meanSeconds === undefined ? undefined : meanSeconds * 1000) };
    case 'longest':
      return { text: durationText(waitsSinceMs === undefined ? undefined : nowMs - waitsSinceMs) };
    default: {
      // How much of it is through.
      const all = done + failed + open;
      const through = all === 0 ? 0 : Math.round(((done + failed) / all) * (column.cells - 2));
      const bar = look.glyphs.thumb.repeat(through) + look.glyphs.horizontal.repeat(column.cells - 2 - through);
      return of === undefined ? { text: '' } : { text: bar, tone: failed > 0 ? 'bad' : 'good' };
    }
  }
}

function stateCell(
  line: Extract<JobLine, { kind: 'state' }>,
  column: Placed,
  { data, look }: Context,
  most: number,
): Cell {
  const { kind, label, count, sinceMs, end } = line.group;
  const tone = kind === 'over' ? (END_TONES[end ?? ''] ?? 'plain') : (STATE_TONES[kind] ?? 'plain');
  switch (column.id) {
    case 'state':
      return { text: kind === 'over' ? 'today' : kind, tone };
    case 'jobs':
      return { text: thousands(count) };
    case 'longest':
      return { text: durationText(sinceMs === undefined ? undefined : data.nowMs - sinceMs) };
    case 'name':
      return { text: label, ...(kind === 'over' || kind === 'held' ? { tone } : {}) };
    default:
      return { text: barText(count, most, column.cells, look), tone };
  }
}

function timeCell(
  line: Extract<JobLine, { kind: 'time' }>,
  column: Placed,
  { data, look, common }: Context,
  most: number,
): Cell {
  const { startMs, submitted, started, ended, failed, inFlight } = line.step;
  switch (column.id) {
    case 'from':
      return { text: shortTime(startMs, data.nowMs, common.zone) };
    case 'submitted':
      return number(submitted);
    case 'started':
      return number(started);
    case 'ended':
      return number(ended);
    case 'failed':
      return toned(failed, 'bad');
    case 'flight':
      return number(inFlight);
    default:
      return { text: barText(countOf(line), most, column.cells, look), tone: 'accent' };
  }
}
