import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import type { JournalLine } from '../../src/board/journal.ts';
import { linesOfFile, Tail } from '../../src/board/lines.ts';
import { describeLine } from '../../src/history/describe.ts';
import { JournalFollower, parseLine, readJournal, readLast } from '../../src/history/journal.ts';
import { percentile, StatsCollector } from '../../src/history/stats.ts';
import { triesOf } from '../../src/history/tries.ts';

let home: string;
let board: Board;

beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'slate-history-'));
  fs.mkdirSync(path.join(home, 'blackboard'));
  const never = {
    doneMs: undefined,
    removedMs: undefined,
    logsMs: undefined,
    productsMs: undefined,
    scratchMs: undefined,
    journalMs: undefined,
  };
  createBoard(home, 'demo', {
    name: 'line',
    title: 'Line',
    stages: [
      { stage: 'one', title: 'ONE', after: [] },
      { stage: 'two', title: 'TWO', after: ['one'] },
    ],
    inFlight: 10,
    durability: 'none',
    landing: [],
    timers: [],
    transaction: false,
    retention: never,
    file: 'pipelines/line.yaml',
  });
  board = Board.open(home, 'demo');
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

function line(t: string, event: string, more: object = {}): string {
  return JSON.stringify({ t: `2026-11-${t}Z`, event, ...more, host: 'h', by: 'x' });
}

function journal(day: string, file: string, text: string): string {
  const folder = board.path(`journal/${day}`);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, file), text);
  return path.join(folder, file);
}

const times = (lines: Iterable<JournalLine>): string[] => [...lines].map(({ t }) => t.slice(8, 19));

describe('the journal', () => {
  it('is merged by time over files and days', () => {
    journal('2026-11-20', 'a.x.jsonl', `${line('20T10:00:00', 'post')}\n${line('20T12:00:00', 'post')}\n`);
    journal('2026-11-20', 'b.y.jsonl', `${line('20T11:00:00', 'post')}\n`);
    journal('2026-11-21', 'a.x.jsonl', `${line('21T09:00:00', 'post')}\n`);
    expect(times(readJournal(board))).toEqual(['20T10:00:00', '20T11:00:00', '20T12:00:00', '21T09:00:00']);
    expect(times(readJournal(board, { sinceMs: Date.parse('2026-11-20T11:30:00Z') }))).toEqual([
      '20T12:00:00',
      '21T09:00:00',
    ]);
    expect(times(readLast(board, {}, 3))).toEqual(['20T11:00:00', '20T12:00:00', '21T09:00:00']);
    expect(times(readLast(board, {}, 1))).toEqual(['21T09:00:00']);
  });

  it('survives torn lines, foreign files and lines of other makers', () => {
    const torn = line('20T13:00:00', 'post').slice(0, -10);
    journal(
      '2026-11-20',
      'a.x.jsonl',
      `not json\n[]\nnull\n{"t":5,"event":"x"}\n{"t":"never","event":"x"}\n${line('20T10:00:00', 'post')}\n\n${torn}`,
    );
    journal('2026-11-20', 'README', 'hello');
    journal('2026-11-20', '.nfs1.jsonl', line('20T01:00:00', 'post'));
    journal('lost+found', 'a.x.jsonl', line('20T02:00:00', 'post'));
    expect(times(readJournal(board))).toEqual(['20T10:00:00']);
    expect(parseLine(torn)).toBeUndefined();
  });

  it('of one dataset is not mixed up with others that it is a part of', () => {
    const lines = ['ab', 'a', 'abc', 'a'].map((dataset, hour) => line(`20T0${hour}:00:00`, 'post', { dataset }));
    // A reason may quote anything.
    lines.push(line('20T05:00:00', 'post', { dataset: 'b', reason: '"dataset":"a"' }));
    journal('2026-11-20', 'a.x.jsonl', lines.join('\n'));
    expect(times(readJournal(board, { dataset: 'a' }))).toEqual(['20T01:00:00', '20T03:00:00']);
  });

  it('is followed from its end, a torn line not before it is whole', () => {
    const today = board.today();
    const t = `${today}T00:00:0`;
    const make = (number: number): string =>
      JSON.stringify({ t: `${t}${number}Z`, event: 'post', dataset: `d${number}` });
    const file = journal(today, 'a.x.jsonl', `${make(1)}\n${make(2).slice(0, 10)}`);
    const follower = new JournalFollower(board, {});
    const names = (lines: Iterable<JournalLine>): unknown[] => [...lines].map(({ dataset }) => dataset);
    expect(names(readJournal(board, {}, follower.endOf))).toEqual(['d1']);
    expect(names(follower.next())).toEqual([]);
    fs.appendFileSync(file, `${make(2).slice(10)}\n${make(4)}\n`);
    journal(today, 'b.y.jsonl', `${make(3)}\n`);
    // What came after it began is told by it alone.
    expect(names(readJournal(board, {}, follower.endOf))).toEqual(['d1']);
    expect(names(follower.next())).toEqual(['d2', 'd3', 'd4']);
    expect(names(follower.next())).toEqual([]);
  });
});

describe('lines of large files', () => {
  it('are whole where pieces meet, and leave out what does not hold the bytes', () => {
    const file = path.join(home, 'large');
    const texts = Array.from({ length: 30_000 }, (_, number) => `${number} ${'ä'.repeat(number % 120)}`);
    fs.writeFileSync(file, texts.join('\n'));
    expect(fs.statSync(file).size).toBeGreaterThan(2 * 1024 * 1024);
    expect([...linesOfFile(file)]).toEqual(texts);
    expect([...linesOfFile(file, { holding: Buffer.from('29999 ') })]).toEqual([texts[29_999]]);
    expect([...linesOfFile(file, { withTail: false })]).toHaveLength(29_999);
    const half = fs.statSync(file).size >> 1;
    const first = linesOfFile(file, { to: half, withTail: false });
    const found: string[] = [];
    let next = first.next();
    for (; next.done !== true; next = first.next()) found.push(next.value);
    expect([...found, ...linesOfFile(file, { from: next.value })]).toEqual(texts);
  });

  it('of a growing file come a piece at a time, characters whole', () => {
    const file = path.join(home, 'log');
    fs.writeFileSync(file, Buffer.from('aä').subarray(0, 2));
    const tail = new Tail(file);
    expect([...tail.pieces()].join('')).toBe('a');
    fs.appendFileSync(file, Buffer.from('ä').subarray(1));
    expect([...tail.pieces()].join('')).toBe('ä');
    fs.renameSync(file, `${file}2`);
    fs.appendFileSync(`${file}2`, 'end');
    expect([...tail.pieces()].join('')).toBe('end');
    tail.close();
  });
});

function parsed(text: string): JournalLine {
  const found = parseLine(text);
  if (found === undefined) throw new Error(text);
  return found;
}

describe('statistics', () => {
  it('count tries by how they ended, and take times from the line or from the claim', () => {
    const collector = new StatsCollector(['one', 'two']);
    const of = { dataset: 'a', posted: 'p', stage: 'one' };
    for (const text of [
      line('20T10:00:00', 'claim', { ...of, epoch: 1 }),
      line('20T10:00:04', 'finish', { ...of, epoch: 1, outcome: '1' }),
      line('20T10:00:10', 'claim', { ...of, epoch: 2 }),
      line('20T10:00:12', 'finish', { ...of, epoch: 2, outcome: 'c' }),
      line('20T10:30:00', 'finish', { ...of, epoch: 3, outcome: 'e', seconds: 8 }),
      line('20T10:40:00', 'lost', { ...of, epoch: 4 }),
      line('20T11:00:00', 'finish', { ...of, epoch: 5, outcome: 'f', seconds: 99 }),
    ])
      collector.add(parsed(text));
    expect(collector.spanSeconds).toBe(3600);
    expect(collector.result(1)).toEqual([
      { stage: 'one', done: 2, failed: 1, retries: 1, lost: 1, p50Seconds: 2, p95Seconds: 8, perHour: 2 },
      {
        stage: 'two',
        done: 0,
        failed: 0,
        retries: 0,
        lost: 0,
        p50Seconds: undefined,
        p95Seconds: undefined,
        perHour: 0,
      },
    ]);
    expect([percentile([], 0.5), percentile([1], 0.95), percentile([1, 2, 3, 4], 0.5)]).toEqual([undefined, 1, 2]);
  });
});

describe('tries', () => {
  it('are put together from the journal, logs, products and claims', () => {
    const of = { dataset: 'a', posted: 'p', stage: 'one' };
    const tries = triesOf({
      stages: ['one', 'two'],
      lines: [
        parsed(line('20T10:00:00', 'claim', { ...of, epoch: 1, try: 1, process: 'k3f1' })),
        parsed(line('20T10:00:04', 'finish', { ...of, epoch: 1, outcome: '1', code: 75, seconds: 3.5 })),
        parsed(line('20T10:00:09', 'claim', { ...of, epoch: 2, try: 2, process: 'k3f1' })),
      ],
      logs: [
        { posted: 'p', stage: 'one', epoch: 1, outcome: 'x75', file: 'logs/a/1' },
        { posted: 'p', stage: 'two', epoch: 3, outcome: 'l', file: 'logs/a/3' },
      ],
      products: [{ stage: 'one', epoch: 2, published: true, path: 'products/2', official: true }],
      entry: undefined,
    });
    expect(tries).toEqual([
      {
        stage: 'one',
        epoch: 1,
        try: 1,
        process: 'k3f1',
        host: 'h',
        started: '2026-11-20T10:00:00Z',
        ended: '2026-11-20T10:00:04Z',
        seconds: 3.5,
        outcome: 'retry',
        code: 75,
        log: 'logs/a/1',
      },
      {
        stage: 'one',
        epoch: 2,
        try: 2,
        process: 'k3f1',
        host: 'h',
        started: '2026-11-20T10:00:09Z',
        outcome: 'running',
        products: 'products/2',
        published: true,
        official: true,
      },
      { stage: 'two', epoch: 3, outcome: 'lost', log: 'logs/a/3' },
    ]);
  });
});

describe('a line in words', () => {
  it('tells the change, the end and why, and anything else as it stands', () => {
    expect(
      describeLine(
        parsed(
          line('20T10:00:00', 'finish', {
            from: 'p_',
            to: 'f_',
            try: 2,
            code: 2,
            seconds: 0.25,
            outcome: 'f',
            odd: [1],
          }),
        ),
      ),
    ).toBe('p_ -> f_, try 2, exit code 2, after 0.25s, odd=[1]');
    expect(describeLine(parsed(line('20T10:00:00', 'rank', { rank: 5, was: 50, reason: 'urgent' })))).toBe(
      'rank 50 -> 5, "urgent"',
    );
  });
});
