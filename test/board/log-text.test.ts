import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanLine, LineFolder, LONGEST_LINE } from '../../src/board/log-text.ts';

describe('a line as it would stand on a terminal', () => {
  test.each<[string, string, string]>([
    ['plain', 'hello wörld 漢', 'hello wörld 漢'],
    ['colours', '\x1b[1;31mred\x1b[0m and \x1b[38;2;1;2;3mblue\x1b[m', 'red and blue'],
    ['colons and private modes', '\x1b[38:5:9mx\x1b[?25l\x1b[>4;1my\x1b[2 qz', 'xyz'],
    ['a title', '\x1b]0;title\x07text', 'text'],
    ['a link', '\x1b]8;;https://x.y/\x1b\\word\x1b]8;;\x1b\\ more', 'word more'],
    ['device strings', '\x1bPq#0\x1b\\a\x1b_x\x1b\\b\x1b^y\x1b\\c\x1bXz\x1b\\d', 'abcd'],
    ['character sets, save, reset', '\x1b(Ba\x1b7b\x1b8c\x1bcd\x1b=e', 'abcde'],
    ['the C1 forms', '\x9b31mred\x9d0;t\x9cx\x90q\x9cy', 'redxy'],
    ['a string without an end hides nothing', '\x1b]0;all of the rest', '0;all of the rest'],
    ['a string that another begins in', '\x1b]0;a\x1b]0;b\x07c', '0;ac'],
    ['a sequence without an end hides nothing', 'a\x1b[31', 'a31'],
    ['progress', ' 10%\r 20%\r100%', '100%'],
    ['progress with a return at its end', ' 10%\r100%\r', '100%'],
    ['progress in colours', '\r\x1b[K\x1b[32m10%\x1b[0m\r\x1b[K\x1b[32m20%\x1b[0m', '20%'],
    ['lines that end as on Windows', 'text\r', 'text'],
    ['returns only', '\r\r', ''],
    ['a spinner', 'wait |\b/\b-\b\\', 'wait \\'],
    ['overstriking', 'n\bno\bo', 'no'],
    ['rubbing out more than there is', '\b\bab\b', 'a'],
    ['tabs', 'a\tb\t\tc', 'a       b               c'],
    ['tabs after wide characters', '漢字\tx', '漢字    x'],
    ['tabs after colours', '\x1b[31mab\x1b[0m\tx', 'ab      x'],
    ['other control codes are for the painter', 'a\x00b\x0cc\x7f', 'a\x00b\x0cc\x7f'],
  ])('%s', (_, given, wanted) => {
    expect(cleanLine(given)).toBe(wanted);
  });

  test.each<[string, string]>([
    ['50%\x1b', '50%'],
    ['50%\x1b[3', '50%'],
    ['50%\x1b[38;5', '50%'],
    ['50%\x1b]8;;https:', '50%'],
    ['50%\x1b]0;t\x1b', '50%'],
    ['50%\x1b(', '50%'],
    ['50%\x1b[0m', '50%'],
  ])('%j that goes on', (given, wanted) => {
    expect(cleanLine(given, true)).toBe(wanted);
  });

  // A pattern that goes back over what it has read would take hours.
  test.each<[string, string]>([
    ['\x1b[', ''],
    ['\x1b]', ''],
    ['\x9b', '\x9b'],
    ['\x9d', '\x9d'],
    ['\x1b]x\x07', ''],
    ['\x1b[0;', '0;'],
    ['\b', ''],
    ['\r', ''],
    ['\t', ' '],
    ['\x1b', '\x1b'],
  ])('what is hostile costs no more than its length: %j', (part, left) => {
    const number = 200_001;
    const cleaned = cleanLine(`${part.repeat(number)}.`);
    expect(cleaned.endsWith('.')).toBe(true);
    expect(cleaned.length).toBeLessThanOrEqual(left.length * number + 4);
    cleanLine(part.repeat(number), true);
  });
});

/** All lines of a content that is fed in pieces; the one that is open last is told with a mark. */
function fold(pieces: readonly Buffer[]): string[] {
  const folder = new LineFolder(0);
  const lines = pieces.flatMap((piece) => folder.feed(piece)).map(({ text }) => text);
  return folder.open === undefined ? lines : [...lines, `${folder.open.text}…`];
}

describe('lines', () => {
  test.each<[string, string, string[]]>([
    ['none', '', []],
    ['empty ones', '\n\na\n', ['', '', 'a']],
    ['one that goes on', 'a\nb', ['a', 'b…']],
    ['bytes that are no text', 'a\xffb\n', ['a\ufffdb']],
  ])('%s', (_, content, wanted) => {
    expect(fold([Buffer.from(content, 'latin1')])).toEqual(wanted);
  });

  const CONTENT = Buffer.from(
    'plain\n\x1b[1;31mröd\x1b[0m\t漢\n 1%\r 2%\r 3%\n\x1b]8;;http://x\x1b\\link\x1b]8;;\x07\r\n😀\b!\n\xff 50%\r\x1b[2K 60%',
  );

  test('do not depend on where the pieces meet', () => {
    const wanted = fold([CONTENT]);
    expect(wanted).toEqual(['plain', `röd${' '.repeat(5)}漢`, ' 3%', 'link', '!', ' 60%…']);
    for (let cut = 1; cut < CONTENT.length; cut++) {
      expect(fold([CONTENT.subarray(0, cut), CONTENT.subarray(cut)])).toEqual(wanted);
    }
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 60, maxLength: 120 }), (lengths) => {
        const pieces: Buffer[] = [];
        let at = 0;
        for (const length of lengths) {
          pieces.push(CONTENT.subarray(at, at + length));
          at += length;
        }
        expect(fold([...pieces, CONTENT.subarray(at)])).toEqual(wanted);
      }),
    );
  });

  test('keep no hold of the reader’s buffer', () => {
    const folder = new LineFolder(0);
    const buffer = Buffer.from('abc');
    folder.feed(buffer);
    buffer.fill('x');
    expect(folder.feed(Buffer.from('\n'))).toEqual([{ text: 'abc', at: 0 }]);
  });

  test('know where they begin', () => {
    const folder = new LineFolder(100);
    const told = [...folder.feed(Buffer.from('ab\n\nc')), ...folder.feed(Buffer.from('d\n1\r2\n'))];
    expect(told).toEqual([
      { text: 'ab', at: 100 },
      { text: '', at: 103 },
      { text: 'cd', at: 104 },
      { text: '2', at: 107 },
    ]);
  });

  test.each<[string, Buffer]>([
    ['ASCII', Buffer.from('x'.repeat(55_555))],
    ['characters of three bytes', Buffer.from('漢'.repeat(15_000))],
    ['in colours', Buffer.from('\x1b[31mx'.repeat(9_000))],
    ['zeros', Buffer.alloc(33_333)],
  ])('that are very long are told in parts: %s', (_, content) => {
    const pieces = [content.subarray(0, 12_345), content.subarray(12_345), Buffer.from('\nnext\n')];
    const folder = new LineFolder(0);
    const told = pieces.flatMap((piece) => folder.feed(piece));
    const parts = told.slice(0, -1);
    expect(parts.length).toBeGreaterThan(3);
    expect(Math.max(...parts.map(({ text }) => text.length))).toBeLessThanOrEqual(LONGEST_LINE);
    expect(parts.map(({ text }) => text).join('')).toBe(cleanLine(content.toString()));
    expect(told.at(-1)).toEqual({ text: 'next', at: content.length + 1 });
    const starts = told.map(({ at }) => at);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
  });

  test('a line that is open and long is told as far as a line may go', () => {
    const folder = new LineFolder(0);
    folder.feed(Buffer.from('y'.repeat(15_000)));
    expect(folder.open?.text).toHaveLength(LONGEST_LINE);
  });

  test('progress without end takes no room', () => {
    const folder = new LineFolder(0);
    for (let step = 0; step < 5_000; step++) expect(folder.feed(Buffer.from(`\r${step} of 5000 done`))).toEqual([]);
    expect(folder.open?.text).toBe('4999 of 5000 done');
    expect(folder.feed(Buffer.from('\n')).map(({ text }) => text)).toEqual(['4999 of 5000 done']);
  });
});
