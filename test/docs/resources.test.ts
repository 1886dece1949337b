import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitsOf } from '../../src/board/waiting.ts';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { createBoard, loadPipeline, openBoard, post, runStages, scanFolder } from '../../src/index.ts';
import { MOST_PASSES, MOST_WAIT_MS } from '../../src/model/patience.ts';
import { homeOf } from '../definitions/home.ts';
import { blocksOf, filesOf, readPage } from './pages.ts';

const PAGE = readPage('docs/resources.md');

test('the example of docs/resources.md has no fault and does what the page says', async () => {
  const files = Object.fromEntries(filesOf(PAGE));
  expect(Object.keys(files).sort()).toEqual([
    'pipelines/survey.yaml',
    'stages/calibrate.yaml',
    'stages/load.yaml',
    'tools/calibrate.sh',
    'tools/load.sh',
  ]);
  const home = homeOf({ ...files, 'small.fits': ' '.repeat(2 ** 20), 'large.fits': ' '.repeat(2 ** 24) });
  const { faults, stages } = loadHome(home);
  expect(faults.map(formatFault)).toEqual([]);
  for (const tool of ['calibrate', 'load']) fs.chmodSync(join(home, `tools/${tool}.sh`), 0o755);
  createBoard(home, 'night', loadPipeline(home, 'survey').pipeline);
  const board = openBoard(home, 'night');
  expect(board.config.limits).toEqual({ database: 3 });
  const posts = blocksOf(PAGE).find(({ text }) => text.includes('slate post small'))?.text ?? '';
  const params = (line: string): Record<string, string> =>
    Object.fromEntries([...line.matchAll(/--param (\S+)=(\S+)/g)].map(([, key, value]) => [key, value]));
  for (const [line, dataset = ''] of posts.matchAll(/^slate post (\S+).*$/gm)) {
    const given = params(line);
    post(board, { dataset, params: { ...given, input: join(home, given.input ?? '') } });
  }
  const result = await runStages({
    board,
    slots: 8,
    budget: { memoryMb: 2_048 },
    untilIdle: true,
    log: () => undefined,
  });
  expect([result.reason, result.done, result.failed]).toEqual(['idle', 4, 0]);
  expect(result.trouble).toBe('odd:calibrate needs 900 TB, and the host has 2 GB');
  const said = (dataset: string): string => {
    const folder = board.path(`logs/${dataset}`);
    const file = fs.readdirSync(folder).find((name) => name.includes('calibrate')) ?? '';
    return fs.readFileSync(`${folder}/${file}`, 'utf8').trim();
  };
  expect(said('small')).toBe('small: 1 core, 68 MB, 1 thread');
  expect(said('large')).toBe('large: 1 core, 128 MB, 1 thread');
  const [odd] = scanFolder(board, 'queue').entries;
  expect(odd?.name.dataset).toBe('odd');
  // No process lives that could say how much its host has.
  expect(odd === undefined ? [] : waitsOf(board, odd, stages)).toEqual([]);
});

test('the page says how long one may be passed', () => {
  expect(PAGE).toContain(`when ${MOST_PASSES} have passed it in one process, or after ${MOST_WAIT_MS / 1000} s`);
});
