import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corrupt } from '../../stages/lib/corrupt.ts';
import { verifyChecksums } from '../../stages/lib/fits-checksum.ts';
import { findExposure, readImage } from '../../stages/lib/fits-image.ts';
import { readFits } from '../../stages/lib/fits-read.ts';
import { writeFits } from '../../stages/lib/fits-write.ts';
import { decodePng } from './png.ts';
import { Programs } from './programs.ts';
import { tile } from './support.ts';

const STEPS = ['verify', 'calibrate', 'detect', 'preview', 'archive'] as const;
type Step = (typeof STEPS)[number];
const DATASET = 'j8bt06nyq_t05';
const POSTED = '20261121T120000';

const programs = new Programs();
const { home } = programs;
beforeAll(() => programs.build(STEPS));
afterAll(() => programs.remove());
const run = programs.run.bind(programs);

const board = () => join(home, 'blackboard', 'hst');
const products = (step: Step) => join(board(), 'products', DATASET, POSTED, `${step}.00${STEPS.indexOf(step) + 1}`);

/** Runs a step with the environment that the runner gives it. */
function runOnBoard(step: Step, input = tile(5)) {
  const params = join(home, 'params.json');
  writeFileSync(params, JSON.stringify({ input, slate: { dataset: DATASET, posted: POSTED, rank: 50, class: 'acs' } }));
  mkdirSync(products(step), { recursive: true });
  const earlier = STEPS.slice(0, STEPS.indexOf(step)).map((each) => [`SLATE_IN_${each.toUpperCase()}`, products(each)]);
  return run(step, [], {
    SLATE_HOME: home,
    SLATE_BOARD: 'hst',
    SLATE_PIPELINE: 'hst',
    SLATE_STAGE: step,
    SLATE_DATASET: DATASET,
    SLATE_PARAMS: params,
    SLATE_PRODUCTS: products(step),
    ...Object.fromEntries(earlier),
  });
}

describe('a real exposure on a board', () => {
  it('is verified', () => {
    expect(runOnBoard('verify')).toMatchObject({ status: 0, stderr: '' });
    const report = JSON.parse(readFileSync(join(products('verify'), 'verify.json'), 'utf8'));
    expect(report).toMatchObject({ dataset: DATASET, sound: true, wrong: [], warnings: [] });
    expect(report.hdus[1]).toMatchObject({ name: 'SCI', axes: [200, 200], bitpix: -32, datasum: 'ok', checksum: 'ok' });
  });

  it('is calibrated', () => {
    expect(runOnBoard('calibrate')).toMatchObject({ status: 0, stderr: '' });
    const file = readFits(join(products('calibrate'), `${DATASET}_cal.fits`));
    expect(file.warnings).toEqual([]);
    for (const hdu of file.hdus) expect(verifyChecksums(hdu)).toMatchObject({ datasum: 'ok', checksum: 'ok' });
    const { sci, err, dq } = findExposure(file);
    const before = findExposure(readFits(tile(5)));
    const [after, raw, mask] = [
      readImage(sci).values,
      readImage(before.sci).values,
      before.dq && readImage(before.dq).values,
    ];
    const sky = sci.header.number('SKYVAL');
    let masked = 0;
    after.forEach((value, i) => {
      if (((mask?.[i] ?? 0) & 31743) !== 0) {
        masked++;
        expect(value).toBeNaN();
      } else if (Math.abs(value - ((raw[i] ?? 0) - sky)) > 0.01) expect(value).toBeCloseTo((raw[i] ?? 0) - sky, 2);
    });
    expect(masked).toBe(115);
    expect(sci.header.number('NMASKED')).toBe(115);
    expect(sky).toBeCloseTo(186.67, 2);
    expect(err?.data).toEqual(before.err?.data);
    expect(dq?.data).toEqual(before.dq?.data);
    expect(file.hdus[0]?.header.text('OPUS_VER')).toBe('OPUS 15.a');
    expect(sci.header.number('CD1_1')).toBe(-7.3605e-6);
    expect(sci.header.cards.filter(({ comment }) => comment.startsWith('slateboard calibrate'))).toHaveLength(2);
  });

  it('gives a catalogue, the same as CSV and as FITS', () => {
    expect(runOnBoard('detect')).toMatchObject({ status: 0, stderr: '' });
    const [head, ...lines] = readFileSync(join(products('detect'), `${DATASET}_cat.csv`), 'utf8')
      .trimEnd()
      .split('\n');
    expect(head).toBe('id,x,y,ra,dec,flux,flux_err,mag,npix,peak,flags');
    expect(lines).toHaveLength(292);
    const file = readFits(join(products('detect'), `${DATASET}_cat.fits`));
    for (const hdu of file.hdus) expect(verifyChecksums(hdu)).toMatchObject({ datasum: 'ok', checksum: 'ok' });
    const table = file.hdus[1];
    expect(table?.axes[1]).toBe(292);
    lines.forEach((line, i) => {
      const row = table?.data.subarray(i * (table.axes[0] ?? 0));
      const [id, x, , ra] = line.split(',').map(Number);
      expect(row?.readInt32BE(0)).toBe(id);
      expect(row?.readDoubleBE(4)).toBeCloseTo(x ?? Number.NaN, 3);
      expect(row?.readDoubleBE(20)).toBeCloseTo(ra ?? Number.NaN, 8);
    });
  });

  it('gives a picture with something on it', () => {
    expect(runOnBoard('preview')).toMatchObject({ status: 0, stderr: '' });
    const picture = decodePng(readFileSync(join(products('preview'), `${DATASET}.png`)));
    expect(picture).toMatchObject({ width: 600, height: 668, channels: 3 });
    expect(picture.text.Title).toBe(`NGC104 | HST ACS HRC F606W 60 s | 2002-04-13 20:40:22 | ${DATASET}`);
    const green = (x: number, y: number) => picture.pixels[(Math.round(y) * 600 + Math.round(x)) * 3 + 1] ?? 0;
    // The brightest star of the catalogue, at 63.4, 76.2 from below, shines; a dark spot does not.
    expect(green(62.9 * 3, (200 - 75.7) * 3)).toBeGreaterThan(200);
    expect(green(100 * 3, (200 - 90) * 3)).toBeLessThan(40);
    expect(decodePng(readFileSync(join(products('preview'), `${DATASET}_thumb.png`)))).toMatchObject({
      width: 200,
      height: 200,
    });
  });

  it('is archived with every product, every try and the input', () => {
    const logs = join(board(), 'logs', DATASET);
    mkdirSync(logs, { recursive: true });
    const names = [`${POSTED}.calibrate.002.x75.log`, `${POSTED}.verify.001.ok.log`, `${POSTED}.archive.005.run.log`];
    for (const name of [...names, 'notes.txt']) writeFileSync(join(logs, name), 'text');
    expect(runOnBoard('archive')).toMatchObject({ status: 0, stderr: '' });
    const manifest = JSON.parse(readFileSync(join(products('archive'), 'manifest.json'), 'utf8'));
    const sha = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
    expect(manifest.input).toMatchObject({ sha256: sha(tile(5)), bytes: 291764 });
    expect(manifest.products.map((each: { path: string }) => basename(each.path))).toEqual([
      'verify.json',
      `${DATASET}_cal.fits`,
      `${DATASET}_cat.csv`,
      `${DATASET}_cat.fits`,
      `${DATASET}_thumb.png`,
      `${DATASET}.png`,
    ]);
    for (const { path, sha256, stage, epoch } of manifest.products) {
      expect(path).toMatch(new RegExp(`^blackboard/hst/products/${DATASET}/${POSTED}/${stage}\\.00${epoch}/`));
      expect(sha256).toBe(sha(join(home, path)));
    }
    expect(manifest.tries.map((each: Record<string, unknown>) => [each.stage, each.epoch, each.outcome])).toEqual([
      ['verify', 1, 'ok'],
      ['calibrate', 2, 'x75'],
      ['archive', 5, 'run'],
    ]);
    expect(manifest).toMatchObject({ board: 'blackboard/hst', posted: POSTED });
    expect(manifest.software).toEqual({
      slateboard: '9.8.7',
      node: process.version,
      opus: 'OPUS 15.a',
      calibration: '4.4.1 (21-Jan-2004)',
    });
  });

  it('gives the same bytes when a step is run again over its results', () => {
    for (const step of ['verify', 'calibrate', 'detect', 'preview'] as const) {
      const all = () =>
        readdirSync(products(step)).map((name) => readFileSync(join(products(step), name)).toString('base64'));
      const before = all();
      expect(runOnBoard(step).status).toBe(0);
      expect(all()).toEqual(before);
    }
  });
});

describe('by hand', () => {
  it.each(STEPS)('%s explains itself', (step) => {
    const { status, stdout } = run(step, ['--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${step}: `));
    expect(stdout).toContain('--out DIR');
  });

  it('goes from flags alone', () => {
    const out = join(home, 'by-hand');
    expect(run('calibrate', ['--input', tile(1), '--out', out]).status).toBe(0);
    expect(run('detect', ['--from', `calibrate=${out}`, '--out', out, '--param', 'threshold=50']).status).toBe(0);
    // A catalogue may also be empty.
    const none = run('detect', ['--from', `calibrate=${out}`, '--out', out, '--param', 'threshold=100000']);
    expect(none).toMatchObject({ status: 0, stdout: expect.stringContaining('0 sources above') });
    expect(readFits(join(out, 'j8bt06nyq_t01_cat.fits')).hdus[1]?.axes[1]).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['cal.fits', 'cat.csv', 'cat.fits'].map((end) => `j8bt06nyq_t01_${end}`));
  });
});

describe('what goes wrong', () => {
  const out = () => join(home, 'wrong');

  it('a damaged exposure: exit 2, one line with HDU and both values', () => {
    const input = join(home, 'damaged_flt.fits.gz');
    writeFileSync(input, corrupt(readFileSync(tile(5)), 'SCI'));
    const { status, stderr } = run('verify', ['--input', input, '--out', out()]);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^verify: damaged: .*HDU 1 \(SCI\): DATASUM says 2161743765, but the data sum to \d+; .*CHECKSUM says/,
    );
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('a missing checksum: a warning only', () => {
    const { hdus } = readFits(tile(5));
    const bytes = hdus.map(({ header, data, paddedData }, i) => {
      const bare = i === 1 ? header.clone().delete('CHECKSUM').delete('DATASUM') : header;
      return Buffer.concat([bare.toBuffer(), data.length === 0 ? data : paddedData]);
    });
    const input = join(home, 'bare_flt.fits');
    writeFileSync(input, Buffer.concat(bytes));
    const { status, stdout } = run('verify', ['--input', input, '--out', out()]);
    expect(status).toBe(0);
    expect(stdout).toContain('warning: HDU 1 (SCI): no DATASUM');
  });

  it.each(['verify', 'calibrate'] as const)('%s of something that is not FITS: exit 2', (step) => {
    const input = join(home, 'page_flt.fits');
    writeFileSync(input, '<!DOCTYPE html>');
    const { status, stderr } = run(step, ['--input', input, '--out', out()]);
    expect(status).toBe(2);
    expect(stderr).toBe(
      `${step}: page: ${input}: not a FITS file: byte 0 starts "<!DOCTYPE" where "SIMPLE  =" belongs\n`,
    );
  });

  it('every pixel masked: exit 3', () => {
    const { hdus } = readFits(tile(5));
    const all = hdus.map(({ header, data, name }) => ({
      header,
      data: name === 'DQ' ? Buffer.alloc(data.length, 1) : data,
    }));
    const input = join(home, 'masked_flt.fits');
    writeFileSync(input, writeFits(all));
    const { status, stderr } = run('calibrate', ['--input', input, '--out', out()]);
    expect(status).toBe(3);
    expect(stderr).toContain('all 40000 pixels are masked (DQ & 31743); look at the exposure, or set dqmask');
    expect(run('calibrate', ['--input', input, '--out', out(), '--param', 'dqmask=2']).status).toBe(0);
  });

  it('a projection that cannot be used: no catalogue, but a picture', () => {
    const { hdus } = readFits(tile(5));
    const odd = hdus.map(({ header, data, name }) => {
      return { header: name === 'SCI' ? header.clone().set('CTYPE1', 'RA---SIN') : header, data };
    });
    const folder = join(home, 'odd');
    mkdirSync(folder);
    writeFileSync(join(folder, 'odd_cal.fits'), writeFits(odd));
    const argv = ['--from', `calibrate=${folder}`, '--out', folder];
    expect(run('detect', argv)).toMatchObject({ status: 2, stderr: expect.stringContaining("CTYPE1 'RA---SIN'") });
    expect(run('preview', argv)).toMatchObject({ status: 0, stdout: expect.stringContaining('no scale bar') });
  });

  it.each(STEPS)('%s: a missing file is 66, no arguments 64', (step) => {
    const argv = ['--input', join(home, 'none_flt.fits'), '--from', `calibrate=${join(home, 'none')}`, '--out', out()];
    expect(run(step, argv)).toMatchObject({ status: 66, stderr: expect.stringContaining('cannot be read (ENOENT)') });
    expect(run(step, [])).toMatchObject({ status: 64, stderr: expect.stringContaining('no output folder') });
  });
});
