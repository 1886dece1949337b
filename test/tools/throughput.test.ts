import { existsSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatDay, formatName, LOG_RUNNING, logFile } from '../../src/model/name.ts';
import { entryOf, FOREIGN, HIDDEN, removeHomes, runTool, SHELLS, TestBoard } from './support.ts';

afterAll(removeHomes);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Nobody can set a ctime: a `find` that looks at the mtime instead, which a test can set. */
function mtimeFind(board: TestBoard): Readonly<Record<string, string>> {
  const bin = join(board.home, 'bin');
  if (!existsSync(bin)) {
    mkdirSync(bin);
    const lines = [
      '#!/bin/sh',
      'for a do shift; [ "$a" = -cmin ] && a=-mmin; set -- "$@" "$a"; done',
      'exec /usr/bin/find "$@"',
    ];
    writeFileSync(join(bin, 'find'), `${lines.join('\n')}\n`, { mode: 0o755 });
  }
  return { PATH: `${bin}:${process.env.PATH}` };
}

function age(board: TestBoard, path: string, ms: number): void {
  const then = (Date.now() - ms) / 1000;
  utimesSync(join(board.root, path), then, then);
}

/** An entry that was finished so long ago. */
function finish(board: TestBoard, dataset: string, ms: number, letters = 'ccccc'): void {
  age(board, board.add(`done/${formatDay(Date.now() - ms)}`, { dataset, letters, tags: [] }), ms);
}

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))('throughput.sh under $name', ({ shell }) => {
  it('counts what was finished in the last minutes', () => {
    const board = new TestBoard();
    const env = mtimeFind(board);
    for (const [at, minutes] of [0, 1, 14, 50, 58, 65, 200, 1500, 50_000].entries())
      finish(board, `d${at}`, minutes * MINUTE);
    const finished = (...args: string[]): string[][] => {
      const ran = runTool('throughput.sh', [...args, board.root], { shell, env });
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(ran.stdout).toMatch(/^#minutes\tfinished\tper hour\n.*\n#column\tstage\toutcome\ttries\n$/);
      return ran.rows;
    };
    expect(finished()).toEqual([['60', '5', '5.0']]);
    expect(finished('-m', '15')).toEqual([['15', '3', '12.0']]);
    expect(finished('-m', '210')).toEqual([['210', '7', '2.0']]);
    expect(finished('-m', '2880')).toEqual([['2880', '8', '0.2']]);
    expect(finished('-m', '44640')).toEqual([['44640', '8', '0.0']]);
  });

  it('counts hour by hour', () => {
    const board = new TestBoard();
    const env = mtimeFind(board);
    const minutes = [1, 30, 58, 62, 130, 131, 132, 178, 182, 26 * 60 + 30, 167 * 60 + 5];
    for (const [at, ago] of minutes.entries()) finish(board, `d${at}`, ago * MINUTE);
    const inHour = (hour: number): string =>
      String(minutes.filter((ago) => ago >= (hour - 1) * 60 && ago < hour * 60).length);
    for (const hours of [1, 3, 27, 168]) {
      const ran = runTool('throughput.sh', ['-H', String(hours), board.root], { shell, env });
      expect(ran).toMatchObject({ status: 0, stderr: '' });
      expect(ran.stdout.split('\n')[0]).toBe('#hour\tfinished');
      expect(ran.rows).toEqual(Array.from({ length: hours }, (_, at) => [String(at + 1), inHour(at + 1)]));
    }
  });

  it('counts by the rename, not by what the file says', () => {
    const board = new TestBoard();
    const today = `done/${formatDay(Date.now())}`;
    const path = board.add('active', { letters: 'ccccp', dataset: 'old' });
    age(board, path, 20 * DAY);
    mkdirSync(join(board.root, today));
    renameSync(
      join(board.root, path),
      join(board.root, today, formatName(entryOf({ letters: 'ccccc', dataset: 'old' }))),
    );
    expect(runTool('throughput.sh', ['-m', '5', board.root], { shell }).rows).toEqual([['5', '1', '12.0']]);
    expect(runTool('throughput.sh', ['-H', '2', board.root], { shell }).rows).toEqual([
      ['1', '1'],
      ['2', '0'],
    ]);
  });

  it('looks at the days that count, and at entries', () => {
    const board = new TestBoard();
    const today = `done/${formatDay(Date.now())}`;
    board.add(today, { letters: 'ccccc', dataset: 'a' });
    // Renamed just now (a rank changed), but finished long ago.
    board.add(`done/${formatDay(Date.now() - 9 * DAY)}`, { letters: 'ccccc', dataset: 'b' });
    board.add('active', { letters: 'ccccp', dataset: 'c' });
    board.add(`removed/${formatDay(Date.now())}`, { letters: 'ccccc', dataset: 'd' });
    for (const file of [...FOREIGN, ...HIDDEN]) board.put(today, file);
    const left = `throughput.sh: ${FOREIGN.length} files are no entry of this board, and left out\n`;
    const minutes = runTool('throughput.sh', ['-m', '5', board.root], { shell });
    expect(minutes).toMatchObject({ status: 0, stderr: left, rows: [['5', '1', '12.0']] });
    const hours = runTool('throughput.sh', ['-H', '2', board.root], { shell });
    expect(hours).toMatchObject({ status: 0, stderr: left });
    expect(hours.rows).toEqual([
      ['1', '1'],
      ['2', '0'],
    ]);
  });

  it('knows which days came before', () => {
    for (const [today, counted, others] of [
      ['2027 01 01', ['2027-01-02', '2027-01-01', '2026-12-31'], ['2027-01-03', '2026-12-30', '2027-12-31']],
      ['2026 12 31', ['2027-01-01', '2026-12-31', '2026-12-30'], ['2026-12-29', '2026-01-01']],
      ['2028 03 01', ['2028-03-02', '2028-03-01', '2028-02-29'], ['2028-02-28']],
      ['2026 08 31', ['2026-09-01', '2026-08-31', '2026-08-30'], ['2026-08-29']],
    ] as const) {
      const board = new TestBoard();
      const bin = join(board.home, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'date'), `#!/bin/sh\necho '${today}'\n`, { mode: 0o755 });
      for (const day of [...counted, ...others]) board.add(`done/${day}`, { letters: 'ccccc', dataset: day });
      const env = { PATH: `${bin}:${process.env.PATH}` };
      expect(runTool('throughput.sh', ['-m', '5', board.root], { shell, env }).rows).toEqual([['5', '3', '36.0']]);
    }
  });

  it('counts tries by stage and outcome', () => {
    const board = new TestBoard();
    const env = mtimeFind(board);
    let at = 0;
    const log = (stage: string, outcome: string, ms: number, dataset = `d${at++}`): void => {
      const file = logFile({ dataset, posted: '20261121T120000', stage, epoch: ++at }, outcome);
      board.put(`logs/${dataset}`, file);
      age(board, `logs/${dataset}/${file}`, ms);
    };
    log('verify', 'ok', MINUTE);
    log('verify', 'ok', 2 * MINUTE, 'same');
    log('detect', 'x2', 2 * MINUTE, 'same');
    log('detect', 'ok', 90 * MINUTE, 'same');
    log('calibrate', 'x2', 5 * MINUTE);
    log('calibrate', 't', 5 * MINUTE);
    log('archive', LOG_RUNNING, MINUTE);
    log('nostage', 'ok', MINUTE);
    log('verify', 'ok', 90 * MINUTE);
    // The folder of a dataset in which nothing ended lately is not even read.
    log('verify', 'ok', MINUTE, 'still');
    age(board, 'logs/still', 2 * HOUR);
    for (const file of [
      ...FOREIGN,
      ...HIDDEN,
      '20261121T120000.verify.001.ok.log\nx',
      '20261121T120000.verify.1.ok.log',
      '20261121T120000.verify.001.ok',
    ])
      board.put('logs/same', file);
    board.put('logs', '20261121T120000.verify.001.ok.log');
    board.put('logs/same/folder', '20261121T120000.verify.001.ok.log');
    const tries = (...args: string[]): string[][] =>
      runTool('throughput.sh', [...args, board.root], { shell, env }).rows.slice(1);
    expect(tries()).toEqual([
      ['1', 'verify', 'ok', '2'],
      ['2', 'calibrate', 't', '1'],
      ['2', 'calibrate', 'x2', '1'],
      ['3', 'detect', 'x2', '1'],
    ]);
    expect(tries('-m', '3')).toEqual([
      ['1', 'verify', 'ok', '2'],
      ['3', 'detect', 'x2', '1'],
    ]);
    expect(tries('-m', '100')).toContainEqual(['3', 'detect', 'ok', '1']);
    expect(tries('-m', '240')).toContainEqual(['1', 'verify', 'ok', '4']);
  });

  it('refuses times that are none', () => {
    const { root } = new TestBoard();
    for (const [args, message] of [
      [['-m', '0'], "MINUTES is a whole number from 1 to 44640, not '0'"],
      [['-m', '1e3'], "MINUTES is a whole number from 1 to 44640, not '1e3'"],
      [['-m', '-5'], "MINUTES is a whole number from 1 to 44640, not '-5'"],
      [['-m', '010'], "MINUTES is a whole number from 1 to 44640, not '010'"],
      [['-m', '44641'], "MINUTES is a whole number from 1 to 44640, not '44641'"],
      [['-m', '99999999999999999999'], "MINUTES is a whole number from 1 to 44640, not '99999999999999999999'"],
      [['-H', ''], "HOURS is a whole number from 1 to 168, not ''"],
      [['-H', '169'], "HOURS is a whole number from 1 to 168, not '169'"],
      [['-m', '5', '-H', '5'], '-m and -H exclude each other'],
    ] as const) {
      const stderr = `throughput.sh: ${message}; 'throughput.sh -h' tells how to use it\n`;
      expect(runTool('throughput.sh', [...args, root], { shell })).toMatchObject({ status: 2, stdout: '', stderr });
    }
    expect(runTool('throughput.sh', ['-m'], { shell }).stderr).toContain('option -m needs a number');
  });
});
