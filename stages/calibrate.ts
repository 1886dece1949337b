import { type Calibrated, calibrateExposure } from './lib/calibration.ts';
import { findExposure } from './lib/fits-image.ts';
import type { Hdu } from './lib/fits-read.ts';
import { floatData, type NewHdu, writeFits } from './lib/fits-write.ts';
import type { Sky } from './lib/sky.ts';
import { inputPath, numberParam, openFits, runStep, say, type Task, warn, writeResult } from './lib/step.ts';
import { EXIT, reading, StepError } from './lib/step-errors.ts';

const ABOUT = `
calibrate: masks bad pixels by the DQ plane and subtracts the sky.

Leaves <dataset>_cal.fits: SCI without sky and NaN where masked, ERR and DQ as they were, the headers kept, SKYVAL, SKYSIG and
NMASKED in SCI, checksums in every HDU. Exit code 3 if every pixel is masked.

Parameters: dqmask (bits of DQ that mask a pixel; default: SDQFLAGS of the SCI header, or all), clip (3: sigma of the sky's clipping).
`;

runStep('calibrate', ABOUT, calibrate);

function calibrate(task: Task): void {
  const path = inputPath(task);
  const clip = numberParam(task, 'clip', 3, 1, 100);
  const bits = task.params.dqmask === undefined ? undefined : numberParam(task, 'dqmask', 0, 0, 0xffff);
  const file = openFits(path);
  for (const text of file.warnings) warn(text);
  const { exposure, result } = reading(path, () => {
    const found = findExposure(file);
    return { exposure: found, result: calibrateExposure(found, clip, bits) };
  });
  if (exposure.dq === undefined) warn('there is no DQ plane: only pixels without a value are masked');
  if (exposure.err === undefined) warn('there is no ERR plane: the noise will be taken from the sky');
  if (result.sky === undefined) {
    const all = `all ${result.signal.length} pixels are masked (DQ & ${result.bits})`;
    throw new StepError(
      EXIT.hold,
      `${path}: ${exposure.sci.header.where}: ${all}; look at the exposure, or set dqmask`,
    );
  }
  say(`${result.masked} of ${result.signal.length} pixels masked by DQ & ${result.bits}`);
  say(`sky ${result.sky.level.toFixed(2)}, noise ${result.sky.sigma.toFixed(2)} after ${result.sky.iterations} rounds`);
  const name = `${task.dataset}_cal.fits`;
  const hdus: NewHdu[] = [];
  const primary = file.hdus[0];
  if (primary !== undefined && primary !== exposure.sci) {
    const extensions = [exposure.sci, exposure.err, exposure.dq].filter((hdu) => hdu !== undefined).length;
    const header = primary.header.clone().set('FILENAME', name);
    if (header.has('NEXTEND')) header.set('NEXTEND', extensions);
    hdus.push({ header, data: primary.data });
  }
  hdus.push(calibratedHdu(exposure.sci, result, result.sky, name, primary === exposure.sci));
  for (const plane of [exposure.err, exposure.dq]) {
    if (plane !== undefined) hdus.push({ header: plane.header, data: plane.data });
  }
  writeResult(task, name, writeFits(hdus));
}

/** SCI with its own header, now 32-bit floats, with what was done to it. */
function calibratedHdu(sci: Hdu, result: Calibrated, sky: Sky, name: string, isPrimary: boolean): NewHdu {
  const header = sci.header.clone().set('BITPIX', -32).set('NAXIS', 2);
  // Scaling belongs to the stored integers; the values written are physical ones. Only the first plane was calibrated.
  for (const keyword of ['BSCALE', 'BZERO', 'BLANK']) header.delete(keyword);
  for (let axis = 3; axis <= sci.axes.length; axis++) header.delete(`NAXIS${axis}`);
  if (isPrimary) header.set('FILENAME', name);
  header
    .set('SKYVAL', sky.level, 'sky level subtracted, in BUNIT', true)
    .set('SKYSIG', sky.sigma, 'noise of the sky, in BUNIT', true)
    .set('NMASKED', result.masked, 'pixels masked (NaN)')
    .history(`slateboard calibrate: ${result.masked} pixels set to NaN by DQ & ${result.bits}`)
    .history(`slateboard calibrate: sky ${sky.level.toFixed(3)} subtracted (clipped median)`);
  return { header, data: floatData(result.signal) };
}
