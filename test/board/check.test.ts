import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkBoard } from '../../src/board/check.ts';
import { parseContent } from '../../src/board/content.ts';
import type { Finding } from '../../src/board/finding.ts';
import { finish } from '../../src/board/finish.ts';
import { post } from '../../src/board/post.ts';
import { createStatus } from '../../src/board/status.ts';
import { Bench, dyingFs, hookedFs } from './bench.ts';

const POSTED = '20261121T120000';

function texts(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ severity, where, message, fixed }) => `${severity}${fixed ? ' fixed' : ''} ${where}: ${message}`,
  );
}

describe('checkBoard', () => {
  test('has nothing to say of a board that is in order', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    post(bench.board, { dataset: 'y' });
    finish(bench.board, bench.win({ entry: bench.one('y') }), { kind: 'fail', cause: 'x2' });
    expect(checkBoard(bench.board, { fix: true })).toEqual([]);
  });

  test('foreign names: told where they are wrong, and left alone', () => {
    const bench = new Bench();
    bench.put('queue/README');
    bench.put(`held/50.${POSTED}.w_.000.-.x`);
    bench.put('active/.hidden');
    expect(texts(checkBoard(bench.board, { fix: true })).sort()).toEqual([
      expect.stringMatching(/^fault held\/.*it has 2 columns, and the board has 3 \(at character 20\)/),
      expect.stringMatching(/^fault queue\/README: is no entry/),
    ]);
    expect(bench.names('queue')).toEqual(['README']);
  });

  test('misplaced entries are put right', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    bench.mv(bench.one(), 'failed');
    expect(texts(checkBoard(bench.board))).toEqual([expect.stringMatching(/^note failed\/.*belongs into queue\//)]);
    expect(bench.where()).toEqual(['failed w__.000']);
    expect(texts(checkBoard(bench.board, { fix: true }))).toEqual([
      expect.stringMatching(/^note fixed failed\/.*: moved into queue\/ as /),
    ]);
    expect(bench.where()).toEqual(['queue w__.000']);
    expect(checkBoard(bench.board)).toEqual([]);
  });

  test('a dataset that stands twice: which one runs, and how to remove the other', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const { file } = bench.one();
    bench.put(`held/50.${POSTED}.h__.000.-.x`);
    expect(texts(checkBoard(bench.board))).toEqual([
      expect.stringMatching(
        `^fault .*dataset x stands 2 times: only queue/${file}, the one behind ids/x, runs; .*'slate remove x --posted ${POSTED}'`,
      ),
    ]);
    fs.unlinkSync(bench.path('ids/x'));
    expect(texts(checkBoard(bench.board, { fix: true }))).toEqual([
      expect.stringMatching(/^fault .*stands 2 times: none of them is behind ids\/x/),
    ]);
    expect(bench.names('ids')).toEqual([]);
  });

  test.each<[string, string, boolean]>([
    ['in the queue', 'queue/50.T.w__.001.-.x', true],
    ['held', 'held/50.T.h__.001.-.x', true],
    ['in another day', 'done/2020-01-01/50.T.ccc.003.-.x', true],
    ['found to be one, and held for it', 'held/50.T.h__.001.-.x@1-d', false],
    ['removed before anything of it had ended', 'removed/2020-01-01/50.T.w__.000.-.x', false],
    ['of another run', 'queue/50.20200101T000000.w__.000.-.x', false],
  ])('a run that is done, and a copy of it %s', (_what, copy, isTold) => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const { posted } = bench.one().name;
    for (const column of [0, 1, 2]) finish(bench.board, bench.win({ column }), { kind: 'complete' });
    const place = copy.replace('.T.', `.${posted}.`);
    fs.mkdirSync(bench.path(place.slice(0, place.lastIndexOf('/'))), { recursive: true });
    bench.put(place);
    const told = [expect.stringMatching(/^fault .*one run of dataset x stands 2 times: look at both/)];
    expect(texts(checkBoard(bench.board))).toEqual(isTold ? told : []);
  });

  test('an entry without its link is told, and gets it; one that was touched has none before its claim', () => {
    const bench = new Bench();
    for (const dataset of ['x', 'y']) post(bench.board, { dataset });
    bench.put(`queue/50.${POSTED}.w__.000.-.touched`);
    for (const dataset of ['x', 'y']) fs.unlinkSync(bench.path(`ids/${dataset}`));
    expect(texts(checkBoard(bench.board))).toEqual([
      expect.stringMatching(/^note queue\/.*: 2 entries like this without a link in ids\/: .*'slate check --fix'/),
    ]);
    expect(texts(checkBoard(bench.board, { fix: true }))).toEqual([
      expect.stringMatching(/^note fixed queue\/.*in ids\/: made/),
    ]);
    expect(bench.ino('ids/x')).toBe(bench.ino(`queue/${bench.one('x').file}`));
    expect(bench.names('ids')).toEqual(['x', 'y']);
    expect(checkBoard(bench.board)).toEqual([]);
  });

  test('content that can not run', () => {
    const bench = new Bench();
    bench.put(`held/50.${POSTED}.h__.000.-.bad`, '[');
    post(bench.board, { dataset: 'x' });
    bench.mv(bench.one('x'), 'queue', { class: 'acs' });
    expect(texts(checkBoard(bench.board)).sort()).toEqual([
      expect.stringMatching(/^fault held\/.*no JSON/),
      expect.stringMatching(/^fault queue\/.*its class was changed by hand/),
      expect.stringMatching(/^note held\/.*bad: has no link in ids/),
    ]);
  });

  test('claims without a living owner', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    bench.win();
    expect(texts(checkBoard(bench.board))).toEqual([expect.stringMatching(/^note active\/.*claimed by process aaaa/)]);
    const load = { stages: ['a'], message: '', entries: [] } as never;
    createStatus(bench.board, { id: 'aaaa', order: 'run', stages: ['a'], pid: 1, host: 'here' }, load);
    expect(checkBoard(bench.board)).toEqual([]);
  });

  test('posts in the making: a complete one is carried on, another told of', () => {
    const bench = new Bench();
    expect(() => post(bench.open({ fs: dyingFs(2) }), { dataset: 'x' })).toThrow('dead before');
    bench.put(`tmp/50.${POSTED}.w__.000.-.y`);
    bench.put('tmp/notes');
    expect(texts(checkBoard(bench.board))).toHaveLength(3);
    expect(texts(checkBoard(bench.board, { fix: true })).sort()).toEqual([
      expect.stringMatching(/^note fixed tmp\/.*\.x: was a complete post: carried on$/),
      expect.stringMatching(/^note tmp\/.*\.y: is a post in the making/),
      expect.stringMatching(/^note tmp\/notes: is no post/),
    ]);
    expect(bench.where()).toEqual(['queue w__.000']);
  });

  test('a link that a finished entry has left behind', () => {
    const bench = new Bench({ columns: ['a'] });
    post(bench.board, { dataset: 'x' });
    finish(bench.board, bench.win(), { kind: 'complete' });
    fs.linkSync(bench.path(`${bench.one().folder}/${bench.one().file}`), bench.path('ids/x'));
    expect(texts(checkBoard(bench.board))).toEqual([expect.stringMatching(/^note ids\/x: is the link/)]);
    expect(texts(checkBoard(bench.board, { fix: true }))).toEqual([expect.stringMatching(/^note fixed ids\/x/)]);
    expect(bench.names('ids')).toEqual([]);
  });
});

describe('a lost entry', () => {
  function lose(bench: Bench, dataset = 'x'): void {
    const { folder, file } = bench.one(dataset);
    fs.rmSync(bench.path(`${folder}/${file}`));
  }

  test('that never ran is put back as it was posted', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x', class: 'acs', rank: 7, params: { k: 1 } });
    const { file } = bench.one();
    lose(bench);
    expect(texts(checkBoard(bench.board))).toEqual([expect.stringMatching(/^fault ids\/x: .*is lost.*check --fix/)]);
    expect(bench.all()).toEqual([]);
    expect(texts(checkBoard(bench.board, { fix: true }))).toEqual([
      expect.stringMatching(/^fault fixed ids\/x: .*rebuilt/),
    ]);
    expect(bench.one()).toMatchObject({ folder: 'queue', file });
    expect(parseContent(bench.read(`queue/${file}`))).toMatchObject({ params: { k: 1 } });
    expect(bench.faults()).toEqual([]);
    expect(bench.names('tmp')).toEqual([]);
  });

  test.each<[string, readonly string[], string]>([
    ['its first stage done', ['a.001.ok'], 'active cw_.001'],
    ['two stages done', ['a.001.ok', 'b.002.ok'], 'active ccw.002'],
    ['a stage that failed', ['a.001.ok', 'b.002.x2'], 'active cw_.002'],
    ['a stage that was done and is running again', ['a.001.ok', 'b.002.ok', 'a.003.run'], 'active wcw.003'],
    ['a stage that was tried twice', ['a.001.l', 'a.002.ok'], 'active cw_.002'],
    ['one that was sent back', ['a.001.ok', 'b.002.ok', 'c.003.sent1'], 'queue w__.003'],
    ['one that was sent back and has come on', ['a.001.ok', 'b.002.sent1', 'a.003.ok', 'b.004.ok'], 'active ccw.004'],
    [
      'one that was sent back to its second stage',
      ['a.001.ok', 'b.002.ok', 'c.003.sent2', 'b.004.x2'],
      'active cw_.004',
    ],
    ['all done', ['a.001.ok', 'b.002.ok', 'c.003.ok'], 'done ccc.003'],
    ['nothing done', ['a.001.back'], 'queue w__.001'],
  ])('with %s', (_what, logs, where) => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const { posted } = bench.one().name;
    fs.mkdirSync(bench.path('logs/x'));
    for (const log of logs) bench.put(`logs/x/${posted}.${log}.log`);
    // An earlier run tells nothing of this one.
    bench.put(`logs/x/20200101T000000.c.009.ok.log`);
    lose(bench);
    checkBoard(bench.board, { fix: true });
    // Letters that are not settled are housekeeping's: a stage after one that runs again keeps its letter.
    expect(bench.where()).toEqual([where]);
    if (where.startsWith('done')) checkBoard(bench.board, { fix: true });
    expect(bench.faults()).toEqual([]);
  });

  test.each([
    ['no content', ''],
    ['content without what the name said', '{"k":1}'],
    ['a rank that is none', `{"slate":{"dataset":"x","posted":"${POSTED}","class":"-"}}`],
    ['a class that is none', `{"slate":{"dataset":"x","posted":"${POSTED}","class":"A/B","rank":5}}`],
    ['a time that is none', '{"slate":{"dataset":"x","posted":"../x","class":"-","rank":5}}'],
    ['no JSON', '{'],
  ])('with %s is told of, and left alone', (_what, content) => {
    const bench = new Bench();
    bench.put('ids/x', content);
    expect(texts(checkBoard(bench.board, { fix: true }))).toEqual([expect.stringMatching(/^fault ids\/x: .*is lost/)]);
    expect(bench.all()).toEqual([]);
    expect(bench.names('tmp')).toEqual([]);
  });

  test('that is posted anew while it is looked at gets no second name', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    lose(bench);
    let done = false;
    const slow = bench.open({
      fs: hookedFs((op, path, to) => {
        if (done || op !== 'link' || !path.includes('/ids/') || !to.includes('/tmp/')) return;
        done = true;
        post(bench.board, { dataset: 'x' });
      }),
    });
    checkBoard(slow, { fix: true });
    expect(done).toBe(true);
    expect(bench.faults()).toEqual([]);
    expect(bench.names('tmp')).toEqual([]);
  });
});
