import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyChecksums } from '../../stages/lib/fits-checksum.ts';
import { findExposure, readImage } from '../../stages/lib/fits-image.ts';
import { readFits } from '../../stages/lib/fits-read.ts';
import { readTable } from '../../stages/lib/fits-table.ts';
import { readMembers } from '../../stages/lib/mosaic-members.ts';
import { DEFAULTS, detectSources } from '../../stages/lib/sources.ts';
import { pixelToSky, readWcs } from '../../stages/lib/wcs.ts';
import { decodePng } from './png.ts';
import { Programs } from './programs.ts';
import { calibratedTile, tile } from './support.ts';

const DATASET = 'j8bt06nyq';
const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Where the archive's full frame was cut for tile 1, from 0: `TILEX0` and `TILEY0` of the tiles count from there. */
const CORNER = 252;
const SIDE = 520;

const programs = new Programs();
const out = (name: string) => programs.path(name);
const ok = (step: string, ...argv: string[]) => {
  const { status, stderr, stdout } = programs.run(step, argv);
  expect({ step, status, stderr }).toEqual({ step, status: 0, stderr: '' });
  return stdout;
};

/** The nine members as the runner tells them. */
function membersFile(): string {
  const lines = NUMBERS.map((n) => {
    const dataset = `${DATASET}_t0${n}`;
    const products = { calibrate: out(`${dataset}/calibrate.002`), detect: out(`${dataset}/detect.003`) };
    return JSON.stringify({ dataset, board: 'hst', posted: '20261121T120000', products });
  });
  writeFileSync(out('members'), `${lines.join('\n')}\n`);
  return out('members');
}

beforeAll(async () => {
  await programs.build(['calibrate', 'detect', 'mosaic', 'merge', 'overview']);
  for (const n of NUMBERS) {
    const cal = out(`${DATASET}_t0${n}/calibrate.002`);
    ok('calibrate', '--input', tile(n), '--out', cal);
    ok('detect', '--from', `calibrate=${cal}`, '--out', out(`${DATASET}_t0${n}/detect.003`));
  }
  // As the runner does it; the other tests name the folders by hand.
  const env = { SLATE_MEMBERS: membersFile(), SLATE_DATASET: DATASET };
  for (const [step, from] of [
    ['mosaic', {}],
    ['merge', { SLATE_IN_MOSAIC: out('mosaic') }],
  ] as const) {
    const { status, stderr } = programs.run(step, [], { ...env, ...from, SLATE_PRODUCTS: out(step) });
    expect({ step, status, stderr }).toEqual({ step, status: 0, stderr: '' });
  }
}, 120_000);
afterAll(() => programs.remove());

const mosaicFile = (folder = 'mosaic') => readFits(join(out(folder), `${DATASET}_mos.fits`));
const tileOf = (n: number) => readFits(join(out(`${DATASET}_t0${n}`), 'calibrate.002', `${DATASET}_t0${n}_cal.fits`));
const plane = (folder: string, name: string) => {
  const hdu = mosaicFile(folder).hdus.find((each) => each.name === name);
  if (hdu === undefined) throw new Error(`no ${name}`);
  return readImage(hdu).values;
};

/** Calls `visit` with every pixel of tile n: its index in the tile and in the mosaic, by the place where it was cut out. */
function forTile(n: number, visit: (inTile: number, inMosaic: number) => void): void {
  const primary = tileOf(n).hdus[0]?.header;
  const [x0, y0] = [(primary?.number('TILEX0') ?? 0) - CORNER, (primary?.number('TILEY0') ?? 0) - CORNER];
  for (let i = 0; i < 200 * 200; i++) visit(i, (y0 + Math.floor(i / 200)) * SIDE + x0 + (i % 200));
}

/** How many tiles cover each pixel. */
function coverage(): Uint8Array {
  const count = new Uint8Array(SIDE * SIDE);
  for (const n of NUMBERS)
    forTile(n, (_, to) => {
      count[to] = (count[to] ?? 0) + 1;
    });
  return count;
}

describe('the mosaic of the nine real tiles', () => {
  it('is sound FITS that says what it was made of', () => {
    const file = mosaicFile();
    expect(file.warnings).toEqual([]);
    expect(file.hdus.map(({ name, axes }) => [name, ...axes])).toEqual([
      ['PRIMARY'],
      ...['SCI', 'ERR', 'DQ', 'WHT'].map((name) => [name, SIDE, SIDE]),
    ]);
    for (const hdu of file.hdus) expect(verifyChecksums(hdu)).toMatchObject({ datasum: 'ok', checksum: 'ok' });
    const [primary, sci] = file.hdus.map(({ header }) => header);
    expect(primary?.text('FILENAME')).toBe(`${DATASET}_mos.fits`);
    expect(primary?.text('OPUS_VER')).toBe('OPUS 15.a');
    expect(primary?.has('TILEX0')).toBe(false);
    expect(primary?.cards.filter(({ comment }) => comment.startsWith('Cutout'))).toEqual([]);
    expect(sci?.number('NCOMBINE')).toBe(1);
    const members = sci === undefined ? [] : readMembers(sci);
    expect(members.map(({ dataset, x, y }) => [dataset, x, y])).toEqual(
      NUMBERS.map((n, i) => [`${DATASET}_t0${n}`, 1 + 160 * (i % 3), 1 + 160 * Math.floor(i / 3)]),
    );
    expect(members.map(({ sum }) => sum)).toEqual(NUMBERS.map((n) => tileOf(n).hdus[1]?.header.text('DATASUM')));
  });

  it('has the sky of the tiles at every pixel', () => {
    const header = mosaicFile().hdus[1]?.header;
    const wcs = header && readWcs(header);
    if (wcs === undefined) throw new Error('no WCS');
    for (const n of NUMBERS) {
      const sci = tileOf(n).hdus[1]?.header;
      const own = sci && readWcs(sci);
      if (own === undefined) throw new Error('no WCS');
      forTile(n, (from, to) => {
        if (from % 1999 !== 0) return;
        const [ra, dec] = pixelToSky(own, 1 + (from % 200), 1 + Math.floor(from / 200));
        const there = pixelToSky(wcs, 1 + (to % SIDE), 1 + Math.floor(to / SIDE));
        expect(there[0]).toBeCloseTo(ra, 10);
        expect(there[1]).toBeCloseTo(dec, 10);
      });
    }
  });

  it('is the tile where only one covers, and what was recorded is all that was added', () => {
    const values = plane('mosaic', 'SCI');
    const errors = plane('mosaic', 'ERR');
    const header = mosaicFile().hdus[1]?.header;
    const members = header === undefined ? [] : readMembers(header);
    const count = coverage();
    let compared = 0;
    for (const n of NUMBERS) {
      const { sci, err } = findExposure(tileOf(n));
      const [own, noise] = [readImage(sci).values, err && readImage(err).values];
      const wrong: number[] = [];
      forTile(n, (from, to) => {
        if (count[to] !== 1) return;
        compared++;
        const expected = Math.fround((own[from] as number) + (members[n - 1]?.level ?? 0));
        const isSame = Object.is(values[to], expected);
        const isNoise = errors[to] === noise?.[from];
        if (!isSame || !isNoise) wrong.push(from);
      });
      expect(wrong).toEqual([]);
    }
    // 3 x 3 tiles whose overlaps leave 160 or 120 pixels to each alone.
    expect(compared).toBe((160 + 120 + 160) ** 2);
  });

  it('is the exposure less one constant, everywhere: no seam, no light lost', () => {
    const values = plane('mosaic', 'SCI');
    const sky = mosaicFile().hdus[1]?.header.number('SKYVAL') ?? 0;
    let [sum, rawSum, worst, good] = [0, 0, 0, 0];
    const seen = new Uint8Array(SIDE * SIDE);
    for (const n of NUMBERS) {
      const { sci, dq } = findExposure(readFits(tile(n)));
      const [raw, flags] = [readImage(sci).values, dq && readImage(dq).values];
      forTile(n, (from, to) => {
        const isMasked = ((flags?.[from] as number) & 31743) !== 0;
        if (Number.isNaN(values[to]) !== isMasked) worst = Number.POSITIVE_INFINITY;
        if (isMasked) return;
        const off = Math.abs((raw[from] as number) - sky - (values[to] as number));
        // The largest values have a step of 1/64 in 32 bits.
        worst = Math.max(worst, off / Math.max(1, Math.abs(raw[from] as number) * 2 ** -20));
        if (seen[to] === 1) return;
        seen[to] = 1;
        good++;
        sum += values[to] as number;
        rawSum += (raw[from] as number) - sky;
      });
    }
    expect(worst).toBeLessThan(0.05);
    expect(Math.abs(sum / rawSum - 1)).toBeLessThan(1e-6);
    expect(good).toBe(SIDE * SIDE - (mosaicFile().hdus[1]?.header.number('NMASKED') ?? 0));
  });

  it('does not take the same photons twice: noise and exposure time of an overlap are those of one tile', () => {
    const [errors, weight, dq] = [plane('mosaic', 'ERR'), plane('mosaic', 'WHT'), plane('mosaic', 'DQ')];
    for (const n of NUMBERS) {
      const { err, dq: flags } = findExposure(tileOf(n));
      const [noise, own] = [err && readImage(err).values, flags && readImage(flags).values];
      const wrong: number[] = [];
      forTile(n, (from, to) => {
        const isMasked = ((own?.[from] as number) & 31743) !== 0;
        const isNoise = Math.abs((errors[to] as number) / (noise?.[from] as number) - 1) < 1e-6;
        const isRight = isNoise && weight[to] === (isMasked ? 0 : 60);
        if (!isRight || dq[to] !== own?.[from]) wrong.push(from);
      });
      expect(wrong).toEqual([]);
    }
  });

  it('leaves the tiles as they are with match=0, and gives the same bytes when run again', () => {
    const dirs = NUMBERS.flatMap((n) => ['--member', out(`${DATASET}_t0${n}/calibrate.002`)]);
    ok('mosaic', ...dirs, '--dataset', DATASET, '--out', out('as-is'), '--param', 'match=0');
    const values = plane('as-is', 'SCI');
    const count = coverage();
    const own = readImage(findExposure(tileOf(3)).sci).values;
    forTile(3, (from, to) => {
      if (count[to] === 1) expect(values[to]).toBe(own[from]);
    });
    ok('mosaic', ...dirs, '--dataset', DATASET, '--out', out('again'));
    const bytes = (folder: string) => readFileSync(join(out(folder), `${DATASET}_mos.fits`));
    expect(bytes('again').equals(bytes('mosaic'))).toBe(true);
  });
});

describe('the merged catalogue', () => {
  const table = () => readTable(readFits(join(out('merge'), `${DATASET}_cat.fits`)), 'CATALOGUE');
  const column = (name: string) => table().columns.get(name) ?? new Float64Array();

  it('is the same as CSV and as sound FITS, brightest first', () => {
    const file = readFits(join(out('merge'), `${DATASET}_cat.fits`));
    for (const hdu of file.hdus) expect(verifyChecksums(hdu)).toMatchObject({ datasum: 'ok', checksum: 'ok' });
    const [head, ...lines] = readFileSync(join(out('merge'), `${DATASET}_cat.csv`), 'utf8')
      .trimEnd()
      .split('\n');
    expect(head).toBe('id,x,y,ra,dec,flux,flux_err,mag,npix,peak,flags,seen,member');
    expect(lines).toHaveLength(table().rows);
    const [x, ra, seen] = [column('X'), column('RA'), column('SEEN')];
    lines.forEach((line, i) => {
      const cells = line.split(',').map(Number);
      expect([cells[0], cells[11]]).toEqual([i + 1, seen[i]]);
      expect(cells[1]).toBeCloseTo(x[i] ?? 0, 3);
      expect(cells[3]).toBeCloseTo(ra[i] ?? 0, 8);
    });
    expect([...column('FLUX')]).toEqual([...column('FLUX')].sort((a, b) => b - a));
  });

  it('has each source once, at its pixel of the mosaic', () => {
    const [x, y, ra, dec] = [column('X'), column('Y'), column('RA'), column('DEC')];
    const header = mosaicFile().hdus[1]?.header;
    const wcs = header && readWcs(header);
    if (wcs === undefined) throw new Error('no WCS');
    for (let i = 0; i < x.length; i++) {
      const sky = pixelToSky(wcs, x[i] as number, y[i] as number);
      expect(sky[0]).toBeCloseTo(ra[i] as number, 9);
      expect(sky[1]).toBeCloseTo(dec[i] as number, 9);
    }
    // Of two tiles, nothing lies nearer to another than two stars that one tile has told apart.
    const tooNear: string[] = [];
    const member = column('MEMBER');
    for (let i = 0; i < x.length; i++) {
      for (let j = 0; j < i; j++) {
        const apart = Math.hypot((x[i] as number) - (x[j] as number), (y[i] as number) - (y[j] as number));
        if (apart < 1.5 && member[i] !== member[j]) tooNear.push(`${i + 1} and ${j + 1}: ${apart.toFixed(2)}`);
      }
    }
    expect(tooNear).toEqual([]);
  });

  it('finds what a search of the whole mosaic finds', () => {
    const [signal, noise] = [plane('mosaic', 'SCI'), plane('mosaic', 'ERR')];
    const whole = detectSources({ width: SIDE, height: SIDE, signal, noise }, DEFAULTS);
    const [x, y, flux] = [column('X'), column('Y'), column('FLUX')];
    const taken = new Set<number>();
    let [matched, bright, brightMatched] = [0, 0, 0];
    const ratios: number[] = [];
    for (const source of whole) {
      let best = -1;
      for (let i = 0; i < x.length; i++) {
        const apart = Math.hypot((x[i] as number) - source.x, (y[i] as number) - source.y);
        if (apart < 0.5 && !taken.has(i)) best = i;
      }
      const isBright = source.flux > 30 * source.fluxError;
      if (isBright) bright++;
      if (best < 0) continue;
      taken.add(best);
      matched++;
      if (isBright) brightMatched++;
      if (isBright && (source.flags & 6) === 0) ratios.push((flux[best] as number) / source.flux);
    }
    expect(matched / whole.length).toBeGreaterThan(0.98);
    expect(matched / x.length).toBeGreaterThan(0.98);
    expect(brightMatched / bright).toBeGreaterThan(0.99);
    ratios.sort((a, b) => a - b);
    expect(ratios[Math.floor(0.05 * ratios.length)]).toBeGreaterThan(0.98);
    expect(ratios[Math.floor(0.95 * ratios.length)]).toBeLessThan(1.02);
  });

  it('has a real star of the overlap of four tiles once, though each of the four has it', () => {
    // Read off tile 5: the brightest whole source within its lower left 40 x 40 pixels, which tiles 1, 2 and 4 share.
    const { plane: pixels } = calibratedTile(tile(5));
    const star = detectSources(pixels).find(({ x, y }) => x > 8 && x < 33 && y > 8 && y < 33);
    if (star === undefined) throw new Error('no star');
    const near = (x: number, y: number, radius: number) => {
      const [xs, ys] = [column('X'), column('Y')];
      return [...xs.keys()].filter((i) => Math.hypot((xs[i] as number) - x, (ys[i] as number) - y) < radius);
    };
    const found = near(star.x + 160, star.y + 160, 1.5);
    expect(found).toHaveLength(1);
    expect(column('SEEN')[found[0] ?? 0]).toBe(4);
    for (const n of [1, 2, 4, 5]) {
      const { columns } = readTable(
        readFits(join(out(`${DATASET}_t0${n}/detect.003`), `${DATASET}_t0${n}_cat.fits`)),
        'CATALOGUE',
      );
      const [x0, y0] = [160 * ((n - 1) % 3), 160 * Math.floor((n - 1) / 3)];
      const own = [...(columns.get('X') ?? [])].filter(
        (x, i) => Math.hypot(x + x0 - star.x - 160, (columns.get('Y')?.[i] ?? 0) + y0 - star.y - 160) < 0.2,
      );
      expect(own).toHaveLength(1);
    }
  });

  it('gives the same flux whichever tile it was taken from', () => {
    // The skies of tiles 2 and 3 differ by 83 electrons a pixel; on the mosaic's level the same star has the same flux in both.
    const header = mosaicFile().hdus[1]?.header;
    const members = header === undefined ? [] : readMembers(header);
    const level = (n: number) => (members[n - 1]?.level ?? 0) * Math.PI * 9;
    const read = (n: number) =>
      readTable(readFits(join(out(`${DATASET}_t0${n}/detect.003`), `${DATASET}_t0${n}_cat.fits`)), 'CATALOGUE');
    const [two, three] = [read(2).columns, read(3).columns];
    const at = (columns: ReadonlyMap<string, Float64Array>, name: string, i: number) =>
      columns.get(name)?.[i] ?? Number.NaN;
    const pulls: number[] = [];
    for (let i = 0; i < (two.get('X')?.length ?? 0); i++) {
      for (let j = 0; j < (three.get('X')?.length ?? 0); j++) {
        const apart = Math.hypot(at(two, 'X', i) - 160 - at(three, 'X', j), at(two, 'Y', i) - at(three, 'Y', j));
        if (apart > 0.02 || at(two, 'FLAGS', i) + at(three, 'FLAGS', j) > 2) continue;
        const difference = at(two, 'FLUX', i) + level(2) - at(three, 'FLUX', j) - level(3);
        pulls.push(Math.abs(difference) / at(two, 'FLUX_ERR', i));
      }
    }
    pulls.sort((a, b) => a - b);
    expect(pulls.length).toBeGreaterThan(20);
    expect(pulls[pulls.length >> 1]).toBeLessThan(0.2);
  });
});

describe('the overview', () => {
  it('shows the mosaic, and rings where the sources are', () => {
    ok(
      'overview',
      '--from',
      `mosaic=${out('mosaic')}`,
      '--from',
      `merge=${out('merge')}`,
      '--dataset',
      DATASET,
      '--out',
      out('ovr'),
    );
    expect(readdirSync(out('ovr')).sort()).toEqual([`${DATASET}.png`, `${DATASET}_sources.png`]);
    const [plain, marked] = ['', '_sources'].map((end) =>
      decodePng(readFileSync(join(out('ovr'), `${DATASET}${end}.png`))),
    );
    expect(plain).toMatchObject({ width: 1040, height: 1108 });
    expect(plain?.text.Title).toMatch(
      /^NGC104 \| HST ACS HRC F606W 60 s \| .* \| j8bt06nyq: 9 members, the 600 brightest of \d+ sources$/,
    );
    const changed = plain?.pixels.filter((value, i) => value !== marked?.pixels[i]).length ?? 0;
    expect(changed / (plain?.pixels.length ?? 1)).toBeGreaterThan(0.01);
    expect(changed / (plain?.pixels.length ?? 1)).toBeLessThan(0.15);
  });
});
