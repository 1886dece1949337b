/** Wishes on disk: one rename each, whatever the file server says of it. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAgent, writeAgent } from '../../src/board/agent-file.ts';
import { Board, createBoard } from '../../src/board/board.ts';
import { isRead, listHosts, markDown, readWishes, setWish, unmarkDown } from '../../src/board/wishes.ts';
import { loadPipeline } from '../../src/definitions/load.ts';
import { faultyFs } from '../helpers/faulty-fs.ts';
import { makeHome } from '../helpers/home.ts';

const ONE = { stages: ['a'], slots: 4 };
const TWO = { stages: ['a'], slots: 8 };

function boards(): { board: Board; faulty: ReturnType<typeof faultyFs>; names: () => string[] } {
  const home = makeHome({ a: 'command: [/bin/true]', b: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const faulty = faultyFs();
  const board = Board.open(home, 'b', { fs: faulty.fs });
  return { board, faulty, names: () => fs.readdirSync(board.path('hosts/h')).sort() };
}

describe('setWish', () => {
  it('makes a file, renames it, and leaves what stands already', () => {
    const { board, faulty, names } = boards();
    expect(setWish(board, 'h', ONE)).toBeUndefined();
    expect(setWish(board, 'h', TWO)).toBe(4);
    faulty.calls.length = 0;
    expect(setWish(board, 'h', TWO)).toBe(8);
    expect(faulty.calls.filter(({ op }) => ['rename', 'createEmpty', 'unlink'].includes(op))).toEqual([]);
    expect(names()).toEqual(['a=8']);
  });

  it('mends files that contradict each other, whichever is wanted', () => {
    for (const slots of [4, 8, 16]) {
      const { board, names } = boards();
      setWish(board, 'h', ONE);
      fs.writeFileSync(board.path('hosts/h/a=8'), '');
      fs.writeFileSync(board.path('hosts/h/b+a=1'), '');
      expect(setWish(board, 'h', { stages: ['a'], slots })).toBeUndefined();
      expect(names()).toEqual([`a=${slots}`, 'b+a=1']);
    }
  });

  it('takes a rename whose answer was lost for done', () => {
    const { board, faulty, names } = boards();
    setWish(board, 'h', ONE);
    faulty.loseAnswer('rename', 'ENOENT', (path) => path.endsWith('/a=4'));
    expect(setWish(board, 'h', TWO)).toBe(8);
    expect(names()).toEqual(['a=8']);
  });

  it('throws what the disk says, and leaves the wish as it was', () => {
    const { board, faulty, names } = boards();
    setWish(board, 'h', ONE);
    faulty.fail('rename', 'ENOSPC');
    expect(() => setWish(board, 'h', TWO)).toThrow(/ENOSPC/);
    expect(names()).toEqual(['a=4']);
  });
});

describe('what is read', () => {
  it('says why it can not be, and throws nothing', () => {
    const { board, faulty } = boards();
    expect(readWishes(board, 'h')).toEqual({ unread: 'is not there (ENOENT)', isMissing: true });
    setWish(board, 'h', ONE);
    faulty.fail('names', 'EACCES', (path) => path.endsWith('/hosts/h'));
    expect(readWishes(board, 'h')).toMatchObject({ isMissing: false, unread: expect.stringContaining('EACCES') });
    faulty.fail('names', undefined);
    expect(isRead(readWishes(board, 'h'))).toBe(true);
    expect(listHosts(board)).toEqual(['h']);
  });

  it('is down for as long as the mark stands', () => {
    const { board } = boards();
    const isDown = (): boolean => {
      const read = readWishes(board, 'h');
      return isRead(read) && read.isDown;
    };
    expect([markDown(board, 'h'), markDown(board, 'h'), isDown()]).toEqual([true, false, true]);
    expect([unmarkDown(board, 'h'), unmarkDown(board, 'h'), isDown()]).toEqual([true, false, false]);
  });

  it('takes an agent that is half written for none', () => {
    const { board } = boards();
    markDown(board, 'h');
    expect(readAgent(board, 'h')).toBeUndefined();
    const mark = { pid: 1, bootId: 'b', pidSpace: 's', startTicks: '1' };
    writeAgent(board, 'h', { mark, version: '1', started: '', trouble: '', wishes: [] });
    expect(readAgent(board, 'h')?.content?.mark).toEqual(mark);
    for (const text of ['{"mark":', '[]', '{"mark":{},"wishes":7}', 'null', '']) {
      fs.writeFileSync(board.path('hosts/h/agent'), text);
      expect([text, readAgent(board, 'h')?.content]).toEqual([text, undefined]);
    }
  });
});
