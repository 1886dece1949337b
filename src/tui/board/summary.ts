/** The two lines below the header: the board in numbers, and what is shown of it. Parts that do not fit go, from the right. */
import { STATE_ORDER } from '../../board/counts.ts';
import { formatDuration } from '../../model/duration.ts';
import { plain, width } from '../../model/text.ts';
import { fitText } from '../columns.ts';
import { compact, perMinute, thousands } from '../numbers.ts';
import type { Canvas } from '../surface.ts';
import type { Context } from '../view.ts';
import { type Line, line, paintLine } from './lines.ts';

const MARGIN = 1;
/** Bars beside the rate. */
const BARS = 12;

function cellsOf(parts: Line): number {
  return parts.reduce((sum, { text }) => sum + width(plain(text)), 0);
}

/** As many of the parts as fit, from the left. */
function fitting(parts: readonly Line[], gap: string, cells: number): Line {
  const shown: Line[] = [];
  let used = 0;
  for (const part of parts) {
    const need = cellsOf(part) + (shown.length > 0 ? gap.length : 0);
    if (used + need > cells) break;
    shown.push(part);
    used += need;
  }
  return shown.flatMap((part, index) => (index === 0 ? part : [{ text: gap }, ...part]));
}

/** `✗ FAILED 37`. What is always looked for is always told, the others if there are some. */
function stateParts({ data, look }: Context, number: (value: number) => string): Line[] {
  return STATE_ORDER.filter((state) => state !== 'removed').flatMap((state): Line[] => {
    const value = data.entries.tally.states[state];
    if (value === 0 && state === 'gather') return [];
    const { glyph, word, tone } = look.state(state);
    // A zero alarms nobody.
    return [
      [
        { text: `${glyph} ${word} `, tone: value === 0 ? 'dim' : tone },
        { text: number(value), tone: 'bold' },
      ],
    ];
  });
}

/** What would take longer nobody can tell: a rate that low is an accident. */
const MOST_ETA_MS = 30 * 86_400_000;

/** `done/min ▁▂▃ 412` and `ETA 3h17m`, as far as they are known. */
function rateParts({ data, look }: Context, hasBars: boolean): Line[] {
  const { past, entries } = data;
  if (past.donePerMinute === undefined) return [];
  const bars = hasBars ? look.spark(resampled(past.series('1h', 'throughput').points, BARS)) : '';
  const rate: Line = [
    { text: 'done/min ', tone: 'dim' },
    { text: bars.trim() === '' ? '' : `${bars} `, tone: 'accent' },
    { text: perMinute(past.donePerMinute), tone: 'bold' },
  ];
  const { queue, active, gather } = entries.tally.states;
  const toDo = queue + active + gather;
  const eta = toDo === 0 ? undefined : past.etaMs(toDo);
  return eta === undefined || eta > MOST_ETA_MS
    ? [rate]
    : [
        rate,
        [
          { text: 'ETA ', tone: 'dim' },
          { text: etaText(eta), tone: 'bold' },
        ],
      ];
}

/** Nobody waits for the seconds of hours. */
function etaText(ms: number): string {
  return ms < 60_000 ? '<1m' : formatDuration(Math.round(ms / 60_000) * 60_000);
}

/** Means of neighbours: as many points as there are bars. */
function resampled(points: readonly (number | undefined)[], bars: number): (number | undefined)[] {
  if (points.length <= bars) return [...points];
  return Array.from({ length: bars }, (_, bar) => {
    const from = Math.floor((bar * points.length) / bars);
    const known = points
      .slice(from, Math.floor(((bar + 1) * points.length) / bars))
      .filter((point) => point !== undefined);
    return known.length === 0 ? undefined : known.reduce((sum, point) => sum + point, 0) / known.length;
  });
}

/** The board in numbers. @param cells room for it */
export function summaryLine(context: Context, cells: number): Line {
  const full = stateParts(context, thousands);
  if (context.data.health.phase === 'reading' && context.data.entries.tally.total === 0)
    return line('no numbers yet', 'dim');
  const needed = (parts: readonly Line[], gap: number): number => {
    return parts.reduce((sum, part) => sum + cellsOf(part) + gap, -gap);
  };
  const withBars = [...full, ...rateParts(context, true)];
  // The bars are the first to go: the numbers say more.
  if (needed(withBars, 2) <= cells) return fitting(withBars, '  ', cells);
  if (needed(full, 2) <= cells) return fitting([...full, ...rateParts(context, false)], '  ', cells);
  // Rather short numbers than none.
  if (needed(full, 1) <= cells) return fitting(full, ' ', cells);
  return fitting(
    stateParts(context, (value) => (value < 10_000 ? thousands(value) : compact(value))),
    ' ',
    cells,
  );
}

/** @param canvas one row */
export function paintSummary(canvas: Canvas, context: Context): void {
  paintLine(canvas, MARGIN, 0, summaryLine(context, canvas.width - MARGIN), context.look);
}

/** Least that is shown of a filter, if it is as long. */
const LEAST_FILTER = 20;
const GAP = '   ';

/** What is shown of the board. @param cells room for it @param marked entries marked @param hidden of them by the filter */
export function conditionLine(context: Context, marked: number, cells: number, hidden = 0): Line {
  const { data, look, common } = context;
  const { filter, sort } = common;
  const { entries } = data;
  // A letter would read as a part of the word.
  const arrow = `${look.options.isAscii ? ' ' : ''}${sort.reverse ? look.glyphs.up : look.glyphs.down}`;
  const counted: Line = line(`${thousands(entries.length)} of ${thousands(entries.tally.total)}`);
  const others: Line[] = [
    [
      { text: `marked ${thousands(marked)}`, tone: marked > 0 ? 'bold' : 'dim' },
      { text: hidden > 0 ? ` (${thousands(hidden)} not shown)` : '', tone: 'warn' },
    ],
    [{ text: `sort ${sort.key}${arrow}${entries.isSorting ? ' (sorting)' : ''}`, tone: 'dim' }],
  ];
  const { foreign } = entries.tally;
  if (foreign > 0)
    others.push(line(`${thousands(foreign)} ${foreign === 1 ? 'file is' : 'files are'} no entry`, 'warn'));
  // While the line can't be understood, why is what counts.
  const rest = filter.fault === undefined ? [counted, ...others] : [counted];
  const wanted = filter.fault === undefined ? rest : [...rest, line(filter.fault, 'bad')];
  const head: Line = filter.text === '' ? line('no filter', 'dim') : filterPart(wanted, context, cells);
  const shown = fitting([head, ...rest], GAP, cells);
  if (filter.fault === undefined) return shown;
  return [...shown, { text: `${GAP}${filter.fault}`, tone: 'bad' }];
}

/** The filter's text, cut so that the other parts have room. */
function filterPart(rest: readonly Line[], { look, common }: Context, cells: number): Line {
  const label = 'FILTER ';
  const others = rest.reduce((sum, part) => sum + cellsOf(part) + GAP.length, 0);
  const room = Math.max(LEAST_FILTER, cells - others - label.length);
  return [
    { text: label, tone: 'bold' },
    { text: fitText(common.filter.text, room, look), tone: 'warn' },
  ];
}

/** @param canvas one row */
export function paintCondition(canvas: Canvas, context: Context, marked: number, hidden = 0): void {
  const { look } = context;
  paintLine(canvas, MARGIN, 0, conditionLine(context, marked, canvas.width - MARGIN, hidden), look);
}
