import { combine, type Layer } from './lib/combine.ts';
import { DataError } from './lib/data-error.ts';
import { findExposure, readImage } from './lib/fits-image.ts';
import type { Hdu } from './lib/fits-read.ts';
import { writeFits } from './lib/fits-write.ts';
import { matchLevels } from './lib/levels.ts';
import { memberFiles } from './lib/members.ts';
import { type Member, mosaicHdus } from './lib/mosaic-fits.ts';
import { MOST_MEMBERS, type MosaicMember } from './lib/mosaic-members.ts';
import { estimateSky } from './lib/sky.ts';
import { numberParam, openFits, runStep, say, type Task, warn, writeResult } from './lib/step.ts';
import { EXIT, reading, StepError } from './lib/step-errors.ts';
import { type Layout, layOut } from './lib/tiles.ts';
import { readWcs } from './lib/wcs.ts';

const ABOUT = `
mosaic: puts calibrated exposures of one field together by their sky positions (members, their products of calibrate).

Leaves <dataset>_mos.fits: SCI, ERR, DQ and WHT (seconds of exposure in each pixel). Pixels are moved, not resampled: the exposures must lie
on one grid of pixels. Where several cover a pixel it is their mean, weighted by 1 / ERR squared. MEMnnn, MPXnnn, … in SCI tell what went in
and where it lies. Exit code 3 if every pixel is masked.

Parameters: match (1: brings the members to one level of the sky where they overlap; 0: leaves them as they are).
`;

runStep('mosaic', ABOUT, mosaic);

function mosaic(task: Task): void {
  const match = numberParam(task, 'match', 1, 0, 1) === 1;
  const members = memberFiles(task, 'calibrate', '_cal.fits').map(({ dataset, path }) => readMember(dataset, path));
  if (members.length > MOST_MEMBERS)
    throw new DataError(`${members.length} members; up to ${MOST_MEMBERS} can be told`);
  checkAlike(members);
  const layout = layOut(members);
  const levels = match ? matchLevels(members, layout.places) : members.map(() => 0);
  const layers = (by: readonly number[]) => members.map((member, i) => toLayer(member, layout, i, by[i] ?? 0));
  let combined = combine(layout.width, layout.height, layers(levels));
  const sky = estimateSky(combined.signal);
  if (sky === undefined) throw new StepError(EXIT.hold, `all pixels of all ${members.length} members are masked`);
  // The members' levels were only known against each other. One level is taken off them all: the mosaic's own sky.
  const final = match ? levels.map((level) => Math.fround(level - sky.level)) : levels;
  if (match) combined = combine(layout.width, layout.height, layers(final));
  const told = members.map((member, i): MosaicMember => {
    const { dataset, width, height } = member;
    const place = layout.places[i] ?? { x: 0, y: 0 };
    const sum = member.sci.text('DATASUM') ?? '';
    return { dataset, x: place.x + 1, y: place.y + 1, width, height, level: final[i] ?? 0, sum };
  });
  for (const { dataset, x, y, level } of told) say(`${dataset} at ${x}, ${y}, level ${level.toFixed(2)}`);
  const masked = combined.signal.filter(Number.isNaN).length;
  say(`${layout.width} x ${layout.height} pixels of ${members.length} members, ${masked} without a value`);
  const name = `${task.dataset}_mos.fits`;
  const names = { dataset: task.dataset, file: name };
  writeResult(task, name, writeFits(mosaicHdus(names, members, told, layout, combined, match)));
}

function readMember(dataset: string, path: string): Member {
  const file = openFits(path);
  return reading(path, () => {
    const { sci, err, dq } = findExposure(file);
    const { width, height, values: signal } = readImage(sci);
    const wcs = readWcs(sci.header);
    if (wcs === undefined) throw new DataError(`${sci.header.where}: no WCS, so it has no place in a mosaic`);
    const primary = file.hdus[0]?.header ?? sci.header;
    const seconds = primary.number('EXPTIME', sci.header.number('EXPTIME', Number.NaN));
    // Exposures without a name count as different ones.
    const exposure = sci.header.text('EXPNAME') ?? primary.text('ROOTNAME') ?? dataset;
    const noise = err === undefined ? noiseOf(sci, width * height) : readImage(err).values;
    const flags = dq && readImage(dq).values;
    return { dataset, width, height, wcs, signal, noise, dq: flags, sci: sci.header, primary, exposure, seconds };
  });
}

function noiseOf(sci: Hdu, count: number): Float32Array {
  warn(`${sci.header.where}: there is no ERR plane: the noise is SKYSIG everywhere`);
  return new Float32Array(count).fill(sci.header.number('SKYSIG'));
}

/** A mean of electrons and of rates, or of short and long exposures, would mean nothing. */
function checkAlike(members: readonly Member[]): void {
  const first = members[0];
  for (const member of members) {
    for (const [what, value, expected] of [
      ['BUNIT', member.sci.text('BUNIT'), first?.sci.text('BUNIT')],
      ['EXPTIME', member.seconds, first?.seconds],
      ['FILTER1', member.primary.text('FILTER1'), first?.primary.text('FILTER1')],
      ['FILTER2', member.primary.text('FILTER2'), first?.primary.text('FILTER2')],
    ] as const) {
      if (Object.is(value, expected)) continue;
      throw new DataError(`${member.dataset} has ${what} ${value}, but ${first?.dataset} has ${expected}`);
    }
  }
}

function toLayer(member: Member, layout: Layout, at: number, level: number): Layer {
  const { width, height, signal, noise, dq, exposure, seconds } = member;
  const place = layout.places[at] ?? { x: 0, y: 0 };
  return { width, height, place, signal, noise, dq, level, exposure, seconds: Number.isFinite(seconds) ? seconds : 0 };
}
