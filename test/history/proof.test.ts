import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Board } from '../../src/board/board.ts';
import { finish } from '../../src/board/finish.ts';
import { operate } from '../../src/board/operate.ts';
import { post } from '../../src/board/post.ts';
import type { Located } from '../../src/board/scan.ts';
import { createStatus } from '../../src/board/status.ts';
import { proveHistory } from '../../src/history/proof.ts';
import { formatName } from '../../src/model/name.ts';
import { Bench } from '../board/bench.ts';

function prove(bench: Bench, partBytes?: number): string[] {
  bench.board.journal.flush();
  return proveHistory(bench.board, partBytes).violations.map(
    ({ invariant, where, message }) => `${invariant} ${where}: ${message}`,
  );
}

/** A process that lives as long as its status file says nothing else. */
function alive(board: Board, id = 'aaaa'): void {
  const content = { host: 'elsewhere', pid: 1, bootId: 'other', pidSpace: 'other', startTicks: '1' };
  createStatus(board, { id, order: 'run', stages: ['a'], pid: 1, host: 'elsewhere' }, {
    ...content,
    started: '',
    version: '',
    stages: ['a'],
    slots: 1,
    state: 'busy',
    message: '',
    entries: [],
  } as never);
}

function carryThrough(bench: Bench, dataset: string): void {
  for (const [column] of bench.board.stages.entries())
    finish(bench.board, bench.win({ entry: bench.one(dataset), column }), { kind: 'complete' });
}

describe('a board whose books are right', () => {
  it('done, running, failed, removed, posted again, touched', () => {
    const bench = new Bench();
    alive(bench.board);
    for (const dataset of ['done', 'running', 'failed', 'gone']) post(bench.board, { dataset });
    carryThrough(bench, 'done');
    bench.win({ entry: bench.one('running') });
    finish(bench.board, bench.win({ entry: bench.one('failed') }), { kind: 'fail', cause: 'x2' });
    operate(bench.board, bench.one('gone'), { verb: 'remove' });
    bench.put('queue/50.20261121T120000.w__.000.-.touched');
    post(bench.board, { dataset: 'done' });
    expect(prove(bench)).toEqual([]);
    const { entries, posts, claims, finishes, torn } = proveHistory(bench.board);
    expect({ entries, posts, claims, finishes, torn }).toEqual({
      entries: 6,
      posts: 5,
      claims: 5,
      finishes: 4,
      torn: 0,
    });
  });

  it('what a person has put back from done/ or removed/ gets its link by its next claim', () => {
    const bench = new Bench();
    for (const dataset of ['done', 'gone']) post(bench.board, { dataset });
    carryThrough(bench, 'done');
    finish(bench.board, bench.win({ entry: bench.one('gone') }), { kind: 'fail', cause: 'x2' });
    operate(bench.board, bench.one('gone'), { verb: 'remove' });
    bench.mv(bench.one('done'), 'active', { letters: 'cwc' });
    bench.mv(bench.one('gone'), 'failed');
    expect(prove(bench)).toEqual([]);
  });

  it('is read in parts where the journals are long, and a torn line is counted and skipped', () => {
    const bench = new Bench();
    for (let index = 0; index < 40; index++) {
      post(bench.board, { dataset: `d${index}` });
      carryThrough(bench, `d${index}`);
    }
    bench.board.journal.flush();
    const [day = ''] = bench.names('journal');
    const [file = ''] = bench.names(`journal/${day}`);
    fs.appendFileSync(bench.path(`journal/${day}/${file}`), '{"t":"2026-11-21T12:00:00Z","event":"cla');
    expect(prove(bench, 5_000)).toEqual([]);
    const { entries, claims, torn } = proveHistory(bench.board, 5_000);
    expect({ entries, claims, torn }).toEqual({ entries: 40, claims: 120, torn: 1 });
  });

  it('what retention has taken is not missing', () => {
    const bench = new Bench({ retention: { doneMs: 0 } });
    post(bench.board, { dataset: 'x' });
    carryThrough(bench, 'x');
    fs.rmSync(bench.path(bench.one().folder), { recursive: true });
    expect(prove(bench)).toEqual([]);
  });
});

describe('a board where something is wrong', () => {
  it('I1: a copy of a finished run, and one of a live entry', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const { folder, file } = bench.one();
    fs.mkdirSync(bench.path('done/2026-11-20'), { recursive: true });
    fs.copyFileSync(bench.path(`${folder}/${file}`), bench.path(`done/2026-11-20/${file.replace('w__', 'ccc')}`));
    expect(prove(bench)).toEqual([expect.stringMatching(/^I1 .*one run stands more than once/)]);
  });

  it('I1: no link, though it was claimed and never finished', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    finish(bench.board, bench.win(), { kind: 'fail', cause: 'x2' });
    fs.unlinkSync(bench.path('ids/x'));
    expect(prove(bench)).toEqual([expect.stringMatching(/^I1 failed\/.*has no link in ids\/.*'slate check --fix'/)]);
  });

  it('I1: a link that is not the entry’s', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    fs.unlinkSync(bench.path('ids/x'));
    bench.put('ids/x', '{}');
    expect(prove(bench)).toEqual([expect.stringMatching(/^I1 queue\/.*is not the file behind its link in ids\//)]);
  });

  it('I2: an epoch that fell', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    finish(bench.board, bench.win(), { kind: 'fail', cause: 'x2' });
    bench.mv(bench.one(), 'failed', { epoch: 0 });
    expect(prove(bench)).toEqual([
      expect.stringMatching(/^I2 failed\/.*its epoch is 0, and epoch 1 was claimed before/),
    ]);
  });

  it('I2 says nothing of a duplicate, whose epoch is its own', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const { name } = bench.one();
    const original = (): Located => bench.all().find(({ folder }) => folder !== 'held') as Located;
    const cause = { kind: 'cause' as const, column: 0, cause: 'd' };
    bench.put(`held/${formatName({ ...name, letters: name.letters.replace('w', 'h'), epoch: 1, tags: [cause] })}`);
    finish(bench.board, bench.win({ entry: original() }), { kind: 'retry', cause: 'x75' });
    finish(bench.board, bench.win({ entry: original() }), { kind: 'fail', cause: 'x2' });
    expect(original().name.epoch).toBe(2);
    expect(prove(bench)).toEqual([]);
  });

  it('I7: a claim whose process has no status file, or was found dead', () => {
    const bench = new Bench();
    for (const dataset of ['x', 'y']) post(bench.board, { dataset });
    bench.win({ entry: bench.one('x') });
    alive(bench.board, 'bbbb');
    bench.win({ entry: bench.one('y'), process: 'bbbb' });
    const [status = ''] = bench.names('processes');
    expect(prove(bench)).toEqual([
      expect.stringMatching(/^I7 active\/.*\.x@.*claimed by process aaaa, which is not alive/),
    ]);
    fs.renameSync(bench.path(`processes/${status}`), bench.path(`processes/${status.replace('.run.', '.lost.')}`));
    expect(prove(bench)).toHaveLength(2);
  });

  it('I8: an acknowledged post that stands nowhere', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const { folder, file } = bench.one();
    fs.unlinkSync(bench.path(`${folder}/${file}`));
    expect(prove(bench)).toEqual([
      expect.stringMatching(/^I8 x \d{8}T\d{6}: it was posted and stands nowhere; it was last said to be in queue\//),
    ]);
  });

  it('I5, I6: products without their mark, of a later try that finished, of a try that was lost', () => {
    const bench = new Bench();
    for (const dataset of ['unmarked', 'older', 'swept']) {
      post(bench.board, { dataset });
      finish(bench.board, bench.win({ entry: bench.one(dataset), products: true }), { kind: 'complete' });
    }
    const of = (dataset: string): string => {
      const { name } = bench.one(dataset);
      return `products/${dataset}/${name.posted}`;
    };
    expect(prove(bench)).toEqual([]);
    fs.unlinkSync(bench.path(`${of('unmarked')}/a.001.ok`));
    const { name } = bench.one('older');
    bench.board.journal.write('claim', {
      dataset: 'older',
      posted: name.posted,
      stage: 'a',
      epoch: 2,
      process: 'aaaa',
    });
    bench.board.journal.write('finish', {
      dataset: 'older',
      posted: name.posted,
      stage: 'a',
      epoch: 2,
      process: 'aaaa',
      outcome: 'c',
    });
    bench.mv(bench.one('older'), 'queue', { epoch: 2 });
    const swept = bench.one('swept');
    bench.mv(swept, 'queue', { epoch: 2 });
    bench.board.journal.write('lost', {
      dataset: 'swept',
      posted: swept.name.posted,
      stage: 'a',
      epoch: 2,
      process: 'aaaa',
    });
    fs.mkdirSync(bench.path(`${of('swept')}/a.002`));
    bench.put(`${of('swept')}/a.002.ok`);
    expect(prove(bench).sort()).toEqual([
      expect.stringMatching(/^I5 products\/unmarked\/.*a\.001: .*they have no \.ok/),
      expect.stringMatching(
        /^I6 products\/older\/.*a\.001: they are official, and the try of epoch 2 finished after theirs/,
      ),
      expect.stringMatching(/^I6 products\/swept\/.*a\.002: they are published, and their try was lost/),
    ]);
  });

  it('I6: a mark of a try that was thrown away, or lost, under one that counts; I5: one that was finished forward', () => {
    const bench = new Bench();
    for (const dataset of ['early', 'fine', 'forward']) {
      post(bench.board, { dataset });
      finish(bench.board, bench.win({ entry: bench.one(dataset), products: true }), { kind: 'complete' });
    }
    const tell = (
      event: 'lost' | 'discard' | 'finish' | 'publish',
      dataset: string,
      epoch: number,
      more = {},
    ): void => {
      const { posted } = bench.one(dataset).name;
      bench.board.journal.write(event, { dataset, posted, stage: 'a', epoch, process: 'aaaa', ...more });
    };
    const products = (dataset: string): string => `products/${dataset}/${bench.one(dataset).name.posted}`;
    for (const dataset of ['early', 'fine']) bench.mv(bench.one(dataset), 'queue', { epoch: 3 });
    // Its second try published before the fence, and was taken away; the third one counts.
    for (const epoch of [2, 3]) {
      fs.mkdirSync(bench.path(`${products('early')}/a.00${epoch}`));
      bench.put(`${products('early')}/a.00${epoch}.ok`);
    }
    tell('discard', 'early', 2);
    tell('finish', 'early', 3, { outcome: 'e' });
    // Its second try was lost before it published anything.
    fs.mkdirSync(bench.path(`${products('fine')}/a.002`));
    tell('lost', 'fine', 2);
    // The process died behind the fence, with its line unwritten.
    fs.mkdirSync(bench.path(`${products('forward')}/a.002`));
    bench.mv(bench.one('forward'), 'queue', { epoch: 2 });
    tell('publish', 'forward', 2);
    expect(prove(bench).sort()).toEqual([
      expect.stringMatching(/^I5 products\/forward\/.*a\.002: .*they have no \.ok/),
      expect.stringMatching(
        /^I6 products\/early\/.*a\.002: they are published, and the result of their try was thrown away/,
      ),
      expect.stringMatching(
        /^I6 products\/forward\/.*a\.001: they are official, and the try of epoch 2 finished after theirs/,
      ),
    ]);
  });

  it('I15: a claim of a living process that nobody had found dead', () => {
    const bench = new Bench();
    alive(bench.board);
    post(bench.board, { dataset: 'x' });
    const { name } = bench.win().at;
    const { dataset, posted } = name;
    bench.board.journal.write('lost', { dataset, posted, stage: 'a', epoch: 1, process: 'aaaa' });
    expect(prove(bench)).toEqual([
      expect.stringMatching(/^I15 x .*: epoch 1 was returned as lost by .* process aaaa dead/),
    ]);
    bench.board.journal.write('suspect', { process: 'aaaa', reason: 'its heartbeat has stood still' });
    expect(prove(bench)).toEqual([]);
  });

  it('does not tell of what a second look shows to be right', () => {
    const bench = new Bench();
    post(bench.board, { dataset: 'x' });
    const { folder, file, name } = bench.one();
    const hidden = bench.path(`tmp/.${file}`);
    fs.renameSync(bench.path(`${folder}/${file}`), hidden);
    bench.board.journal.flush();
    // Under rename while the first look is made: it comes back as soon as the status files are read.
    const board = bench.open();
    const { names } = board.fs;
    Object.assign(board.fs, {
      names: (path: string) => {
        if (path.endsWith('/products') && fs.existsSync(hidden))
          fs.renameSync(hidden, bench.path(`${folder}/${formatName(name)}`));
        return names(path);
      },
    });
    try {
      expect(proveHistory(board).violations).toEqual([]);
    } finally {
      Object.assign(board.fs, { names });
    }
  });
});
