import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claim } from '../../src/board/claim.ts';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { createBoard, loadPipeline, openBoard, post, runStages, scanFolder } from '../../src/index.ts';
import { listLine } from '../../src/process/batch-run.ts';
import { makeTask, stepEnvironment } from '../../src/process/step.ts';
import { homeOf } from '../definitions/home.ts';
import { codeOf, filesOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/batch.md');
const PYTHON = '/usr/bin/python3';

describe('docs/batch.md', () => {
  it('lists exactly the fields of the list, and the variables', () => {
    const stage = (name: string, more = ''): string => `stage: ${name}\ncommand: [run]\nproducts: true\n${more}`;
    const home = homeOf({
      'pipelines/one.yaml': 'pipeline: one\nstages:\n  - stage: take\n',
      'stages/take.yaml': stage('take', 'batch: {most: 5}\n'),
    });
    createBoard(home, 'b', loadPipeline(home, 'one').pipeline);
    const board = openBoard(home, 'b');
    post(board, { dataset: 'x' });
    const [entry] = scanFolder(board, 'queue').entries;
    const take = loadHome(home).stages.get('take');
    if (entry === undefined || take === undefined) throw new Error('no entry, or no stage');
    const won = claim(board, { entry, column: 0, process: 'aaaa', products: true });
    if (won.kind !== 'won') throw new Error(won.kind);
    const task = makeTask(board, won.held, take, '/scratch', true);
    const fields = rowsBelow(PAGE, 'The list').flatMap(([field = '']) =>
      [...field.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(Object.keys(JSON.parse(listLine({ ...task, members: '/m' })) as object).sort()).toEqual(fields.sort());

    const batch = { tasks: [task], list: '/l', outcomes: '/o', taken: '/t' };
    const documented = rowsBelow(PAGE, 'Environment').map(([name]) => codeOf(name));
    const needy = { ...take, cpus: '1', memory: '1g' };
    expect(Object.keys(stepEnvironment(board, { ...task, stage: needy, batch }))).toEqual(documented);
  });

  it('documents exactly the keys that a stage file may have', async () => {
    const { KEY_DOCS } = await import('../../src/definitions/schema-doc.ts');
    const keys = KEY_DOCS.flatMap(({ file, key }) =>
      file === 'stage' && key.startsWith('batch.') ? [key.slice(6)] : [],
    );
    expect(rowsBelow(PAGE, 'Which go together').map(([key]) => codeOf(key))).toEqual(keys);
  });

  it.runIf(fs.existsSync(PYTHON))(
    'has an example without a fault that runs',
    async () => {
      const files = Object.fromEntries(filesOf(PAGE));
      expect(Object.keys(files).sort()).toEqual(['pipelines/text.yaml', 'stages/words.yaml', 'tools/words.py']);
      const home = homeOf({ ...files, 'moby.txt': 'Call me Ishmael.\n', 'empty.txt': '' });
      expect(loadHome(home).faults.map(formatFault)).toEqual([]);
      createBoard(home, 'texts', loadPipeline(home, 'text').pipeline);
      const board = openBoard(home, 'texts');
      for (const dataset of ['moby', 'empty', 'none'])
        post(board, { dataset, params: { input: join(home, `${dataset}.txt`) } });
      const { done, failed } = await runStages({ board, untilIdle: true, log: () => undefined });
      expect([done, failed]).toEqual([1, 1]);
      const [posted = ''] = fs.readdirSync(board.path('products/moby'));
      expect(fs.readFileSync(board.path(`products/moby/${posted}/words.001/words.txt`), 'utf8')).toBe('3\n');
      expect(scanFolder(board, 'held').entries[0]?.file).toMatch(/\.empty@1-x3$/);
      expect(scanFolder(board, 'failed').entries[0]?.file).toMatch(/\.none@1-errno_2_no_such$/);
      const log = fs.readFileSync(board.path(`logs/moby/${posted}.words.001.ok.log`), 'utf8');
      // In order of service: they may have been posted in different seconds.
      const words = log.trim().split(' ');
      expect([...words.slice(0, 6), ...words.slice(6).sort()].join(' ')).toBe(
        'slate: batch of 3 at words: empty moby none',
      );
    },
    30_000,
  );
});
