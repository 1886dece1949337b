import { describe, expect, it } from 'vitest';
import { type Bytes, offsetOfTime } from '../../src/history/bisect.ts';
import { text } from './journals.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);

class Counted implements Bytes {
  readonly data: Buffer;
  reads = 0;
  bytes = 0;

  constructor(content: string) {
    this.data = Buffer.from(content);
  }

  async read(at: number, bytes: number): Promise<Buffer> {
    this.reads++;
    const read = this.data.subarray(at, at + bytes);
    this.bytes += read.length;
    return read;
  }
}

/** Time of the line that begins there, in seconds; what comes before it ends a line. */
function lineAt(file: Counted, offset: number): number | undefined {
  expect(offset === 0 || file.data[offset - 1] === 10).toBe(true);
  if (offset === file.data.length) return undefined;
  const end = file.data.indexOf(10, offset);
  return (Date.parse(JSON.parse(file.data.toString('utf8', offset, end)).t) - NOW) / 1000;
}

describe('where a time begins in a journal', () => {
  const seconds = Array.from({ length: 20_000 }, (_, number) => Math.floor(number / 3));
  const large = seconds.map((second) => text(NOW + second * 1000, 'claim', { dataset: 'ä'.repeat(second % 50) }));
  const largeText = `${large.join('\n')}\n`;

  it.each([-5, 0, 1, 2, 777, 3333, 6665, 6666])('second %i of 20,000 lines, in a few reads', async (second) => {
    const file = new Counted(largeText);
    const found = await offsetOfTime(file, file.data.length, NOW + second * 1000);
    expect(lineAt(file, found)).toBe(Math.max(0, second));
    // The first line of that second.
    if (second > 0) expect(lineAt(file, file.data.lastIndexOf(10, found - 2) + 1)).toBe(second - 1);
    expect(file.bytes).toBeLessThan(file.data.length / 5);
    expect(file.reads).toBeLessThan(40);
  });

  it('is the end if all is earlier', async () => {
    const file = new Counted(largeText);
    expect(await offsetOfTime(file, file.data.length, NOW + 6667_000)).toBe(file.data.length);
  });

  it.each<[string, string[], number, number | undefined]>([
    ['an empty file', [], 0, undefined],
    ['torn lines between', [text(NOW, 'a'), '{"t":"2026', 'no', text(NOW + 5000, 'b')], 3, 5],
    ['nothing but torn lines', ['{"t":"2026', 'no'], 0, undefined],
    ['a huge line', [text(NOW, 'a'), text(NOW + 1000, 'set', { x: 'y'.repeat(50_000) }), text(NOW + 2000, 'b')], 2, 2],
    ['a huge line that is meant', [text(NOW, 'a'), text(NOW + 1000, 'set', { x: 'y'.repeat(50_000) })], 1, 1],
    ['huge torn lines', [text(NOW, 'a'), 'x'.repeat(30_000), 'y'.repeat(30_000), text(NOW + 2000, 'b')], 1, 2],
  ])('%s', async (_, lines, second, wanted) => {
    const file = new Counted(lines.map((one) => `${one}\n`).join(''));
    expect(lineAt(file, await offsetOfTime(file, file.data.length, NOW + second * 1000))).toBe(wanted);
  });

  it('is looked for up to the size that is told, a last line that has no end left out', async () => {
    const whole = `${text(NOW, 'a')}\n`;
    const file = new Counted(`${whole}${text(NOW + 1000, 'b')}`);
    expect(await offsetOfTime(file, file.data.length, NOW + 1000)).toBe(file.data.length);
    expect(await offsetOfTime(new Counted(largeText), whole.length, NOW + 999_000)).toBe(whole.length);
  });
});
