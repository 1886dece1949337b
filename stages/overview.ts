import { readCalibrated } from './lib/calibrated.ts';
import type { Canvas, Colour } from './lib/canvas.ts';
import { captionOf } from './lib/caption.ts';
import { readTable } from './lib/fits-table.ts';
import { encodePng } from './lib/png.ts';
import { drawPreview, type Scene } from './lib/render.ts';
import { FLAG } from './lib/sources.ts';
import { numberParam, openFits, productPath, runStep, say, type Task, writeResult } from './lib/step.ts';
import { EXIT, reading, StepError } from './lib/step-errors.ts';
import { chooseStretch } from './lib/stretch.ts';
import { readWcs } from './lib/wcs.ts';

const ABOUT = `
overview: a picture of a mosaic (--from mosaic=DIR) with the sources of its catalogue (--from merge=DIR).

Leaves <dataset>.png, the mosaic with scale bar, compass and colour bar, and <dataset>_sources.png with a ring round each source: pale ones
were seen by one member, green ones by several, red ones touch the mosaic's edge. Exit code 3 if every pixel is masked.

Parameters: zoom (2: PNG pixels a mosaic pixel; less for large mosaics), white (0.9995: quantile that is shown white), rings (600: as many of
the brightest sources get one).
`;

const LARGEST_SIDE = 4096;
const ONCE: Colour = [196, 208, 232];
const OFTEN: Colour = [96, 230, 140];
const CUT: Colour = [255, 84, 84];

runStep('overview', ABOUT, overview);

function overview(task: Task): void {
  const path = productPath(task, 'mosaic', `${task.dataset}_mos.fits`);
  const cataloguePath = productPath(task, 'merge', `${task.dataset}_cat.fits`);
  const wanted = numberParam(task, 'zoom', 2, 1, 16);
  const quantile = numberParam(task, 'white', 0.9995, 0.5, 1);
  const rings = numberParam(task, 'rings', 600, 0, 1e6);
  const file = openFits(path);
  const { plane, sci, primary } = reading(path, () => readCalibrated(file));
  const { width, height, signal } = plane;
  const stretch = chooseStretch(signal, sci.number('SKYSIG', 0), quantile);
  if (stretch === undefined) throw new StepError(EXIT.hold, `${path}: every pixel is masked: there is nothing to show`);
  const catalogue = openFits(cataloguePath);
  const { columns, rows } = reading(cataloguePath, () => readTable(catalogue, 'CATALOGUE'));
  const marked = Math.min(rows, Math.floor(rings));
  const members = sci.count('NMEMBERS', 0);
  const caption = captionOf(task.dataset, primary, sci).slice(0, 3);
  caption.push(
    `${task.dataset}: ${members} members, ${marked < rows ? `the ${marked} brightest of ${rows}` : rows} sources`,
  );
  const unit = (sci.text('BUNIT') ?? 'counts').toLowerCase();
  const scene: Scene = { width, height, signal, stretch, wcs: readWcs(sci), caption, unit };
  const zoom = Math.max(1, Math.min(Math.floor(wanted), Math.floor(LARGEST_SIDE / Math.max(width, height))));
  const notes = { Title: caption.join(' | '), Software: 'slateboard overview' };
  const picture = drawPreview(scene, zoom);
  say(`${picture.width} x ${picture.height}, ${caption.at(-1)}`);
  writeResult(task, `${task.dataset}.png`, encodePng(picture, notes));
  const column = (name: string) => columns.get(name) ?? new Float64Array(rows);
  const [x, y, pixels, flags, seen] = [column('X'), column('Y'), column('NPIX'), column('FLAGS'), column('SEEN')];
  // Faint ones first, so that the bright ones lie on top.
  for (let i = marked - 1; i >= 0; i--) {
    const isCut = ((flags[i] as number) & FLAG.edge) !== 0;
    const colour = isCut ? CUT : (seen[i] as number) > 1 ? OFTEN : ONCE;
    mark(picture, scene, zoom, { x: x[i] as number, y: y[i] as number, pixels: pixels[i] as number }, colour);
  }
  writeResult(task, `${task.dataset}_sources.png`, encodePng(picture, notes));
}

interface Marked {
  readonly x: number;
  readonly y: number;
  readonly pixels: number;
}

/** A ring round what lies above the threshold, at least as wide as the aperture; none where it would reach into the picture's foot. */
function mark(canvas: Canvas, { height }: Scene, zoom: number, { x, y, pixels }: Marked, colour: Colour): void {
  const [px, py] = [(x - 0.5) * zoom - 0.5, (height - y + 0.5) * zoom - 0.5];
  const radius = Math.max(4, Math.sqrt(pixels / Math.PI) + 2) * zoom;
  if (py + radius < height * zoom) canvas.ring(px, py, radius - 0.6, radius + 0.4, colour, 0.8);
}
