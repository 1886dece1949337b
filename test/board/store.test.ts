/** What is not the protocol: journal, retention, status files, board.yaml, content, errors, the door, scanning. */
import fs from 'node:fs';
import { constants } from 'node:os';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Board, createBoard, listBoards } from '../../src/board/board.ts';
import { formatColumns, formatConfig, parseConfig } from '../../src/board/config.ts';
import { formatContent, identityChange, parseContent } from '../../src/board/content.ts';
import { BoardError, DiskLostError, faultKind, faultText, isBlocking } from '../../src/board/errors.ts';
import { finish } from '../../src/board/finish.ts';
import { localFs, makeBelow, nodeFs } from '../../src/board/fs.ts';
import { Journal } from '../../src/board/journal.ts';
import { moveEntry } from '../../src/board/move.ts';
import { operate } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import { retain } from '../../src/board/retention.ts';
import { datasetOfFile, findDatasets, isLocated, readName, scanBoard, scanFolder } from '../../src/board/scan.ts';
import {
  createStatus,
  findStatus,
  formatStatusContent,
  giveOrder,
  listStatusNames,
  parseStatusContent,
  readStatuses,
  removeStatus,
  replaceOrder,
  STATUS_BYTES,
  type StatusContent,
} from '../../src/board/status.ts';
import { GB } from '../../src/model/size.ts';
import { faultyFs, systemError } from '../helpers/faulty-fs.ts';
import { tempFolder } from '../helpers/home.ts';
import { Bench, hookedFs, NEVER, stagesOf } from './bench.ts';

const POSTED = '20261121T120000';
const DAY_MS = 86_400_000;
const day = (ago: number): string => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);

afterEach(() => vi.restoreAllMocks());

/** A disk that has room for so many bytes more. */
function fullAfter(bytes: number) {
  const real = fs.writeSync;
  let room = bytes;
  return vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, data: Buffer) => {
    if (room === 0) throw systemError('ENOSPC', 'write');
    const part = data.subarray(0, room);
    room -= part.length;
    return real(fd, part);
  }) as never);
}

describe('journal', () => {
  function journal(faulty = faultyFs(), now = (): number => Date.UTC(2026, 10, 21, 12)) {
    const root = tempFolder();
    fs.mkdirSync(`${root}/journal`);
    const troubles: unknown[] = [];
    const made = new Journal({
      fs: faulty.fs,
      root,
      host: 'here',
      writer: 'abcd',
      now,
      onTrouble: (error) => troubles.push(error),
    });
    const read = (on = '2026-11-21'): string[] =>
      fs.existsSync(`${root}/journal/${on}/here.abcd.jsonl`)
        ? fs.readFileSync(`${root}/journal/${on}/here.abcd.jsonl`, 'utf8').split('\n').slice(0, -1)
        : [];
    const datasets = (on?: string): unknown[] => read(on).map((line) => JSON.parse(line).dataset);
    return { made, faulty, troubles, read, datasets, root };
  }

  test('one append for the lines of one turn', async () => {
    const { made, faulty, read } = journal();
    for (let index = 0; index < 50; index++) made.write('post', { dataset: `d${index}` });
    expect(read()).toEqual([]);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(faulty.calls.filter(({ op }) => op === 'append')).toHaveLength(1);
    expect(JSON.parse(read()[7] ?? '')).toEqual({
      t: '2026-11-21T12:00:00.000Z',
      event: 'post',
      dataset: 'd7',
      host: 'here',
      by: 'abcd',
    });
  });

  test.each(['ENOSPC', 'EIO', 'EROFS'] as const)('%s: kept, told, and written in order once it works', (errno) => {
    const { made, faulty, troubles, datasets } = journal();
    faulty.fail('append', errno);
    made.write('post', { dataset: 'a' });
    made.flush();
    made.write('post', { dataset: 'b' });
    made.flush();
    expect(troubles).toHaveLength(2);
    faulty.fail('append', undefined);
    made.write('post', { dataset: 'c' });
    made.flush();
    expect(datasets()).toEqual(['a', 'b', 'c']);
  });

  test('a disk that runs full in the middle of a line: each line once, and whole', () => {
    const { made, read, datasets } = journal();
    const spy = fullAfter(130);
    for (const dataset of ['a', 'b', 'c']) made.write('post', { dataset });
    made.flush();
    expect(read()).toHaveLength(1);
    spy.mockRestore();
    made.flush();
    expect(datasets()).toEqual(['a', 'b', 'c']);
  });

  test('half a line that a writer before has left is ended, and costs no other line', () => {
    const { made, read, datasets, root, faulty } = journal();
    const file = `${root}/journal/2026-11-21/here.abcd.jsonl`;
    fs.mkdirSync(`${root}/journal/2026-11-21`);
    fs.writeFileSync(file, '{"dataset":"before"}\n{"t":"2026-11-21T11:59:00.000Z","ev');
    made.write('post', { dataset: 'a' });
    made.flush();
    made.write('post', { dataset: 'b' });
    made.flush();
    expect(read().map((line) => line.slice(0, 10))).toEqual(['{"dataset"', '{"t":"2026', '{"t":"2026', '{"t":"2026']);
    expect([JSON.parse(read()[2] ?? ''), JSON.parse(read()[3] ?? '')]).toMatchObject([
      { dataset: 'a' },
      { dataset: 'b' },
    ]);
    // Who has written its end knows it: nothing is looked at again.
    expect(faulty.calls.filter(({ op }) => op === 'append')).toHaveLength(2);
    fs.rmSync(file);
    made.write('post', { dataset: 'c' });
    made.flush();
    expect(datasets()).toEqual(['c']);
  });

  test('what is lost of a line that was cut does not become part of the next one', () => {
    const { made, read } = journal();
    const spy = fullAfter(60);
    made.write('post', { dataset: 'cut' });
    made.flush();
    for (let index = 0; index < 10_000; index++) made.write('post', { dataset: String(index) });
    made.flush();
    spy.mockRestore();
    made.flush();
    const lines = read();
    expect(lines[0]).toHaveLength(60);
    expect([lines.length, JSON.parse(lines[1] ?? '').dataset]).toEqual([10_001, '0']);
  });

  test('lines of two days go to two files, and a day that was removed is made anew', () => {
    let now = Date.UTC(2026, 10, 21, 23, 59, 59, 999);
    const { made, datasets, root } = journal(faultyFs(), () => now);
    made.write('post', { dataset: 'a' });
    now++;
    made.write('post', { dataset: 'b' });
    made.flush();
    expect([datasets('2026-11-21'), datasets('2026-11-22')]).toEqual([['a'], ['b']]);
    fs.rmSync(`${root}/journal/2026-11-22`, { recursive: true });
    made.write('post', { dataset: 'c' });
    made.flush();
    expect(datasets('2026-11-22')).toEqual(['c']);
  });

  test('more lines than can be kept, or passed as arguments: the latest stay, and it never throws', () => {
    const { made, faulty, datasets } = journal();
    faulty.fail('append', 'ENOSPC');
    for (let index = 0; index < 200_000; index++) made.write('post', { dataset: String(index) });
    expect(() => made.flush()).not.toThrow();
    faulty.fail('append', undefined);
    made.flush();
    expect(datasets()).toHaveLength(10_000);
    expect(datasets().at(-1)).toBe('199999');
  });

  test('a board that is gone is not made anew', () => {
    const { made, troubles, root } = journal();
    fs.rmSync(`${root}/journal`, { recursive: true });
    made.write('post', {});
    made.flush();
    expect(troubles).toHaveLength(1);
    expect(fs.existsSync(`${root}/journal`)).toBe(false);
  });
});

describe('retention', () => {
  const week = 7 * DAY_MS;
  function old(bench: Bench, path: string, days = 30): void {
    fs.utimesSync(bench.path(path), Date.now() / 1000 - days * 86_400, Date.now() / 1000 - days * 86_400);
  }
  function oldBench(retention: Parameters<typeof Object.assign>[0]): Bench {
    const bench = new Bench({ columns: ['a'], retention });
    old(bench, 'columns', 400);
    return bench;
  }
  function finishedOn(bench: Bench, dataset: string, ago: number): string {
    const folder = `done/${day(ago)}`;
    fs.mkdirSync(bench.path(folder), { recursive: true });
    const file = `50.${POSTED}.c.001.-.${dataset}`;
    bench.put(`${folder}/${file}`, '{}');
    return `${folder}/${file}`;
  }

  test('whole days, at their end; what is told never goes', () => {
    const bench = oldBench({ doneMs: week });
    for (const ago of [0, 6, 7, 8, 9, 30]) finishedOn(bench, `d${ago}`, ago);
    expect(retain(bench.board, true)).toMatchObject({ done: 3, total: 3 });
    expect(bench.all()).toHaveLength(6);
    expect(retain(bench.board)).toMatchObject({ done: 3, total: 3 });
    expect(bench.names('done')).toEqual([day(0), day(6), day(7)].sort());
    expect(retain(new Bench({ retention: NEVER }).board).total).toBe(0);
  });

  test('an entry on its way back onto the board stays, and so does its day', () => {
    const bench = oldBench({ doneMs: week });
    const path = finishedOn(bench, 'x', 30);
    finishedOn(bench, 'y', 30);
    fs.linkSync(bench.path(path), bench.path('ids/x'));
    retain(bench.board);
    expect(bench.where('x')).toEqual(['done c.001']);
    expect(bench.where('y')).toEqual([]);
  });

  test('the old run goes though the dataset is on the board again', () => {
    const bench = oldBench({ doneMs: week });
    finishedOn(bench, 'x', 30);
    post(bench.board, { dataset: 'x' });
    retain(bench.board);
    expect(bench.where('x')).toEqual(['queue w.000']);
  });

  test('what is no entry is never deleted: files, folders, look-alikes', () => {
    const bench = oldBench({ doneMs: week, removedMs: week, journalMs: week });
    for (const folder of ['done', 'removed', 'journal'])
      fs.mkdirSync(bench.path(`${folder}/${day(30)}/notes`), { recursive: true });
    bench.put(`done/${day(30)}/README`);
    bench.put(`done/${day(30)}/a.b.c.d.e.f.txt`);
    bench.put(`journal/${day(30)}/why.txt`);
    bench.put(`journal/${day(30)}/here.abcd.jsonl`);
    finishedOn(bench, 'x', 30);
    expect(retain(bench.board)).toMatchObject({ done: 1, journal: 1 });
    expect(bench.names(`done/${day(30)}`)).toEqual(['README', 'a.b.c.d.e.f.txt', 'notes']);
    expect(bench.names(`journal/${day(30)}`)).toEqual(['notes', 'why.txt']);
    expect(bench.names(`removed/${day(30)}`)).toEqual(['notes']);
  });

  test('entries that vanish, and folders that fill, meanwhile are no error', () => {
    const bench = oldBench({ doneMs: week });
    const path = finishedOn(bench, 'x', 30);
    fs.linkSync(bench.path(path), bench.path('ids/x'));
    finishedOn(bench, 'y', 30);
    const slow = bench.open({
      fs: hookedFs((op, at) => {
        if (op === 'identify' && at.endsWith('.x')) fs.rmSync(bench.path(path), { force: true });
        if (op === 'rmdir') fs.mkdirSync(`${at}/new`, { recursive: true });
      }),
    });
    expect(() => retain(slow)).not.toThrow();
  });

  test('logs, products and scratch: by the last thing made there, never of what is on the board', () => {
    const bench = oldBench({ logsMs: week, productsMs: week, scratchMs: week });
    post(bench.board, { dataset: 'live' });
    for (const dataset of ['live', 'over', 'fresh']) {
      for (const folder of [`logs/${dataset}`, `products/${dataset}`, `scratch/${dataset}.a.001`]) {
        fs.mkdirSync(bench.path(folder));
        bench.put(`${folder}/x`);
        old(bench, `${folder}/x`);
        if (dataset !== 'fresh') old(bench, folder);
      }
    }
    bench.put('logs/.hidden');
    old(bench, 'logs/.hidden');
    expect(retain(bench.board)).toMatchObject({ logs: 1, products: 1, scratch: 1 });
    expect(bench.names('logs')).toEqual(['.hidden', 'fresh', 'live']);
    expect(bench.names('products')).toEqual(['fresh', 'live']);
    expect(bench.names('scratch')).toEqual(['fresh.a.001', 'live.a.001']);
  });

  test('what services of processes that are no more have left', () => {
    const bench = oldBench({ scratchMs: week });
    bench.put('processes/aaaa.run.mill.1.here');
    bench.put('processes/dddd.lost.mill.1.here');
    for (const process of ['aaaa', 'dddd', 'gone']) {
      fs.mkdirSync(bench.path(`scratch/@mill.${process}.1`));
      bench.put(`scratch/@mill.${process}.1.log`);
      for (const name of ['', '.log']) old(bench, `scratch/@mill.${process}.1${name}`);
    }
    bench.put('scratch/@mill.here.notes');
    old(bench, 'scratch/@mill.here.notes');
    bench.put('scratch/@mill.newr.1.log');
    expect(retain(bench.board)).toMatchObject({ scratch: 4 });
    expect(bench.names('scratch')).toEqual([
      '@mill.aaaa.1',
      '@mill.aaaa.1.log',
      '@mill.here.notes',
      '@mill.newr.1.log',
    ]);
  });

  test('products of an entry that took longer than their retention are kept when it ends', () => {
    const bench = oldBench({ productsMs: week });
    fs.mkdirSync(bench.path(`products/x/${POSTED}/a.001`), { recursive: true });
    old(bench, 'products/x');
    bench.put(`products/x/${POSTED}/a.001.ok`);
    expect(retain(bench.board).products).toBe(0);
    old(bench, `products/x/${POSTED}`);
    expect(retain(bench.board).products).toBe(1);
  });

  test.each(['EACCES', 'ENOTEMPTY', 'EBUSY'] as const)('what can not be removed (%s) stops nothing else', (errno) => {
    const faulty = faultyFs();
    const bench = oldBench({ doneMs: week, logsMs: week });
    for (const dataset of ['x', 'y']) {
      finishedOn(bench, dataset, 30);
      fs.mkdirSync(bench.path(`logs/${dataset}`));
      old(bench, `logs/${dataset}`);
    }
    faulty.fail('unlink', errno, (path) => path.endsWith('.x'));
    faulty.fail('removeTree', errno, (path) => path.endsWith('/x'));
    expect(retain(bench.open({ fs: faulty.fs }))).toMatchObject({ done: 1, logs: 1 });
    expect([bench.where('x'), bench.where('y')]).toEqual([['done c.001'], []]);
    expect(bench.names('logs')).toEqual(['x']);
  });

  test('an entry that goes back onto the board while the pass runs is not deleted', () => {
    const bench = oldBench({ doneMs: week });
    const path = finishedOn(bench, 'x', 30);
    const slow = bench.open({
      fs: hookedFs((op, at) => {
        // After the links were listed, before the day is.
        if (op === 'names' && at.includes(day(30))) fs.linkSync(bench.path(path), bench.path('ids/x'));
      }),
    });
    retain(slow);
    expect(bench.where('x')).toEqual(['done c.001']);
  });

  test('status files of the lost, after a day', () => {
    const bench = oldBench({});
    for (const file of ['aaaa.lost.a.1.h', 'bbbb.run.a.1.h', 'cccc.lost.a.1.h']) bench.put(`processes/${file}`);
    old(bench, 'processes/aaaa.lost.a.1.h', 2);
    old(bench, 'processes/bbbb.run.a.1.h', 2);
    expect(retain(bench.board).processes).toBe(1);
    expect(bench.names('processes')).toEqual(['bbbb.run.a.1.h', 'cccc.lost.a.1.h']);
  });
});

describe('status files', () => {
  const load = (changes: Partial<StatusContent> = {}): Omit<StatusContent, 'counter'> => ({
    host: 'here',
    pid: 1,
    bootId: 'b',
    pidSpace: 'p',
    startTicks: '1',
    started: '2026-11-21T12:00:00Z',
    version: '1',
    stages: ['a'],
    slots: 1,
    state: 'idle',
    message: '',
    done: 0,
    failed: 0,
    rssMb: 1,
    load1: 0,
    entries: [],
    ...changes,
  });
  const entries = Array.from({ length: 200 }, (_, index) => ({
    dataset: `d${index}`,
    stage: 'a',
    epoch: 1,
    since: '2026-11-21T12:00:00Z',
  }));

  const said = { engine: 'e', kind: 'slurm', stages: ['a'], why: '\u0001'.repeat(900), since: '2026-11-21T12:00:00Z' };
  const troubles = [said, said].map((one) => ({ what: 'down' as const, ...one }));

  test.each<[string, Partial<StatusContent>]>([
    ['plain', {}],
    ['more entries than fit', { entries }],
    ['letters of many bytes', { message: '…µ漢'.repeat(100) }],
    ['entries and letters of many bytes', { entries, message: '漢'.repeat(500) }],
    ['what engines say, and it does not fit', { entries, message: 'm'.repeat(500), engineTroubles: troubles }],
    ['a message that is all escapes', { message: '\u0001'.repeat(500), stages: Array(32).fill('s'.repeat(32)) }],
  ])('%s: always the same bytes, the counter in its place, and whole', (_what, changes) => {
    for (const counter of [0, 7, 123_456_789]) {
      const text = formatStatusContent(load(changes), counter);
      expect(Buffer.byteLength(text)).toBe(STATUS_BYTES);
      expect(text.startsWith(`{"counter":${String(counter).padStart(12)},`)).toBe(true);
      expect(text.endsWith('\n')).toBe(true);
      expect(parseStatusContent(text)).toMatchObject({ counter, host: 'here', stages: changes.stages ?? ['a'] });
    }
  });

  test('torn, empty and foreign content is none', () => {
    const text = formatStatusContent(load(), 1);
    for (const torn of ['', ' ', text.slice(0, 100), 'null', '[]', '{}', '7'])
      expect(parseStatusContent(torn)).toBeUndefined();
  });

  test('made, found, ordered, read, removed', () => {
    const bench = new Bench();
    const name = { id: 'abcd', order: 'run', stages: ['a', 'b'], pid: 7, host: 'h.x' } as const;
    createStatus(bench.board, name, load());
    bench.put('processes/.nfs1');
    bench.put('processes/README');
    expect(listStatusNames(bench.board)).toEqual([{ file: 'abcd.run.a+b.7.h.x', name }]);
    expect(giveOrder(bench.board, 'abcd', 'drain', 'enough')).toBe('ordered');
    expect(giveOrder(bench.board, 'abcd', 'drain')).toBe('unchanged');
    expect(bench.names('processes')).toContain('abcd.drain.a+b.7.h.x');
    expect(readStatuses(bench.board)).toMatchObject([{ name: { order: 'drain' }, content: { host: 'here' } }]);
    expect(bench.lines()).toMatchObject([{ event: 'order', from: 'run', to: 'drain', reason: 'enough' }]);
    expect(giveOrder(bench.board, 'zzzz', 'run')).toBe('absent');
    expect(giveOrder(bench.board, 'abcd', 'lost')).toBe('ordered');
    expect(giveOrder(bench.board, 'abcd', 'run')).toBe('lost');
    removeStatus(bench.board, 'abcd');
    removeStatus(bench.board, 'abcd');
    expect(findStatus(bench.board, 'abcd')).toBeUndefined();
  });

  test('two who order at once: both are obeyed in turn, neither is lost without a word', () => {
    const bench = new Bench();
    createStatus(bench.board, { id: 'abcd', order: 'run', stages: ['a'], pid: 7, host: 'h' }, load());
    let done = false;
    const slow = bench.open({
      fs: hookedFs((op) => {
        if (op !== 'rename' || done) return;
        done = true;
        giveOrder(bench.board, 'abcd', 'pause');
      }),
    });
    expect(giveOrder(slow, 'abcd', 'drain')).toBe('ordered');
    expect(bench.names('processes')).toEqual(['abcd.drain.a.7.h']);
  });

  test('a process that sets its own order does not write over one that is given at that moment', () => {
    const bench = new Bench();
    createStatus(bench.board, { id: 'abcd', order: 'reload', stages: ['a'], pid: 7, host: 'h' }, load());
    const slow = bench.open({
      fs: hookedFs((op, path) => {
        if (op === 'rename' && path.includes('reload')) giveOrder(bench.board, 'abcd', 'drain');
      }),
    });
    replaceOrder(slow, 'abcd', 'reload', 'run');
    expect(bench.names('processes')).toEqual(['abcd.drain.a.7.h']);
    giveOrder(bench.board, 'abcd', 'reload');
    replaceOrder(bench.board, 'abcd', 'reload', 'run');
    expect(bench.names('processes')).toEqual(['abcd.run.a.7.h']);
  });
});

describe('board.yaml', () => {
  const config = {
    format: 1,
    board: 'b',
    pipeline: 'p',
    stages: stagesOf(['a', 'b', 'c:a', 'd:b+c']),
    leaseMs: 5_000,
    durability: 'strict',
    inFlight: 7,
    watch: 'poll',
    retention: { ...NEVER, doneMs: 30 * DAY_MS },
    transaction: false,
    limits: { database: 3 },
    freeBytes: 20 * GB,
    engine: 'cluster',
  } as const;

  test('round trip', () => {
    expect(parseConfig(formatConfig(config), 'f')).toEqual(config);
    const auto = { ...config, leaseMs: undefined, watch: 'auto' } as const;
    expect(parseConfig(formatConfig(auto), 'f')).toEqual(auto);
    const pinned = { ...config, transaction: true };
    expect(parseConfig(formatConfig(pinned), 'f')).toEqual(pinned);
    expect(formatConfig(config)).not.toContain('transaction');
    const local = { ...config, engine: undefined };
    expect(parseConfig(formatConfig(local), 'f')).toEqual(local);
    expect(formatColumns(config.stages)).toBe('1\ta\tA\n2\tb\tB\n3\tc\tC\n4\td\tD\n');
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ['empty', () => '', /is empty/],
    ['no YAML', () => '{', /f: /],
    ['another format', (text) => text.replace('format: 1', 'format: 2'), /has format 2/],
    ['no stages', (text) => text.slice(0, text.indexOf('stages:')), /has no stages/],
    ['a stage without a name', (text) => text.replace('- stage: a', '- stages: a'), /without a name/],
    ['a parent that is none', (text) => text.replace('- a', '- nosuch'), /do not follow one another/],
    ['a lease too short', (text) => text.replace('lease: 5s', 'lease: 10ms'), /lease is below 1s/],
    ['a lease that is none', (text) => text.replace('lease: 5s', 'lease: soon'), /lease: /],
    ['inFlight 0', (text) => text.replace('inFlight: 7', 'inFlight: 0'), /inFlight/],
    ['durability', (text) => text.replace('strict', 'much'), /durability is none of/],
    ['watch', (text) => text.replace('poll', 'stare'), /watch is none of/],
    [
      'transaction',
      (text) => text.replace('stages:', 'transaction: perhaps\nstages:'),
      /transaction is neither true nor false/,
    ],
    ['a limit', (text) => text.replace('database: 3', 'database: many'), /limits.database is no whole number/],
    ['engine', (text) => text.replace('engine: cluster', 'engine: [a]'), /engine is no name/],
    ['free', (text) => text.replace('free: 20g', 'free: much'), /free is no size/],
    ['retention', (text) => text.replace('done: 30d', 'done: long'), /retention.done/],
  ])('%s is refused, with the file and what is wrong', (_what, change, why) => {
    const changed = change(formatConfig(config));
    expect(changed).not.toBe(formatConfig(config));
    expect(() => parseConfig(changed, 'f')).toThrow(BoardError);
    expect(() => parseConfig(changed, 'f')).toThrow(why);
  });

  test('open and list: only what has a board.yaml is a board', () => {
    const bench = new Bench();
    fs.mkdirSync(`${bench.home}/blackboard/half`);
    fs.mkdirSync(`${bench.home}/blackboard/Bad Name`);
    fs.writeFileSync(`${bench.home}/blackboard/file`, '');
    expect(listBoards(bench.home)).toEqual(['b']);
    expect(() => Board.open(bench.home, 'half')).toThrow(/there is no board 'half'/);
  });

  test('a board can be made once; a half-made one again', () => {
    const bench = new Bench();
    const pipeline = {
      ...config,
      name: 'p',
      title: '',
      landing: [],
      timers: [],
      transaction: false,
      file: 'f',
      retention: NEVER,
    };
    expect(() => createBoard(bench.home, 'b', pipeline)).toThrow(/there is a board 'b' already/);
    expect(() => createBoard(bench.home, 'B/', pipeline)).toThrow(/'B\/'/);
    fs.rmSync(bench.path('board.yaml'));
    expect(createBoard(bench.home, 'b', pipeline).stages).toEqual(['a', 'b', 'c', 'd']);
    expect(bench.read('columns')).toBe(formatColumns(config.stages));
  });
});

describe('content', () => {
  const name = { dataset: 'x', posted: POSTED, class: '-', rank: 50 };
  test('round trip, and what it repeats of the name', () => {
    expect(parseContent(formatContent(name, { k: [1] }))).toMatchObject({ params: { k: [1] }, repeated: name });
    expect(parseContent(' \n')).toEqual({ all: {}, params: {}, repeated: undefined });
    expect(parseContent('{"k":1}')).toEqual({ all: { k: 1 }, params: { k: 1 }, repeated: undefined });
  });
  test.each(['[1]', '1', 'null', '"x"', '{', '{"a":1}{'])('%s is refused', (text) => {
    expect(typeof parseContent(text)).toBe('string');
  });
  test('which part of the identity was changed', () => {
    const entry = { ...name, letters: 'w', epoch: 0, tags: [] };
    expect(identityChange(entry, undefined)).toBeUndefined();
    expect(identityChange({ ...entry, rank: 1 }, name)).toBeUndefined();
    for (const field of ['dataset', 'posted', 'class'] as const)
      expect(identityChange({ ...entry, [field]: 'z' }, name)).toContain(`its ${field} was changed`);
  });
});

describe('errors', () => {
  test('ESTALE and EDQUOT by number, as Node 20 names neither', () => {
    const stale = Object.assign(new Error('Unknown system error -116'), {
      errno: -116,
      code: 'Unknown system error -116',
    });
    const quota = Object.assign(new Error('Unknown system error -122'), {
      errno: -122,
      code: 'Unknown system error -122',
    });
    expect([faultKind(stale), faultKind(quota)]).toEqual(['io', 'full']);
    expect(faultText(stale)).toBe('the disk or file server fails (ESTALE)');
    expect(faultText(quota)).toBe('no space left (disk, inodes or quota) (EDQUOT)');
    expect(isBlocking(stale) && isBlocking(quota)).toBe(true);
  });
  test.each([
    ['ENOENT', 'gone', true],
    ['ENOTDIR', 'gone', true],
    ['EEXIST', 'exists', false],
    ['ENOTEMPTY', 'exists', false],
    ['EACCES', 'denied', true],
    ['EROFS', 'denied', true],
    ['EMFILE', 'busy', true],
    ['ENAMETOOLONG', 'toolong', false],
    ['EINVAL', 'other', false],
  ] as const)('%s is %s', (errno, kind, blocking) => {
    const error = Object.assign(new Error(errno), { errno: -constants.errno[errno] });
    expect(faultKind(error)).toBe(kind);
    expect(isBlocking(error)).toBe(blocking);
    expect(isBlocking(new BoardError('what', { cause: error }))).toBe(blocking);
  });
  test('what is no system error is none', () => {
    expect(isBlocking(new Error('x'))).toBe(false);
    expect(isBlocking(new BoardError('x'))).toBe(false);
    expect(faultKind('x')).toBe('other');
  });
});

describe('the door to the disk', () => {
  test('a file is whole or an error, though the disk takes it in pieces', () => {
    const root = tempFolder();
    const real = fs.writeSync;
    vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, data: Buffer, at: number, length: number, to: number) =>
      real(fd, data, at, Math.min(length ?? data.length, 3), to)) as never);
    nodeFs.create(`${root}/f`, '{"a":"ä漢"}\n', true);
    expect(fs.readFileSync(`${root}/f`, 'utf8')).toBe('{"a":"ä漢"}\n');
    nodeFs.overwrite(`${root}/f`, '{"longer":"than before, by far"}\n', false);
    expect(fs.readFileSync(`${root}/f`, 'utf8')).toBe('{"longer":"than before, by far"}\n');
    nodeFs.overwrite(`${root}/f`, '{}\n', false);
    expect(JSON.parse(fs.readFileSync(`${root}/f`, 'utf8'))).toEqual({});
  });

  test('what the disk refuses of an open file is told with its path, and a file that it could not keep is removed', () => {
    const root = tempFolder();
    const refuse = (call: 'writeSync' | 'fsyncSync', errno: 'ENOSPC' | 'EIO'): void => {
      vi.restoreAllMocks();
      vi.spyOn(fs, call).mockImplementation(() => {
        const { path: _, ...said } = systemError(errno, '');
        throw Object.assign(new Error(errno), said);
      });
    };
    for (const call of ['writeSync', 'fsyncSync'] as const) {
      refuse(call, 'ENOSPC');
      expect(() => nodeFs.create(`${root}/f`, 'x', true)).toThrow(expect.objectContaining({ path: `${root}/f` }));
      expect(fs.existsSync(`${root}/f`)).toBe(false);
    }
    refuse('writeSync', 'ENOSPC');
    expect(() => nodeFs.append(`${root}/j`, 'x')).toThrow(expect.objectContaining({ path: `${root}/j` }));
    // What is on that disk can't be trusted: nothing is done to it any more.
    refuse('fsyncSync', 'EIO');
    expect(() => nodeFs.create(`${root}/f`, 'x', true)).toThrow(DiskLostError);
    expect(fs.existsSync(`${root}/f`)).toBe(true);
  });

  test('a file is read whole, whatever its length', () => {
    const root = tempFolder();
    for (const length of [0, 1, 16_383, 16_384, 16_385, 100_000]) {
      const text = 'ä'.repeat(length >> 1) + '.'.repeat(length % 2);
      fs.writeFileSync(`${root}/f`, text);
      expect(nodeFs.read(`${root}/f`).content, `${length} bytes`).toBe(text);
      expect(nodeFs.read(`${root}/f`).identity.size).toBe(length);
    }
  });

  test('on a local disk the same is known of a file without opening it', () => {
    const root = tempFolder();
    fs.writeFileSync(`${root}/f`, 'four');
    fs.linkSync(`${root}/f`, `${root}/g`);
    expect(localFs.identify(`${root}/f`)).toEqual(nodeFs.identify(`${root}/f`));
    expect(localFs.identify(`${root}/g`)).toMatchObject({ links: 2, size: 4 });
    expect(() => localFs.identify(`${root}/none`)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect([localFs.isThere(`${root}/f`), localFs.isThere(root), localFs.isThere(`${root}/none`)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('makeBelow makes all but the first folder', () => {
    const root = tempFolder();
    expect(() => makeBelow(nodeFs, root, 'done/2026-01-01')).toThrow();
    fs.mkdirSync(`${root}/done`);
    makeBelow(nodeFs, root, 'done/2026-01-01');
    makeBelow(nodeFs, root, 'done/2026-01-01');
    expect(fs.readdirSync(`${root}/done`)).toEqual(['2026-01-01']);
  });
});

describe('scanning', () => {
  test('entries, foreign files with the place of the fault, hidden ones not at all', () => {
    const bench = new Bench();
    bench.put(`queue/50.${POSTED}.w__.000.-.x.y`);
    bench.put(`queue/50.${POSTED}.w_.000.-.x`);
    bench.put(`queue/50.${POSTED}.wq_.000.-.x`);
    bench.put('queue/.nfs');
    const { entries, foreign } = scanFolder(bench.board, 'queue');
    expect(entries.map(({ name }) => name.dataset)).toEqual(['x.y']);
    expect(foreign.map(({ at, why }) => `${at} ${why}`).sort()).toEqual([
      '19 it has 2 columns, and the board has 3',
      expect.stringMatching(/^20 column 2 holds 'q'/),
    ]);
  });

  test('a day that has not been is empty; a board that is gone is an error', () => {
    const bench = new Bench();
    expect(scanFolder(bench.board, 'done/2026-01-01').entries).toEqual([]);
    fs.rmdirSync(bench.path('queue'));
    expect(() => scanFolder(bench.board, 'queue')).toThrow();
  });

  test('removed only if asked for; by dataset everywhere', () => {
    const bench = new Bench({ columns: ['a'] });
    for (const dataset of ['x', 'y', 'z']) post(bench.board, { dataset });
    operate(bench.board, bench.one('x'), { verb: 'remove' });
    finish(bench.board, bench.win({ entry: bench.one('y') }), { kind: 'complete' });
    expect(
      scanBoard(bench.board)
        .entries.map(({ name }) => name.dataset)
        .sort(),
    ).toEqual(['y', 'z']);
    expect(findDatasets(bench.board, new Set(['y'])).map(({ folder }) => folder)).toEqual([
      `done/${bench.board.today()}`,
    ]);
  });

  test.each([
    [`50.${POSTED}.w.000.-.x`, 'x'],
    [`50.${POSTED}.w.000.-.x.y.z@1-x2`, 'x.y.z'],
    ['README', undefined],
    ['a.b.c.d.e.', ''],
  ])('dataset of %s: %s', (file, dataset) => expect(datasetOfFile(file)).toBe(dataset));
});

describe('moveEntry', () => {
  test('to where it stands is nothing', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const at = bench.one();
    expect(moveEntry(bench.board, at, at.name, 'queue')).toBe(at);
  });

  test('gone, if someone else was faster; an error, if the disk refuses', () => {
    const faulty = faultyFs();
    const bench = new Bench({ fs: faulty.fs });
    post(bench.board, { dataset: 'x' });
    const at = bench.one();
    const to = { ...at.name, rank: 1 };
    faulty.fail('rename', 'ENOSPC');
    expect(() => moveEntry(bench.board, at, to, 'queue')).toThrow(/injected/);
    faulty.fail('rename', undefined);
    bench.mv(at, 'held');
    expect(moveEntry(bench.board, at, to, 'queue')).toBe('gone');
    expect(bench.where()).toEqual(['held w__.000']);
  });

  test('a lookup that was stale once is tried again', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    let failed = false;
    const stale = bench.open({
      fs: hookedFs((op, path) => {
        if (op !== 'rename' || failed) return;
        failed = true;
        throw systemError('ENOENT', path);
      }),
    });
    const at = bench.one();
    expect(moveEntry(stale, at, { ...at.name, rank: 1 }, 'queue')).toMatchObject({ name: { rank: 1 } });
  });

  test('strict: both folders are synced; posts: none', () => {
    for (const [durability, synced] of [
      ['strict', ['held', 'queue']],
      ['posts', []],
    ] as const) {
      const faulty = faultyFs();
      const bench = new Bench({ fs: faulty.fs, durability });
      post(bench.board, { dataset: 'x' });
      faulty.calls.splice(0);
      operate(bench.board, bench.one(), { verb: 'hold' });
      const folders = faulty.calls.filter(({ op }) => op === 'sync').map(({ path }) => path.split('/').at(-1));
      expect(folders.sort()).toEqual(synced);
    }
  });
});

test('the clock of a shared disk: one probe a minute, and none that is in the way of the next', () => {
  const faulty = faultyFs();
  const bench = new Bench({ fs: faulty.fs });
  Object.defineProperty(bench.board, 'isNetwork', { value: true });
  // A disk that takes the name and not the content leaves the probe behind.
  faulty.loseAnswer('create', 'ENOSPC');
  expect(() => bench.board.now()).toThrow(/the board's clock can't be read: no space left/);
  const now = bench.board.now();
  expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
  const probes = faulty.calls.filter(({ op }) => op === 'create').length;
  bench.board.now();
  expect(faulty.calls.filter(({ op }) => op === 'create')).toHaveLength(probes);
});

test('the clock of a shared disk is asked for anew when the clock of this host is set', () => {
  const bench = new Bench({ columns: ['a'] });
  Object.defineProperty(bench.board, 'isNetwork', { value: true });
  const before = bench.board.now();
  for (const hours of [1, -1]) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
    try {
      expect(Math.abs(bench.board.now() - before)).toBeLessThan(60_000);
    } finally {
      vi.useRealTimers();
    }
  }
});

test('readName and isLocated agree', () => {
  const bench = new Bench();
  expect(isLocated(readName(bench.board, 'queue', `50.${POSTED}.w__.000.-.x`))).toBe(true);
  expect(isLocated(readName(bench.board, 'queue', 'x'))).toBe(false);
});
