import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { childrenOf } from '../../src/board/children.ts';
import { parseContent } from '../../src/board/content.ts';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome } from '../../src/definitions/load.ts';
import { createBoard, loadPipeline, openBoard, post, runStages, scanBoard } from '../../src/index.ts';
import { MOST_POST_BYTES, MOST_POSTS } from '../../src/process/post-check.ts';
import { homeOf } from '../definitions/home.ts';
import { blocksOf, codeOf, filesOf, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/split.md');

describe('docs/split.md', () => {
  it('has an example that runs', async () => {
    const files = Object.fromEntries(filesOf(PAGE));
    const home = homeOf({ ...files, 'monday.txt': 'one two three\nfour\n' });
    expect(loadHome(home).faults.map(formatFault)).toEqual([]);
    for (const tool of ['split', 'count', 'total']) fs.chmodSync(join(home, `tools/${tool}.sh`), 0o755);
    createBoard(home, 'texts', loadPipeline(home, 'delivery').pipeline);
    const board = openBoard(home, 'texts');
    post(board, { dataset: 'monday', class: 'delivery', params: { input: join(home, 'monday.txt') } });
    expect((await runStages({ board, untilIdle: true, log: () => undefined })).reason).toBe('idle');

    const { entries } = scanBoard(board);
    expect(entries.map(({ name }) => `${name.dataset} ${name.class} ${name.letters}`).sort()).toEqual([
      'monday delivery csc',
      'monday-1 part scs',
      'monday-2 part scs',
    ]);
    const parent = entries.find(({ name }) => name.dataset === 'monday');
    if (parent === undefined) throw new Error('no parent');
    const words = childrenOf(board, parent.name)?.map(({ dataset, posted }) =>
      fs.readFileSync(board.path(`products/${dataset}/${posted}/count.001/words.txt`), 'utf8').trim(),
    );
    expect(words).toEqual(['3', '1']);

    const total = board.path(`products/monday/${parent.name.posted}/total.002/words.txt`);
    expect(fs.readFileSync(total, 'utf8')).toBe('4\n');

    // The content that the page shows has the shape of the real one.
    const shown = parseContent(blocksOf(PAGE).find(({ language }) => language === 'json')?.text ?? '');
    const first = entries.find(({ name }) => name.dataset === 'monday-1');
    const real = parseContent(fs.readFileSync(board.path(`${first?.folder}/${first?.file}`), 'utf8'));
    if (typeof shown === 'string' || typeof real === 'string') throw new Error('no JSON');
    const times = {
      posted: shown.repeated?.posted,
      parent: { ...real.repeated?.parent, posted: shown.repeated?.parent?.posted },
    };
    expect(shown).toEqual({ ...real, all: expect.anything(), repeated: { ...real.repeated, ...times } });
  });

  it('lists the keys of a line, and the limits', () => {
    const keys = rowsBelow(PAGE, 'What a step writes').map(([key]) => codeOf(key));
    const source = readPage('src/process/post-check.ts');
    const known = [...(/KEYS: readonly PostKey\[\] = \[(.*?)\]/s.exec(source)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(
      ([, key]) => key,
    );
    expect(keys.sort()).toEqual(known.sort());
    expect(PAGE).toContain(
      `more than ${MOST_POSTS.toLocaleString('en')} lines, or ${MOST_POST_BYTES / 1024 / 1024} MiB`,
    );
  });
});
