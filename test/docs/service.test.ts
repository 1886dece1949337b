import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claim } from '../../src/board/claim.ts';
import { finish } from '../../src/board/finish.ts';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { createBoard, loadPipeline, openBoard, post, runStages, scanFolder } from '../../src/index.ts';
import { requestOf } from '../../src/process/service/request.ts';
import { makeTask } from '../../src/process/step.ts';
import { homeOf } from '../definitions/home.ts';
import { blocksOf, codeOf, filesOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/service.md');
const PYTHON = '/usr/bin/python3';

/** The page's files, the JavaScript one too. */
function files(): Record<string, string> {
  const script = blocksOf(PAGE).find(({ language }) => language === 'js')?.text ?? '';
  const [, path = ''] = /^\/\/ (\S+)\n/.exec(script) ?? [];
  return { ...Object.fromEntries(filesOf(PAGE)), [path]: script };
}

async function runExample(home: string): Promise<{ posted: string; done: number }> {
  createBoard(home, 'texts', loadPipeline(home, 'text').pipeline);
  const board = openBoard(home, 'texts');
  for (const dataset of ['moby', 'empty']) post(board, { dataset, params: { input: join(home, `${dataset}.txt`) } });
  const { done } = await runStages({ board, untilIdle: true, log: () => undefined });
  const [posted = ''] = fs.readdirSync(board.path('products/moby'));
  return { posted, done };
}

const TEXTS = { 'moby.txt': 'Call me Ishmael.\n', 'empty.txt': '' };

describe('docs/service.md', () => {
  it('has examples without a fault, and the worked one runs', async () => {
    const home = homeOf({ ...files(), ...TEXTS });
    expect(Object.keys(files()).sort()).toEqual([
      'pipelines/text.yaml',
      'stages/words.yaml',
      'tools/words.mjs',
      'tools/words.py',
    ]);
    expect(loadHome(home).faults.map(formatFault)).toEqual([]);
    const { posted, done } = await runExample(home);
    expect(done).toBe(1);
    const board = openBoard(home, 'texts');
    expect(fs.readFileSync(board.path(`products/moby/${posted}/words.001/words.txt`), 'utf8')).toBe('3\n');
    expect(fs.readFileSync(board.path(`logs/moby/${posted}.words.001.ok.log`), 'utf8')).toBe('moby: 3 words\n');
    expect(scanFolder(board, 'held').entries.map(({ file }) => file.split('.').at(-1))).toEqual([
      expect.stringMatching(/^empty@1-/),
    ]);
  }, 30_000);

  it.runIf(fs.existsSync(PYTHON))(
    'has one in Python that runs',
    async () => {
      const { 'stages/words.yaml': stage = '', ...others } = files();
      const python = stage.replace('node', PYTHON).replace('words.mjs', 'words.py');
      const home = homeOf({ ...others, ...TEXTS, 'stages/words.yaml': python });
      const { posted, done } = await runExample(home);
      expect(done).toBe(2);
      const board = openBoard(home, 'texts');
      expect(fs.readFileSync(board.path(`products/moby/${posted}/words.001/words.txt`), 'utf8')).toBe('3\n');
      expect(fs.readFileSync(board.path(`logs/moby/${posted}.words.001.ok.log`), 'utf8')).toBe('working on moby\n');
    },
    30_000,
  );

  it('lists exactly the fields of a line', () => {
    const home = homeOf({
      'pipelines/two.yaml': 'pipeline: two\nstages:\n  - stage: make-it\n  - stage: use\n',
      'stages/make-it.yaml': 'stage: make-it\ncommand: [run]\nproducts: true\n',
      'stages/use.yaml': 'stage: use\ncommand: [run]\nproducts: true\nservice: true\n',
    });
    createBoard(home, 'b', loadPipeline(home, 'two').pipeline);
    const board = openBoard(home, 'b');
    post(board, { dataset: 'x', params: { a: 1 } });
    const claimed = (column: number) => {
      const [entry] = [...scanFolder(board, 'queue').entries, ...scanFolder(board, 'active').entries];
      if (entry === undefined) throw new Error('no entry');
      const result = claim(board, { entry, column, process: 'aaaa', products: true });
      if (result.kind !== 'won') throw new Error(result.kind);
      return result.held;
    };
    finish(board, claimed(0), { kind: 'complete' });
    const stage = loadHome(home).stages.get('use');
    if (stage === undefined) throw new Error('no stage');
    const task = { ...makeTask(board, claimed(1), stage, '/scratch', true), members: '/members' };
    const { line } = requestOf(board, task);
    const given = JSON.parse(line) as Record<string, unknown>;

    const documented = rowsBelow(PAGE, 'What it is given').flatMap(([names = '']) =>
      names.split(' ').map((name) => codeOf(name)),
    );
    expect([...documented].sort()).toEqual(Object.keys(given).sort());
    expect(given).toMatchObject({ dataset: 'x', rank: 50, try: 1, epoch: 2, params: { a: 1 }, scratch: '/scratch' });
    expect(given.inputs).toEqual({ 'make-it': expect.stringMatching(/\/products\/x\/\d{8}T\d{6}\/make-it\.001$/) });
  });
});
