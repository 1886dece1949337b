/**
 * Transfers to and from a site, on real stage processes: no path of the site is one of this host's, and all that is done there is
 * done by its commands. What was sent, and how often, is counted by the tool itself.
 */
import fs from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { DOWN, type FakeSite, FILES, fakeSite, UP, writeFiles } from '../helpers/fake-site.ts';
import { boardPath, entry, expectProved, journal, list, slate, slateOk, startRun, until } from '../helpers/home.ts';

const LONG = 120_000;
const NAMES = Object.keys(FILES).map((name) => basename(name));
const TWICE = [...NAMES, ...NAMES].sort();

async function untilIdle({ home, env }: FakeSite, args: readonly string[] = []): Promise<string> {
  const run = startRun(home, ['--until-idle', ...args], env);
  await run.ended;
  return run.log();
}

/** How the tries of a stage ended, as their logs say. */
function endsOf(home: string, stage: string, dataset = 'd'): string[] {
  const names = list(home, `logs/${dataset}`).filter((name) => name.split('.')[1] === stage && name.endsWith('.log'));
  return names.sort().map((name) => name.split('.')[3] ?? '');
}

/** What the last try of a stage has published, without the list. */
function published(home: string, stage: string, dataset = 'd'): Record<string, string> {
  const [posted = ''] = list(home, `products/${dataset}`);
  const folders = list(home, `products/${dataset}/${posted}`);
  const last =
    folders
      .filter((name) => name.startsWith(`${stage}.`) && name.endsWith('.ok'))
      .sort()
      .at(-1) ?? '';
  const root = boardPath(home, `products/${dataset}/${posted}/${last.replace(/\.ok$/, '')}`);
  const files = (fs.readdirSync(root, { recursive: true }) as string[]).filter((name) =>
    fs.statSync(join(root, name)).isFile(),
  );
  return Object.fromEntries(
    files
      .filter((name) => !name.startsWith('.'))
      .sort()
      .map((name) => [name, fs.readFileSync(join(root, name), 'utf8')]),
  );
}

test('there and back: whole, each file once, with a list that sha256sum reads', { timeout: LONG }, async () => {
  const site = await fakeSite();
  await slateOk(site.home, ['post', 'd']);
  const log = await untilIdle(site);
  expect(entry(site.home, 'd')?.name.letters, log).toBe('cccc');
  expect(published(site.home, 'down')).toEqual(FILES);
  expect(site.sent().sort()).toEqual(TWICE);
  // Nothing unfinished stays on the site.
  const [run = ''] = fs.readdirSync(site.path(''));
  expect(fs.readdirSync(site.path(run)).sort()).toEqual(['in', 'out']);
  const manifest = fs.readFileSync(site.path(`${run}/in/.manifest.sha256`), 'utf8');
  expect(manifest.split('\n').filter((line) => line.startsWith('# '))).toEqual(
    Object.keys(FILES)
      .sort()
      .map((name) => `# ${FILES[name]?.length} bytes`),
  );
  const { params } = JSON.parse(await slateOk(site.home, ['render', 'd', 'down', '--json'])) as {
    params: Record<string, { value: unknown }>;
  };
  expect(params.up?.value).toMatchObject({ path: `/far/data/${run}/in`, sent: 3, files: 3 });
  await expectProved(site.home);
});

const FAULTS: ReadonlyArray<readonly [fault: string, end: string]> = [
  ['killed', 'x74'],
  ['full', 'x74'],
  ['corrupt', 'x65'],
  ['wrong', 'x65'],
  ['short', 'x65'],
  ['nothing', 'x65'],
  ['stalled', 'x75'],
];

test.each(FAULTS)(
  'a tool that is %s: the try ends with %s, and the next sends the rest',
  { timeout: LONG },
  async (fault, end) => {
    // Long enough for the commands that do not stall, on a busy machine too.
    const site = await fakeSite({ site: fault === 'stalled' ? '    timeout: 5s\n' : '' });
    await slateOk(site.home, ['post', 'd']);
    site.fault(fault);
    await untilIdle(site, ['--stage', 'make', '--stage', 'up', '--stage', 'work']);
    expect(endsOf(site.home, 'up')).toEqual([end, 'ok']);
    site.fault(fault);
    const log = await untilIdle(site);
    expect(endsOf(site.home, 'down')).toEqual([end, 'ok']);
    expect(entry(site.home, 'd')?.name.letters, log).toBe('cccc');
    expect(published(site.home, 'down')).toEqual(FILES);
    // What was whole after the first try was not sent again.
    expect(site.sent().sort()).toEqual(TWICE);
    await expectProved(site.home);
  },
);

test.each(['up', 'down'])(
  'kill -9 of the stage process amid %s: the next goes on where it was',
  { timeout: LONG },
  async (stage) => {
    const site = await fakeSite();
    await slateOk(site.home, ['post', 'd']);
    if (stage === 'down') await untilIdle(site, ['--stage', 'make', '--stage', 'up', '--stage', 'work']);
    const before = site.sent().length;
    site.fault('stalled b c.nc');
    const doomed = startRun(site.home, [], site.env);
    await until(() => fs.existsSync(join(site.env.FAKE_SITE ?? '', 'stalled')), 'the second file to stall');
    expect(site.sent().slice(before)).toEqual(['a.nc']);
    doomed.child.kill('SIGKILL');
    await doomed.ended;
    const log = await untilIdle(site);
    expect(entry(site.home, 'd')?.name.letters, log).toBe('cccc');
    expect(published(site.home, 'down')).toEqual(FILES);
    expect(site.sent().sort()).toEqual(TWICE);
    await expectProved(site.home);
  },
);

test('a tool that can go on sends only what is missing of a file', { timeout: LONG }, async () => {
  const site = await fakeSite({ site: '    resumes: true\n', tool: '-c' });
  await slateOk(site.home, ['post', 'd']);
  site.fault('killed b c.nc');
  await untilIdle(site, ['--stage', 'make', '--stage', 'up', '--stage', 'work']);
  site.fault('killed b c.nc');
  const log = await untilIdle(site);
  expect(entry(site.home, 'd')?.name.letters, log).toBe('cccc');
  expect(published(site.home, 'down')).toEqual(FILES);
  const bytes = site.lines('bytes').filter((line) => line.endsWith('b c.nc'));
  const half = (FILES['b c.nc']?.length ?? 0) / 2;
  expect(bytes.map((line) => Number(line.split(' ')[0]))).toEqual([half, half]);
});

test('a site that is out of reach is waited for', { timeout: LONG }, async () => {
  const site = await fakeSite();
  await slateOk(site.home, ['post', 'd']);
  site.reach(false);
  const run = startRun(site.home, ['--until-idle'], site.env);
  await until(() => endsOf(site.home, 'up').includes('x69'), 'a try that did not reach it');
  site.reach(true);
  await run.ended;
  expect(entry(site.home, 'd')?.name.letters, run.log()).toBe('cccc');
  expect(site.sent().sort()).toEqual(TWICE);
  const told = journal(site.home).find(
    ({ event, stage, reason }) => event === 'finish' && stage === 'up' && reason !== undefined,
  );
  expect(told?.reason).toContain('site far: ');
});

test('sent back, it sends what has changed and nothing else, and replaces what is there', {
  timeout: LONG,
}, async () => {
  const site = await fakeSite();
  await slateOk(site.home, ['post', 'd']);
  await untilIdle(site);
  expect(site.sent().length).toBe(2 * NAMES.length);
  await slateOk(site.home, ['repipe', 'd', '--stage', 'up', '--yes']);
  await untilIdle(site);
  expect(site.sent().slice(2 * NAMES.length)).toEqual([]);
  const { 'a.nc': first, ...others } = FILES;
  const changed = { ...others, 'a.nc': `${first}!`, 'new.nc': 'new' };
  writeFiles(site.home, changed);
  await slateOk(site.home, ['repipe', 'd', '--stage', 'make', '--yes']);
  const log = await untilIdle(site);
  expect(entry(site.home, 'd')?.name.letters, log).toBe('cccc');
  expect(published(site.home, 'down')).toEqual(changed);
  expect(site.sent().slice(2 * NAMES.length)).toEqual(['a.nc', 'new.nc', 'a.nc', 'new.nc']);
});

test('what is not there fails at once, and so does a path that leaves the root', { timeout: LONG }, async () => {
  const stages = {
    up: UP.replace('{{ inputs.make }}', '{{ params.input }}'),
    down: DOWN.replace(/download: '.*'/, "download: '{{ params.from }}'"),
  };
  const site = await fakeSite({ stages });
  const there = join(site.home, 'files.json');
  await slateOk(site.home, ['post', 'none', '--param', 'input=/not/there', '--param', 'from=x']);
  await slateOk(site.home, ['post', 'gone', '--param', `input=${there}`, '--param', 'from=not/there']);
  await slateOk(site.home, ['post', 'out', '--param', `input=${there}`, '--param', 'from=../../secret']);
  await untilIdle(site);
  const causes = ['none', 'gone', 'out'].map((dataset) => entry(site.home, dataset)?.file.split('@')[1]?.split('+')[0]);
  expect(causes).toEqual(['1-no_source', '2-no_source', '2-refused']);
  expect(await slateOk(site.home, ['log', 'none', 'up'])).toContain('there is no /not/there to send');
  expect(endsOf(site.home, 'up', 'none')).toEqual(['x66']);
});

test('a stage that removes takes all of it away, also when it runs again', { timeout: LONG }, async () => {
  const stages = {
    up: UP.replace('{{ inputs.make }}', '{{ home }}/files.json'),
    clean: "transfer: {site: far, remove: '{{ dataset }}.{{ posted }}'}",
  };
  const site = await fakeSite({ stages });
  await slateOk(site.home, ['post', 'd']);
  await untilIdle(site);
  expect(site.sent()).toEqual(['files.json']);
  expect(fs.readdirSync(site.path(''))).toEqual([]);
  await slateOk(site.home, ['repipe', 'd', '--stage', 'clean', '--yes']);
  await untilIdle(site);
  expect(entry(site.home, 'd')?.name.letters).toBe('cc');
});

test('no more at a time than the limit of the site, over two stage processes', { timeout: LONG }, async () => {
  const site = await fakeSite({ site: '    limits: [link]\n', more: 'limits: {link: 2}\n' });
  await slateOk(site.home, ['post', '--from', '-'], 'd\ne\nf\ng\nh\n');
  const runs = [1, 2].map(() => startRun(site.home, ['--until-idle', '--slots', '4'], site.env));
  for (const run of runs) await run.ended;
  expect(['d', 'e', 'f', 'g', 'h'].map((dataset) => entry(site.home, dataset)?.name.letters)).toEqual(
    Array(5).fill('cccc'),
  );
  expect(site.sent().length).toBe(10 * NAMES.length);
  const most = Math.max(...site.lines('at-once').map(Number));
  expect(most).toBeLessThanOrEqual(2);
});

test('of two tries the later one goes on, and the earlier one ends', { timeout: LONG }, async () => {
  const site = await fakeSite();
  const from = join(site.home, 'files.json');
  const up = (epoch: string) =>
    slate(site.home, ['transfer', 'upload', 'far', 'x/in', from], undefined, {
      ...site.env,
      SLATE_POSTED: '20261121T120000',
      SLATE_EPOCH: epoch,
    });
  site.fault('full');
  expect((await up('12')).code).toBe(74);
  expect(fs.readdirSync(site.path('x'))).toEqual(['in.part.20261121T120000.000012']);
  const late = await up('3');
  expect([late.code, late.stderr]).toEqual([74, expect.stringContaining('a later try is at it')]);
  expect((await up('13')).code).toBe(0);
  expect(fs.readdirSync(site.path('x'))).toEqual(['in']);
});
