import { type Box, DIM, drawColumn, drawPanel, drawRow, GROUND, INK, PANEL, scaleTo, ticks } from './axes.ts';
import { Canvas, type Colour, textWidth } from './canvas.ts';
import type { StationDay } from './day-means.ts';

/** A line of the chart of hours. */
export interface Curve {
  readonly title: string;
  readonly stations: number;
  readonly points: readonly { readonly hour: number; readonly t: number }[];
}

export interface DayChart {
  readonly title: string;
  readonly note: string;
  readonly days: readonly StationDay[];
  readonly curves: readonly Curve[];
}

const WIDTH = 1120;
const HEIGHT = 640;
const MAP: Box = { x: 52, y: 78, width: 660, height: 452 };
const HOURS: Box = { x: 768, y: 78, width: 324, height: 452 };
/** Part of the globe that the map shows, degrees: North America. */
const WEST_EAST = [-170, -50] as const;
const SOUTH_NORTH = [8, 84] as const;
/** Degrees Celsius of the map's colours. */
const COLD_WARM = [-30, 30] as const;

/** Blue over grey to red; lightness tells the distance from freezing also without colours. */
const STOPS: readonly Colour[] = [
  [214, 236, 255],
  [126, 186, 248],
  [62, 118, 222],
  [86, 88, 128],
  [206, 84, 62],
  [250, 150, 70],
  [255, 228, 160],
];

/** Colours of the curves: told apart by people who see red and green alike (Okabe and Ito, on dark ground). */
const LINES: readonly Colour[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [120, 150, 255],
  [213, 94, 0],
  [204, 121, 167],
  [220, 220, 220],
  [140, 200, 160],
  [160, 130, 110],
];

/** Stations of a day on a map, coloured by their mean temperature, and each region's temperature by the hour. */
export function drawDay({ title, note, days, curves }: DayChart): Canvas {
  const canvas = new Canvas(WIDTH, HEIGHT, GROUND);
  canvas.text(MAP.x, 20, title, INK, 2);
  canvas.text(MAP.x, 42, note, DIM);
  drawMap(canvas, days);
  drawCurves(canvas, curves);
  return canvas;
}

function drawMap(canvas: Canvas, days: readonly StationDay[]): void {
  const x = scaleTo(WEST_EAST, [MAP.x, MAP.x + MAP.width]);
  const y = scaleTo(SOUTH_NORTH, [MAP.y + MAP.height, MAP.y]);
  drawPanel(canvas, MAP, 'Mean temperature of the day, by station');
  for (let lon = -160; lon <= -60; lon += 20) drawColumn(canvas, MAP, x(lon), `${-lon}W`);
  for (let lat = 10; lat <= 80; lat += 10) drawRow(canvas, MAP, y(lat), `${lat}N`);
  const isShown = ({ lat, lon, t }: StationDay) =>
    Number.isFinite(t) && lon > WEST_EAST[0] && lon < WEST_EAST[1] && lat > SOUTH_NORTH[0] && lat < SOUTH_NORTH[1];
  const shown = days.filter(isShown);
  // A dark rim keeps dots apart that touch.
  for (const { lon, lat } of shown) canvas.ring(x(lon), y(lat), 0, 4.2, PANEL);
  for (const { lon, lat, t } of shown) canvas.ring(x(lon), y(lat), 0, 3.2, colourOf(t));
  const label = `${shown.length} stations`;
  canvas.text(MAP.x + MAP.width - textWidth(label) - 8, MAP.y + 8, label, DIM);
  drawScale(canvas);
}

function drawScale(canvas: Canvas): void {
  const [left, top, width] = [MAP.x, MAP.y + MAP.height + 34, 360];
  const value = scaleTo([0, width - 1], COLD_WARM);
  for (let i = 0; i < width; i++) canvas.rect(left + i, top, 1, 12, colourOf(value(i)));
  const at = scaleTo(COLD_WARM, [left, left + width - 1]);
  for (const t of ticks(...COLD_WARM, 6)) {
    const text = `${t}`;
    canvas.rect(Math.round(at(t)), top + 12, 1, 4, DIM);
    canvas.text(Math.round(at(t) - textWidth(text) / 2), top + 19, text, DIM);
  }
  canvas.text(left + width + 14, top + 3, 'degrees C', DIM);
}

/** Colour of a temperature; beyond the scale that of its end. */
function colourOf(t: number): Colour {
  const place = scaleTo(COLD_WARM, [0, STOPS.length - 1])(t);
  const at = Math.min(STOPS.length - 1, Math.max(0, place));
  const low = Math.min(Math.floor(at), STOPS.length - 2);
  const [a, b] = [STOPS[low] as Colour, STOPS[low + 1] as Colour];
  const mix = (i: 0 | 1 | 2) => Math.round(a[i] + (at - low) * (b[i] - a[i]));
  return [mix(0), mix(1), mix(2)];
}

function drawCurves(canvas: Canvas, curves: readonly Curve[]): void {
  drawPanel(canvas, HOURS, 'Temperature by the hour, by region, degrees C');
  const all = curves.flatMap(({ points }) => points.map(({ t }) => t));
  if (all.length === 0) {
    canvas.text(HOURS.x + 12, HOURS.y + 12, 'no station reported at all hours', DIM);
    return;
  }
  const range = [5 * Math.floor(Math.min(...all) / 5) - 1, 5 * Math.ceil(Math.max(...all) / 5) + 1] as const;
  const steps = ticks(...range, 8);
  const x = scaleTo([-2, 20], [HOURS.x, HOURS.x + HOURS.width]);
  const y = scaleTo(range, [HOURS.y + HOURS.height, HOURS.y]);
  for (const t of steps) drawRow(canvas, HOURS, y(t), `${t}`);
  for (const hour of [0, 6, 12, 18]) drawColumn(canvas, HOURS, x(hour), `${String(hour).padStart(2, '0')} UTC`);
  curves.forEach(({ points }, i) => {
    const colour = LINES[i % LINES.length] as Colour;
    points.forEach(({ hour, t }, at) => {
      const before = points[at - 1];
      if (before !== undefined) canvas.line(x(before.hour), y(before.t), x(hour), y(t), colour);
    });
    for (const { hour, t } of points) canvas.ring(x(hour), y(t), 0, 3.5, colour);
  });
  drawLegend(canvas, curves);
}

function drawLegend(canvas: Canvas, curves: readonly Curve[]): void {
  const rows = Math.ceil(curves.length / 2);
  curves.forEach(({ title, stations }, i) => {
    const [left, top] = [HOURS.x + Math.floor(i / rows) * 172 - 4, HOURS.y + HOURS.height + 24 + (i % rows) * 13];
    canvas.rect(left, top + 2, 10, 3, LINES[i % LINES.length] as Colour);
    canvas.text(left + 14, top, `${title} (${stations})`.slice(0, 26), DIM);
  });
}
