import { readCalibrated } from './lib/calibrated.ts';
import { catalogueColumns, catalogueCsv, makeCatalogue } from './lib/catalogue.ts';
import { inherit } from './lib/fits-inherit.ts';
import { tableHdu, writeFits } from './lib/fits-write.ts';
import { zeroPoint } from './lib/photometry.ts';
import { DEFAULTS, type DetectOptions, detectSources, FLAG } from './lib/sources.ts';
import { numberParam, openFits, productPath, runStep, say, type Task, warn, writeResult } from './lib/step.ts';
import { reading } from './lib/step-errors.ts';
import { readWcs } from './lib/wcs.ts';

const ABOUT = `
detect: finds the sources of a calibrated exposure (--from calibrate=DIR) and measures them.

Leaves <dataset>_cat.csv and <dataset>_cat.fits: id, x, y, ra, dec, flux, flux_err, mag, npix, peak, flags; brightest first.

Parameters: threshold (${DEFAULTS.threshold}: times each pixel's noise), minpix (${DEFAULTS.minPixels}: pixels of a source),
contrast (${DEFAULTS.contrast}: how far a blended peak must stand out, of its height), aperture (${DEFAULTS.aperture}: radius in pixels).
`;

runStep('detect', ABOUT, detect);

function detect(task: Task): void {
  const path = productPath(task, 'calibrate', `${task.dataset}_cal.fits`);
  const options: DetectOptions = {
    threshold: numberParam(task, 'threshold', DEFAULTS.threshold, 0.5, 1e6),
    minPixels: numberParam(task, 'minpix', DEFAULTS.minPixels, 1, 1e6),
    contrast: numberParam(task, 'contrast', DEFAULTS.contrast, 0, 1),
    aperture: numberParam(task, 'aperture', DEFAULTS.aperture, 0.5, 100),
  };
  const file = openFits(path);
  const { calibrated, wcs, zero } = reading(path, () => {
    const read = readCalibrated(file);
    return { calibrated: read, wcs: readWcs(read.sci), zero: zeroPoint(read.sci, read.primary) };
  });
  if (calibrated.noiseFrom === 'SKYSIG') warn('there is no ERR plane: the noise is SKYSIG everywhere');
  if (wcs === undefined) warn('there is no WCS: ra and dec stay empty');
  else if (wcs.ignored !== undefined) say(`note: ${wcs.ignored}`);
  const rows = makeCatalogue(detectSources(calibrated.plane, options), wcs, zero);
  const blended = rows.filter((row) => (row.flags & FLAG.blended) !== 0).length;
  const clean = rows.filter((row) => row.flags === 0).length;
  say(`${rows.length} sources above ${options.threshold} sigma, ${blended} blended, ${clean} without any flag`);
  writeResult(task, `${task.dataset}_cat.csv`, catalogueCsv(rows));
  const unit = calibrated.sci.text('BUNIT');
  const table = tableHdu('CATALOGUE', catalogueColumns(rows, unit?.toLowerCase().replace(/^electrons/, 'electron')));
  table.header
    .set('MAGSYS', zero.system, 'system of MAG')
    .set('ZEROPT', zero.zero, 'magnitude of one unit of flux a second', true)
    .set('THRESH', options.threshold, 'detection threshold, in sigma of each pixel', true)
    .set('MINPIX', options.minPixels, 'least pixels of a source')
    .set('CONTRAST', options.contrast, 'least contrast of a blended peak', true)
    .set('APERTURE', options.aperture, 'aperture radius, pixels', true);
  if (wcs?.ignored !== undefined) table.header.history(wcs.ignored);
  const primary = inherit(calibrated.primary, `${task.dataset}_cat.fits`);
  writeResult(task, `${task.dataset}_cat.fits`, writeFits([{ header: primary, data: Buffer.alloc(0) }, table]));
}
