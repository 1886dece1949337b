/** The pane about the line of the cursor: all that is known of a job, or what a line of several stands for. Pure. */

import type { JobRow } from '../../board/job-rows.ts';
import { jobSentence } from '../../board/job-rows.ts';
import { runKey } from '../../board/rows.ts';
import { isOpen } from '../../history/job-groups.ts';
import { formatEpoch } from '../../model/name.ts';
import { fitText } from '../columns.ts';
import type { Tone } from '../look.ts';
import { countText, megabytes } from '../numbers.ts';
import type { Canvas } from '../surface.ts';
import { shortTime } from '../times.ts';
import type { Context } from '../view.ts';
import { type JobLine, NO_ENTRY } from './model.ts';
import { durationText, jobTone, spansOf } from './table.ts';

interface Told {
  readonly title: string;
  readonly lines: readonly { readonly text: string; readonly tone?: Tone }[];
}

/** The key of the entry whose step a job is. */
export function entryKey({ dataset, posted }: JobRow): string {
  return `${dataset} ${posted}`;
}

function timesText(row: JobRow, { data, common }: Context): string {
  const time = (ms: number): string => shortTime(ms, data.nowMs, common.zone);
  const { waitMs, ranMs } = spansOf(row, data.nowMs);
  const parts = [
    `submitted ${time(row.submittedMs)}`,
    `${row.startedMs === undefined && row.endedMs === undefined ? 'waits' : 'waited'} ${durationText(waitMs)}`,
    row.startedMs === undefined ? '' : `began ${time(row.startedMs)}`,
    ranMs === undefined ? '' : `${row.kind === 'running' ? 'runs' : 'ran'} ${durationText(ranMs)}`,
    row.endedMs === undefined ? '' : `ended ${time(row.endedMs)}`,
    row.peakMb === undefined ? '' : `peak memory ${megabytes(row.peakMb)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Who looks after it: a dead one's jobs go on, and wait to be taken over. */
function processText({ process }: JobRow, { data }: Context): { text: string; tone?: Tone } {
  const found = data.processes.find(({ status }) => status.name.id === process);
  if (found === undefined) return { text: `process ${process}, which has no status file`, tone: 'warn' };
  const where = `process ${process} on ${found.status.name.host}`;
  if (found.isDead) return { text: `${where} is DEAD: whoever serves the stage takes it over`, tone: 'bad' };
  if (found.isSilent) return { text: `${where} is SILENT`, tone: 'warn' };
  const message = found.status.content?.message ?? '';
  return message === '' ? { text: where } : { text: `${where}: ${message}`, tone: 'bad' };
}

function aboutJob(row: JobRow, context: Context): Told {
  const entry = context.data.entries.find(entryKey(row));
  const state =
    entry === undefined ? 'its entry is not on the board as far as is known' : `${entry.folder}/${entry.file}`;
  const posted = row.of === undefined ? '' : `; posted by ${row.of}`;
  return {
    title: `${row.dataset} ${row.stage}.${formatEpoch(row.epoch)}`,
    lines: [
      { text: jobSentence(row), tone: jobTone(row) },
      { text: timesText(row, context) },
      processText(row, context),
      { text: `${state}${posted}`, tone: 'dim' },
    ],
  };
}

function namesText(rows: readonly JobRow[]): string {
  return rows
    .slice(0, 40)
    .map(({ dataset }) => dataset)
    .join(' ');
}

function told(line: JobLine, context: Context): Told {
  if (line.kind === 'job') return aboutJob(line.row, context);
  if (line.kind === 'time') return { title: '', lines: [] };
  const { rows } = line.group;
  const open = rows.filter(isOpen);
  const flying = { text: `${countText(open.length, 'job')} in flight: ${namesText(open)}` };
  if (line.kind === 'state') {
    const { kind, label, count } = line.group;
    const over = { text: `${countText(count, 'job')} ended so today, as the journals tell` };
    const ended = { text: `${countText(count, 'job')} whose end is not written down yet: ${namesText(rows)}` };
    return { title: kind, lines: [{ text: label }, kind === 'over' ? over : kind === 'ended' ? ended : flying] };
  }
  const { of, counts, done, failed, again } = line.group;
  const ends = `in the last 24 hours ${done} done, ${failed} failed, ${again} to be tried again or given back`;
  const now = `${counts.running} running, ${counts.pending} waiting, ${counts.held} held`;
  return { title: of ?? NO_ENTRY, lines: [flying, { text: now }, ...(of === undefined ? [] : [{ text: ends }])] };
}

export function paintDetail(canvas: Canvas, line: JobLine | undefined, context: Context): void {
  const { look } = context;
  canvas.fill(look.glyphs.horizontal, look.attr('dim'), 0, 0, canvas.width, 1);
  if (line === undefined) return;
  const { title, lines } = told(line, context);
  canvas.put(2, 0, fitText(` ${title} `, canvas.width - 4, look), look.attr('bold'));
  for (const [index, { text, tone }] of lines.entries())
    canvas.put(1, 1 + index, fitText(text, canvas.width - 2, look), look.attr(tone ?? 'plain'));
}

/** The entry of a job, if it stands on the board. */
export function keysOf(rows: readonly JobRow[], { data }: Context): string[] {
  const keys = rows.flatMap((row) => {
    const entry = data.entries.find(entryKey(row));
    return entry === undefined ? [] : [runKey(entry)];
  });
  return [...new Set(keys)];
}
