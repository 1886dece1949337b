/** The pane's other tabs: what happened to an entry, its log, its files. */
import type { Located } from '../../board/scan.ts';
import { describeLine } from '../../history/describe.ts';
import type { Story } from '../../history/story.ts';
import type { Try } from '../../history/tries.ts';
import { formatDuration } from '../../model/duration.ts';
import { formatEpoch } from '../../model/name.ts';
import { padEnd, padStart, plain, width } from '../../model/text.ts';
import type { EntryFile } from '../data.ts';
import type { Tone } from '../look.ts';
import { shortTime } from '../times.ts';
import type { Context } from '../view.ts';
import { endText, outcomeTone, storiesOf, whereText } from './detail.ts';
import { type Line, line } from './lines.ts';

interface Happening {
  readonly t: string;
  readonly what: string;
  readonly who: string;
  readonly text: string;
  readonly tone: Tone;
}

function triesAsTold(one: Try): Happening[] {
  const what = `${one.stage} ${formatEpoch(one.epoch)}`;
  const who = whereText(one);
  const told: Happening[] = [];
  if (one.started !== undefined) {
    told.push({
      t: one.started,
      what,
      who,
      text: one.try === undefined ? 'began' : `try ${one.try} began`,
      tone: 'plain',
    });
  }
  if (one.ended !== undefined) {
    const took = one.seconds === undefined ? '' : ` after ${formatDuration(one.seconds * 1000)}`;
    const reason = one.reason === undefined ? '' : `: ${one.reason}`;
    told.push({ t: one.ended, what, who, text: `${endText(one)}${took}${reason}`, tone: outcomeTone(one.outcome) });
  }
  return told;
}

/** Acts and tries of a run, by time. */
function happeningsOf(story: Story): Happening[] {
  const acts = story.acts.map((act): Happening => {
    return { t: act.t, what: act.event, who: `${act.by}@${act.host}`, text: describeLine(act), tone: 'accent' };
  });
  const all = [...acts, ...story.tries.flatMap(triesAsTold)];
  return all.sort((a, b) => (a.t < b.t ? -1 : a.t > b.t ? 1 : 0));
}

export function historyLines(entry: Located, context: Context): Line[] {
  const { own, isLoading } = storiesOf(entry, context);
  if (isLoading) return [line(`reading its story ${context.look.glyphs.more}`, 'dim')];
  const told = own === undefined ? [] : happeningsOf(own);
  if (told.length === 0) return [line('nothing is known of it: the journal tells nothing, and there is no log', 'dim')];
  const { data, common } = context;
  const rows = told.map(({ t, what, who, text, tone }) => ({
    cells: [shortTime(Date.parse(t), data.nowMs, common.zone), plain(what), plain(who)],
    text,
    tone,
  }));
  const wide = [0, 1, 2].map((index) => rows.reduce((most, { cells }) => Math.max(most, width(cells[index] ?? '')), 0));
  return rows.map(({ cells, text, tone }): Line => {
    const [time = '', what = '', who = ''] = cells.map((cell, index) => `${padEnd(cell, wide[index] ?? 0)}  `);
    return [{ text: time, tone: 'dim' }, { text: what, tone }, { text: who, tone: 'dim' }, { text }];
  });
}

const ERRORS = /\b(?:ERROR|FATAL|CRITICAL|SEVERE)\b|Traceback \(|^\s*(?:\w+\.)*\w*(?:Error|Exception):/;
/** What tells of an error stands at the beginning of a line, as a rule. */
const LOOKED_AT = 500;

/** True for a line of a log that looks like an error. */
export function looksLikeError(text: string): boolean {
  return ERRORS.test(text.slice(0, LOOKED_AT));
}

export function logLines(key: string, { data, look }: Context): Line[] {
  const tail = data.logTail(key);
  if (tail === undefined) return [line(`reading its log ${look.glyphs.more}`, 'dim')];
  if (tail.length === 0) return [line('no log: nothing of it has been tried yet, or it wrote nothing', 'dim')];
  return tail.map((text) => line(text, looksLikeError(text) ? 'bad' : 'plain'));
}

const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `812 B`, `1.5 KiB` */
export function bytesText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  for (; value >= 1024 && unit < SIZE_UNITS.length - 1; unit++) value /= 1024;
  const text = unit === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1);
  return `${text} ${SIZE_UNITS[unit] ?? ''}`;
}

export function filesLines(key: string, { data, look }: Context): Line[] {
  const files = data.files(key);
  if (files === undefined) return [line(`reading its files ${look.glyphs.more}`, 'dim')];
  if (files.length === 0) return [line('no files: nothing of it has run yet', 'dim')];
  const paths = files.reduce((most, { path }) => Math.max(most, width(plain(path))), 4);
  const fileLine = ({ kind, bytes, path, note }: EntryFile): Line => [
    { text: padEnd(kind, 9), tone: 'dim' },
    { text: `${padStart(bytesText(bytes), 9)}  ` },
    { text: padEnd(plain(path), paths) },
    { text: note === '' ? '' : `  ${note}`, tone: 'dim' },
  ];
  return [[{ text: `KIND          SIZE  ${padEnd('PATH', paths)}  NOTE`, tone: 'head' }], ...files.map(fileLine)];
}
