import fs from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { onCleanup, ROOT, tempFolder } from '../helpers/home.ts';

/** A home with the demo in it. What it is built to lies in the home itself: it looks for its home from there. */
function demoHome(): string {
  const home = tempFolder('demo-');
  fs.cpSync(join(ROOT, 'dist'), join(home, 'dist'), { recursive: true });
  for (const folder of ['pipelines', 'stages', 'tools']) fs.symlinkSync(join(ROOT, folder), join(home, folder));
  fs.symlinkSync(join(ROOT, 'sites.yaml'), join(home, 'sites.yaml'));
  fs.mkdirSync(join(home, 'blackboard'));
  fs.copyFileSync(join(ROOT, 'package.json'), join(home, 'package.json'));
  return home;
}

async function runDemo(home: string, ...args: string[]): Promise<string> {
  const run = execa(process.execPath, ['dist/demo.js', ...args], {
    cwd: home,
    stdin: 'ignore',
    reject: false,
    all: true,
  });
  onCleanup(() => {
    run.kill('SIGTERM');
  });
  const { exitCode, all } = await run;
  expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
  return all;
}

/** Times, ages and widths differ from run to run, and letters too: stage processes compete. */
const plain = (line: string) =>
  line
    .replace(/\d+(\.\d+)?( ?s\b|ms\b)/g, 'T')
    .replace(/\s+/g, ' ')
    .replace(/(?<= )[_wpecfg1-9]{3,5}(?= )/g, 'L')
    .trim();

describe('npm start', () => {
  it('shows what the README says, with the mosaic as the last product', async () => {
    const home = demoHome();
    const said = (await runDemo(home)).split('\n').map(plain);
    const readme = fs.readFileSync(join(ROOT, 'README.md'), 'utf8');
    const block = /<!-- demo -->[\s\S]*?```\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const told = block
      .split('\n')
      .map(plain)
      .filter((line) => line !== '' && line !== '...');
    expect(told.length).toBeGreaterThan(20);
    expect(told.filter((line) => !said.includes(line))).toEqual([]);
    const products = said.filter((line) =>
      /^(verify|calibrate|detect|preview|archive|mosaic|merge|overview) \d+ /.test(line),
    );
    expect(products.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'verify 9',
      'calibrate 9',
      'detect 18',
      'preview 18',
      'archive 9',
      'mosaic 1',
      'merge 2',
      'overview 2',
    ]);
    const picture = said.find((line) => line.startsWith('Its picture: '))?.slice('Its picture: '.length) ?? '';
    expect(fs.statSync(join(home, picture)).size).toBeGreaterThan(500_000);
    // A second time takes other names.
    expect(fs.readdirSync(join(home, 'blackboard')).sort()).toEqual(['hst', 'hst-association']);
  }, 300_000);

  it('-- sao shows the day of weather reports', async () => {
    const home = demoHome();
    const said = await runDemo(home, 'sao');
    expect(said).toContain('The day and 10 regions done in ');
    expect(said).toMatch(/ {2}Alaska +-13\.0 C {2}\(58 stations\)/);
    expect(said).toMatch(/Its picture: blackboard\/sao\/products\/19950318\/.*\/chart\.\d+\/19950318\.png/);
  }, 300_000);

  it('-- oco2 shows retrievals at another site, one granule damaged on its way', async () => {
    const home = demoHome();
    const said = await runDemo(home, 'oco2');
    expect(said).toContain('9 granules of 3 aggregates done in ');
    expect(said).toMatch(/rp1_a02_j8bt06nyq_t05 +\S+ +check FAILED/);
    expect(said).toMatch(/1 new message: check: <granule>: <path> its sha256 is/);
    expect(said).toMatch(/ {2}rp1_a01 +\d+ of \d+ soundings good, \d+ iterations, 0 failed tries/);
    expect(said).toMatch(/ {2}rp1_a02 +\d+ of \d+ soundings good, \d+ iterations, 1 failed try/);
    const picture = /The list's picture: (\S+)/.exec(said)?.[1] ?? '';
    expect(fs.statSync(join(home, picture)).size).toBeGreaterThan(2_000);
  }, 300_000);

  it('-- what there is not: an error that says what there is', async () => {
    const { exitCode, stderr } = await execa(process.execPath, ['dist/demo.js', 'x'], { cwd: ROOT, reject: false });
    expect([exitCode, stderr]).toEqual([1, "demo: there is no demo 'x': they are hst, sao, oco2"]);
  });
});
