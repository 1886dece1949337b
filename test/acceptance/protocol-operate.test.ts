import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAlive, until, withLab } from './lab.ts';

const abc = withLab({ a: '', b: '', c: '' });
const abcShort = withLab({ a: '', b: '', c: '' }, { lease: '1s' });

describe('an operator acts by mv alone', () => {
  test(
    'repipe f to w, moved to where it belongs',
    abc(async (lab) => {
      const bad = lab.ctl('x.b.exit', '2');
      lab.ok('post', 'x');
      expect(await lab.runAll()).toBe(1);
      const failed = await lab.at('x', 'cf_', 'failed');
      expect(failed.tags).toEqual(['2-x2']);
      rmSync(bad);
      lab.mv(failed, { letters: 'cw_', folder: 'active' });
      expect(await lab.runAll()).toBe(0);
      await lab.at('x', 'ccc', 'done');
      expect(lab.stagesRun('x')).toBe('abbc');
    }),
  );

  test(
    'repipe in place in failed/, the stale tag left in the name',
    abc(async (lab) => {
      const bad = lab.ctl('x.b.exit', '2');
      lab.ok('post', 'x');
      await lab.runAll();
      rmSync(bad);
      lab.mv(await lab.at('x', 'cf_', 'failed'), { letters: 'cw_', tags: ['2-x2'] });
      const runner = lab.start();
      const done = await lab.at('x', 'ccc', 'done');
      expect(done.tags).toEqual([]);
      expect(runner.hasExited()).toBe(false);
    }),
  );

  test(
    'a held-ahead stage stops there, and release lets it go on',
    abc(async (lab) => {
      lab.ok('post', 'x');
      lab.mv(await lab.at('x', 'w__'), { letters: 'w_h' });
      expect(await lab.runAll()).toBe(0);
      await lab.at('x', 'cch', 'held');
      expect(lab.stagesRun('x')).toBe('ab');
      lab.ok('release', 'x');
      await lab.runAll();
      await lab.at('x', 'ccc', 'done');
    }),
  );

  test(
    'h to w and h to _ by mv',
    abc(async (lab) => {
      lab.ok('post', 'x', 'y', '--hold');
      lab.mv(await lab.at('x', 'h__', 'held'), { letters: 'w__' });
      lab.mv(await lab.at('y', 'h__', 'held'), { letters: '___' });
      await lab.runAll();
      await lab.at('x', 'ccc', 'done');
      await lab.at('y', 'ccc', 'done');
    }),
  );

  test(
    'skip: w to s opens the next stage; a failed one skipped in place',
    abc(async (lab) => {
      lab.ctl('y.b.exit', '3');
      lab.ok('post', 'x', 'y');
      lab.mv(await lab.at('x', 'w__'), { letters: 's__' });
      await lab.runAll();
      await lab.at('x', 'scc', 'done');
      expect(lab.stagesRun('x')).toBe('bc');
      lab.mv(await lab.at('y', 'cf_', 'failed'), { letters: 'cs_' });
      await lab.runAll();
      await lab.at('y', 'csc', 'done');
    }),
  );

  test(
    'f declared c',
    abc(async (lab) => {
      lab.ctl('x.b.exit', '3');
      lab.ok('post', 'x');
      await lab.runAll();
      lab.mv(await lab.at('x', 'cf_', 'failed'), { letters: 'cc_' });
      await lab.runAll();
      await lab.at('x', 'ccc', 'done');
      expect(lab.stagesRun('x')).toBe('abc');
    }),
  );

  test(
    'rank: the better one is served first',
    abc(async (lab) => {
      lab.ok('post', 'x', 'y');
      lab.mv(await lab.at('y', 'w__'), { rank: '03' });
      await lab.runAll('--stage', 'a');
      const claims = lab.journal().filter((line) => line.event === 'claim');
      expect(claims[0]?.dataset).toBe('y');
      expect(lab.entry('y')?.rank).toBe('03');
    }),
  );

  for (const [letter, end, folder] of [
    ['h', 'ch_', 'held'],
    ['s', 'csc', 'done'],
    ['w', 'ccc', 'done'],
  ] as const) {
    test(
      `cancel: p to ${letter} stops the step`,
      abc(async (lab) => {
        const block = lab.ctl('x.b.block');
        lab.start();
        lab.ok('post', 'x');
        const running = await lab.at('x', 'cp_', 'active');
        const step = await lab.runningStep('x', 2);
        lab.mv(running, { letters: `c${letter}_` });
        await until('the step has ended', () => !isAlive(step.pid));
        rmSync(block);
        const after = await lab.at('x', end, folder);
        const wanted = { h: 'ab', s: 'abc', w: 'abbc' }[letter];
        expect(lab.stagesRun('x')).toBe(wanted);
        if (letter === 'w') {
          const again = lab.steps('x')[2];
          expect(again?.tryNumber).toBe(1);
          expect(again?.epoch).toBeGreaterThan(step.epoch);
        }
        expect(after.tags.filter((tag) => tag.split('-').length === 4)).toEqual([]);
        await until('the result is discarded', () =>
          lab.journal().some((line) => line.event === 'discard' && line.epoch === step.epoch),
        );
        expect(lab.journal().filter((line) => line.event === 'finish' && line.epoch === step.epoch)).toEqual([]);
      }),
    );
  }

  test(
    'c to w by mv runs that stage alone; slate repipe resets its descendants too',
    abc(async (lab) => {
      lab.ok('post', 'x');
      await lab.runAll();
      lab.mv(await lab.at('x', 'ccc', 'done'), { letters: 'wcc', folder: 'active' });
      await lab.runAll();
      await lab.at('x', 'ccc', 'done');
      expect(lab.stagesRun('x')).toBe('abca');
      lab.ok('repipe', 'x', '--stage', 'b');
      expect(lab.entry('x')?.letters).toBe('cw_');
      await lab.runAll();
      await lab.at('x', 'ccc', 'done');
      expect(lab.stagesRun('x')).toBe('abcabc');
      expect(lab.links('x')).toBe(0);
    }),
  );

  test(
    'renamed in place in done/, found by a running stage process',
    abcShort(async (lab) => {
      lab.ok('post', 'x');
      lab.start();
      lab.mv(await lab.at('x', 'ccc', 'done'), { letters: 'ccw' });
      await until('it ran again', () => lab.stagesRun('x') === 'abcc');
      await lab.at('x', 'ccc', 'done');
    }),
  );

  test(
    'moved to another folder without changing its letters: put right by sweep',
    abc(async (lab) => {
      lab.ok('post', 'x', 'y', 'z');
      lab.mv(await lab.at('x', 'w__'), { folder: 'failed' });
      lab.mv(await lab.at('y', 'w__'), { folder: 'held' });
      lab.mv(await lab.at('z', 'w__'), { folder: 'gather' });
      lab.ok('sweep');
      for (const dataset of ['x', 'y', 'z']) expect(lab.entry(dataset)?.folder).toBe('queue');
    }),
  );

  test(
    'a misplaced name is never moved onto a name that exists',
    abc(async (lab) => {
      lab.ok('post', 'x');
      const entry = await lab.at('x', 'w__', 'queue');
      const { copyFileSync } = await import('node:fs');
      copyFileSync(lab.path(entry), lab.file('held', entry.name));
      lab.slate('sweep');
      expect(lab.entries('x').length).toBe(2);
      expect(lab.links('x')).toBe(2);
    }),
  );

  test(
    'half-told columns are settled: a _ whose parents are finished opens',
    abc(async (lab) => {
      lab.ok('post', 'v', 'x', 'y', 'z');
      lab.mv(await lab.at('v', 'w__'), { letters: '___' });
      lab.mv(await lab.at('x', 'w__'), { letters: 'c__' });
      lab.mv(await lab.at('y', 'w__'), { letters: 's_c' });
      lab.mv(await lab.at('z', 'w__'), { letters: 'cc_', folder: 'held' });
      lab.ok('sweep');
      expect(['v', 'x', 'y', 'z'].map((dataset) => lab.entry(dataset)?.letters)).toEqual(['w__', 'cw_', 'swc', 'ccw']);
      expect(['v', 'x', 'y', 'z'].map((dataset) => lab.entry(dataset)?.folder)).toEqual([
        'queue',
        'active',
        'active',
        'active',
      ]);
      await lab.runAll();
      expect(lab.stagesRun('x')).toBe('bc');
      expect(lab.stagesRun('y')).toBe('b');
      expect(lab.stagesRun('z')).toBe('c');
    }),
  );

  test(
    'all letters made c or s by hand: done, and its link goes with a stage process',
    abc(async (lab) => {
      lab.ok('post', 'x');
      lab.mv(await lab.at('x', 'w__'), { letters: 'css' });
      lab.ok('sweep');
      await lab.at('x', 'css', 'done');
      lab.ok('post', 'x');
      await lab.runAll();
      expect(
        lab
          .entries('x')
          .map((entry) => entry.letters)
          .sort(),
      ).toEqual(['ccc', 'css']);
    }),
  );

  test(
    'a w ahead of unfinished parents is not run before them',
    abc(async (lab) => {
      lab.ok('post', 'x');
      lab.mv(await lab.at('x', 'w__'), { letters: 'w_w' });
      await lab.runAll();
      await lab.at('x', 'ccc', 'done');
      expect(lab.stagesRun('x')).toBe('abc');
    }),
  );

  test(
    'slate remove takes an entry to removed/<day> and a running step is stopped',
    abc(async (lab) => {
      const block = lab.ctl('x.a.block');
      lab.ok('post', 'x', 'y', '--hold');
      lab.ok('remove', 'y');
      lab.ok('release', 'x');
      lab.start();
      const step = await lab.runningStep('x');
      lab.ok('remove', 'x', '--reason', 'not wanted');
      await until('the step has ended', () => !isAlive(step.pid));
      rmSync(block);
      const day = readdirSync(lab.file('removed'))[0] ?? '';
      expect(day).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(lab.entry('x')?.folder).toBe(`removed/${day}`);
      expect(lab.entry('y')?.folder).toBe(`removed/${day}`);
      expect([lab.links('x'), lab.links('y')]).toEqual([0, 0]);
      expect(lab.slate('post', 'y').code).toBe(0);
    }),
  );

  test(
    "today's done/ folder missing is made by who finishes",
    abc(async (lab) => {
      lab.ok('post', 'x');
      rmSync(lab.file('done'), { recursive: true, force: true });
      mkdirSync(lab.file('done'));
      expect(await lab.runAll()).toBe(0);
      await lab.at('x', 'ccc', 'done');
    }),
  );
});
