import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { columnsAt, noteOf, Row } from '../../src/board/rows.ts';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { createBoard, loadPipeline, openBoard, post, runStages, scanBoard } from '../../src/index.ts';
import { homeOf } from '../definitions/home.ts';
import { blocksOf, filesOf, readPage } from './pages.ts';

const PAGE = readPage('docs/routing.md');

describe('docs/routing.md', () => {
  it('has an example that runs, and ends as it says', async () => {
    const files = Object.fromEntries(filesOf(PAGE));
    const home = homeOf(files);
    expect(loadHome(home).faults.map(formatFault)).toEqual([]);
    fs.chmodSync(join(home, 'tools/measure.sh'), 0o755);
    const blocks = blocksOf(PAGE);
    const command = blocks.find(({ text }) => text.includes('slate post'))?.text ?? '';
    const skies = /for sky in (.*?);/.exec(command)?.[1]?.split(' ') ?? [];

    createBoard(home, 'nights', loadPipeline(home, 'photometry').pipeline);
    const board = openBoard(home, 'nights');
    for (const sky of skies) post(board, { dataset: sky, params: { sky } });
    expect((await runStages({ board, untilIdle: true, log: () => undefined })).reason).toBe('idle');

    const listed = scanBoard(board).entries.map((entry) => {
      const row = new Row(entry);
      const at = columnsAt(row).map((column) => board.config.stages[column]?.title);
      return [row.dataset, row.letters, ...at, row.state, noteOf(row)].filter((cell) => cell !== '').join(' ');
    });
    const [, ...rows] = (blocks.find(({ text }) => text.startsWith('DATASET'))?.text ?? '').trimEnd().split('\n');
    // Age, rank and class are as they are.
    const told = rows.map((row) =>
      row
        .replace(/ +\d+s +50 +-/, '')
        .replaceAll(/ +/g, ' ')
        .trim(),
    );
    expect(listed.sort()).toEqual(told.sort());

    const logs = blocks.find(({ text }) => text.includes('.sent1.log'))?.text ?? '';
    const seen = fs.readdirSync(board.path('logs/uneven')).sort();
    expect(seen.map((file) => file.slice(15))).toEqual(
      logs
        .trimEnd()
        .split('\n')
        .map((file) => file.slice(15)),
    );
  });
});
