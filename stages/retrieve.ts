import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { calibrateExposure } from './lib/calibration.ts';
import { DataError } from './lib/data-error.ts';
import { verifyChecksums } from './lib/fits-checksum.ts';
import { findExposure, readImage } from './lib/fits-image.ts';
import { inherit } from './lib/fits-inherit.ts';
import { parseFits } from './lib/fits-read.ts';
import { tableHdu, writeFits } from './lib/fits-write.ts';
import { unpack } from './lib/gzip.ts';
import { handOn } from './lib/hand-on.ts';
import { RETRIEVAL, retrieveAll, summarize } from './lib/retrieval.ts';
import { retrievalColumns, retrievalCsv } from './lib/retrieval-table.ts';
import { inputPath, numberParam, runStep, say, type Task, warn, writeResult } from './lib/step.ts';
import { EXIT, reading, StepError, writing } from './lib/step-errors.ts';
import { readWcs } from './lib/wcs.ts';

const ABOUT = `
retrieve: finds the state behind each sounding of a granule, by optimal estimation.

A sounding is the window of 7 x 7 pixels round a star; its state are place, flux, sky, radius and ellipticity of the light. Starts from what is
believed of any star, and takes Levenberg-Marquardt steps until they are small against the state's errors. Leaves <dataset>_ret.fits and
<dataset>_ret.csv, a row a sounding, and <dataset>_ret.json, how the soundings came out. On a site ($FAR: the folder that the input was uploaded
to) they are left in a folder beside that one, whose name is the parameter computed; it is there once it is whole. Exit code 3 if none of them came out good.

Outcomes: good; poor (it converged, but chi2 is above the limit); iterations (too many); diverged; input (too few pixels).

Parameters: iterations (${RETRIEVAL.iterations}), divergences (${RETRIEVAL.divergences}), convergence (${RETRIEVAL.convergence}), chi2 (${RETRIEVAL.chi2}), soundings (${RETRIEVAL.soundings}: the brightest ones);
sha256 (what the input's must be).
`;

runStep('retrieve', ABOUT, retrieve);

function retrieve(task: Task): void {
  const { FAR: far } = task.env;
  const path = far ? join(far, basename(inputPath(task))) : inputPath(task);
  const options = {
    iterations: numberParam(task, 'iterations', RETRIEVAL.iterations, 1, 1000),
    divergences: numberParam(task, 'divergences', RETRIEVAL.divergences, 0, 1000),
    convergence: numberParam(task, 'convergence', RETRIEVAL.convergence, 1e-12, 1),
    chi2: numberParam(task, 'chi2', RETRIEVAL.chi2, 0, 1e9),
    soundings: numberParam(task, 'soundings', RETRIEVAL.soundings, 1, 1e6),
  };
  const bytes = reading(path, () => readFileSync(path));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const expected = task.params.sha256;
  if (expected !== undefined && expected !== sha256)
    throw new DataError(`${path}: its sha256 is ${sha256}, but should be ${expected}: repipe it to check`);
  const file = reading(path, () => parseFits(unpack(bytes)));
  for (const text of file.warnings) warn(text);
  const wrong = file.hdus.flatMap((hdu) => verifyChecksums(hdu).wrong);
  if (wrong.length > 0) throw new DataError(`${path}: ${wrong.join('; ')}: the file is damaged, fetch it again`);
  const { plane, wcs, sci } = reading(path, () => {
    const { sci, err, dq } = findExposure(file);
    if (err === undefined) throw new DataError('there is no ERR plane: without the noise no state can be weighed');
    const { signal, image, sky } = calibrateExposure({ sci, err, dq }, 3);
    if (sky === undefined) throw new DataError('every pixel is masked: there is no sounding');
    const { width, height } = image;
    return { plane: { width, height, signal, noise: readImage(err).values }, wcs: readWcs(sci.header), sci };
  });
  const retrieved = retrieveAll(plane, options);
  const summary = summarize(retrieved);
  const { outcomes, iterations } = summary;
  say(
    `${summary.soundings} soundings: ${Object.entries(outcomes)
      .map(([name, n]) => `${n} ${name}`)
      .join(', ')}`,
  );
  say(`${iterations.total} iterations, ${iterations.mean} a sounding, at most ${iterations.most}`);
  const lost = outcomes.iterations + outcomes.diverged;
  if (lost > 0) warn(`${lost} of ${summary.soundings} soundings did not converge`);
  if (outcomes.input > 0) warn(`${outcomes.input} of ${summary.soundings} soundings have too few sound pixels`);

  const unit = sci.header
    .text('BUNIT')
    ?.toLowerCase()
    .replace(/^electrons/, 'electron');
  const table = tableHdu('RETRIEVAL', retrievalColumns(retrieved, wcs, unit));
  table.header
    .set('MAXITER', options.iterations, 'most iterations')
    .set('MAXDIV', options.divergences, 'most steps to the worse')
    .set('CONVERG', options.convergence, 'limit of convergence', true)
    .set('MAXCHI2', options.chi2, 'limit of a good fit', true);
  const primary = inherit(file.hdus[0]?.header ?? sci.header, `${task.dataset}_ret.fits`);
  const tables = {
    [`${task.dataset}_ret.fits`]: writeFits([{ header: primary, data: Buffer.alloc(0) }, table]),
    [`${task.dataset}_ret.csv`]: Buffer.from(retrievalCsv(retrieved, wcs)),
  };
  const granule = { schemaVersion: 1, dataset: task.dataset, input: basename(path), sha256, options, ...summary };
  const told = Buffer.from(`${JSON.stringify(granule, null, 2)}\n`);
  const computed = leave(task, far, { ...tables, [`${task.dataset}_ret.json`]: told });
  if (computed !== undefined) handOn(task, { computed });
  if (outcomes.good === 0)
    throw new StepError(EXIT.hold, `none of ${summary.soundings} soundings came out good: look at the granule`);
}

/** What was found: among the results, or on the site in a folder of this try that appears when it is whole, and whose name is handed back. */
function leave(task: Task, far: string | undefined, files: Readonly<Record<string, Buffer>>): string | undefined {
  if (!far) {
    for (const [name, bytes] of Object.entries(files)) writeResult(task, name, bytes);
    return undefined;
  }
  const name = `retrieve.${(task.env.SLATE_EPOCH ?? '0').padStart(3, '0')}`;
  const folder = join(dirname(far), name);
  const out = `${folder}.part`;
  writing(out, () => mkdirSync(out, { recursive: true }));
  for (const [file, bytes] of Object.entries(files)) writeResult({ ...task, out }, file, bytes);
  writing(folder, () => renameSync(out, folder));
  return name;
}
