import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { createBoard, loadPipeline, openBoard, post, runStages, scanFolder } from '../../src/index.ts';
import { TRANSFER_EXITS } from '../../src/model/site.ts';
import { homeOf } from '../definitions/home.ts';
import { filesOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/transfers.md');

test('the example of docs/transfers.md has no fault, and goes there and back on one host', async () => {
  const files = Object.fromEntries(filesOf(PAGE));
  const home = homeOf({ ...files, 'night.nc': 'measured' });
  expect(loadHome(home).faults.map(formatFault)).toEqual([]);
  const far = join(home, 'remote');
  fs.writeFileSync(join(home, 'sites.yaml'), 'sites: {pleiades: {root: remote, limits: [pleiades]}}\n');
  fs.chmodSync(join(home, 'tools/process.sh'), 0o755);
  createBoard(home, 'night', loadPipeline(home, 'far').pipeline);
  const board = openBoard(home, 'night');
  post(board, { dataset: 'd', params: { input: join(home, 'night.nc') } });
  const result = await runStages({ board, slots: 1, untilIdle: true, log: () => undefined });
  expect([result.reason, result.done, result.failed]).toEqual(['idle', 5, 0]);
  expect(fs.readdirSync(join(far, 'runs'))).toEqual([]);
  const [, day = ''] =
    /(done\/\S+)/.exec(fs.readdirSync(board.path('done')).map((one) => `done/${one}`)[0] ?? '') ?? [];
  const [entry] = scanFolder(board, day as 'done').entries;
  const products = board.path(`products/d/${entry?.name.posted}`);
  const folder = fs.readdirSync(products).find((name) => /^download\.\d+$/.test(name)) ?? '';
  expect(fs.readFileSync(join(products, folder, 'night.nc.size'), 'utf8').trim()).toBe('8');
});

test('docs/transfers.md has every exit code of a transfer', () => {
  const told = rowsBelow(PAGE, 'How it ends').map(([code]) => Number(code));
  expect(told).toEqual([0, ...Object.values(TRANSFER_EXITS)]);
});
