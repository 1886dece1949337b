import { type Canvas, type Colour, textWidth } from './canvas.ts';

export const INK: Colour = [236, 232, 222];
export const DIM: Colour = [150, 146, 160];
export const FAINT: Colour = [52, 52, 66];
export const GROUND: Colour = [16, 16, 26];
export const PANEL: Colour = [22, 23, 35];

/** A rectangle of a picture, pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Round numbers from `low` to `high`, about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return Number.isFinite(low) ? [low] : [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const found: number[] = [];
  for (let at = first; at * step <= high + 1e-9 * step; at++) found.push(at * step);
  return found;
}

/** A number from one range at its place in another. */
export function scaleTo([low, high]: readonly [number, number], [from, to]: readonly [number, number]) {
  return (value: number) => from + ((value - low) / (high - low)) * (to - from);
}

/** A panel with its title above it. */
export function drawPanel(canvas: Canvas, box: Box, title: string): void {
  canvas.rect(box.x, box.y, box.width, box.height, PANEL);
  canvas.text(box.x, box.y - 14, title, INK);
}

/** A horizontal line across a panel, with its label at the left. */
export function drawRow(canvas: Canvas, box: Box, y: number, label: string): void {
  canvas.rect(box.x, Math.round(y), box.width, 1, FAINT);
  canvas.text(box.x - 6 - textWidth(label), Math.round(y) - 3, label, DIM);
}

/** A vertical line through a panel, with its label at the foot. */
export function drawColumn(canvas: Canvas, box: Box, x: number, label: string): void {
  canvas.rect(Math.round(x), box.y, 1, box.height, FAINT);
  canvas.text(Math.round(x - textWidth(label) / 2), box.y + box.height + 6, label, DIM);
}
