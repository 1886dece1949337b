import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BoardError } from '../../src/board/errors.ts';
import { columnsAt, noteOf, Row, tryOf } from '../../src/board/rows.ts';
import { CliError, EXIT, endingOf, exitOfMany } from '../../src/cli/exit.ts';
import { Output } from '../../src/cli/output.ts';
import { wantsColor } from '../../src/cli/style.ts';
import { formatTable } from '../../src/cli/table.ts';
import { wantedAnswer } from '../../src/model/answer.ts';
import { parseName } from '../../src/model/name.ts';
import { cut, plain, plainLines, tsvField, width } from '../../src/model/text.ts';

function row(folder: string, file: string): Row {
  const parsed = parseName(file);
  if (!parsed.ok) throw new Error(parsed.why);
  return new Row({ folder, file, name: parsed.name });
}

describe('text for terminals', () => {
  it('shows what could move the cursor, set a title or turn the text', () => {
    expect(plain('a\x1b]0;x\x07b')).toBe('a\\x1b]0;x\\x07b');
    expect(plain('\x9b2J\u202e\u2066\u200f\u2028')).toBe('\\x9b2J\\u202e\\u2066\\u200f\\u2028');
    expect(plain('a\nb')).toBe('a\\x0ab');
    expect(plainLines('a\n\tb\r')).toBe('a\n\tb\\x0d');
    expect(plain('größe 画像 ✓')).toBe('größe 画像 ✓');
  });

  it('measures and cuts by cells', () => {
    expect([width('abc'), width('画像'), width('e\u0301'), width('')]).toEqual([3, 4, 1, 0]);
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(cut('abcd', 4)).toBe('abcd');
    expect(cut('画像画像', 4)).toBe('画…');
  });

  it('escapes what would break a --tsv line', () => {
    expect(tsvField('a\tb\nc\\d\r')).toBe('a\\tb\\nc\\\\d\\r');
  });

  it('lines up columns, wide characters included', () => {
    const columns = [{ head: 'A' }, { head: 'N', align: 'right' as const }];
    expect(
      formatTable(columns, [
        ['画', '5'],
        ['x', '10'],
      ]),
    ).toEqual(['A    N', '画   5', 'x   10']);
  });
});

describe('rows', () => {
  it('says where an entry is, which try it is at, and why', () => {
    const failed = row('failed', '50.20261121T120000.ccf__.003.acs.a@3-x2');
    expect([columnsAt(failed), noteOf(failed), tryOf(failed)]).toEqual([[2], 'exit code 2', 0]);
    const running = row('active', '50.20261121T120000.ccpw_.007.acs.a@3-k3f1-7-2');
    expect([columnsAt(running), noteOf(running), tryOf(running), running.processes]).toEqual([
      [2],
      'k3f1',
      2,
      ['k3f1'],
    ]);
    const retry = row('active', '50.20261121T120000.cc2__.007.acs.a');
    expect([columnsAt(retry), tryOf(retry)]).toEqual([[2], 2]);
    const done = row('done/2026-11-21', '50.20261121T120000.ccccc.005.acs.a');
    expect([columnsAt(done), noteOf(done), done.state]).toEqual([[], '', 'done']);
    // A tag that does not fit its letter says nothing.
    expect(row('queue', '50.20261121T120000.w____.000.acs.a@1-x2').causes).toEqual([]);
  });
});

describe('colours', () => {
  it.each([
    ['auto', {}, true, true],
    ['auto', {}, false, false],
    ['auto', { NO_COLOR: '1' }, true, false],
    ['auto', { NO_COLOR: '' }, true, true],
    ['auto', { TERM: 'dumb' }, true, false],
    ['auto', { FORCE_COLOR: '1' }, false, true],
    ['auto', { FORCE_COLOR: '0' }, true, false],
    ['always', { NO_COLOR: '1' }, false, true],
    ['never', { FORCE_COLOR: '1' }, true, false],
  ] as const)('--color %s with %j on a terminal: %s', (wish, env, isTTY, expected) => {
    expect(wantsColor(wish, { env, isTTY })).toBe(expected);
  });
});

describe('exit codes', () => {
  it('sums up many', () => {
    expect(exitOfMany(3, 0, 0)).toBe(EXIT.ok);
    expect(exitOfMany(0, 0, 0)).toBe(EXIT.ok);
    expect(exitOfMany(1, 2, 0)).toBe(EXIT.some);
    expect(exitOfMany(1, 0, 1)).toBe(EXIT.some);
    expect(exitOfMany(0, 2, 0)).toBe(EXIT.refused);
    expect(exitOfMany(0, 0, 2)).toBe(EXIT.absent);
    expect(exitOfMany(0, 1, 1)).toBe(EXIT.some);
  });

  it('knows the errors of users, of disks and of slate', () => {
    const full = Object.assign(new Error('ENOSPC'), { errno: -28, code: 'ENOSPC' });
    expect(endingOf(new CliError(4, 'late'))).toEqual({ exit: 4, message: 'late' });
    expect(endingOf(new BoardError('bad name')).exit).toBe(EXIT.usage);
    expect(endingOf(new BoardError('full', { cause: full })).exit).toBe(EXIT.some);
    expect(endingOf(full)).toMatchObject({ exit: EXIT.some, message: expect.stringContaining('no space left') });
    const bug = endingOf(new TypeError('undefined is no function'));
    expect(bug.exit).toBe(EXIT.bug);
    expect(bug.message).toMatch(/report[\s\S]*undefined is no function[\s\S]*format\.test/);
  });
});

describe('questions', () => {
  it('wants y for a few and the number for many', () => {
    const few = wantedAnswer(3);
    expect(['y', 'YES', '', 'n', '3'].map(few.isYes)).toEqual([true, true, false, false, false]);
    const many = wantedAnswer(21);
    expect(['y', '', '21', ' 21 ', '20'].map(many.isYes)).toEqual([false, false, true, true, false]);
    const round = wantedAnswer(10_000);
    expect(['10000', '10k', '10', '1k', 'y'].map(round.isYes)).toEqual([true, true, false, false, false]);
    expect(wantedAnswer(10_001).isYes('10k')).toBe(false);
  });
});

describe('standard output', () => {
  it('waits for a slow reader, and loses nothing', async () => {
    const stream = new PassThrough({ highWaterMark: 16 });
    const out = new Output(stream);
    out.write('x'.repeat(100_000));
    let isDrained = false;
    const draining = out.drained().then(() => {
      isDrained = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isDrained).toBe(false);
    let read = 0;
    stream.on('data', (piece: Buffer) => {
      read += piece.length;
    });
    await draining;
    out.write('y');
    await out.drained();
    stream.end();
    await new Promise((resolve) => stream.on('end', resolve));
    expect(read).toBe(100_001);
  });

  it('drops the rest when the reader has gone, and tells of any other trouble', async () => {
    const failing = (code: string): Output =>
      new Output(new Writable({ write: (_, __, done) => done(Object.assign(new Error(code), { code })) }));
    for (const [code, isFailure] of [
      ['EPIPE', false],
      ['ENOSPC', true],
    ] as const) {
      const out = failing(code);
      out.write('x');
      await out.drained();
      await new Promise((resolve) => setImmediate(resolve));
      expect(out.isClosed).toBe(true);
      expect(out.failure !== undefined).toBe(isFailure);
      out.write('y');
      await out.drained();
    }
  });
});
