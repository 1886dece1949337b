import fs from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOfEntry, logTailOf, MOST_FILES } from '../../src/board/entry-files.ts';
import type { Located } from '../../src/board/scan.ts';
import { Bench } from './bench.ts';

const RUN = '20261121T120000';

function put(bench: Bench, path: string, content = ''): void {
  fs.mkdirSync(dirname(bench.path(path)), { recursive: true });
  bench.put(path, content);
}

function entryOf(bench: Bench): Located {
  const entry = bench.all()[0];
  if (entry === undefined) throw new Error('no entry');
  return entry;
}

function board(): Bench {
  const bench = new Bench();
  bench.put(`failed/50.${RUN}.ccf.004.-.x@3-x2`, '{"gain":2}\n');
  return bench;
}

describe('files of an entry', () => {
  test('are its own, its logs, its products, and what its steps left', async () => {
    const bench = board();
    for (const [log, content] of [
      ['a.001.l', ''],
      ['a.002.ok', 'fine'],
      ['b.003.ok', ''],
      ['c.004.x2', 'bad header\n'],
    ])
      put(bench, `logs/x/${RUN}.${log}.log`, content);
    put(bench, 'logs/x/20251121T120000.a.001.ok.log');
    put(bench, 'logs/x/notes');
    put(bench, `products/x/${RUN}/a.001/half`, '12');
    put(bench, `products/x/${RUN}/b.002/old`, '123');
    put(bench, `products/x/${RUN}/b.002.ok`);
    put(bench, `products/x/${RUN}/b.003/sub/new`, '1234');
    put(bench, `products/x/${RUN}/b.003/top`, '1');
    put(bench, `products/x/${RUN}/b.003.ok`);
    put(bench, 'products/x/20251121T120000/b.003/other');
    put(bench, 'scratch/x.c.004/core', '12345');
    put(bench, 'scratch/xx.c.004/other');
    fs.symlinkSync('/etc', bench.path('scratch/x.c.004/link'));
    const files = await filesOfEntry(bench.board, entryOf(bench));
    expect(files.map(({ path, bytes, kind, note }) => `${kind} ${path.replace(RUN, 'RUN')} ${bytes} ${note}`)).toEqual([
      'entry failed/50.RUN.ccf.004.-.x@3-x2 11 the entry: its parameters',
      'log logs/x/RUN.a.001.l.log 0 a, claim 1: its stage process was lost',
      'log logs/x/RUN.a.002.ok.log 4 a, claim 2: complete',
      'log logs/x/RUN.b.003.ok.log 0 b, claim 3: complete',
      'log logs/x/RUN.c.004.x2.log 11 c, claim 4: exit code 2',
      'product products/x/RUN/a.001/half 2 a, claim 1: not published',
      'product products/x/RUN/b.002/old 3 b, claim 2: published',
      'product products/x/RUN/b.003/sub/new 4 b, claim 3: official',
      'product products/x/RUN/b.003/top 1 b, claim 3: official',
      'scratch scratch/x.c.004/core 5 c, claim 4: left in its working folder',
      'scratch scratch/x.c.004/link 4 c, claim 4: left in its working folder; a link',
    ]);
  });

  test('of an entry that has moved on are those that are there', async () => {
    const bench = board();
    const entry = entryOf(bench);
    fs.rmSync(bench.path(`failed/${entry.file}`));
    expect(await filesOfEntry(bench.board, entry)).toEqual([]);
  });

  test('are not more than anybody reads', async () => {
    const bench = board();
    for (let number = 0; number < MOST_FILES + 5; number++) put(bench, `products/x/${RUN}/a.001/${number}`);
    expect(await filesOfEntry(bench.board, entryOf(bench))).toHaveLength(MOST_FILES);
  });

  test('are not looked for any longer once nobody waits', async () => {
    const bench = board();
    const abort = new AbortController();
    abort.abort();
    await expect(filesOfEntry(bench.board, entryOf(bench), abort.signal)).rejects.toBe(abort.signal.reason);
  });
});

describe('the end of the latest log', () => {
  test('is its last lines, as they would stand on a terminal', async () => {
    const bench = board();
    const entry = entryOf(bench);
    expect(await logTailOf(bench.board, entry, 3)).toEqual([]);
    put(bench, `logs/x/${RUN}.a.001.ok.log`, 'early\n');
    put(bench, `logs/x/${RUN}.c.004.run.log`, `${'x\n'.repeat(90_000)}\x1b[31mred\x1b[0m\n 10%\r 20%`);
    put(bench, 'logs/x/20271121T120000.a.001.ok.log', 'of another run\n');
    expect(await logTailOf(bench.board, entry, 3)).toEqual(['x', 'red', ' 20%']);
  });

  test('that can’t be read is why', async () => {
    const bench = board();
    fs.mkdirSync(bench.path(`logs/x/${RUN}.a.001.ok.log`), { recursive: true });
    expect((await logTailOf(bench.board, entryOf(bench), 3))[0]).toContain('a.001.ok.log: ');
  });
});
