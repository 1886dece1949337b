import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Header } from '../../stages/lib/fits-header.ts';
import { readFits } from '../../stages/lib/fits-read.ts';
import { floatData, writeFits } from '../../stages/lib/fits-write.ts';
import { Programs } from './programs.ts';
import { tile } from './support.ts';

const DATASET = 'j8bt06nyq';

const programs = new Programs();
const out = (name: string) => programs.path(name);
const cal = (n: number) => out(`${DATASET}_t0${n}/calibrate.002`);
const mosaicOf = (...dirs: string[]) =>
  programs.run('mosaic', [...dirs.flatMap((dir) => ['--member', dir]), '--dataset', DATASET, '--out', out('mosaic')]);

beforeAll(async () => {
  await programs.build(['calibrate', 'detect', 'mosaic', 'merge', 'overview']);
  for (const n of [1, 2]) programs.run('calibrate', ['--input', tile(n), '--out', cal(n)]);
  programs.run('detect', ['--from', `calibrate=${cal(1)}`, '--out', out(`${DATASET}_t01/detect.003`)]);
  expect(mosaicOf(cal(1), cal(2)).status).toBe(0);
});
afterAll(() => programs.remove());

describe('what goes wrong with an association', () => {
  /** Tile 2 with another header in SCI, or other data, as a member of its own. */
  function changed(name: string, edit: (header: Header) => void, data?: Buffer): string {
    const hdus = readFits(join(cal(2), `${DATASET}_t02_cal.fits`)).hdus.map((hdu) => {
      const header = hdu.header.clone();
      if (hdu.name === 'SCI') edit(header);
      return { header, data: (hdu.name === 'SCI' ? data : undefined) ?? hdu.data };
    });
    mkdirSync(out(name), { recursive: true });
    writeFileSync(join(out(name), `${name}_cal.fits`), writeFits(hdus));
    return out(name);
  }

  it.each([
    [
      'off_half',
      'CRPIX1',
      100.5,
      /off_half does not lie on the pixels of j8bt06nyq_t01: its corners are off by up to 0\.500 pixels/,
    ],
    [
      'off_turned',
      'CD1_2',
      2e-6,
      /off_turned does not lie on the pixels of j8bt06nyq_t01: its corners are off by up to/,
    ],
    ['off_far', 'CRPIX1', -1e7, /the tiles span \d+ x \d+ pixels, more than/],
    ['off_rates', 'BUNIT', 'ELECTRONS/S', /off_rates has BUNIT ELECTRONS\/S, but j8bt06nyq_t01 has ELECTRONS/],
  ])('%s: %s = %s is refused with exit 2', (name, keyword, value, message) => {
    const dir = changed(name, (header) => header.set(keyword, value));
    const { status, stderr } = mosaicOf(cal(1), dir);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('every pixel masked: exit 3', () => {
    const dir = changed(
      'dark',
      (header) => header.set('NMASKED', 40_000),
      floatData(new Float32Array(40_000).fill(Number.NaN)),
    );
    expect(mosaicOf(dir)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('all pixels of all 1 members are masked'),
    });
  });

  it('a member without the product: exit 2, and it says which', () => {
    const lines = `${JSON.stringify({ dataset: 'x', products: { detect: out('mosaic') } })}\n`;
    writeFileSync(out('few'), lines);
    const env = { SLATE_MEMBERS: out('few'), SLATE_DATASET: DATASET, SLATE_PRODUCTS: out('wrong') };
    expect(programs.run('mosaic', [], env)).toMatchObject({
      status: 2,
      stderr: `mosaic: ${DATASET}: the member x has no products of calibrate\n`,
    });
    const { status, stderr } = programs.run('merge', [], { ...env, SLATE_IN_MOSAIC: out('mosaic') });
    expect([status, stderr]).toEqual([2, expect.stringContaining('the member x has no file *_cat.fits')]);
  });

  it('a catalogue that is not there: exit 2', () => {
    const { status, stderr } = programs.run('merge', [
      ...['--from', `mosaic=${out('mosaic')}`, '--member', out(`${DATASET}_t01/detect.003`)],
      ...['--dataset', DATASET, '--out', out('wrong')],
    ]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('member j8bt06nyq_t02 has no catalogue')]);
  });

  it.each(['mosaic', 'merge', 'overview'])('%s: no arguments 64, and it explains itself', (step) => {
    expect(programs.run(step, [])).toMatchObject({ status: 64, stderr: expect.stringContaining('no output folder') });
    expect(programs.run(step, ['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining(`${step}: `) });
    const none = programs.run(step, ['--dataset', DATASET, '--out', out('wrong')]);
    expect(none.status).toBe(64);
  });
});
