import { Canvas, type Colour, textWidth } from './canvas.ts';
import { fillHoles } from './segment.ts';
import { brightness, colourOf, type Stretch, valueAt } from './stretch.ts';
import { pixelScale, pixelToSky, skyToPixel, type Wcs } from './wcs.ts';

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly signal: Float32Array | Float64Array;
  readonly stretch: Stretch;
  readonly wcs: Wcs | undefined;
  /** Lines of text under the image. */
  readonly caption: readonly string[];
  /** Unit of the colour bar. */
  readonly unit: string;
}

const INK: Colour = [236, 232, 222];
const DIM: Colour = [150, 146, 160];
const GROUND: Colour = [13, 13, 22];
/** Masked areas that are too wide to fill. */
const MASKED: Colour = [46, 50, 58];
const FOOTER = 68;

/** The image alone, north as on the detector, first row at the bottom: every pixel becomes `zoom` x `zoom`, smoothly. */
export function drawImage(canvas: Canvas, scene: Scene, zoom: number): void {
  const { width, height } = scene;
  const levels = fillHoles(scene.signal, width, height).map((value) => brightness(value, scene.stretch));
  for (let py = 0; py < height * zoom; py++) {
    for (let px = 0; px < width * zoom; px++) {
      const x = (px + 0.5) / zoom - 0.5;
      const y = height - 1 - ((py + 0.5) / zoom - 0.5);
      const level = interpolate(levels, width, height, x, y);
      canvas.set(px, py, Number.isNaN(level) ? MASKED : colourOf(level));
    }
  }
}

/** Catmull-Rom weights of the four samples round a point that lies `t` behind the second. */
function cubic(t: number): readonly [number, number, number, number] {
  const [t2, t3] = [t * t, t * t * t];
  return [(-t3 + 2 * t2 - t) / 2, (3 * t3 - 5 * t2 + 2) / 2, (-3 * t3 + 4 * t2 + t) / 2, (t3 - t2) / 2];
}

/** Value between pixels; at the rim the outermost pixel is repeated. NaN if the nearest pixel is. */
function interpolate(levels: Float64Array, width: number, height: number, x: number, y: number): number {
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const pixel = (i: number, j: number) =>
    levels[Math.min(height - 1, Math.max(0, j)) * width + Math.min(width - 1, Math.max(0, i))] as number;
  const nearest = pixel(Math.round(x), Math.round(y));
  if (Number.isNaN(nearest) || (x === x0 && y === y0)) return nearest;
  const [wx, wy] = [cubic(x - x0), cubic(y - y0)];
  let sum = 0;
  for (let j = 0; j < 4; j++) {
    for (let i = 0; i < 4; i++) {
      const value = pixel(x0 - 1 + i, y0 - 1 + j);
      sum += (wx[i] as number) * (wy[j] as number) * (Number.isNaN(value) ? nearest : value);
    }
  }
  return sum;
}

/** Image with scale bar, compass, caption and colour bar. */
export function drawPreview(scene: Scene, zoom: number): Canvas {
  const width = scene.width * zoom;
  const height = scene.height * zoom;
  const canvas = new Canvas(width, height + FOOTER, GROUND);
  drawImage(canvas, scene, zoom);
  if (scene.wcs !== undefined && width >= 200 && height >= 200) {
    drawScale(canvas, scene.wcs, zoom, height);
    drawCompass(canvas, scene.wcs, width);
  }
  drawFooter(canvas, scene, height);
  return canvas;
}

/** A bar of a round number of seconds of arc, a quarter of the image or less. */
function drawScale(canvas: Canvas, wcs: Wcs, zoom: number, bottom: number): void {
  const pixelsPerArcsec = zoom / pixelScale(wcs);
  const lengths = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
  const length = lengths.findLast((each) => each * pixelsPerArcsec <= canvas.width / 4);
  if (length === undefined) return;
  const bar = Math.round(length * pixelsPerArcsec);
  const label = `${length} arcsec`;
  const plate = Math.max(bar, textWidth(label, 1)) + 20;
  canvas.rect(12, bottom - 44, plate, 32, GROUND, 0.72);
  canvas.rect(22, bottom - 21, bar, 2, INK);
  canvas.rect(22, bottom - 25, 2, 10, INK);
  canvas.rect(20 + bar, bottom - 25, 2, 10, INK);
  canvas.text(22 + Math.max(0, Math.round((bar - textWidth(label)) / 2)), bottom - 37, label, INK);
}

/** Arrows to north and east, from the WCS itself. */
function drawCompass(canvas: Canvas, wcs: Wcs, right: number): void {
  const [x, y, arm] = [right - 48, 48, 24];
  const step = 1 / 3600;
  const [ra, dec] = pixelToSky(wcs, ...wcs.crpix);
  const turn = Math.max(0.01, Math.cos((dec * Math.PI) / 180));
  for (let j = -40; j <= 40; j++) {
    for (let i = -40; i <= 40; i++) if (Math.hypot(i, j) <= 40) canvas.set(x + i, y + j, GROUND, 0.72);
  }
  for (const [label, toRa, toDec] of [
    ['N', ra, dec + step],
    ['E', ra + step / turn, dec],
  ] as const) {
    const pixel = skyToPixel(wcs, toRa, toDec);
    if (pixel === undefined) continue;
    const [dx, dy] = [pixel[0] - wcs.crpix[0], -(pixel[1] - wcs.crpix[1])];
    const length = Math.hypot(dx, dy);
    const [ux, uy] = [dx / length, dy / length];
    const [tipX, tipY] = [x + arm * ux, y + arm * uy];
    canvas.line(x, y, tipX, tipY, INK);
    for (const side of [-1, 1]) {
      canvas.line(tipX, tipY, tipX - 6 * ux + side * 4 * uy, tipY - 6 * uy - side * 4 * ux, INK);
    }
    canvas.text(Math.round(x + (arm + 9) * ux) - 2, Math.round(y + (arm + 9) * uy) - 3, label, INK);
  }
}

function drawFooter(canvas: Canvas, scene: Scene, top: number): void {
  const barWidth = Math.min(220, Math.floor(canvas.width * 0.38));
  const left = canvas.width - barWidth - 16;
  const room = Math.max(0, Math.floor((left - 28) / 6));
  scene.caption.slice(0, 4).forEach((line, i) => {
    const size = i === 0 && textWidth(line, 2) <= left - 28 ? 2 : 1;
    canvas.text(14, top + (i === 0 ? 10 : 18 + 13 * i), line.slice(0, room), i === 0 ? INK : DIM, size);
  });
  for (let i = 0; i < barWidth; i++) canvas.rect(left + i, top + 12, 1, 14, colourOf(i / (barWidth - 1)));
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: short(valueAt(at, scene.stretch)) }));
  for (const { at, label } of ticks) {
    const x = left + Math.round(at * (barWidth - 1));
    canvas.rect(x, top + 26, 1, 4, DIM);
    const from = x - Math.round(textWidth(label) / 2);
    canvas.text(Math.min(canvas.width - 14 - textWidth(label), Math.max(left, from)), top + 33, label, DIM);
  }
  canvas.text(left, top + 48, `${scene.unit} above sky, asinh`.slice(0, Math.floor(barWidth / 6)), DIM);
}

/** A number in a few characters: `-47`, `950`, `12.3k`. */
function short(value: number): string {
  if (Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 0.01)) return value.toExponential(1);
  if (Math.abs(value) >= 10000) return `${Math.round(value / 1000)}k`;
  if (Math.abs(value) >= 1000) return `${(value / 1000).toFixed(1)}k`;
  return Math.abs(value) >= 10 ? value.toFixed(0) : value.toFixed(2);
}
