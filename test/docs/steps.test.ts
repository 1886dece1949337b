import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claim } from '../../src/board/claim.ts';
import { finish } from '../../src/board/finish.ts';
import { Gathers } from '../../src/board/gather/gathers.ts';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { type Board, createBoard, loadPipeline, openBoard, post, runStages, scanFolder } from '../../src/index.ts';
import { parseResult } from '../../src/model/result.ts';
import { inputVariable, makeTask, stepEnvironment } from '../../src/process/step.ts';
import { homeOf } from '../definitions/home.ts';
import { codeOf, filesOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/steps.md');

function claimFirst(board: Board, column: number) {
  const [entry] = [...scanFolder(board, 'queue').entries, ...scanFolder(board, 'active').entries];
  if (entry === undefined) throw new Error('no entry');
  const result = claim(board, { entry, column, process: 'aaaa', products: true });
  if (result.kind !== 'won') throw new Error(result.kind);
  return result.held;
}

describe('docs/steps.md', () => {
  it('lists exactly the variables that a step gets', () => {
    const home = homeOf({
      'pipelines/two.yaml': 'pipeline: two\nstages:\n  - stage: make-it\n  - stage: use\n',
      'stages/make-it.yaml': 'stage: make-it\ncommand: [run]\nproducts: true\n',
      'stages/use.yaml': 'stage: use\ncommand: [run]\nproducts: true\ngather: members\ncpus: 1\nmemory: 1g\n',
    });
    createBoard(home, 'b', loadPipeline(home, 'two').pipeline);
    const board = openBoard(home, 'b');
    post(board, { dataset: 'x' });
    finish(board, claimFirst(board, 0), { kind: 'complete' });
    new Gathers(board).look(scanFolder(board, 'gather').entries);
    const stage = loadHome(home).stages.get('use');
    if (stage === undefined) throw new Error('no stage');
    const task = makeTask(board, claimFirst(board, 1), stage, '/scratch', true);

    const given = Object.keys(stepEnvironment(board, task)).map((name) =>
      name === inputVariable('make-it') ? 'SLATE_IN_<STAGE>' : name,
    );
    const documented = rowsBelow(PAGE, 'Environment').map(([name]) => codeOf(name));
    expect(documented).toEqual(given);
    expect(inputVariable('calibrate')).toBe('SLATE_IN_CALIBRATE');
  });

  it('has examples without a fault, and the worked one runs', async () => {
    const files = Object.fromEntries(filesOf(PAGE));
    expect(Object.keys(files).sort()).toEqual([
      'pipelines/text.yaml',
      'stages/pack.yaml',
      'stages/words.yaml',
      'tools/measure.sh',
      'tools/words.sh',
    ]);
    const home = homeOf({ ...files, 'moby.txt': 'Call me Ishmael.\n', 'empty.txt': '' });
    expect(loadHome(home).faults.map(formatFault)).toEqual([]);
    fs.chmodSync(join(home, 'tools/words.sh'), 0o755);

    createBoard(home, 'texts', loadPipeline(home, 'text').pipeline);
    const board = openBoard(home, 'texts');
    fs.chmodSync(join(home, 'tools/measure.sh'), 0o755);
    const SLATE_RESULT = join(home, 'result.json');
    execFileSync(join(home, 'tools/measure.sh'), [join(home, 'moby.txt')], { env: { ...process.env, SLATE_RESULT } });
    expect(parseResult(fs.readFileSync(SLATE_RESULT, 'utf8'))).toEqual({ params: { words: 3 }, reason: '3 words' });
    for (const dataset of ['moby', 'empty']) post(board, { dataset, params: { input: join(home, `${dataset}.txt`) } });
    const lines: string[] = [];
    const result = await runStages({ board, untilIdle: true, log: (code) => lines.push(code) });

    expect([result.reason, result.done]).toEqual(['idle', 1]);
    expect(lines).toContain('step-held');
    const [held] = scanFolder(board, 'held').entries;
    expect(held?.file).toMatch(/\.h\.001\.-\.empty@1-x3$/);
    const [posted = ''] = fs.readdirSync(board.path('products/moby'));
    expect(fs.readFileSync(board.path(`products/moby/${posted}/words.001/words.txt`), 'utf8').trim()).toBe('3');
    expect(fs.readFileSync(board.path(`logs/moby/${posted}.words.001.ok.log`), 'utf8')).toBe('moby, try 1\n');
  });
});
