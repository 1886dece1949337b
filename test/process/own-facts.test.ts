import { expect, it } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import type { Fs } from '../../src/board/fs.ts';
import { loadPipeline } from '../../src/definitions/load.ts';
import { MB } from '../../src/model/size.ts';
import { OwnFacts } from '../../src/process/own-facts.ts';
import { faultyFs, systemError } from '../helpers/faulty-fs.ts';
import { makeHome } from '../helpers/home.ts';

/** A board whose folders have so many MB free; a text is an error's name. */
function factsOf(free: Readonly<Record<string, number | 'EIO'>>): {
  read: () => unknown;
  looks: () => number;
  pass: (ms: number) => void;
} {
  const home = makeHome({ a: 'command: [/bin/true]' });
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  let looks = 0;
  let nowMs = 0;
  const freeBytes: Fs['freeBytes'] = (path) => {
    looks++;
    const mb = free[path.split('/').at(-1) ?? ''] ?? 0;
    if (mb === 'EIO') throw systemError('EIO', path);
    return mb * MB + 17;
  };
  const board = Board.open(home, 'b', { fs: { ...faultyFs().fs, freeBytes } });
  const facts = new OwnFacts(board, () => nowMs);
  return {
    read: () => facts.read(),
    looks: () => looks,
    pass: (ms) => {
      nowMs += ms;
    },
  };
}

it.each([
  ['one disk', { products: 5_000, scratch: 5_000 }, { freeMb: 5_000 }],
  ['one disk that is written to meanwhile', { products: 5_000, scratch: 4_990 }, { freeMb: 5_000 }],
  ['a scratch disk of its own', { products: 5_000, scratch: 900_000 }, { freeMb: 5_000, scratchMb: 900_000 }],
  ['a disk that refuses', { products: 'EIO', scratch: 7 }, { scratchMb: 7 }],
  ['no disk', { products: 'EIO', scratch: 'EIO' }, {}],
] as const)('%s', (_, free, wanted) => {
  expect(factsOf(free).read()).toEqual({ cpus: expect.any(Number), ...wanted });
});

it('asks the disk once a minute, however often it is asked', () => {
  const { read, looks, pass } = factsOf({ products: 1_000, scratch: 1_000 });
  for (let second = 0; second < 60; second++) {
    read();
    pass(1_000);
  }
  expect(looks()).toBe(2);
  read();
  expect(looks()).toBe(4);
});
