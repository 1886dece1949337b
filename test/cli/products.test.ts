import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../helpers/home.ts';
import { Bench, type Home } from './helper.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.make();
}, 60_000);
afterAll(() => bench.remove());

/** Stages one and two make products; two fails while the file `stop` stands in the home. */
async function homeOf(more = ''): Promise<Home> {
  const home = bench.home();
  fs.appendFileSync(`${home.root}/pipelines/line.yaml`, more);
  for (const stage of ['one', 'two']) {
    const text = `stage: ${stage}\nproducts: true\nshell: 'echo {{ posted }} > "$SLATE_PRODUCTS/file"; test ! -e "$SLATE_HOME/stop-${stage}"'\n`;
    fs.writeFileSync(`${home.root}/stages/${stage}.yaml`, text);
  }
  return home.create();
}

describe('slate products', () => {
  it('prints the official folders of a board', async () => {
    const home = await homeOf();
    await home.done('post', 'x');
    await home.done('run', '--until-idle');
    const told = (await home.done('products', 'x')).trim().split('\n');
    expect(told.map((path) => path.replace(/\d{8}T\d{6}/, 'T'))).toEqual([
      home.path('products/x/T/one.001'),
      home.path('products/x/T/two.002'),
    ]);
    expect(await home.json('products', 'x', '--stage', 'two')).toMatchObject({
      schemaVersion: 1,
      dataset: 'x',
      visibility: null,
      products: [{ stage: 'two', path: told[1] }],
    });
    expect(await home.slate('products', 'y')).toMatchObject({ code: 3 });
    expect(await home.slate('products', 'x', '--stage', 'tow')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean 'two'"),
    });
  });

  it('prints what is visible of a transactional board, as show tells it, and check what is wrong', async () => {
    const home = await homeOf('transaction: true\n');
    fs.writeFileSync(`${home.root}/stop-two`, '');
    await home.done('post', 'x');
    await home.slate('run', '--until-idle');
    expect(await home.slate('products', 'x')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('no products that are visible yet'),
    });
    expect(await home.done('show', 'x')).toContain('  visible   open: nothing of it can be seen until it is done\n');
    fs.rmSync(`${home.root}/stop-two`);
    await home.done('repipe', 'x');
    await home.done('run', '--until-idle');
    expect((await home.done('products', 'x')).trim().split('\n')).toEqual(
      ['one', 'two'].map((stage) => home.path(`published/x/${stage}`)),
    );
    const shown = await home.json('show', 'x');
    expect(shown.runs[0].visibility).toEqual({ kind: 'visible', view: 1, stages: ['one', 'two'] });

    // Runs are told apart by the second in which they were posted.
    const nextMs = Date.parse(shown.runs[0].posted) + 1_000;
    await until(() => Date.now() >= nextMs, 'the next second');
    await home.done('post', 'x');
    await home.done('run', '--until-idle');
    const first = shown.runs[0].posted.replace(/[-:Z]/g, '').replace(/\.\d+/, '');
    expect(await home.done('show', 'x', '--posted', first)).toMatch(
      / {2}visible {3}committed, but the run of 20\S+Z is shown\n/,
    );
    expect(await home.done('products', 'x', '--posted', first)).toContain(`products/x/${first}/one.001\n`);

    fs.rmSync(home.path('published/x'));
    fs.mkdirSync(home.path('published/x'));
    fs.symlinkSync('../products/y/20261121T120000/.view.001', home.path('published/y'));
    const check = await home.slate('check');
    expect(check.code).toBe(1);
    expect(check.stdout).toContain('published/x: is nothing that a commit has put there');
    expect(check.stdout).toContain('published/y: points to products/y/20261121T120000/.view.001, which is gone');
  });

  it('check notes a checkpoint that does nothing', async () => {
    const home = await homeOf();
    fs.appendFileSync(`${home.root}/stages/one.yaml`, 'checkpoint: true\n');
    expect(await home.done('check')).toContain('stages/one.yaml: note: its checkpoint does nothing');
    fs.appendFileSync(`${home.root}/pipelines/line.yaml`, 'transaction: true\n');
    expect(await home.done('check')).not.toContain('checkpoint');
  });

  it('is put right by sweep where mv has brought an entry to done', async () => {
    const home = await homeOf('transaction: true\n');
    fs.writeFileSync(`${home.root}/stop-two`, '');
    await home.done('post', 'x');
    await home.slate('run', '--until-idle');
    const [failed = ''] = home.names('failed');
    const day = new Date().toISOString().slice(0, 10);
    fs.mkdirSync(home.path(`done/${day}`), { recursive: true });
    fs.renameSync(
      home.path(`failed/${failed}`),
      home.path(`done/${day}/${failed.replace('cf_', 'css').replace(/@.*/, '')}`),
    );
    expect(await home.done('check')).toContain("its products can't be seen yet");
    expect(await home.done('sweep')).toContain('1\tentries shown or taken out of sight');
    expect(await home.done('products', 'x')).toBe(`${home.path('published/x/one')}\n`);
  });
});
