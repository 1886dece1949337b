import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineReader } from '../../../src/process/service/lines.ts';

test('lines are the same however they are cut into pieces', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''))),
      fc.array(fc.nat(20), { minLength: 1 }),
      (lines, sizes) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const reader = new LineReader(1_000_000);
        const read: (string | undefined)[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = 1 + (sizes[turn % sizes.length] ?? 0);
          read.push(...reader.add(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(read).toEqual(lines);
      },
    ),
  );
});

test('a line that is too long is found before it ends, and when it ends', () => {
  expect(new LineReader(5).add(Buffer.from('12345\n123456\n1'))).toEqual(['12345', undefined]);
  const reader = new LineReader(5);
  expect(reader.add(Buffer.from('123'))).toEqual([]);
  expect(reader.add(Buffer.from('456'))).toEqual([undefined]);
});
