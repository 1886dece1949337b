import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corrupt } from '../../stages/lib/corrupt.ts';
import { parseCsv } from '../../stages/lib/csv.ts';
import { readFits } from '../../stages/lib/fits-read.ts';
import { readTable } from '../../stages/lib/fits-table.ts';
import { describeFile } from '../../stages/lib/manifest.ts';
import { decodePng } from './png.ts';
import { Programs } from './programs.ts';
import { tile } from './support.ts';

const programs = new Programs();
const out = (...names: string[]) => programs.path(...names);
const json = (...names: string[]) => JSON.parse(readFileSync(out(...names), 'utf8'));
const lines = (...names: string[]) =>
  readFileSync(out(...names), 'utf8')
    .trimEnd()
    .split('\n');
const STEPS = ['aggregate', 'submit', 'check', 'retrieve', 'statistics', 'quality'];
const sumOf = (path: string) => describeFile('/', path);

beforeAll(() => programs.build(STEPS));
afterAll(() => programs.remove());

/** A step as the runner runs it, its files in a folder of its own. */
function step(name: string, dataset: string, params: object, env: Readonly<Record<string, string>> = {}) {
  const folder = out(dataset, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '.params'), JSON.stringify(params));
  const ran = programs.run(name, [], {
    SLATE_HOME: programs.home,
    SLATE_BOARD: 'b',
    SLATE_STAGE: name,
    SLATE_EPOCH: '2',
    SLATE_POSTED: '20261121T120000',
    SLATE_DATASET: dataset,
    SLATE_PARAMS: join(folder, '.params'),
    SLATE_PRODUCTS: join(folder, 'products'),
    SLATE_POST: join(folder, '.post'),
    SLATE_RESULT: join(folder, '.result'),
    ...env,
  });
  return { ...ran, folder, says: `${ran.status} ${ran.stderr}` };
}

describe('from a list to its granules', () => {
  const list = [1, 2, 3].map((number) => `${sumOf(tile(number)).sha256}  ${tile(number)}\n`).join('');

  it('aggregate: parts it, each with its signal file, and posts them', () => {
    writeFileSync(out('rp.list'), list);
    const { folder, says } = step('aggregate', 'rp', { input: 'rp.list', size: '2' });
    expect(says).toBe('0 ');
    expect(readdirSync(join(folder, 'products')).sort()).toEqual(
      ['rp_a01', 'rp_a02'].flatMap((name) => [`${name}.list`, `${name}.list.done`]),
    );
    expect(lines('rp', 'aggregate', '.post').map((line) => JSON.parse(line))).toEqual([
      {
        dataset: 'rp_a01',
        class: 'aggregate',
        params: { input: 'rp/aggregate/products/rp_a01.list', list: 'rp', granules: 2 },
      },
      {
        dataset: 'rp_a02',
        class: 'aggregate',
        params: { input: 'rp/aggregate/products/rp_a02.list', list: 'rp', granules: 1 },
      },
    ]);
  });

  it('submit: posts the granules of one, with what their bytes must be', () => {
    const { says } = step('submit', 'rp_a02', { input: 'rp/aggregate/products/rp_a02.list' });
    expect(says).toBe('0 ');
    expect(lines('rp_a02', 'submit', '.post').map((line) => JSON.parse(line))).toEqual([
      {
        dataset: 'rp_a02_j8bt06nyq_t03',
        class: 'granule',
        params: { input: tile(3), granule: 'j8bt06nyq_t03', aggregate: 'rp_a02', sha256: sumOf(tile(3)).sha256 },
      },
    ]);
  });

  it('submit, while the signal file has not come: try again', () => {
    writeFileSync(out('half.list'), list);
    const { says } = step('submit', 'half', { input: 'half.list' });
    expect(says).toMatch(/^75 submit: half: .*half\.list: there is no signal file .*half\.list\.done/);
    expect(existsSync(out('half', 'submit', '.post'))).toBe(false);
  });

  it.each([
    ['', '2 aggregate: bad: '],
    ['a.fits\na.fits\n', 'line 2: the granule a stands in line 1 already'],
  ])('a list that is none (%j): bad data', (text, message) => {
    writeFileSync(out('bad.list'), text);
    expect(step('aggregate', 'bad', { input: 'bad.list' }).says).toContain(message);
  });
});

describe('a granule', () => {
  const granule = 'a1_j8bt06nyq_t01';
  const { sha256 } = sumOf(tile(1));

  it('is checked, and retrieved on the site that it was sent to', () => {
    expect(step('check', granule, { input: tile(1), sha256 }).says).toBe('0 ');
    expect(json(granule, 'check', '.result').params).toEqual({ file: tile(1), sha256 });
    expect(json(granule, 'check', 'products', 'check.json')).toMatchObject({ sha256, listed: true });

    const far = out('site', granule, 'in');
    mkdirSync(far, { recursive: true });
    copyFileSync(tile(1), join(far, basename(tile(1))));
    const made = step('retrieve', granule, { input: tile(1), sha256 }, { FAR: far });
    expect(made.says).toBe('0 ');
    expect(made.stdout).toContain('263 soundings: 183 good, 69 poor, 3 iterations, 0 diverged, 8 input');
    expect(made.stdout).toContain('warning: 3 of 263 soundings did not converge');
    expect(json(granule, 'retrieve', '.result').params).toEqual({ computed: 'retrieve.002' });
    expect(readdirSync(join(made.folder, 'products'))).toEqual([]);
    expect(readdirSync(out('site', granule)).sort()).toEqual(['in', 'retrieve.002']);
    const folder = out('site', granule, 'retrieve.002');
    expect(readdirSync(folder).sort()).toEqual(['csv', 'fits', 'json'].map((end) => `${granule}_ret.${end}`));
    const { rows, columns } = readTable(readFits(join(folder, `${granule}_ret.fits`)), 'RETRIEVAL');
    const csv = parseCsv(readFileSync(join(folder, `${granule}_ret.csv`), 'utf8'), ['x', 'outcome']);
    expect([rows, csv.length]).toEqual([263, 263]);
    for (const [i, row] of csv.entries()) {
      if (row.x === '') expect(columns.get('X')?.[i]).toBeNaN();
      else expect(columns.get('X')?.[i]).toBeCloseTo(Number(row.x), 4);
      expect(columns.get('OUTCOME')?.[i]).toBe(Number(row.outcome));
    }
  });

  it('without a checksum in its list is checked by those in itself', () => {
    const { says, stdout } = step('check', 'bare', { input: tile(1) });
    expect([says, stdout.split('\n')[0]]).toEqual(['0 ', 'its list has no checksum of it']);
    writeFileSync(out('corrupt.fits.gz'), corrupt(readFileSync(tile(1))));
    expect(step('check', 'bad', { input: 'corrupt.fits.gz' }).says).toMatch(/^2 .*DATASUM.*fetch it again/s);
  });

  it.each([
    ['not what the list says', { input: tile(2), sha256 }, `2 check: bad: ${tile(2)}: its sha256 is `],
    ['not there yet', { input: 'later.fits', sha256 }, '66 check: bad: '],
    [
      'listed with half a checksum',
      { input: tile(2), sha256: 'ab' },
      '64 check: bad: the parameter sha256 must be 64 hexadecimal digits',
    ],
  ])('that is %s does not pass the check', (_, params, message) => {
    expect(step('check', 'bad', params).says).toContain(message);
  });

  it('that changed at the site, is damaged, or is none: bad data', () => {
    writeFileSync(out('page.fits'), '<html>');
    expect(step('retrieve', 'bad', { input: 'page.fits', sha256 }).says).toMatch(/^2 .*repipe it to check/);
    expect(step('retrieve', 'bad', { input: 'corrupt.fits.gz' }).says).toMatch(/^2 .*DATASUM.*fetch it again/s);
    expect(step('retrieve', 'bad', { input: 'page.fits' }).says).toMatch(/^2 .*not a FITS file/);
  });

  it('of which nothing comes out good: for a person to look', () => {
    const { says } = step('retrieve', 'strict', { input: tile(1), chi2: '0', soundings: 20 });
    expect(says).toMatch(/^3 retrieve: strict: none of 20 soundings came out good/);
  });
});

describe('what an aggregate says of its granules', () => {
  const posted = '20261121T120000';
  const dataset = 'a1_j8bt06nyq_t01';
  const members = (ready: boolean) => {
    const told = { board: 'b', dataset, posted, state: ready ? 'done' : 'failed', ready };
    const products = ready ? { download: out('site', dataset, 'retrieve.002') } : {};
    writeFileSync(out('members'), `${JSON.stringify({ ...told, products })}\n`);
    return { SLATE_MEMBERS: out('members') };
  };
  const log = (name: string, text: string, run = posted) => {
    mkdirSync(out('blackboard', 'b', 'logs', dataset), { recursive: true });
    writeFileSync(out('blackboard', 'b', 'logs', dataset, `${run}.${name}.log`), text);
  };

  it('statistics: table, totals and picture', () => {
    const { says, folder } = step('statistics', 'a1', {}, members(true));
    expect(says).toBe('0 ');
    expect(json('a1', 'statistics', 'products', 'a1_statistics.json')).toMatchObject({
      granules: 1,
      retrieved: 1,
      soundings: 263,
      good: 183,
      missing: [],
    });
    const picture = decodePng(readFileSync(join(folder, 'products', 'a1_statistics.png')));
    expect(picture.width).toBeGreaterThan(1000);
  });

  it('statistics of one that has not come: its row, and a warning', () => {
    const { stdout } = step('statistics', 'a2', {}, members(false));
    expect(stdout).toContain(`warning: the granule ${dataset} was not retrieved (failed)`);
    expect(lines('a2', 'statistics', 'products', 'a2_statistics.csv')[1]).toMatch(new RegExp(`^${dataset},failed,`));
  });

  it('quality: what is known is counted, what is new is for a person', () => {
    const known = join('known.yaml');
    writeFileSync(out(known), '- {pattern: did not converge$, reason: crowded}\n');
    log('retrieve.002.ok', 'warning: 3 of 263 soundings did not converge\n');
    log('check.001.x2', 'error: in a run of before\n', '20261120T120000');
    const good = step('quality', 'a1', { known }, members(true));
    expect(good.says).toBe('0 ');
    expect(json('a1', 'quality', 'products', 'a1_quality.json')).toMatchObject({ new: [], ignored: [{ count: 1 }] });

    log('check.001.x2', `check: ${dataset}: /x/y.fits: its sha256 is wrong\n`);
    const bad = step('quality', 'a1', { known }, members(true));
    expect(bad.says).toMatch(/^3 quality: a1: 1 new message: check: <granule>: <path> its sha256 is wrong/);
    expect(json('a1', 'quality', '.result')).toEqual({
      reason: '1 new message: check: <granule>: <path> its sha256 is wrong',
    });
    expect(bad.stdout).toContain(`logs/${dataset}/${posted}.check.001.x2.log`);
  });

  it('quality: a granule that is not done, and one of which little came out good, are new as well', () => {
    expect(step('quality', 'a2', { known: 'known.yaml' }, members(false)).says).toContain('2 new messages');
    const { stdout } = step('quality', 'a3', { known: 'known.yaml', good: 0.9 }, members(true));
    expect(stdout).toContain('only 183 of 263 soundings came out good, less than 0.9 of them');
  });

  it('quality: a list of known patterns that is none is said with its line', () => {
    writeFileSync(out('broken.yaml'), '- {pattern: x}\n');
    expect(step('quality', 'a1', { known: 'broken.yaml' }, members(true)).says).toMatch(
      /^2 .*broken\.yaml: line 1: 'reason' must say why/,
    );
  });
});
