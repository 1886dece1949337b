import { describe, expect, it } from 'vitest';
import { replayToLastFlush } from './write-log.ts';

const SECTOR = 512;
const FLUSH = 1;
const DISCARD = 4;

interface Logged {
  readonly sector: number;
  readonly data?: string;
  readonly flags?: number;
  readonly sectors?: number;
}

function logOf(entries: readonly Logged[], magic = 0x6a736677736872n): Buffer {
  const head = Buffer.alloc(SECTOR);
  head.writeBigUInt64LE(magic, 0);
  head.writeBigUInt64LE(1n, 8);
  head.writeBigUInt64LE(BigInt(entries.length), 16);
  head.writeUInt32LE(SECTOR, 24);
  const parts = entries.flatMap(({ sector, data, flags = 0, sectors = data === undefined ? 0 : 1 }) => {
    const entry = Buffer.alloc(SECTOR);
    entry.writeBigUInt64LE(BigInt(sector), 0);
    entry.writeBigUInt64LE(BigInt(sectors), 8);
    entry.writeBigUInt64LE(BigInt(flags), 16);
    return data === undefined ? [entry] : [entry, Buffer.concat([Buffer.from(data)], SECTOR)];
  });
  return Buffer.concat([head, ...parts]);
}

function replayed(entries: readonly Logged[]) {
  const log = logOf(entries);
  const writes: string[] = [];
  const sums = replayToLastFlush(
    (at, length) => log.subarray(at, at + length),
    ({ at, data }) => writes.push(`${at / SECTOR} ${data.toString().replace(/\0+$/, '')}`),
  );
  return { writes, ...sums };
}

describe('replayToLastFlush', () => {
  const flush = { sector: 0, flags: FLUSH };

  it.each([
    ['nothing', [], [], 0],
    ['writes that were never flushed', [{ sector: 3, data: 'a' }], [], 1],
    ['a flush of one write', [{ sector: 3, data: 'a' }, flush], ['3 a'], 0],
    [
      'writes before and behind the last flush, in their order',
      [
        { sector: 3, data: 'a' },
        flush,
        { sector: 3, data: 'b' },
        flush,
        { sector: 3, data: 'c' },
        { sector: 9, data: 'd' },
      ],
      ['3 a', '3 b'],
      2,
    ],
    [
      'a discard, which has no data',
      [{ sector: 1, sectors: 8, flags: DISCARD }, { sector: 2, data: 'x' }, flush],
      ['2 x'],
      0,
    ],
  ])('keeps of %s what was flushed', (_, entries, writes, dropped) => {
    expect(replayed(entries)).toEqual({ writes, kept: writes.length, dropped });
  });

  it('refuses what is no log', () => {
    const log = logOf([], 7n);
    const read = (at: number, length: number) => log.subarray(at, at + length);
    expect(() => replayToLastFlush(read, () => undefined)).toThrow('this is no log of writes');
  });
});
