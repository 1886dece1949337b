import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Board, createBoard, loadPipeline, openBoard, parseName, post, scanFolder } from '../../src/index.ts';
import { arrive } from '../../src/model/transition.ts';
import { homeOf, stage } from '../definitions/home.ts';
import { blocksOf, codeOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/operations.md');
const STAGES = ['verify', 'calibrate', 'detect', 'preview', 'archive'];
const T = '20261121T120000';
const DAY = '2026-11-21';

function makeBoard(): Board {
  const home = homeOf({
    'pipelines/hst.yaml': readPage('pipelines/hst.yaml'),
    ...Object.fromEntries(STAGES.map((name) => [`stages/${name}.yaml`, stage(name)])),
  });
  createBoard(home, 'hst', loadPipeline(home, 'hst').pipeline);
  return openBoard(home, 'hst');
}

function place(board: Board, ...paths: string[]): void {
  for (const path of paths) {
    fs.mkdirSync(dirname(board.path(path)), { recursive: true });
    fs.writeFileSync(board.path(path), '');
  }
}

function sh(board: Board, script: string): string {
  return execFileSync('/bin/sh', ['-euc', script], { cwd: board.root, encoding: 'utf8' });
}

const filled = (path: string): string => path.replace('DAY', DAY).replace('.T.', `.${T}.`);
const recipes = [
  ...rowsBelow(PAGE, 'Repair by mv').map(([what, from, to]) => [what, codeOf(from), codeOf(to)]),
  ...rowsBelow(PAGE, 'Put a removed entry back').map(([from, to]) => ['put back', codeOf(from), codeOf(to)]),
] as [what: string, from: string, to: string][];

describe('docs/operations.md', () => {
  it('has recipes', () => expect(recipes.length).toBeGreaterThan(15));

  it.each(recipes)('%s: mv %s %s leaves the entry where it belongs', (_, from, to) => {
    const board = makeBoard();
    const [folder = ''] = filled(to).split(/\/(?=[^/]*$)/);
    const [was, now] = [filled(from), filled(to)].map((path) => parseName(path.split('/').at(-1) ?? ''));
    if (!was?.ok || !now?.ok) throw new Error(`${from} or ${to} is no name of an entry`);
    expect({ ...was.name, rank: 0, letters: '', tags: [] }).toEqual({ ...now.name, rank: 0, letters: '', tags: [] });
    const arrived = arrive(now.name, board.rules);
    if (!arrived.ok) throw new Error(arrived.why);
    expect(arrived.folder).toBe(folder.split('/')[0]);
    expect(arrived.name).toEqual(now.name);
  });

  it('shows queries that work', () => {
    const board = makeBoard();
    place(
      board,
      `queue/50.${T}.w____.000.acs.a`,
      `active/50.${T}.cp___.002.acs.b@2-k3f1-2-1`,
      `failed/50.${T}.ccfc_.004.acs.c@3-x2`,
      `done/${DAY}/50.${T}.ccccc.006.acs.d`,
      'processes/k3f1.run.verify.1.hosta',
    );
    const block = blocksOf(PAGE).find(({ heading }) => heading === 'See')?.text ?? '';
    const lines = block.trim().split('\n');
    expect(lines.length).toBeGreaterThan(8);
    const answers = lines.map((line) => sh(board, line).trim());
    expect(answers.filter((answer) => answer === '')).toEqual([]);
    expect(answers).toContain('1 3-x2');
    expect(answers).toContain('1 k3f1');
    expect(answers).toContain('c');
  });

  it('shows loops and an order that work', () => {
    const board = makeBoard();
    place(
      board,
      `failed/50.${T}.ccfc_.004.acs.a@3-x2`,
      `failed/50.${T}.ccfc_.004.acs.b.ccfc_.x@3-x2`,
      `failed/50.${T}.ccfc_.004.acs.c@3-x3`,
      `queue/50.${T}.w____.000.wfc3.d`,
      'processes/k3f1.run.verify+archive.1.host.a',
    );
    const loops = blocksOf(PAGE).find(({ heading, language }) => heading === 'In bulk' && language === 'sh');
    sh(board, loops?.text ?? 'exit 1');
    expect(fs.readdirSync(board.path('active')).sort()).toEqual([
      `50.${T}.ccwc_.004.acs.a`,
      `50.${T}.ccwc_.004.acs.b.ccfc_.x`,
    ]);
    expect(fs.readdirSync(board.path('failed'))).toEqual([`50.${T}.ccfc_.004.acs.c@3-x3`]);
    expect(fs.readdirSync(board.path('queue'))).toEqual([`90.${T}.w____.000.wfc3.d`]);
    sh(board, blocksOf(PAGE).find(({ heading }) => heading === 'Stage processes')?.text ?? 'exit 1');
    expect(fs.readdirSync(board.path('processes'))).toEqual(['k3f1.drain.verify+archive.1.host.a']);
  });

  it('shows how to end a wait', () => {
    const board = makeBoard();
    const waiting = 'active/50.20261121T120000.c1___.002.acs.j8a20101q';
    place(board, waiting);
    fs.utimesSync(board.path(waiting), 4e9, 4e9);
    sh(board, blocksOf(PAGE).find(({ heading }) => heading === 'Run it now')?.text ?? 'exit 1');
    const [entry] = scanFolder(board, 'active').entries;
    expect(entry?.name.letters).toBe('cw___');
    expect(board.fs.identify(board.path(`active/${entry?.file}`)).mtimeMs).toBeLessThanOrEqual(board.now());
  });

  it('shows how to post by hand', () => {
    const board = makeBoard();
    sh(board, blocksOf(PAGE).find(({ heading }) => heading === 'Post by hand')?.text ?? 'exit 1');
    expect(scanFolder(board, 'queue').entries.map(({ name }) => [name.letters, name.dataset])).toEqual([
      ['w____', 'j8a20101q'],
    ]);
    expect(post(board, { dataset: 'other' }).ok).toBe(true);
  });
});
