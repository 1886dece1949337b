/** A post with a fixed posted time is made once: whoever else makes it, whenever somebody dies, whatever became of it. */
import { linkSync, rmSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Board } from '../../src/board/board.ts';
import { claim } from '../../src/board/claim.ts';
import { parseContent } from '../../src/board/content.ts';
import { finish } from '../../src/board/finish.ts';
import type { Fs } from '../../src/board/fs.ts';
import { nothingSwept, sweepPosts } from '../../src/board/housekeep.ts';
import { operate } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import { Bench, Crash, dyingFs, hookedFs, MUTATING } from './bench.ts';

const POSTED = '20261121T120000';
const request = { dataset: 'x', posted: POSTED, params: { k: 1 } };
const outcome = (board: Board): string => {
  const result = post(board, request);
  return result.ok ? 'posted' : result.refusal;
};

/** What another process does in one moment of the post. */
const MEANWHILE: Readonly<Record<string, (bench: Bench) => void>> = {
  'posts it as well': (bench) => void outcome(bench.board),
  'posts it as well, and it is finished': (bench) => {
    if (outcome(bench.board) === 'posted') finish(bench.board, bench.win(), { kind: 'complete' });
  },
  'posts it as well, and it is taken off before it ran': (bench) => {
    if (outcome(bench.board) === 'posted') operate(bench.board, bench.one(), { verb: 'remove' });
  },
  'dies posting it: nothing linked yet': (bench) => dies(bench, 1),
  'dies posting it: complete in tmp/': (bench) => dies(bench, 2),
  'finds it in tmp/ and carries it on': (bench) => sweepTmp(bench),
};

function dies(bench: Bench, left: number): void {
  try {
    post(bench.open({ fs: dyingFs(left) }), request);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
}

function sweepTmp(bench: Bench): void {
  sweepPosts(bench.board, new Set(bench.names('tmp')), nothingSwept());
}

/** Every call of a post, with something else in front of it: until the post makes fewer calls than that. */
function atEveryCall(meanwhile: (bench: Bench) => void, after: (bench: Bench, call: number) => void): number {
  for (let call = 1; ; call++) {
    const bench = new Bench({ columns: ['a'] });
    let calls = 0;
    const hooked: Fs = hookedFs((op) => {
      if (!(MUTATING as readonly string[]).includes(op) && op !== 'read' && op !== 'isThere' && op !== 'isFolder')
        return;
      if (++calls === call) meanwhile(bench);
    });
    post(bench.open({ fs: hooked }), request);
    if (calls < call) return call - 1;
    after(bench, call);
  }
}

describe('a fixed post', () => {
  test.each(Object.entries(MEANWHILE))('is made once when another process %s, at every call', (what, meanwhile) => {
    const calls = atEveryCall(meanwhile, (bench, call) => {
      const told = `${what} before call ${call}`;
      expect(bench.where(), told).toHaveLength(1);
      expect(bench.one().name.posted, told).toBe(POSTED);
      expect(outcome(bench.board), told).toBe('known');
      sweepTmp(bench);
      expect(bench.where(), told).toHaveLength(1);
      expect(bench.faults(), told).toEqual([]);
    });
    expect(calls).toBeGreaterThan(5);
  });

  test('that a crash left complete in tmp/ does not run again if the run has been finished since', () => {
    const bench = new Bench({ columns: ['a'] });
    let hasRun = false;
    const slow = hookedFs((op, path) => {
      if (op === 'rename' && path.includes('/tmp/')) throw new Crash('dead before the rename');
      if (op !== 'create' || hasRun) return;
      hasRun = true;
      outcome(bench.board);
      finish(bench.board, bench.win(), { kind: 'complete' });
    });
    // It dies where it would take its post back, too.
    const dead = {
      ...slow,
      unlink: () => {
        throw new Crash('dead before the unlink');
      },
    };
    expect(() => post(bench.open({ fs: dead }), request)).toThrow(Crash);
    expect(bench.names('tmp')).toHaveLength(1);
    sweepTmp(bench);
    expect(bench.where()).toEqual(['done c.001']);
    expect(bench.faults()).toEqual([]);
  });

  test('that was linked before the crash is taken back by housekeeping if the run is known', () => {
    const bench = new Bench({ columns: ['a'] });
    dies(bench, 2);
    bench.put('done/x', '');
    const [file = ''] = bench.names('tmp');
    expect(parseContent(bench.read(`tmp/${file}`))).toMatchObject({ repeated: { fixed: true } });
    const other = bench.path('logs/x');
    bench.board.fs.mkdir(other);
    bench.put(`logs/x/${POSTED}.a.001.ok.log`);
    sweepTmp(bench);
    expect([bench.names('tmp'), bench.names('ids'), bench.where()]).toEqual([[], [], []]);
  });

  test('replaces what was half-written under its name', () => {
    const bench = new Bench({ columns: ['a'] });
    bench.put(`tmp/50.${POSTED}.w.000.-.x`, '{"slate":{"dat');
    expect(outcome(bench.board)).toBe('posted');
    const { folder, file } = bench.one();
    expect(parseContent(bench.read(`${folder}/${file}`))).toMatchObject({ params: { k: 1 } });
  });

  test('is live if another run holds the dataset, and known if it has been finished before that', () => {
    const bench = new Bench({ columns: ['a'] });
    post(bench.board, { dataset: 'x', posted: '20261122T000000' });
    expect(outcome(bench.board)).toBe('live');
    expect(bench.names('tmp')).toEqual([]);
    finish(bench.board, bench.win(), { kind: 'complete' });
    expect(outcome(bench.board)).toBe('posted');
    operate(bench.board, { ...bench.all().find(({ name }) => name.posted === POSTED) } as never, { verb: 'remove' });
    post(bench.board, { dataset: 'x' });
    expect(outcome(bench.board)).toBe('known');
  });

  test('may be for some stages only: it skips the others', () => {
    const bench = new Bench({ columns: ['a', 'b', 'c:a', 'd:b+c'] });
    post(bench.board, { dataset: 'x', only: ['d'] });
    expect(bench.where()).toEqual(['queue sssw.000']);
    post(bench.board, { dataset: 'y', only: ['b', 'd'], hold: true });
    expect(bench.where('y')).toEqual(['held shs_.000']);
  });
});

describe('of two that post one run at the same moment', () => {
  const tmp = `tmp/50.${POSTED}.w.000.-.x`;

  /** Once, before a call that the first makes of this file. */
  function overtaken(ops: readonly (keyof Fs)[], meanwhile: (bench: Bench) => void, after = 0): Bench {
    const bench = new Bench({ columns: ['a'] });
    let calls = 0;
    const fs = hookedFs((op, path) => {
      if (ops.includes(op) && path.endsWith(`/${tmp}`) && calls++ === after) meanwhile(bench);
    });
    slow = bench.open({ fs });
    return bench;
  }
  let slow: Board;

  test('one has put its file, half-written, in place of the other one, and died: the content is whole all the same', () => {
    const bench = overtaken(['link'], () => {
      rmSync(bench.path(tmp));
      bench.put(tmp);
    });
    expect(outcome(slow)).toBe('posted');
    expect(JSON.parse(bench.read(`queue/${bench.one().file}`))).toMatchObject({ k: 1 });
    expect(bench.faults()).toEqual([]);
    sweepTmp(bench);
    expect(bench.where()).toHaveLength(1);
  });

  test('both take it back: no link of nothing is left', () => {
    const bench = overtaken(['isThere'], () => rmSync(bench.path(tmp)));
    expect(outcome(bench.board)).toBe('posted');
    operate(bench.board, bench.one(), { verb: 'remove' });
    expect(outcome(slow)).toBe('known');
    expect(bench.names('ids')).toEqual([]);
    expect(bench.names('tmp')).toEqual([]);
  });
});

describe('what a power cut has taken the content of', () => {
  test.each(['', '{"slate": {"data'])('in tmp/, is not carried on, and the dataset is free again: %j', (content) => {
    const bench = new Bench({ columns: ['a'] });
    bench.put(`tmp/50.${POSTED}.w.000.-.x`, content);
    linkSync(bench.path(`tmp/50.${POSTED}.w.000.-.x`), bench.path('ids/x'));
    sweepTmp(bench);
    expect(bench.names('ids'), 'it may be written at this moment').toEqual(['x']);
    utimesSync(bench.path('ids/x'), 1, 1);
    sweepTmp(bench);
    expect(bench.where()).toEqual([]);
    expect(outcome(bench.board)).toBe('posted');
    expect(JSON.parse(bench.read(`queue/${bench.one().file}`))).toMatchObject({ k: 1 });
    expect(bench.faults()).toEqual([]);
  });

  test('on the board, gets it anew when it is posted again', () => {
    const bench = new Bench({ columns: ['a'] });
    outcome(bench.board);
    bench.put(`queue/${bench.one().file}`);
    expect(outcome(bench.board)).toBe('known');
    expect(JSON.parse(bench.read(`queue/${bench.one().file}`))).toMatchObject({ k: 1 });
  });

  test('on the board, is held by its first claim, and does not run without its parameters', () => {
    const bench = new Bench({ columns: ['a'] });
    post(bench.board, { dataset: 'x', params: { k: 1 } });
    bench.put(`queue/${bench.one().file}`);
    const result = claim(bench.board, { entry: bench.one(), column: 0, process: 'aaaa', products: false });
    expect(result).toMatchObject({ kind: 'unfit', why: expect.stringContaining('has lost the parameters') });
    expect(bench.where()).toEqual(['held h.001@1-n']);
    operate(bench.board, bench.one(), { verb: 'release' });
    expect(bench.win().content.params).toEqual({});
  });
});
