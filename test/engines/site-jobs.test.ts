/**
 * Steps on an engine whose commands and nodes are on a site: no path of the board is one there, and the other way round. All that
 * goes between them are the site's own commands; what ran, and how often, is counted by what the jobs wrote there.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DOWN, type FakeSite, FILES, fakeSite, MAKE, UP } from '../helpers/fake-site.ts';
import { entries, expectProved, journal, list, slateOk, startRun, until, untilEntry } from '../helpers/home.ts';

const LONG = 120_000;
const ENGINES = 'engines:\n  far: {kind: slurm, site: far, poll: 200ms}\n';
const NOTE = 'echo $SLATE_DATASET.$SLATE_EPOCH >> $SLATE_HOME/ran';

async function post(home: string, datasets: readonly string[]): Promise<void> {
  await slateOk(home, ['post', '--from', '-'], datasets.map((dataset) => `${dataset}\n`).join(''));
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `d${String(index).padStart(3, '0')}`);
}

async function untilIdle({ home, env }: FakeSite): Promise<string> {
  const run = startRun(home, ['--until-idle'], env);
  await run.ended;
  return run.log();
}

/** What jobs have noted on the site. */
function ran(site: FakeSite): string[] {
  const file = site.path('ran');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd().split('\n').sort() : [];
}

function standing({ home }: FakeSite): Record<string, string> {
  return Object.fromEntries(
    entries(home).map(({ folder, file, name }) => [
      name.dataset,
      `${folder.split('/')[0]} ${name.letters}${file.includes('@') ? ` ${file.split('@')[1]}` : ''}`,
    ]),
  );
}

/** A home with one stage `a` that runs on the site's engine. */
function siteWith(a: string, more: Readonly<Record<string, string>> = {}): Promise<FakeSite> {
  return fakeSite({ engines: ENGINES, stages: { a: `engine: far\n${a}`, ...more } });
}

test('upload, process on the engine of the site, download', { timeout: LONG }, async () => {
  const work = `engine: far
files: {settings.conf: 'of {{ dataset }}'}
shell: cd {{ params.up.path }}/.. && cp -R in out.new && cp "$SLATE_SCRATCH/settings.conf" out.new/ && mv out.new out && env | grep ^SLATE_ && echo '{"params":{"width":7},"reason":"done far away"}' > "$SLATE_RESULT"`;
  const site = await fakeSite({ engines: ENGINES, stages: { make: MAKE, up: UP, work, down: DOWN } });
  await post(site.home, ['d', 'e']);
  const log = await untilIdle(site);
  expect(standing(site), log).toEqual({ d: 'done cccc', e: 'done cccc' });
  const [posted = ''] = list(site.home, 'products/d');
  const down = list(site.home, `products/d/${posted}`).find((name) => /^down\.\d+$/.test(name)) ?? '';
  const products = join(site.home, 'blackboard', 'b', 'products', 'd', posted, down);
  for (const [name, text] of Object.entries(FILES)) expect(fs.readFileSync(join(products, name), 'utf8')).toBe(text);
  expect(fs.readFileSync(join(products, 'settings.conf'), 'utf8')).toBe('of d');
  // Its log has come back, and nothing in it is a path of the board.
  const said = await slateOk(site.home, ['log', 'd', 'work']);
  expect(said).toContain('SLATE_DATASET=d');
  expect(said).not.toContain(site.home);
  expect(said).not.toContain('SLATE_PRODUCTS');
  const { params } = JSON.parse(await slateOk(site.home, ['render', 'd', 'down', '--json'])) as {
    params: Record<string, { value: unknown }>;
  };
  expect(params.width?.value).toBe(7);
  expect(await slateOk(site.home, ['show', 'd'])).toContain('done far away');
  // What was made for the jobs is gone, here and there.
  expect(fs.readdirSync(site.path('jobs'))).toEqual([]);
  expect(fs.readdirSync(site.path('work/b'))).toEqual([]);
  expect(list(site.home, 'jobs')).toEqual([]);
  await expectProved(site.home);
});

test('exit codes, signals, and what the engine does come back', { timeout: LONG }, async () => {
  const site = await siteWith(
    `shell: 'echo at work; case $SLATE_DATASET in two) exit 2;; killed) kill -9 $$;; again) [ $SLATE_TRY -gt 1 ] || exit 75;; esac'
exits: {75: retry}
retries: 1
backoff: {first: 10ms}`,
  );
  await post(site.home, ['fine', 'two', 'killed', 'again']);
  await untilIdle(site);
  expect(standing(site)).toEqual({
    fine: 'done c',
    two: 'failed f 1-x2',
    killed: 'failed f 1-s9',
    again: 'done c',
  });
  expect(await slateOk(site.home, ['log', 'two', 'a'])).toBe('at work\n');
});

test('a process killed with 20 jobs: another takes them over, none lost, none twice', { timeout: LONG }, async () => {
  const site = await siteWith(`shell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done'`);
  await post(site.home, numbered(20));
  const first = startRun(site.home, [], { ...site.env, FAKE_SLURM_CPUS: '20' });
  await until(
    () => ran(site).length === 20,
    () => `20 jobs to run; ${ran(site).length} do`,
    60_000,
  );
  first.child.kill('SIGKILL');
  await first.ended;
  fs.writeFileSync(site.path('go'), '');
  const log = await untilIdle(site);
  expect(Object.values(standing(site)), log).toEqual(Array.from({ length: 20 }, () => 'done c'));
  expect(ran(site)).toEqual(numbered(20).map((dataset) => `${dataset}.1`));
  expect(journal(site.home).filter(({ event }) => event === 'adopt')).toHaveLength(20);
  expect(fs.readdirSync(site.path('jobs'))).toEqual([]);
  await expectProved(site.home);
});

test.each(['sbatch before', 'sbatch after'])(
  'an answer that is lost (%s): found again, or told again',
  { timeout: LONG },
  async (fault) => {
    const site = await siteWith(`shell: '${NOTE}'`);
    fs.mkdirSync(site.env.FAKE_SLURM ?? '', { recursive: true });
    fs.writeFileSync(join(site.env.FAKE_SLURM ?? '', 'fault'), fault);
    await post(site.home, numbered(5));
    const log = await untilIdle(site);
    expect(log).toContain('engine-down');
    expect(ran(site)).toEqual(numbered(5).map((dataset) => `${dataset}.1`));
    await expectProved(site.home);
  },
);

test('a site out of reach: jobs go on, and what has ended is picked up afterwards', { timeout: LONG }, async () => {
  const site = await siteWith(`shell: '${NOTE}; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done'`);
  await post(site.home, numbered(3));
  const run = startRun(site.home, ['--until-idle'], site.env);
  await until(() => ran(site).length === 3, 'three jobs to run');
  site.reach(false);
  await until(() => run.log().includes('engine-down'), 'the site to be missed');
  fs.writeFileSync(site.path('go'), '');
  await post(site.home, ['late']);
  site.reach(true);
  await run.ended;
  expect(run.log()).toContain('engine-up');
  expect(Object.values(standing(site))).toEqual(Array.from({ length: 4 }, () => 'done c'));
  expect(ran(site)).toEqual([...numbered(3), 'late'].map((dataset) => `${dataset}.1`));
  await expectProved(site.home);
});

test('a hold cancels a job that runs, and keeps one that waits from beginning', { timeout: LONG }, async () => {
  const site = await siteWith(`shell: '${NOTE}; sleep 600'`);
  await post(site.home, ['first', 'second']);
  const run = startRun(site.home, [], { ...site.env, FAKE_SLURM_CPUS: '1' });
  await until(() => ran(site).length === 1, 'one of them to run');
  const runs = ran(site)[0]?.startsWith('first') ? 'first' : 'second';
  const waits = runs === 'first' ? 'second' : 'first';
  const jobs = join(site.env.FAKE_SLURM ?? '', 'jobs');
  const cancelled = (): number => fs.readdirSync(jobs).filter((file) => file.endsWith('.cancel')).length;
  for (const [count, dataset] of [waits, runs].entries()) {
    await slateOk(site.home, ['hold', dataset]);
    await untilEntry(site.home, dataset, 'held', 'h');
    await until(() => cancelled() === count + 1, `${dataset} to be cancelled`);
  }
  run.child.kill('SIGTERM');
  await run.ended;
  expect(ran(site)).toEqual([`${runs}.1`]);
});

test('what its engine has ended leaves its log all the same', { timeout: LONG }, async () => {
  const site = await siteWith(`shell: '${NOTE}; echo got so far; sleep 600'`);
  await post(site.home, ['slow']);
  const run = startRun(site.home, ['--until-idle'], site.env);
  await until(() => ran(site).length === 1, 'it to run');
  const jobs = join(site.env.FAKE_SLURM ?? '', 'jobs');
  const job = fs.readdirSync(jobs).find((file) => /^\d+_0$/.test(file)) ?? '';
  await site.end(job, 'TIMEOUT');
  await run.ended;
  expect(standing(site)).toEqual({ slow: 'failed f 1-t' });
  expect(await slateOk(site.home, ['log', 'slow', 'a'])).toBe('got so far\n');
  expect(fs.readdirSync(site.path('work/b'))).toEqual([]);
});

test('the log of a job that runs comes as it is written, and once', { timeout: LONG }, async () => {
  const site = await siteWith(
    `shell: '${NOTE}; echo begun; until [ -e $SLATE_HOME/more ]; do sleep 0.1; done; echo more; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done; printf "at the %s" end'`,
  );
  await post(site.home, ['d', 'e']);
  const run = startRun(site.home, ['--until-idle'], site.env);
  const log = (dataset: string): Promise<string> => slateOk(site.home, ['log', dataset, 'a']).catch(() => '');
  await until(async () => (await log('d')) === 'begun\n' && (await log('e')) === 'begun\n', 'the first words of both');
  fs.writeFileSync(site.path('more'), '');
  await until(async () => (await log('d')) === 'begun\nmore\n', 'one more');
  fs.writeFileSync(site.path('go'), '');
  await run.ended;
  expect(await log('d')).toBe('begun\nmore\nat the end');
  expect(await log('e')).toBe('begun\nmore\nat the end');
});

test("a job that became nobody's while no dispatcher lived is cancelled there, and leaves nothing", {
  timeout: LONG,
}, async () => {
  const site = await siteWith(`shell: '${NOTE}; echo begun; sleep 600'`);
  await post(site.home, ['d']);
  const first = startRun(site.home, [], site.env);
  await until(() => ran(site).length === 1, 'it to run');
  first.child.kill('SIGKILL');
  await first.ended;
  await slateOk(site.home, ['hold', 'd']);
  const next = startRun(site.home, [], site.env);
  // The board's own goes last.
  await until(() => list(site.home, 'jobs').length === 0, 'its folders to go');
  expect(
    fs.readdirSync(join(site.env.FAKE_SLURM ?? '', 'jobs')).filter((file) => file.endsWith('.cancel')),
  ).toHaveLength(1);
  expect(fs.readdirSync(site.path('jobs'))).toEqual([]);
  expect(fs.readdirSync(site.path('work/b'))).toEqual([]);
  next.child.kill('SIGTERM');
  await next.ended;
});
