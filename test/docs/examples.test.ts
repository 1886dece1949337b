import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBoard, scanBoard } from '../../src/index.ts';
import { ROOT, tempFolder } from '../helpers/home.ts';
import { blocksOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/examples.md');
const block = (has: string) =>
  blocksOf(PAGE).find(({ language, text }) => language === 'sh' && text.includes(has))?.text ?? '';

/** A home with the example pipelines of this one and boards of its own, and `slate` on its PATH. */
function exampleHome(): string {
  const home = tempFolder();
  for (const folder of ['dist', 'pipelines', 'stages', 'tools']) fs.symlinkSync(join(ROOT, folder), join(home, folder));
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

  it('shows the programs by hand', () => {
    const home = exampleHome();
    sh(home, block('dist/stages'));
    const made = ['mosaic', 'alaska'].flatMap((folder) => fs.readdirSync(join(home, folder)));
    expect(made.sort()).toEqual([
      'alaska_clean.csv',
      'alaska_mean.csv',
      'alaska_mean.json',
      'clean.json',
      'pair_mos.fits',
    ]);
  }, 60_000);

  it('tells of every stage of the pipelines', () => {
    const told = ['Hubble exposures and their association'].flatMap((heading) => {
      return rowsBelow(PAGE, heading).map(([first = '']) => first.replaceAll('`', ''));
    });
    for (const name of ['hst', 'association']) {
      const stages = [...readPage(`pipelines/${name}.yaml`).matchAll(/stage: ([a-z]+)/g)].map(([, stage]) => stage);
      expect(told).toEqual(expect.arrayContaining(stages));
    }
  });
});
