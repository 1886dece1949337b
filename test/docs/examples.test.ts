import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBoard, scanBoard } from '../../src/index.ts';
import { parseKnown } from '../../stages/lib/known-patterns.ts';
import { ROOT, tempFolder } from '../helpers/home.ts';
import { blocksOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/examples.md');
const block = (has: string) =>
  blocksOf(PAGE).find(({ language, text }) => language === 'sh' && text.includes(has))?.text ?? '';

/** A home with the example pipelines of this one and boards of its own, and `slate` on its PATH. */
function exampleHome(): string {
  const home = tempFolder();
  for (const folder of ['dist', 'pipelines', 'stages', 'tools']) fs.symlinkSync(join(ROOT, folder), join(home, folder));
  fs.symlinkSync(join(ROOT, 'sites.yaml'), join(home, 'sites.yaml'));
  for (const folder of ['blackboard', 'bin']) fs.mkdirSync(join(home, folder));
  const wrapper = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'dist', 'slate.js')}' "$@"\n`;
  fs.writeFileSync(join(home, 'bin', 'slate'), wrapper, { mode: 0o755 });
  return home;
}

function sh(home: string, script: string): string {
  const env = { ...process.env, PATH: `${join(home, 'bin')}:${process.env.PATH}` };
  return execFileSync('/bin/sh', ['-euc', script], { cwd: home, env, encoding: 'utf8', maxBuffer: 1e8, stdio: 'pipe' });
}

/** Products of a board's finished entries: dataset, stage, file. */
function products(home: string, name: string): string[] {
  const board = openBoard(home, name);
  return scanBoard(board, ['done']).entries.flatMap(({ name: { dataset, posted } }) => {
    const folder = join(board.root, 'products', dataset, posted);
    const tries = fs.readdirSync(folder).filter((each) => fs.existsSync(join(folder, `${each}.ok`)));
    return tries.flatMap((each) => {
      return fs.readdirSync(join(folder, each)).map((file) => `${dataset} ${each.split('.')[0]} ${file}`);
    });
  });
}

describe('docs/oco2.md', () => {
  const page = readPage('docs/oco2.md');

  it('runs as it says', () => {
    const home = exampleHome();
    const said = sh(home, blocksOf(page).find(({ text }) => text.includes('create oco2'))?.text ?? '');
    expect(said).toMatch(/children {2}3: 3 done/);
    const done = scanBoard(openBoard(home, 'oco2'), ['done']).entries;
    expect(done.map(({ name }) => `${name.class} ${name.letters}`).sort()).toEqual([
      ...Array<string>(3).fill('aggregate scsssssccs'),
      ...Array<string>(9).fill('granule sscccccsss'),
      'list cssssssssc',
    ]);
    expect(
      products(home, 'oco2')
        .filter((line) => line.startsWith('rp1_a01 '))
        .sort(),
    ).toEqual([
      'rp1_a01 quality rp1_a01_quality.json',
      ...['csv', 'json', 'png'].map((end) => `rp1_a01 statistics rp1_a01_statistics.${end}`),
      'rp1_a01 submit submit.json',
    ]);
  }, 120_000);

  it('tells of every stage, as the examples tell of theirs', () => {
    const told = rowsBelow(page, 'Run it').map(([first = '']) => first.replaceAll('`', ''));
    const stages = [...readPage('pipelines/oco2.yaml').matchAll(/stage: ([a-z]+)/g)].map(([, stage]) => stage);
    expect(told).toEqual(stages);
  });

  it('shows known patterns that are in force', () => {
    const shown = blocksOf(page).find(({ text }) => text.includes('- pattern: '))?.text ?? '';
    const known = parseKnown(readPage('pipelines/oco2/known.yaml'));
    for (const { pattern } of parseKnown(shown))
      expect(known.map((each) => each.pattern.source)).toContain(pattern.source);
  });
});

describe('docs/examples.md', () => {
  it('makes the mosaic as it says', () => {
    const home = exampleHome();
    const [before = '', after = ''] = block('association').split('slate --board hst run');
    expect(sh(home, before)).toMatch(/0 of 9 members are there/);
    sh(home, `slate --board hst run${after}`);
    expect(scanBoard(openBoard(home, 'hst'), ['done']).entries).toHaveLength(9);
    expect(products(home, 'hst')).toHaveLength(9 * 7);
    expect(products(home, 'hst-association').sort()).toEqual([
      'j8bt06nyq merge j8bt06nyq_cat.csv',
      'j8bt06nyq merge j8bt06nyq_cat.fits',
      'j8bt06nyq mosaic j8bt06nyq_mos.fits',
      'j8bt06nyq overview j8bt06nyq.png',
      'j8bt06nyq overview j8bt06nyq_sources.png',
    ]);
  }, 120_000);

  it('makes the day of reports as it says', () => {
    const home = exampleHome();
    sh(home, block('create sao'));
    const done = scanBoard(openBoard(home, 'sao'), ['done']).entries;
    expect(done.map(({ name }) => `${name.class} ${name.letters}`).sort()).toEqual([
      'day csscc',
      ...Array<string>(10).fill('region sccss'),
    ]);
    const made = products(home, 'sao').filter((line) => line.startsWith('19950318 '));
    expect(made.filter((line) => !line.includes(' split ')).sort()).toEqual([
      '19950318 chart 19950318.png',
      '19950318 daily 19950318_daily.csv',
      '19950318 daily 19950318_daily.json',
    ]);
  }, 120_000);

  it('waits for the files of a day that come one by one', () => {
    const home = exampleHome();
    const needs =
      blocksOf(PAGE).find(({ language, text }) => language === 'yaml' && text.includes('950318'))?.text ?? '';
    fs.writeFileSync(join(home, 'needs.yaml'), needs);
    fs.mkdirSync(join(home, 'incoming', 'sao'), { recursive: true });
    sh(home, `slate create sao --pipeline sao\n${block('needs.yaml')}`);
    expect(scanBoard(openBoard(home, 'sao'), ['gather']).entries.map(({ name }) => name.letters)).toEqual(['g____']);
    sh(home, 'cp pipelines/sao/reports/*.gz incoming/sao/; slate --board sao run --until-idle');
    expect(scanBoard(openBoard(home, 'sao'), ['done']).entries).toHaveLength(11);
  }, 120_000);

  it('shows the programs by hand', () => {
    const home = exampleHome();
    sh(home, block('dist/stages'));
    const made = ['mosaic', 'alaska', 'soundings'].flatMap((folder) => fs.readdirSync(join(home, folder)));
    expect(made.sort()).toEqual([
      'alaska_clean.csv',
      'alaska_mean.csv',
      'alaska_mean.json',
      'clean.json',
      ...['csv', 'fits', 'json'].map((end) => `j8bt06nyq_t01_ret.${end}`),
      ...['csv', 'json', 'png'].map((end) => `one_statistics.${end}`),
      'pair_mos.fits',
    ]);
  }, 60_000);

  it('tells of every stage of the pipelines', () => {
    const told = ['Hubble exposures and their association', 'Weather reports'].flatMap((heading) => {
      return rowsBelow(PAGE, heading).map(([first = '']) => first.replaceAll('`', ''));
    });
    for (const name of ['hst', 'association', 'sao']) {
      const stages = [...readPage(`pipelines/${name}.yaml`).matchAll(/stage: ([a-z]+)/g)].map(([, stage]) => stage);
      expect(told).toEqual(expect.arrayContaining(stages));
    }
  });
});
