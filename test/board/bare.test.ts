/** Bare names are the entries that a scan finds, in the order they are served. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type BareEntry, listBoard } from '../../src/board/bare.ts';
import { countBoard } from '../../src/board/counts.ts';
import { filterOf } from '../../src/board/filter.ts';
import { type Fs, nodeFs } from '../../src/board/fs.ts';
import { Row, sortLocated } from '../../src/board/rows.ts';
import { scanBoard } from '../../src/board/scan.ts';
import { Bench } from './bench.ts';

/** Hands names over as some file systems have them: in any order. */
const unsorted: Fs = {
  ...nodeFs,
  eachName: (path, visit) => {
    for (const name of nodeFs.names(path).sort((a, b) => (a.slice(-3) < b.slice(-3) ? 1 : -1))) visit(name);
  },
};

const FILES = [
  ['queue', 'w__', ''],
  ['active', 'cp_', '@2-k3f1-2-1'],
  ['active', 'c2_', ''],
  ['failed', 'cf_', '@2-x2'],
  ['held', 'ch_', '@2-o'],
  ['done/2026-11-20', 'ccc', ''],
  ['done/2026-11-21', 'css', ''],
  ['removed/2026-11-21', 'cc_', ''],
] as const;

function filled(fsDoor?: Fs): Bench {
  const bench = new Bench(fsDoor === undefined ? {} : { fs: fsDoor });
  for (const day of ['done/2026-11-20', 'done/2026-11-21', 'removed/2026-11-21'])
    fs.mkdirSync(bench.path(day), { recursive: true });
  for (let number = 0; number < 240; number++) {
    const [folder, letters, tag] = FILES[(number * 7) % FILES.length] ?? FILES[0];
    const rank = ['05', '50', '50', '99'][number % 4];
    const second = String((number * 13) % 10).padStart(2, '0');
    bench.put(
      `${folder}/${rank}.20261121T1200${second}.${letters}.001.${number % 3 === 0 ? 'acs' : '-'}.d${number}${tag}`,
    );
  }
  // One name in several folders, and what is no entry.
  for (const folder of ['queue', 'held', 'done/2026-11-21', 'active', 'done/2026-11-20'])
    bench.put(`${folder}/50.20261121T120003.w__.000.-.same`);
  for (const file of ['queue/.hidden', 'queue/notes', 'held/50.20261121T120003.w_.000.-.short']) bench.put(file);
  return bench;
}

describe.each([
  ['a directory in order', undefined],
  ['a directory in any order', unsorted],
])('%s', (_, door) => {
  test.each([
    [[]],
    [['state:failed,held']],
    [['class:acs', 'rank<60']],
    [['cause:x2']],
    [['state:removed']],
    [['try>=2']],
    [['d1*']],
  ])('is listed and counted as it is scanned: %j', (words) => {
    const { board } = filled(door);
    const filter = filterOf(board, words);
    const scan = scanBoard(board, filter.states);
    const rows = sortLocated(scan.entries)
      .map((entry) => new Row(entry))
      .filter(filter.test);
    const listing = listBoard(board, filter);
    expect(listing.length).toBe(rows.length);
    expect(rows.length).toBeGreaterThan(0);
    expect(listing.foreign).toBe(scan.foreign.length);
    const wanted = rows.map(({ at, state }): BareEntry => ({ file: at.file, folder: at.folder, state }));
    expect([...listing.entries()]).toEqual(wanted);

    const counts = countBoard(board, filter);
    expect([counts.total, counts.foreign]).toEqual([rows.length, 2]);
    expect(counts.states).toMatchObject(
      Object.fromEntries(filter.states.map((state) => [state, rows.filter((row) => row.state === state).length])),
    );
    for (const [column, letters] of counts.letters.entries()) {
      const told = [...letters].map(([letter, number]) => [letter, number]);
      const seen = [...new Set(rows.map((row) => row.letters[column]))];
      expect(new Set(told.map(([letter]) => letter))).toEqual(new Set(seen));
      for (const [letter, number] of told)
        expect(number, `${letter} of column ${column}`).toBe(
          rows.filter((row) => row.letters[column] === letter).length,
        );
    }
  });
});

test('a board with nothing on it', () => {
  const { board } = new Bench();
  expect([...listBoard(board, filterOf(board, [])).entries()]).toEqual([]);
  expect(countBoard(board, filterOf(board, [])).total).toBe(0);
});

test('a folder of the board that is missing is an error, a day that has not been is none', () => {
  const bench = new Bench();
  fs.rmdirSync(bench.path('held'));
  expect(() => countBoard(bench.board, filterOf(bench.board, []))).toThrow(/ENOENT/);
  expect(() => listBoard(bench.board, filterOf(bench.board, []))).toThrow(/ENOENT/);
});
