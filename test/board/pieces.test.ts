import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { endOfLines, linesOfFile } from '../../src/board/lines.ts';
import { manyNamesOf, type Piece, type PieceOptions, piecesOfFile, sizeOfFile } from '../../src/board/pieces.ts';
import { tempFolder } from '../helpers/home.ts';

function file(content: string | Buffer): string {
  const path = join(tempFolder(), 'file');
  fs.writeFileSync(path, content);
  return path;
}

async function all(path: string, options: PieceOptions = {}): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of piecesOfFile(path, options)) pieces.push(piece);
  return pieces;
}

const linesOf = async (path: string, options?: PieceOptions): Promise<string[]> =>
  (await all(path, options)).flatMap(({ lines }) => lines);

describe('lines in pieces', () => {
  const texts = Array.from({ length: 3_000 }, (_, number) => `${number} ${'ä'.repeat(number % 40)}`);

  test.each([13, 64, 1000, 65_536])('of %i bytes are those of the whole file', async (bytes) => {
    const path = file(`${texts.join('\n')}\n\nend`);
    expect(await linesOf(path, { bytes, withTail: true })).toEqual([...linesOfFile(path)]);
    expect(await linesOf(path, { bytes })).toEqual([...linesOfFile(path, { withTail: false })]);
  });

  test('never more bytes at a time than told', async () => {
    const path = file(texts.join('\n'));
    const pieces = await all(path, { bytes: 100 });
    expect(Math.max(...pieces.map(({ bytes }) => bytes))).toBe(100);
    expect(pieces.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(fs.statSync(path).size);
  });

  test.each([50, 4096])('that hold something: pieces of %i', async (bytes) => {
    const path = file(`${texts.join('\n')}\n99`);
    const holding = Buffer.from('99');
    expect(await linesOf(path, { bytes, holding, withTail: true })).toEqual([
      ...linesOfFile(path, { holding, withTail: true }),
    ]);
  });

  test('from one byte to another, and on from where each piece ended', async () => {
    const path = file('one\ntwo\nthree\nfo');
    expect(await linesOf(path, { from: 4, to: 8 })).toEqual(['two']);
    const pieces = await all(path, { bytes: 5 });
    expect(pieces.map(({ at }) => at)).toEqual([4, 8, 14, 14]);
    fs.appendFileSync(path, 'ur\n');
    expect(await linesOf(path, { from: pieces.at(-1)?.at })).toEqual(['four']);
  });

  test('a line of megabytes is passed over, its neighbours are not', async () => {
    const path = file(`one\n${'x'.repeat(3_000_000)}\ntwo\n`);
    expect(await linesOf(path)).toEqual(['one', 'two']);
    expect(await linesOf(file(`one\n${'x'.repeat(3_000_000)}`), { withTail: true })).toEqual(['one']);
  });

  test('a missing file has none, an aborted reader throws', async () => {
    expect(await all('/nowhere/at/all')).toEqual([]);
    expect(await sizeOfFile('/nowhere/at/all', true)).toBeUndefined();
    const abort = new AbortController();
    const path = file(texts.join('\n'));
    const read = async (): Promise<number> => {
      let number = 0;
      for await (const _ of piecesOfFile(path, { bytes: 100, signal: abort.signal })) if (++number === 3) abort.abort();
      return number;
    };
    await expect(read()).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('names of a large folder come some at a time', async () => {
  const folder = tempFolder();
  for (let number = 0; number < 2_500; number++) fs.writeFileSync(join(folder, String(number)), '');
  const batches: string[][] = [];
  for await (const names of manyNamesOf(folder)) batches.push(names);
  expect(Math.max(...batches.map(({ length }) => length))).toBeLessThan(1_100);
  expect(batches.flat().sort()).toEqual(fs.readdirSync(folder).sort());
  for await (const names of manyNamesOf(join(folder, 'no'))) expect(names).toEqual([]);
});

test.each<[string, string, number]>([
  ['empty', '', 0],
  ['no line that is whole', 'abc', 0],
  ['whole lines', 'a\nb\n', 4],
  ['a torn one at the end', 'a\nb\nccc', 4],
  ['a torn one after a long one', `${'x'.repeat(100_000)}\n${'y'.repeat(70_000)}`, 100_001],
  ['a torn one of many kilobytes', `a\n${'x'.repeat(200_000)}`, 2],
])('where the lines of a file end: %s', (_, content, end) => {
  expect(endOfLines(file(content))).toBe(end);
});
