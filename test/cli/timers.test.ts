import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, type Home } from './helper.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.make();
}, 60_000);
afterAll(() => bench.remove());

const TIMERS = `timers:
  - {timer: hourly, every: 1h}
  - {timer: nightly, cron: '0 3 * * *', dataset: nightly, stage: two, class: 'x', params: {who: '{{ board }}'}}
`;

async function homeWithTimers(timers = TIMERS): Promise<Home> {
  const home = bench.home();
  fs.appendFileSync(`${home.root}/pipelines/line.yaml`, timers);
  return home.create();
}

describe('slate timers', () => {
  it('lists them, watched or not', async () => {
    const home = await homeWithTimers();
    const { stdout, stderr } = await home.slate('timers');
    expect(stdout).toMatch(/^TIMER +SCHEDULE +LAST +NEXT +NOTE\nhourly +every 1h +- +20\S+:00:00Z +not watched yet\n/);
    expect(stderr).toContain("nobody watches them: 'slate run' does");
    const json = await home.json('timers');
    expect(json).toMatchObject({ schemaVersion: 1, board: 'demo', watchedBy: [] });
    expect(json.timers[1]).toMatchObject({ timer: 'nightly', schedule: '0 3 * * *', state: 'new', last: null });

    fs.mkdirSync(home.path('timers'));
    fs.writeFileSync(home.path('timers/hourly.20200101T000000.20191231T230000'), '');
    fs.writeFileSync(home.path('timers/nightly.20990101T000000.never'), '');
    const told = await home.done('timers');
    expect(told).toMatch(/^hourly .* 2019-12-31T23:00:00Z .*due, and nobody has fired it since 2020-01-01T00:00:00Z$/m);
    expect(told).toMatch(/^nightly .* 2099-01-01T03:00:00Z .*silent until 2099-01-01T00:00:00Z/m);
    expect(await home.done('status')).toMatch(/^timer hourly: last 2019-12-31T23:00:00Z, next 20\S+Z; due, /m);
    expect((await home.json('status')).timers[0]).toMatchObject({
      timer: 'hourly',
      state: 'due',
      until: '2020-01-01T00:00:00Z',
    });
    fs.writeFileSync(home.path('timers/gone.20200101T000000.never'), '');
    fs.writeFileSync(home.path('timers/what'), '');
    const check = await home.done('check');
    expect(check).toContain('timers/what: note: is no mark of a timer');
    expect(check).toContain("timers/gone.20200101T000000.never: note: the pipeline has no timer 'gone'");
    expect(check).toContain("timers/nightly.20990101T000000.never: note: lies ahead of the board's clock");
  });

  it('fires one by hand, as an entry that knows its timer', async () => {
    const home = await homeWithTimers();
    expect(await home.done('timers', 'fire', 'nightly', '--dry-run')).toBe('nightly would be posted\n');
    expect(home.names('queue')).toEqual([]);
    expect(await home.json('timers', 'fire', 'nightly', '--time', '2026-11-29T03:00:00Z')).toMatchObject({
      dataset: 'nightly',
      posted: '20261129T030000',
    });
    expect(home.names('queue')).toEqual(['50.20261129T030000.sws.000.x.nightly']);
    const shown = await home.done('show', 'nightly');
    for (const param of ['timer = nightly', 'time = 20261129T030000', 'who = demo']) expect(shown).toContain(param);
    expect(shown).toContain('timer nightly fired by hand');
    expect(await home.slate('timers', 'fire', 'nightly', '--time', '2026-11-29T03:00:00Z')).toMatchObject({ code: 5 });
    expect(await home.slate('timers', 'fire', 'nightly')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('is on the board already'),
    });
    expect(await home.done('timers', 'fire', 'hourly')).toMatch(/^hourly-20\d{6}T\d{6}\n$/);
  });

  it.each([
    [['fire', 'nihgtly'], 3, "has no timer 'nihgtly'; did you mean 'nightly'?"],
    [['fire'], 2, 'which timer?'],
    [['fire', 'a', 'b'], 2, 'which timer?'],
    [['fier', 'nightly'], 2, "did you mean 'fire'?"],
    [['fire', 'nightly', '--time', 'soon'], 2, "'soon' is no time"],
  ])('%j exits with %d', async (words, code, message) => {
    const home = await homeWithTimers();
    expect(await home.slate('timers', ...words)).toMatchObject({ code, stderr: expect.stringContaining(message) });
  });

  it('completes its words, and refuses to fire for who may only look', async () => {
    const home = await homeWithTimers();
    const words = async (...typed: string[]) =>
      (await home.done('__complete', '--', 'timers', ...typed)).trim().split('\n');
    expect(await words('')).toEqual(['fire']);
    expect(await words('fire', '')).toEqual(['hourly', 'nightly']);
    const refused = await bench.run(['timers', 'fire', 'hourly'], { cwd: home.root, env: { SLATE_READ_ONLY: '1' } });
    expect(refused.code).toBe(5);
  });

  it('says that a pipeline has none', async () => {
    const home = await homeWithTimers('');
    expect(await home.slate('timers')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('pipeline line has no timers'),
    });
  });
});
