/** The pipeline oco2 on real stage processes: by steps of this host, and as jobs of a stand-in for Slurm. */
import fs from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { corrupt } from '../../stages/lib/corrupt.ts';
import { parseCsv } from '../../stages/lib/csv.ts';
import { fakeSite } from '../helpers/fake-site.ts';
import { fakeSlurm } from '../helpers/fake-slurm.ts';
import { makeHome, ROOT, slate, slateOk, until } from '../helpers/home.ts';
import { deliver, products, run, table, untilStanding, withPipeline } from '../helpers/oco2-home.ts';
import { decodePng } from '../stages/png.ts';
import { tile } from '../stages/support.ts';

const LONG = 120_000;

test('a list, a granule that comes late, one that is damaged and mended', { timeout: LONG }, async () => {
  const home = makeHome({ x: "command: ['true']" });
  await withPipeline(home);
  const into = (number: number) => join(home, 'exposures', basename(tile(number)));
  for (const number of [1, 2]) fs.copyFileSync(tile(number), into(number));
  fs.writeFileSync(into(3), corrupt(fs.readFileSync(tile(3))));
  deliver(home, 'rp', [1, 2, 3, 4]);
  const said = run(home);
  const late = 'rp_a02_j8bt06nyq_t04';
  const logs = join(home, 'blackboard', 'oco2', 'logs', late);
  const hasFailed = () => fs.existsSync(logs) && fs.readdirSync(logs).some((name) => name.includes('.x66.'));
  await until(hasFailed, () => `${late} to be tried in vain\n${said()}`);
  fs.copyFileSync(tile(4), into(4));
  const done = {
    rp_a01: 'done scsssssccs',
    rp_a01_j8bt06nyq_t01: 'done sscccccsss',
    rp_a01_j8bt06nyq_t02: 'done sscccccsss',
    [late]: 'done sscccccsss',
  };
  const damaged = 'rp_a02_j8bt06nyq_t03';
  await untilStanding(
    home,
    { ...done, rp: 'gather cssssssssg', rp_a02: 'gather scsssssg__', [damaged]: 'failed ssf_______' },
    said,
  );

  fs.copyFileSync(tile(3), into(3));
  await slateOk(home, ['--board', 'oco2', 'repipe', damaged, '--reason', 'fetched again']);
  await untilStanding(
    home,
    { ...done, rp: 'done cssssssssc', rp_a02: 'held scsssssch_', [damaged]: 'done sscccccsss' },
    said,
  );
  const [mended, waited] = table(home, 'rp_a02');
  expect(mended).toMatchObject({ granule: damaged, state: 'done', retries: '1', causes: 'check:x2' });
  expect(waited?.causes).toMatch(/^check:x66( check:x66)*$/);
  expect(Number(waited?.iterations)).toBeGreaterThan(1000);
  expect(Number(waited?.retrieve_s)).toBeGreaterThan(0);
  // What came back is all that is left of it at the other end.
  const fetched = fs.readdirSync(join(products(home, late, 'download'))).sort();
  expect(fetched).toEqual(['.manifest.sha256', ...['csv', 'fits', 'json'].map((end) => `${late}_ret.${end}`)]);
  expect(fs.readdirSync(join(home, 'remote', 'oco2'))).toEqual([]);
  const picture = fs.readFileSync(join(products(home, 'rp_a02', 'statistics'), 'rp_a02_statistics.png'));
  expect(decodePng(picture).height).toBeGreaterThan(100);

  // The list does not wait until somebody has looked.
  const whole = fs.readFileSync(join(products(home, 'rp', 'summary'), 'rp_summary.csv'), 'utf8');
  expect(parseCsv(whole, ['aggregate']).map(({ aggregate, state, retries }) => [aggregate, state, retries])).toEqual([
    ['rp_a01', 'done', '0'],
    ['rp_a02', 'done', String(Number(waited?.retries) + 1)],
  ]);

  // What is known keeps nobody; what is new says so, where a person looks first.
  const report = JSON.parse(fs.readFileSync(join(products(home, 'rp_a02', 'quality'), 'rp_a02_quality.json'), 'utf8'));
  expect(report.new).toMatchObject([{ count: 1, granules: [damaged] }]);
  expect(report.ignored.map(({ count }: { count: number }) => count > 0)).toEqual([true, true, true]);
  expect(await slateOk(home, ['--board', 'oco2', 'show', 'rp_a02'])).toContain('1 new message: check: <granule>: ');
  fs.appendFileSync(
    join(home, 'pipelines', 'oco2', 'known.yaml'),
    '- pattern: the file is damaged, fetch it again$\n  reason: looked into; the sender has a bad disk\n  until: 2099-12-31\n',
  );
  await slateOk(home, ['--board', 'oco2', 'release', 'rp_a02']);
  await untilStanding(home, { rp_a02: 'done scsssssccs' }, said);
});

test('on an engine: a job that runs out of memory is tried again, and counted', { timeout: LONG }, async () => {
  // Jobs wait while the file is there, so that one can be ended while it runs.
  const slurm = await fakeSlurm(
    { x: "command: ['true']" },
    { engine: '    setup: |\n      while [ -e "$FAKE_SLURM/wait" ]; do sleep 0.05; done' },
  );
  const folder = slurm.env.FAKE_SLURM ?? '';
  fs.writeFileSync(join(folder, 'wait'), '');
  await withPipeline(slurm.home, 'slurm');
  for (const number of [1, 2]) fs.copyFileSync(tile(number), join(slurm.home, 'exposures', basename(tile(number))));
  deliver(slurm.home, 'rp', [1, 2]);
  const said = run(slurm.home, slurm.env);
  const running = () =>
    slurm.jobs().filter((job) => fs.readFileSync(join(folder, 'jobs', job), 'utf8').startsWith('RUNNING'));
  await until(
    () => running().length === 2,
    () => `two jobs to run\n${said()}`,
  );
  await slurm.end(running()[0] ?? '', 'OUT_OF_MEMORY');
  fs.rmSync(join(folder, 'wait'));
  // A job that ended without a word is what nobody has looked into yet.
  await untilStanding(slurm.home, { rp_a01: 'held scsssssch_' }, said);
  const rows = table(slurm.home, 'rp_a01');
  expect(rows.map(({ state }) => state)).toEqual(['done', 'done']);
  expect(rows.map(({ retries, causes }) => `${retries} ${causes}`).sort()).toEqual(['0 ', '1 retrieve:m']);
  expect(slurm.jobs()).toHaveLength(3);
});

test('on the engine of a site that does not see the board', { timeout: LONG }, async () => {
  const site = await fakeSite({
    stages: { x: "command: ['true']" },
    engines: 'engines:\n  far: {kind: slurm, site: far, poll: 200ms}\n',
  });
  const sites = fs.readFileSync(join(site.home, 'sites.yaml'), 'utf8').replace('  far:', '  supercomputer:');
  await withPipeline(site.home);
  fs.writeFileSync(join(site.home, 'sites.yaml'), sites);
  fs.writeFileSync(
    join(site.home, 'engines.yaml'),
    'engines:\n  far: {kind: slurm, site: supercomputer, poll: 200ms}\n',
  );
  const retrieve = join(site.home, 'stages', 'retrieve.yaml');
  fs.writeFileSync(retrieve, `engine: far\n${fs.readFileSync(retrieve, 'utf8')}`);
  // The program goes there once, as its input does each time.
  const program = join(ROOT, 'dist', 'stages', 'retrieve.js');
  const upload = ['transfer', 'upload', 'supercomputer', 'dist/stages', program];
  expect(await slate(site.home, upload, undefined, site.env)).toMatchObject({ code: 0 });
  fs.copyFileSync(tile(1), join(site.home, 'exposures', basename(tile(1))));
  deliver(site.home, 'rp', [1]);
  const said = run(site.home, site.env);
  await untilStanding(site.home, { rp: 'done cssssssssc', rp_a01: 'done scsssssccs' }, said);
  expect(table(site.home, 'rp_a01')).toMatchObject([{ state: 'done', retries: '0', node: 'n1', soundings: '263' }]);
  expect(fs.readdirSync(site.path('oco2'))).toEqual([]);
});

test('an aggregate goes on at its deadline without a granule that has not come', { timeout: LONG }, async () => {
  const home = makeHome({ x: "command: ['true']" });
  await withPipeline(home);
  for (const stage of ['statistics', 'quality']) {
    const file = join(home, 'stages', `${stage}.yaml`);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('deadline: 12h', 'deadline: 2s'));
  }
  fs.writeFileSync(join(home, 'exposures', basename(tile(3))), corrupt(fs.readFileSync(tile(3))));
  deliver(home, 'rp', [3]);
  const said = run(home);
  await untilStanding(home, { rp: 'done cssssssssc', rp_a01: 'held scsssssch_' }, said);
  const [row] = table(home, 'rp_a01');
  expect(row).toMatchObject({ granule: 'rp_a01_j8bt06nyq_t03', soundings: '' });
  expect(row?.state).not.toBe('done');
  const report = JSON.parse(fs.readFileSync(join(products(home, 'rp_a01', 'quality'), 'rp_a01_quality.json'), 'utf8'));
  const messages = report.new.map(({ message }: { message: string }) => message);
  expect(messages).toContainEqual(expect.stringMatching(/^the granule <granule> is not done: /));
  const { granules, retrieved } = JSON.parse(
    fs.readFileSync(join(products(home, 'rp', 'summary'), 'rp_summary.json'), 'utf8'),
  );
  expect([granules, retrieved]).toEqual([1, 0]);
});
