import { type Box, DIM, drawColumn, drawPanel, GROUND, INK, scaleTo, ticks } from './axes.ts';
import { Canvas, type Colour, textWidth } from './canvas.ts';
import { GRANULE_STAGES, type GranuleRow, type GranuleStage, retriesOf } from './statistics.ts';

/** Told apart by people who see red and green alike (Okabe and Ito, on dark ground). */
const COLOURS: Readonly<Record<GranuleStage, Colour>> = {
  check: [204, 121, 167],
  upload: [86, 180, 233],
  retrieve: [230, 159, 0],
  download: [0, 158, 115],
  clear: [150, 150, 160],
};
const FAILED: Colour = [213, 94, 0];
/** How much of its colour has what waits, and what was given back. */
const FAINT = 0.35;
const NAMES = 200;
const TOP = 78;
const FOOT = 52;
const WIDTHS = { time: 520, iterations: 230, retries: 90 } as const;
const GAP = 26;

/** A row a granule: its tries over time, iterations of its soundings, tries that failed. */
export function drawStatistics(title: string, note: string, rows: readonly GranuleRow[]): Canvas {
  const step = Math.min(22, Math.max(7, Math.floor(1200 / Math.max(1, rows.length))));
  const height = Math.max(60, rows.length * step + 6);
  let x = 16 + NAMES;
  const [time, iterations, retries] = Object.values(WIDTHS).map((width): Box => {
    const box = { x, y: TOP, width, height };
    x += width + GAP;
    return box;
  }) as [Box, Box, Box];
  const canvas = new Canvas(x, TOP + height + FOOT, GROUND);
  canvas.text(16, 20, title, INK, 2);
  canvas.text(16, 42, note, DIM);
  const middle = (i: number) => TOP + 3 + (i + 0.5) * step;
  rows.forEach(({ granule }, i) => {
    const room = Math.floor(NAMES / 6) - 1;
    canvas.text(16, Math.round(middle(i)) - 3, granule.length > room ? `..${granule.slice(2 - room)}` : granule, INK);
  });
  const bar = Math.max(3, step - 8);
  drawTimes(canvas, time, rows, middle, bar);
  drawIterations(canvas, iterations, rows, middle, bar);
  drawRetries(canvas, retries, rows, middle);
  return canvas;
}

type Middle = (row: number) => number;

function drawTimes(canvas: Canvas, box: Box, rows: readonly GranuleRow[], middle: Middle, bar: number): void {
  drawPanel(canvas, box, 'Tries over time, seconds');
  const tries = rows.flatMap((row) => row.tries);
  const first = Math.min(...tries.map(({ begunMs }) => begunMs));
  const last = Math.max(...tries.map(({ begunMs, endedMs }) => endedMs ?? begunMs));
  if (tries.length === 0) {
    canvas.text(box.x + 12, box.y + 12, 'the journal tells of no tries', DIM);
    return;
  }
  const most = Math.max(0.1, (last - first) / 1000);
  const at = scaleTo([0, most], [box.x + 4, box.x + box.width - 4]);
  for (const tick of ticks(0, most, 6)) drawColumn(canvas, box, at(tick), `${Number(tick.toPrecision(6))}`);
  rows.forEach((row, i) => {
    for (const { stage, begunMs, endedMs, end, job } of row.tries) {
      const at0 = at((begunMs - first) / 1000);
      const at1 = at(((endedMs ?? begunMs) - first) / 1000);
      // A job stands in its engine's queue first.
      const run = Math.min(at1, at((begunMs - first) / 1000 + (job?.wait ?? 0)));
      const colour = end === 'failed' ? FAILED : COLOURS[stage as GranuleStage];
      const top = Math.round(middle(i) - bar / 2);
      canvas.rect(Math.round(at0), top, Math.round(run - at0), bar, colour, FAINT);
      canvas.rect(Math.round(run), top, Math.max(2, Math.round(at1 - run)), bar, colour, end === 'back' ? FAINT : 1);
    }
  });
  let x = box.x;
  for (const [name, colour] of [
    ...GRANULE_STAGES.map((stage) => [stage, COLOURS[stage]] as const),
    ['failed', FAILED] as const,
  ]) {
    canvas.rect(x, box.y + box.height + 30, 10, 6, colour);
    canvas.text(x + 15, box.y + box.height + 29, name, DIM);
    x += 15 + textWidth(name) + 18;
  }
}

function drawIterations(canvas: Canvas, box: Box, rows: readonly GranuleRow[], middle: Middle, bar: number): void {
  drawPanel(canvas, box, 'Iterations: mean, most');
  const most = Math.max(1, ...rows.map(({ summary }) => summary?.iterations.most ?? 0));
  const at = scaleTo([0, most], [box.x + 4, box.x + box.width - 10]);
  for (const tick of ticks(0, most, 5)) drawColumn(canvas, box, at(tick), `${Number(tick.toPrecision(6))}`);
  rows.forEach(({ summary }, i) => {
    if (summary === undefined) {
      canvas.text(box.x + 8, Math.round(middle(i)) - 3, 'none', DIM);
      return;
    }
    const top = Math.round(middle(i) - bar / 2);
    canvas.rect(box.x + 4, top, Math.round(at(summary.iterations.mean) - box.x - 4), bar, COLOURS.retrieve);
    canvas.rect(Math.round(at(summary.iterations.most)) - 1, top, 2, bar, INK);
  });
}

function drawRetries(canvas: Canvas, box: Box, rows: readonly GranuleRow[], middle: Middle): void {
  drawPanel(canvas, box, 'Failed tries');
  rows.forEach((row, i) => {
    const failed = retriesOf(row).length;
    const [y, text] = [Math.round(middle(i)), `${failed}`];
    for (let n = 0; n < Math.min(failed, 6); n++) canvas.rect(box.x + 26 + n * 9, y - 3, 6, 6, FAILED);
    canvas.text(box.x + 8, y - 3, text, failed === 0 ? DIM : INK);
  });
}
