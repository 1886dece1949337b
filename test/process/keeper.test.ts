/** Housekeeping of a stage process: what it does again although a folder has not changed. */
import fs from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { ownMark } from '../../src/board/host.ts';
import { scanFolder } from '../../src/board/scan.ts';
import { createStatus, giveOrder } from '../../src/board/status.ts';
import { loadPipeline } from '../../src/definitions/definitions.ts';
import { formatName } from '../../src/model/name.ts';
import { Keeper } from '../../src/process/keeper.ts';
import { boardPath, list, makeHome } from '../helpers/home.ts';

const NONE = {
  slots: { freeJobs: 0, isMine: () => false, dispatcher: { left: { find: () => undefined } }, adopt: () => false },
  stages: { names: ['a'], of: () => ({ products: false }) },
};

function bench(): { home: string; board: Board; keeper: Keeper; put: (folder: string, letters: string) => string } {
  const home = makeHome({ a: 'command: [/bin/true]\nretries: 2', b: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const board = Board.open(home, 'b');
  const put = (folder: string, letters: string): string => {
    const tags = letters.includes('p')
      ? [{ kind: 'claim', column: 1, process: 'gone', epoch: 2, try: 1 } as const]
      : [];
    const name = { rank: 50, posted: '20261121T120000', letters, epoch: 2, class: '-', dataset: `d${letters}`, tags };
    fs.writeFileSync(boardPath(home, `${folder}/${formatName(name)}`), '');
    fs.linkSync(boardPath(home, `${folder}/${formatName(name)}`), boardPath(home, `ids/d${letters}`));
    return formatName(name);
  };
  const keeper = new Keeper({
    board,
    id: 'self',
    ...NONE,
    log: () => undefined,
  });
  return { home, board, keeper, put };
}

test('the claims of one found dead go back although `active/` is as it was', () => {
  const { home, board, keeper, put } = bench();
  put('active', 'cp');
  put('active', 'cw');
  const mark = { ...ownMark(), pid: 1, startTicks: '' };
  const rest = { host: 'h', started: '', version: '', stages: ['a'], slots: 1, message: '', done: 0, failed: 0 };
  createStatus(
    board,
    { id: 'gone', order: 'run', stages: ['a'], pid: 1, host: 'h' },
    { ...mark, ...rest, state: 'busy', rssMb: 0, load1: 0, entries: [] },
  );
  const seen = scanFolder(board, 'active').entries;
  for (let look = 0; look < 2; look++) {
    keeper.lookAtProcesses(seen, true);
    keeper.sweepActive(seen);
  }
  expect(list(home, 'active').filter((file) => file.includes('@2-gone'))).toHaveLength(1);
  giveOrder(board, 'gone', 'lost');
  keeper.lookAtProcesses(seen, true);
  keeper.sweepActive(seen);
  expect(list(home, 'active').filter((file) => file.includes('@2-gone'))).toEqual([]);
});

test('a folder of what waits for people is read when something has changed in it, and not else', () => {
  const { home, board, keeper, put } = bench();
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
  onTestFinished(() => void vi.restoreAllMocks());
  const names = vi.spyOn(board.fs, 'names');
  keeper.sweepQuiet();
  const read = (): string[] => names.mock.calls.splice(0).map(([path]) => path.slice(board.root.length + 1));
  expect(read().sort()).toEqual(['failed', 'gather', 'held']);
  keeper.sweepQuiet();
  expect(read()).toEqual([]);
  put('held', 'cw');
  keeper.sweepQuiet();
  // What moves the entry looks into `active/`.
  expect(read().filter((folder) => folder !== 'active')).toEqual(['held']);
  expect(list(home, 'held')).toEqual([]);
  expect(list(home, 'active')).toHaveLength(1);
});

test('what the disk refuses to put right is tried again, though its folder has not changed', () => {
  const { home, board, keeper, put } = bench();
  vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
  onTestFinished(() => void vi.restoreAllMocks());
  put('held', 'cw');
  put('active', 'cf');
  const seen = scanFolder(board, 'active').entries;
  const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', errno: -28, syscall: 'rename' });
  const rename = vi.spyOn(board.fs, 'rename').mockImplementation(() => {
    throw full;
  });
  expect(() => keeper.sweepQuiet()).toThrow('ENOSPC');
  expect(() => keeper.sweepActive(seen)).toThrow('ENOSPC');
  rename.mockRestore();
  keeper.sweepQuiet();
  keeper.sweepActive(seen);
  expect(list(home, 'held')).toEqual([]);
  expect(list(home, 'failed')).toHaveLength(1);
});
