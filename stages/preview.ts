import { readCalibrated } from './lib/calibrated.ts';
import { Canvas } from './lib/canvas.ts';
import { captionOf } from './lib/caption.ts';
import { FitsError } from './lib/fits-error.ts';
import type { Header } from './lib/fits-header.ts';
import { encodePng } from './lib/png.ts';
import { drawImage, drawPreview, type Scene } from './lib/render.ts';
import { estimateSky } from './lib/sky.ts';
import { numberParam, openFits, productPath, runStep, say, type Task, warn, writeResult } from './lib/step.ts';
import { EXIT, reading, StepError } from './lib/step-errors.ts';
import { chooseStretch } from './lib/stretch.ts';
import { readWcs, type Wcs } from './lib/wcs.ts';

const ABOUT = `
preview: a picture of a calibrated exposure (--from calibrate=DIR).

Leaves <dataset>.png (asinh stretch, scale bar, compass, colour bar) and <dataset>_thumb.png. Exit code 3 if every pixel is masked.

Parameters: zoom (3: PNG pixels a detector pixel; less for large images), white (0.9995: quantile that is shown white).
`;

/** Pictures wider or higher than this get a smaller zoom. */
const LARGEST_SIDE = 4096;
const THUMB = 200;

runStep('preview', ABOUT, preview);

function preview(task: Task): void {
  const path = productPath(task, 'calibrate', `${task.dataset}_cal.fits`);
  const wanted = numberParam(task, 'zoom', 3, 1, 16);
  const quantile = numberParam(task, 'white', 0.9995, 0.5, 1);
  const file = openFits(path);
  const calibrated = reading(path, () => readCalibrated(file));
  const { plane, sci, primary } = calibrated;
  const { width, height, signal } = plane;
  const sigma = sci.number('SKYSIG', estimateSky(signal)?.sigma ?? 0);
  const stretch = chooseStretch(signal, sigma, quantile);
  if (stretch === undefined)
    throw new StepError(EXIT.hold, `${path}: ${sci.where}: every pixel is masked: there is nothing to show`);
  const caption = captionOf(task.dataset, primary, sci);
  const unit = (sci.text('BUNIT') ?? 'counts').toLowerCase();
  const scene: Scene = { width, height, signal, stretch, wcs: wcsOf(sci), caption, unit };
  const zoom = Math.max(1, Math.min(Math.floor(wanted), Math.floor(LARGEST_SIDE / Math.max(width, height))));
  const picture = drawPreview(scene, zoom);
  say(
    `${picture.width} x ${picture.height}, black ${stretch.black.toFixed(1)}, white ${stretch.white.toFixed(1)} ${unit}`,
  );
  const notes = { Title: caption.join(' | '), Software: 'slateboard preview' };
  writeResult(task, `${task.dataset}.png`, encodePng(picture, notes));
  writeResult(task, `${task.dataset}_thumb.png`, encodePng(thumbnail(scene), notes));
}

/** A picture needs no WCS: one that is of no use costs it scale bar and compass only. */
function wcsOf(sci: Header): Wcs | undefined {
  try {
    return readWcs(sci);
  } catch (error) {
    if (!(error instanceof FitsError)) throw error;
    warn(`${error.message}; the picture has no scale bar and no compass`);
    return undefined;
  }
}

/** The image at about 200 pixels, by averaging whole squares of pixels. */
function thumbnail(scene: Scene): Canvas {
  const by = Math.max(1, Math.ceil(Math.max(scene.width, scene.height) / THUMB));
  const width = Math.max(1, Math.floor(scene.width / by));
  const height = Math.max(1, Math.floor(scene.height / by));
  const signal = new Float64Array(width * height);
  for (let i = 0; i < signal.length; i++) {
    let [sum, count] = [0, 0];
    for (let j = 0; j < by * by; j++) {
      const x = (i % width) * by + (j % by);
      const y = Math.floor(i / width) * by + Math.floor(j / by);
      const value = scene.signal[y * scene.width + x] ?? Number.NaN;
      if (!Number.isNaN(value)) [sum, count] = [sum + value, count + 1];
    }
    signal[i] = sum / count;
  }
  const canvas = new Canvas(width, height);
  drawImage(canvas, { ...scene, width, height, signal }, 1);
  return canvas;
}
