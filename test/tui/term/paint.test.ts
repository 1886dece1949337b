import { afterEach, describe, expect, it } from 'vitest';
import { Look, type Tone } from '../../../src/tui/look.ts';
import { BOLD, INVERSE, packAttr, Surface, UNDERLINE } from '../../../src/tui/surface.ts';
import { attrFor, charFor } from '../../../src/tui/term/paint.ts';
import { type Mounted, type MountOptions, mount } from '../harness.ts';

let mounted: Mounted | undefined;

afterEach(() => {
  mounted?.close();
  mounted = undefined;
});

function open(options?: MountOptions): Mounted {
  mounted = mount(options);
  return mounted;
}

const SAMPLES = [
  'obs_日本語テスト',
  'plain_ascii_row',
  'e\u0301clair Δλ µ n\u0303\u0308',
  '🚀 launch ✓ done 🚀🚀',
  '한국어 관측 결과',
  'mixed 漢字abc漢字 x漢',
  '✗ failed ▶ run ‖ hold ─│┌┐└┘█▁',
  'ｆｕｌｌ width ・',
  'family 👩‍👩‍👧‍👦 👍🏽 ok 🇩🇪 flag ❤️ heart',
  'नमस्ते สวัสดี',
  'x'.repeat(80),
  '漢'.repeat(40),
  `a${'漢'.repeat(40)}`,
  'title \x1b]0;owned\x07 and \x9b2J and \u202eright to left\u202c',
];

/** The same on each run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % sides;
  };
}

describe('wide characters', () => {
  it('stay in their columns while rows scroll and dialogs move over them', async () => {
    const [cols, rows] = [60, 20];
    const screen = open({ cols, rows });
    const look = new Look({ isAscii: false, hasColor: true, showLetters: false });
    const tones: readonly Tone[] = ['plain', 'bad', 'cursor', 'dim'];
    const roll = dice(7);
    const surface = new Surface(cols, rows);
    let top = 0;
    let dialog: { x: number; y: number; width: number } | undefined;
    for (let frame = 0; frame < 400; frame++) {
      const what = roll(4);
      if (what < 2) top = Math.max(0, top + roll(9) - 4);
      else if (what === 2)
        dialog = dialog === undefined ? { x: roll(50), y: roll(14), width: 5 + roll(25) } : undefined;
      const under = roll(rows);
      const shift = roll(3);
      surface.clear();
      const { canvas } = surface;
      for (let y = 0; y < rows; y++) {
        const text = `${top + y} ${SAMPLES[(top + y) % SAMPLES.length]} end`;
        canvas.put(shift, y, text, look.attr(tones[(top + y) % tones.length] ?? 'plain', y === under));
        // Cuts what lies under it, in the middle perhaps.
        canvas.put(roll(cols), y, '|');
      }
      if (dialog !== undefined) {
        const box = canvas.part(dialog.x, dialog.y, dialog.width, 5);
        box.fill(' ');
        box.fill('─', look.attr('accent'), 0, 0, dialog.width, 1);
        box.put(1, 2, '対話 dialog 🚀', look.attr('bold'));
      }
      screen.terminal.paint(surface);
      await screen.settle();
      expect(screen.text(), `frame ${frame}`).toEqual(surface.lines());
    }
    expect(screen.output.bytes).not.toContain('\x1b]');
  });

  it('and all others leave what stands beside them in its place, whatever the terminal thinks of their width', async () => {
    const rows = 250;
    const screen = open({ cols: 10, rows });
    const points: number[] = [];
    // Every letter of the first blocks, then samples; what is not assigned, private or half is left out.
    for (let point = 0xa0; point < 0x1fb00; point += point < 0x3000 || point > 0x1f000 ? 1 : 37)
      if (!/[\p{Cn}\p{Co}\p{Cs}]/u.test(String.fromCodePoint(point))) points.push(point);
    const moved: string[] = [];
    for (let at = 0; at < points.length; at += rows) {
      const surface = new Surface(10, rows);
      const some = points.slice(at, at + rows);
      for (const [y, point] of some.entries()) {
        surface.canvas.put(0, y, `<${String.fromCodePoint(point)}>`);
        // In the last column, too.
        surface.canvas.put(6, y, `[${'.'.repeat(at % 3)}${String.fromCodePoint(point)}`);
        surface.canvas.put(8 - (at % 2), y, '|');
      }
      // Over what the one before has left.
      screen.terminal.paint(surface);
      await screen.settle();
      for (const [y, point] of some.entries()) {
        const isRight = Array.from({ length: 10 }, (_, x) => x).every((x) => {
          const wanted = surface.chars[y * 10 + x] ?? '';
          return !'<>[].|'.includes(wanted) || wanted === '' || screen.cell(x, y).char === wanted;
        });
        if (!isRight) moved.push(`U+${point.toString(16)}: ${screen.line(y)}`);
      }
    }
    expect(points.length).toBeGreaterThan(8000);
    expect(moved).toEqual([]);
  });

  it('are right where a surface holds only half of one', async () => {
    const screen = open({ cols: 10, rows: 3 });
    const surface = new Surface(10, 3);
    surface.canvas.put(0, 0, '漢漢漢漢漢');
    screen.terminal.paint(surface);
    surface.chars[1] = 'x';
    surface.chars[4] = 'y';
    surface.chars[9] = '漢';
    screen.terminal.paint(surface);
    await screen.settle();
    expect(screen.line(0)).toBe(' x漢y 漢');
    screen.terminal.repaint();
    await screen.settle();
    expect(screen.line(0)).toBe(' x漢y 漢');
    expect(screen.cell(6, 0).char).toBe('漢');
  });

  it('are sent again when one colour of theirs changes', async () => {
    const screen = open({ cols: 10, rows: 3 });
    const surface = new Surface(10, 3);
    surface.canvas.put(0, 0, '漢字ab');
    screen.terminal.paint(surface);
    surface.attrs[1] = packAttr(9);
    surface.attrs[2] = packAttr(9);
    surface.canvas.put(5, 0, 'c');
    screen.terminal.paint(surface);
    await screen.settle();
    expect(screen.line(0)).toBe('漢字ac');
    expect([0, 2, 4].map((x) => screen.cell(x, 0).fg)).toEqual([-1, 9, -1]);
  });
});

describe('what is sent', () => {
  const HOSTILE = '\x1b]0;owned\x07\x1b[2J\x9b2J\x85\u202eabc\u2066\u2028\x00\x7f\ud800';

  it('holds nothing that could do harm, even past the canvas', async () => {
    const screen = open({ cols: 80, rows: 4 });
    const titles: string[] = [];
    screen.term.onTitleChange((title) => titles.push(title));
    const surface = new Surface(80, 4);
    surface.canvas.put(0, 0, HOSTILE);
    for (const [x, char] of [...HOSTILE].entries()) surface.chars[80 + x] = char;
    surface.chars[160] = HOSTILE;
    screen.terminal.paint(surface);
    await screen.settle();
    expect(titles).toEqual([]);
    expect(screen.output.bytes).not.toMatch(/\x1b\]|[\x00-\x06\x07\x0e-\x1a\x7f-\x9f\u202e\u2066\u2028]/);
    expect(screen.line(0)).toContain('\\x1b]0;owned\\x07');
    expect(screen.line(1)).toMatch(/^\?\]0;owned\?\?\[2J\?2J/);
    expect(screen.line(2)).toBe('?');
  });

  it('is the difference only', async () => {
    const screen = open({ cols: 80, rows: 24 });
    const surface = new Surface(80, 24);
    surface.canvas.put(0, 5, 'a row that stays as it is');
    screen.terminal.paint(surface);
    const before = screen.output.bytes.length;
    screen.terminal.paint(surface);
    expect(screen.output.bytes.length).toBe(before);
    surface.canvas.put(2, 5, 'R');
    screen.terminal.paint(surface);
    expect(screen.output.bytes.slice(before)).toBe('\x1b7\x1b[6;1H\x1b[2CR\x1b8');
  });

  it('is ASCII where the locale is not UTF-8', async () => {
    const screen = open({ cols: 40, rows: 3, env: { LANG: 'de_DE.ISO-8859-1' } });
    const surface = new Surface(40, 3);
    surface.canvas.put(0, 0, 'cut… │ 日本 é end');
    screen.terminal.paint(surface);
    await screen.settle();
    expect(screen.line(0)).toBe('cut~ | ? ?  ? end');
    expect(screen.output.bytes).toMatch(/^[\x00-\x7f]*$/);
  });

  it('shows the cursor where text is typed, and only there', async () => {
    const screen = open({ cols: 20, rows: 4 });
    const surface = new Surface(20, 4);
    screen.terminal.paint(surface);
    expect(screen.output.bytes).not.toContain('\x1b[?25h');
    surface.canvas.showCursor(7, 2);
    surface.canvas.put(0, 3, 'footer');
    screen.terminal.paint(surface);
    await screen.settle();
    expect(screen.cursor).toEqual({ x: 7, y: 2 });
    expect(screen.output.bytes.lastIndexOf('\x1b[?25h')).toBeGreaterThan(screen.output.bytes.lastIndexOf('\x1b[?25l'));
    surface.cursor = undefined;
    screen.terminal.paint(surface);
    expect(screen.output.bytes.endsWith('\x1b[?25l')).toBe(true);
  });
});

describe('a character', () => {
  const utf8 = { colors: 16, isUtf8: true, isAscii: false } as const;

  it.each<[string, string, string, string]>([
    ['a', 'a', 'a', 'a'],
    ['…', '…', '~', '~'],
    ['│', '│', '|', '|'],
    ['日', '日', '日', '?'],
    ['', '', '', ' '],
    ['e\u0301', 'e\u0301', 'e\u0301', '?'],
    ['\x1b', '?', '?', '?'],
    ['ab', '?', '?', '?'],
  ])('%j is sent as %j, with ASCII signs as %j, in an ASCII locale as %j', (char, plain, ascii, locale) => {
    expect(charFor(char, utf8)).toBe(plain);
    expect(charFor(char, { ...utf8, isAscii: true })).toBe(ascii);
    expect(charFor(char, { ...utf8, isAscii: true, isUtf8: false })).toBe(locale);
  });
});

describe('an attribute', () => {
  const D = 0x1ff;

  it.each<[what: string, attr: number, on16: number, on8: number, on0: number]>([
    ['plain', packAttr(), packAttr(), packAttr(), packAttr()],
    ['red', packAttr(1), packAttr(1), packAttr(1), packAttr()],
    ['bright red', packAttr(9), packAttr(9), packAttr(1, BOLD), packAttr()],
    ['dim', packAttr(8), packAttr(8), packAttr(D), packAttr()],
    [
      'bright white under the cursor',
      packAttr(15, INVERSE),
      packAttr(15, INVERSE),
      packAttr(7, BOLD | INVERSE),
      packAttr(D, INVERSE),
    ],
    ['on bright blue', packAttr(0, 0, 12), packAttr(0, 0, 12), packAttr(0, 0, 4), packAttr()],
    [
      'a heading',
      packAttr(D, BOLD | UNDERLINE),
      packAttr(D, BOLD | UNDERLINE),
      packAttr(D, BOLD | UNDERLINE),
      packAttr(D, BOLD | UNDERLINE),
    ],
  ])('%s', (_, attr, on16, on8, on0) => {
    expect([attrFor(attr, 16), attrFor(attr, 8), attrFor(attr, 0)]).toEqual([on16, on8, on0]);
  });

  it.each<[string, MountOptions, number, boolean]>([
    ['xterm', {}, 9, true],
    ['linux', { env: { TERM: 'linux' } }, 1, true],
    ['NO_COLOR', { env: { NO_COLOR: '1' } }, -1, true],
    ['vt220', { env: { TERM: 'vt220' } }, -1, true],
  ])('of a failed entry shows on %s', async (_, options, fg, isBold) => {
    const screen = open({ cols: 20, rows: 2, ...options });
    const { colors, isAscii } = screen.terminal.surroundings;
    const look = new Look({ isAscii, hasColor: colors > 0, showLetters: false });
    const surface = new Surface(20, 2);
    surface.canvas.put(0, 0, 'FAILED', look.attr('bad'));
    surface.canvas.put(0, 1, 'FAILED', packAttr(9, BOLD));
    screen.terminal.paint(surface);
    await screen.settle();
    for (const y of [0, 1]) expect(screen.cell(0, y)).toMatchObject({ char: 'F', fg, bg: -1, isBold });
  });
});
