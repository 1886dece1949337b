/** Looks at status files: counters anew each time, the rest once; who is dead is never seen later for it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { ownMark, type ProcessMark, startTicks } from '../../src/board/host.ts';
import {
  createStatus,
  formatStatusContent,
  giveOrder,
  parseCounter,
  type StatusContent,
} from '../../src/board/status.ts';
import { StatusReader } from '../../src/board/status-reader.ts';
import { loadPipeline } from '../../src/definitions/definitions.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { boardPath, list, makeHome } from '../helpers/home.ts';

const OWN = ownMark();

function content(mark: ProcessMark): Omit<StatusContent, 'counter'> {
  return {
    ...mark,
    host: 'h',
    started: '2026-11-21T12:00:00Z',
    version: '0',
    stages: ['a'],
    slots: 1,
    state: 'idle',
    message: '',
    done: 0,
    failed: 0,
    rssMb: 1,
    load1: 0,
    entries: [],
  };
}

function bench(mark: ProcessMark = OWN): {
  home: string;
  board: Board;
  reader: StatusReader;
  beat: (counter: number) => void;
  reads: () => number;
} {
  const home = makeHome({ a: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const { fs: door, calls } = faultyFs();
  const board = Board.open(home, 'b', { fs: door });
  createStatus(board, { id: 'abcd', order: 'run', stages: ['a'], pid: mark.pid, host: 'h' }, content(mark));
  const beat = (counter: number): void => {
    const [file = ''] = list(home, 'processes');
    fs.writeFileSync(boardPath(home, `processes/${file}`), formatStatusContent(content(mark), counter), { flag: 'r+' });
  };
  const reads = (): number => calls.splice(0).filter(({ op }) => op === 'read').length;
  return { home, board, reader: new StatusReader(board, OWN), beat, reads };
}

test('the whole file at first and when the counter stood still, else the counter alone', () => {
  const { reader, beat, reads } = bench();
  expect(reader.look()).toEqual([{ id: 'abcd', order: 'run', counter: 0, mark: OWN }]);
  reads();
  beat(7);
  expect(reader.look()).toEqual([{ id: 'abcd', order: 'run', counter: 7, mark: undefined }]);
  expect(reads()).toBe(0);
  expect(reader.look()).toEqual([{ id: 'abcd', order: 'run', counter: 7, mark: OWN }]);
  expect(reads()).toBe(1);
});

test('one that has ended is shown with its mark although it has counted', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const mark = { ...OWN, pid: child.pid ?? -1, startTicks: startTicks(child.pid ?? -1) };
  const { reader, beat } = bench(mark);
  reader.look();
  child.kill('SIGKILL');
  await once(child, 'exit');
  beat(9);
  expect(reader.look()).toEqual([{ id: 'abcd', order: 'run', counter: 9, mark }]);
});

test('orders, and a file that goes and comes back, are seen by the next look', () => {
  const { home, board, reader } = bench();
  reader.look();
  giveOrder(board, 'abcd', 'drain');
  expect(reader.look()[0]?.order).toBe('drain');
  const [file = ''] = list(home, 'processes');
  fs.rmSync(boardPath(home, `processes/${file}`));
  expect(reader.look()).toEqual([]);
  createStatus(board, { id: 'abcd', order: 'run', stages: ['a'], pid: 1, host: 'h' }, content({ ...OWN, pid: 1 }));
  expect(reader.look()[0]?.mark?.pid).toBe(1);
});

test.each([
  ['a file being written', ''],
  ['something else', '{"state":"idle"}'],
])('no counter: %s', (_what, text) => {
  expect(parseCounter(text)).toBeUndefined();
  const { home, reader } = bench();
  reader.look();
  const [file = ''] = list(home, 'processes');
  fs.writeFileSync(boardPath(home, `processes/${file}`), text);
  expect(reader.look()).toEqual([{ id: 'abcd', order: 'run', counter: undefined, mark: undefined }]);
});
