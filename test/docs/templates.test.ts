import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { createBoard, loadPipeline, openBoard, post, runStages, scanBoard } from '../../src/index.ts';
import { previewOf } from '../../src/process/preview.ts';
import { homeOf } from '../definitions/home.ts';
import { blocksOf, filesOf, readPage } from './pages.ts';

const PAGE = readPage('docs/templates.md');

describe('docs/templates.md', () => {
  it('has an example that runs, renders as it says, and fails as it says', async () => {
    const home = homeOf(Object.fromEntries(filesOf(PAGE)));
    const { faults, stages } = loadHome(home);
    expect(faults.map(formatFault)).toEqual([]);
    createBoard(home, 'fields', loadPipeline(home, 'sources').pipeline);
    const board = openBoard(home, 'fields');
    post(board, { dataset: 'm51', class: 'wfc3', params: { filters: ['F555W', 'F814W'] } });
    expect(await runStages({ board, untilIdle: true, log: () => undefined })).toMatchObject({ done: 2, failed: 0 });

    const [entry] = scanBoard(board).entries;
    const detect = stages.get('detect');
    if (entry === undefined || detect === undefined) throw new Error('nothing there');
    const { posted } = entry.name;
    const real = (text: string): string => text.replace('/data/home', home).replace('20261121T120000', posted);
    const told = blocksOf(PAGE).findLast(({ text }) => text.startsWith('# templates/'))?.text ?? '';
    const rendered = previewOf(board, entry, 1, detect);
    expect(rendered?.files[0]?.content).toBe(real(told));
    const made = fs.readFileSync(board.path(`products/m51/${posted}/detect.002/m51.cat`), 'utf8');
    expect(made).toBe(`${real(told)}NUMBER\nX_IMAGE\nY_IMAGE\n`);

    post(board, { dataset: 'm52' });
    expect(await runStages({ board, untilIdle: true, log: () => undefined })).toMatchObject({ failed: 1 });
    const failed = scanBoard(board, ['failed']).entries[0];
    if (failed === undefined) throw new Error('it did not fail');
    const missing = blocksOf(PAGE).find(({ text }) => text.startsWith('slate: it would fail'))?.text ?? '';
    expect(previewOf(board, failed, 1, detect)?.missing).toEqual([missing.trim().replace(/^.*?\(cause n\): /, '')]);
    const log = fs.readFileSync(board.path(`logs/m52/${failed.name.posted}.detect.002.n.log`), 'utf8');
    expect(`slate: it would fail (cause n): ${log}`).toBe(missing);
  });
});
