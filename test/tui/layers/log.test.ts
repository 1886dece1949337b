import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../src/board/tries.ts';
import type { OpenLog } from '../../../src/tui/data.ts';
import { logLayer } from '../../../src/tui/layers/log.ts';
import {
  findLine,
  looksBad,
  matches,
  type Pattern,
  pattern,
  placesOf,
  shownLines,
} from '../../../src/tui/layers/log-lines.ts';
import type { LogState } from '../../../src/tui/layers/log-state.ts';
import type { Context, LayerSpec } from '../../../src/tui/view.ts';
import { type FakeContextOptions, fakeContext, fakeData, NOW_MS, resized } from '../data.ts';
import { Driver } from './drive.ts';

type Spec = Extract<LayerSpec, { name: 'log' }>;

const POSTED = '20261121T120000';
const TRIES: readonly LogEntry[] = [
  { posted: POSTED, stage: 'verify', epoch: 1, outcome: 'ok', file: `logs/j9/${POSTED}.verify.001.ok.log` },
  { posted: POSTED, stage: 'detect', epoch: 2, outcome: 'x2', file: `logs/j9/${POSTED}.detect.002.x2.log` },
  { posted: POSTED, stage: 'detect', epoch: 3, outcome: 'run', file: `logs/j9/${POSTED}.detect.003.run.log` },
];

function texts(number: number, from = 0): string[] {
  return Array.from({ length: number }, (_, index) => `line ${from + index}`);
}

function logOf(lines: readonly string[], changes: Partial<OpenLog> = {}): OpenLog {
  const log = changes.log ?? (TRIES[2] as LogEntry);
  return {
    dataset: 'j9',
    log,
    tries: TRIES,
    lines,
    seenMs: new Array<undefined>(lines.length).fill(undefined),
    skippedBytes: 0,
    path: `/data/blackboard/hst/${log.file}`,
    isRunning: true,
    fault: undefined,
    ...changes,
  };
}

function wantedOf(text: string): Pattern {
  const wanted = pattern(text, false);
  if (wanted === undefined) throw new Error('no text');
  return wanted;
}

const contextOf = (log: OpenLog | undefined, common: FakeContextOptions = {}): Context =>
  fakeContext(fakeData(log === undefined ? {} : { openLog: log }), common);

class LogDriver extends Driver<Spec, LogState> {
  constructor(log: OpenLog | undefined, common: FakeContextOptions = {}) {
    super(logLayer, { name: 'log', dataset: 'j9' }, contextOf(log, common));
    this.follow(this.context);
    this.take();
  }

  grow(log: OpenLog): this {
    return this.follow(contextOf(log, { cols: this.context.common.cols, rows: this.context.common.rows }));
  }

  /** The text of the first line, of the last, and of the one with the cursor. */
  get seen(): string[] {
    const rows = this.lines().slice(1, -1);
    const text = (row = ''): string => row.slice(2).replace(/\s*[│█]?$/, '');
    const filled = rows.filter((row) => text(row) !== '');
    return [text(filled[0]), text(filled.at(-1)), text(rows.find((row) => row.startsWith('▸')))];
  }

  get title(): string {
    return this.lines()[0] ?? '';
  }

  get condition(): string {
    return this.lines().at(-1) ?? '';
  }
}

/** 18 lines are seen at 80x24. */
const drive = (number = 100, changes: Partial<OpenLog> = {}, common: FakeContextOptions = {}): LogDriver =>
  new LogDriver(logOf(texts(number), changes), common);

describe('opening and closing', () => {
  it('asks for the latest log, and closes it', () => {
    const driver = new Driver(logLayer, { name: 'log', dataset: 'j9' }, contextOf(undefined));
    expect(driver.effects).toEqual([{ kind: 'openLog', dataset: 'j9' }]);
    expect(driver.text).toContain('reading the latest log of j9');
    driver.press('j', 'y', 'G', '/', 'escape', 'q');
    expect(driver.effects.at(-1)).toEqual({ kind: 'closeLog' });
    expect(driver.isClosed).toBe(true);
  });

  it('asks for the log of one run', () => {
    const driver = new Driver(logLayer, { name: 'log', dataset: 'j9', posted: POSTED }, contextOf(undefined));
    expect(driver.effects).toEqual([{ kind: 'openLog', dataset: 'j9', posted: POSTED }]);
  });

  it('does not show the log of another dataset', () => {
    expect(new LogDriver(logOf(['secret'], { dataset: 'j8' })).text).not.toContain('secret');
  });

  it.each<[string, Partial<OpenLog>, string, string]>([
    ['a running try', {}, 'j9  detect.003  running  try 3 of 3', 'FOLLOW'],
    ['a failed one', { log: TRIES[1] as LogEntry, isRunning: false }, 'j9  detect.002  exit code 2  try 2 of 3', ''],
    ['one that went well', { log: TRIES[0] as LogEntry, isRunning: false }, 'j9  verify.001  ok  try 1 of 3', ''],
    ['one that nobody writes to', { isRunning: false }, 'j9  detect.003  ended without an outcome', ''],
  ])('tells of %s', (_, changes, left, right) => {
    const driver = drive(100, changes);
    expect(driver.title).toContain(left);
    expect(driver.title.endsWith(right)).toBe(true);
    expect(driver.seen).toEqual(['line 82', 'line 99', 'line 99']);
    expect(driver.condition).toContain('line 100 of 100');
  });

  it('tells what is the matter with it', () => {
    expect(drive(0, { fault: 'EACCES: the log may not be read' }).condition).toContain('EACCES');
    expect(drive(0).text).toContain('nothing is written yet');
    expect(drive(0, { isRunning: false }).text).toContain('the step wrote nothing');
  });
});

describe('following', () => {
  it('shows new lines as they come', () => {
    const driver = drive().grow(logOf(texts(150)));
    expect(driver.seen).toEqual(['line 132', 'line 149', 'line 149']);
  });

  it.each([['k'], ['up'], ['pageup'], ['C-u'], ['g'], ['C-b']])('%s pauses it; new lines are counted', (key) => {
    const driver = drive().press(key);
    expect(driver.title).toContain('PAUSED');
    const before = driver.seen;
    driver.grow(logOf(texts(103)));
    expect(driver.title).toContain('3 NEW LINES');
    expect(driver.seen).toEqual(before);
  });

  it.each([['F'], ['G'], ['end']])('%s follows again', (key) => {
    const driver = drive()
      .press('k')
      .grow(logOf(texts(101)))
      .press(key);
    expect(driver.title).toContain('FOLLOW');
    expect(driver.grow(logOf(texts(102))).seen[2]).toBe('line 101');
  });

  it('goes on with down, wrap and the like', () => {
    for (const key of ['j', 'pagedown', 'w', 't', 'v', 'M'])
      expect(
        drive()
          .press(key)
          .grow(logOf(texts(101))).title,
      ).toContain('FOLLOW');
  });

  it('is paused by the wheel and by a click', () => {
    expect(drive().mouse('wheelup', 1, 10).seen).toEqual(['line 79', 'line 96', 'line 96']);
    expect(drive().mouse('click', 5, 3 + 1 + 4).seen).toEqual(['line 82', 'line 99', 'line 86']);
    expect(drive().mouse('click', 5, 8).title).toContain('PAUSED');
  });

  it('keeps the end in sight on another screen', () => {
    const driver = drive();
    driver.follow(resized(driver.context, 80, 40));
    expect(driver.seen).toEqual(['line 66', 'line 99', 'line 99']);
  });
});

describe('moving', () => {
  it.each<[string[], string[]]>([
    [['k'], ['line 82', 'line 99', 'line 98']],
    [['g'], ['line 0', 'line 17', 'line 0']],
    [
      ['g', 'j', 'j', 'k'],
      ['line 0', 'line 17', 'line 1'],
    ],
    [
      ['g', 'pagedown'],
      ['line 17', 'line 34', 'line 17'],
    ],
    [
      ['g', 'space', 'C-f', 'pageup'],
      ['line 17', 'line 34', 'line 17'],
    ],
    [['pageup'], ['line 65', 'line 82', 'line 82']],
    [
      ['g', 'C-d'],
      ['line 9', 'line 26', 'line 9'],
    ],
    [
      ['g', 'k'],
      ['line 0', 'line 17', 'line 0'],
    ],
    [
      ['g', 'pageup'],
      ['line 0', 'line 17', 'line 0'],
    ],
    [
      ['G', 'j'],
      ['line 82', 'line 99', 'line 99'],
    ],
  ])('%j', (keys, wanted) => {
    expect(drive().press(...keys).seen).toEqual(wanted);
  });

  it('goes through a line that is higher than the screen', () => {
    const long = Array.from({ length: 400 }, (_, index) => `w${index}`).join(' ');
    const driver = new LogDriver(logOf(['before', long, 'after']), { rows: 15 }).press('w', 'g', 'j');
    expect(driver.seen[2]).toMatch(/^w0 /);
    let keys = 0;
    for (; driver.seen[2] !== 'after' && keys < 100; keys++) driver.press('j');
    expect(driver.seen[2]).toBe('after');
    expect(keys).toBeGreaterThan(5);
    expect(driver.press('g').seen[0]).toBe('before');
  });

  it('keeps the columns while it wraps', () => {
    const wide = new LogDriver(logOf([`0123456789abcdefgh ${'x'.repeat(100)}`])).press('right');
    expect(wide.seen[0]).toMatch(/^gh xxx/);
    expect(wide.press('w').seen[0]).toMatch(/^0123/);
    expect(wide.press('left', 'w').seen[0]).toMatch(/^gh xxx/);
    expect(wide.press('left', 'left').seen[0]).toMatch(/^0123/);
  });

  it('asks for more at the top', () => {
    const driver = drive(100, { skippedBytes: 70_000 }).press('g');
    expect(driver.effects).toEqual([]);
    expect(driver.condition).toContain('press g again');
    expect(driver.press('g').effects).toEqual([{ kind: 'moreLog' }]);
    expect(drive().press('g', 'g').effects).toEqual([]);
  });

  it.each<[string, number | undefined]>([
    ['told', -50],
    ['guessed', undefined],
  ])('stays where it is when more is read before it: %s', (_, firstLine) => {
    const driver = drive(100, { skippedBytes: 70_000 }).press('M', 'g', 'g', 'v', 'j');
    driver.grow(logOf([...texts(50, -50), ...texts(100)], { skippedBytes: 1000, firstLine }));
    expect(driver.seen).toEqual(['line 0', 'line 17', 'line 1']);
    expect(driver.condition).toContain('line 52 of 150');
    expect(driver.condition).not.toContain('reading');
    expect(driver.press('k', 'k').seen).toEqual(['line -1', 'line 16', 'line -1']);
    expect(driver.press('y').effects.at(-1)).toMatchObject({ text: 'line -1\nline 0' });
  });

  it('stays where it is when lines are let go', () => {
    const driver = drive(100, { firstLine: 0 }).press('k', 'k');
    driver.grow(logOf(texts(100, 20), { firstLine: 20, skippedBytes: 160 }));
    expect(driver.seen).toEqual(['line 82', 'line 99', 'line 97']);
    driver.grow(logOf(texts(100, 500), { firstLine: 500, skippedBytes: 5000 }));
    expect(driver.seen).toEqual(['line 500', 'line 517', 'line 500']);
  });
});

describe('searching', () => {
  it.each<[string, string[], string, string]>([
    ['wraps round the end', ['line 5', 'enter'], 'line 5', 'past the end'],
    ['goes on', ['line 5', 'enter', 'n'], 'line 50', ''],
    ['goes back, round the beginning', ['line 5', 'enter', 'N'], 'line 59', 'past the first line'],
    ['finds the line of the cursor first', ['line 99', 'enter'], 'line 99', ''],
    ['finds nothing', ['nothing', 'enter'], 'line 99', "no line has 'nothing'"],
    ['takes small letters for all', ['LINE 7', 'enter'], 'line 99', "no line has 'LINE 7'"],
    ['is left by Esc', ['line 5', 'escape', 'n'], 'line 99', 'nothing to search for'],
  ])('%s', (_, keys, cursor, note) => {
    const driver = drive().press('/');
    for (const key of keys) key.includes(' ') || key === 'nothing' ? driver.type(key) : driver.press(key);
    expect(driver.seen[2]).toBe(cursor);
    expect(driver.condition).toContain(note);
  });

  it('pauses', () => {
    expect(drive().press('/').type('line 5').press('enter').title).toContain('PAUSED');
  });

  it.each<[string, string, number[]]>([
    ['an Error in the error', 'error', [3, 16]],
    ['an Error in the error', 'Error', [3]],
    ['aaaa', 'aa', [0, 2]],
    ['İx error', 'error', [3]],
    ['', 'x', []],
  ])('%j has %j at %j', (line, text, wanted) => {
    expect(placesOf(line, wantedOf(text))).toEqual(wanted);
  });

  it('looks at each line once', () => {
    let reads = 0;
    const lines = {
      length: 1000,
      at: (index: number) => {
        reads++;
        return `${index}`;
      },
    };
    expect(findLine(lines, wantedOf('x'), 500, 1)).toBeUndefined();
    expect(reads).toBe(1000);
  });
});

describe('filtering', () => {
  const mixed = Array.from({ length: 100 }, (_, index) => (index % 10 === 0 ? `ERROR ${index}` : `line ${index}`));

  it('shows only lines with a text, or without', () => {
    const driver = new LogDriver(logOf(mixed)).press('&').type('error').press('enter');
    expect(driver.seen).toEqual(['ERROR 0', 'ERROR 90', 'ERROR 90']);
    expect(driver.condition).toContain('error: 10 of 100');
    driver.press('&').type('!error').press('enter');
    expect(driver.condition).toContain('!error: 90 of 100');
    expect(driver.press('g').seen[0]).toBe('line 1');
    driver.press('&', 'enter');
    expect(driver.condition).not.toContain('error');
    expect(driver.seen[2]).toBe('line 1');
  });

  it('goes on while it follows', () => {
    const driver = new LogDriver(logOf(mixed)).press('&').type('ERROR').press('enter');
    driver.grow(logOf([...mixed, 'line 100', 'ERROR 101']));
    expect(driver.seen[2]).toBe('ERROR 101');
    expect(driver.condition).toContain('11 of 102');
  });

  it('says that no line has it', () => {
    expect(new LogDriver(logOf(mixed)).press('&').type('zz').press('enter').text).toContain('none of 100 lines has it');
  });

  it('copies what it shows', () => {
    const driver = new LogDriver(logOf(mixed)).press('&').type('ERROR').press('enter', 'v', 'k', 'k', 'y');
    expect(driver.effects).toEqual([{ kind: 'copy', text: 'ERROR 70\nERROR 80\nERROR 90', what: '3 lines' }]);
  });

  it('looks at new lines only, and again at the last, which may have been half of one', () => {
    const filter = pattern('whole', true);
    const read: number[] = [];
    const counted = (lines: readonly string[]): readonly string[] =>
      new Proxy(lines, {
        get: (target, key) => {
          if (typeof key === 'string' && /^\d+$/.test(key)) read.push(Number(key));
          return Reflect.get(target, key) as unknown;
        },
      });
    const first = logOf(counted(['whole 0', 'x', 'who']));
    expect(shownLines(first, 0, filter).length).toBe(1);
    read.length = 0;
    const next = shownLines(logOf(counted(['whole 0', 'x', 'whole 2', 'y', 'whole 4'])), 0, filter);
    expect([next.numberAt(0), next.numberAt(1), next.numberAt(2), next.length]).toEqual([0, 2, 4, 3]);
    expect(read).toEqual([2, 3, 4]);
    // What was read before it, and what was let go there.
    read.length = 0;
    const more = shownLines(logOf(counted(['whole -2', 'x', 'whole 0', 'x', 'whole 2', 'y', 'whole 4'])), -2, filter);
    expect([more.length, more.numberAt(0), more.numberAt(1), more.numberAt(3)]).toEqual([4, -2, 0, 4]);
    expect(read).toEqual([0, 1, 6]);
    read.length = 0;
    const less = shownLines(logOf(counted(['whole 2', 'y', 'whole 4', 'whole 5'])), 2, filter);
    expect([less.length, less.numberAt(0), less.numberAt(2)]).toEqual([3, 2, 5]);
    expect(read).toEqual([2, 3]);
    // Another try's lines are other lines.
    const other = logOf(['x', 'x', 'x', 'x', 'x', 'whole'], { log: TRIES[0] as LogEntry });
    expect(shownLines(other, 0, filter).length).toBe(1);
    expect(shownLines(other, 0, filter).numberAt(0)).toBe(5);
  });

  it.each<[string, string, boolean]>([
    ['a b', 'b', true],
    ['a b', '!b', false],
    ['a c', '!b', true],
    ['a ! b', '!!', false],
  ])('%j %j', (line, text, wanted) => {
    const compiled = pattern(text, true);
    expect(compiled !== undefined && matches(line, compiled)).toBe(wanted);
  });

  it('without a text is none', () => {
    expect([pattern('', true), pattern('!', true), pattern('!', false)]).toEqual([
      undefined,
      undefined,
      { text: '!', isNegated: false, isExact: false, needle: '!' },
    ]);
  });
});

describe('what it does besides', () => {
  it.each<[string, unknown]>([
    ['s', { kind: 'saveLog' }],
    ['e', { kind: 'pager', path: `/data/blackboard/hst/logs/j9/${POSTED}.detect.003.run.log` }],
    ['Y', { kind: 'copy', text: `/data/blackboard/hst/logs/j9/${POSTED}.detect.003.run.log`, what: 'the path' }],
    ['y', { kind: 'copy', text: 'line 99', what: '1 line' }],
    ['[', { kind: 'openLog', dataset: 'j9', posted: POSTED, stage: 'detect', epoch: 2 }],
  ])('%s', (key, wanted) => {
    expect(drive().press(key).effects).toEqual([wanted]);
  });

  it('goes through the tries, and says where they end', () => {
    const driver = drive();
    expect(driver.press(']').effects).toEqual([]);
    expect(driver.condition).toContain('this is the last try');
    driver.press('/').type('x').press('enter', 'w');
    driver.grow(logOf(['of the try before'], { log: TRIES[1] as LogEntry, isRunning: false }));
    expect(driver.title).toContain('exit code 2  try 2 of 3');
    expect(driver.seen[2]).toBe('of the try before');
    expect(driver.state).toMatchObject({ isWrapped: true, search: { text: 'x' }, isFollowing: false });
    expect(driver.press(']').effects).toMatchObject([{ kind: 'openLog', epoch: 3 }]);
    driver.grow(logOf(['x'], { log: TRIES[0] as LogEntry, isRunning: false })).press('[');
    expect(driver.condition).toContain('this is the first try');
  });

  it('copies a range, without what a terminal would obey', () => {
    const driver = new LogDriver(logOf(['one', 'two\u001b]52;c;x\u0007', 'three\t3'])).press('v', 'k', 'y');
    expect(driver.effects).toEqual([{ kind: 'copy', text: 'two\\x1b]52;c;x\\x07\nthree\t3', what: '2 lines' }]);
    expect(driver.state.anchor).toBeUndefined();
  });

  it('ends a range by Esc first', () => {
    const driver = drive().press('v', 'k', 'escape');
    expect([driver.isClosed, driver.state.anchor]).toEqual([false, undefined]);
    expect(driver.press('escape').isClosed).toBe(true);
  });

  it('draws lines of its own where the log ended then', () => {
    const driver = drive(3)
      .press('M')
      .grow(logOf(texts(5)));
    const rows = driver.lines().slice(1, 7);
    expect(rows[3]).toContain('14:02:31Z');
    expect(rows[3]).not.toContain('line');
    expect(rows[4]).toContain('line 3');
    driver.press('&').type('line 4').press('enter');
    expect(driver.lines()[1]).toContain('line 4');
    expect(driver.lines()[2]).toContain('14:02:31Z');
  });

  it('shows when lines were seen', () => {
    const seenMs = [undefined, NOW_MS];
    const driver = new LogDriver(logOf(['old', 'new'], { seenMs })).press('t');
    expect(driver.lines()[1]).toMatch(/^ {2}- +old/);
    expect(driver.lines()[2]).toMatch(/^▸ 14:02:31Z new/);
  });

  it('opens the help with its own keys', () => {
    expect(drive().press('?').effects).toMatchObject([{ kind: 'open', layer: { name: 'help' } }]);
  });
});

describe('looksBad', () => {
  it.each([
    'ERROR bad header NAXIS',
    '14:02 error: no such file',
    'Traceback (most recent call last):',
    'ValueError: x\u0000 Exception',
    'the step failed',
    'Segmentation fault (core dumped)',
  ])('%j', (line) => expect(looksBad(line)).toBe(true));

  it.each(['0 errors', 'no errors found', 'done without error', 'errors: 0', 'terror', 'INFO all is well', 'mirrors'])(
    'not %j',
    (line) => expect(looksBad(line)).toBe(false),
  );
});

describe('200,000 lines', () => {
  it('are looked at only where they are seen', () => {
    const lines = texts(200_000);
    let reads = 0;
    const counted = new Proxy(lines, {
      get: (target, key) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
        return Reflect.get(target, key) as unknown;
      },
    });
    const seenMs: undefined[] = [];
    const driver = new LogDriver(logOf(counted, { seenMs, isRunning: false })).press('w');
    for (const key of ['pageup', 'k', 'C-u', 'g', 'pagedown', 'j', 'G', 'pageup']) {
      reads = 0;
      expect(driver.press(key).seen[2]).toMatch(/^line \d+$/);
      expect(reads).toBeLessThan(500);
    }
  });
});

describe('screens', () => {
  const lines = [
    '14:02:01 reading j9_flt.fits',
    '14:02:02 ERROR bad header NAXIS: 漢字 \u001b]0;evil\u0007\u202e',
    `\tat ${'deep '.repeat(40)}end`,
    ...texts(30),
    'e\u0301 and 👩‍👩‍👧 are text',
  ];
  it.each<[string, string[]]>([
    ['log', []],
    ['log-wrapped', ['g', 'w', 't', 'v', 'j']],
    ['log-search', ['g', '/', 'a', 'x', 'i', 's']],
    ['log-filter', ['&', '!', 'l', 'i', 'n', 'e', 'enter']],
  ])('%s', async (name, keys) => {
    for (const [cols, rows] of [
      [80, 24],
      [120, 32],
      [60, 15],
    ] as const) {
      const driver = new LogDriver(logOf(lines, { skippedBytes: 12_345_678 }), { cols, rows }).press(...keys);
      const text = `${driver.lines(cols, rows).join('\n')}\n`;
      await expect(text).toMatchFileSnapshot(`screens/${name}-${cols}x${rows}.txt`);
    }
  });

  it('are in ASCII where there is nothing else', () => {
    const driver = new LogDriver(logOf(['plain', 'text']), { look: { isAscii: true } }).press('M', 'v', 'k');
    expect(driver.text).toMatch(/^[\x20-\x7e\n]*$/);
  });
});
