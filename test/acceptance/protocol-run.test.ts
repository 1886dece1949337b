import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { until, withLab } from './lab.ts';

const diamond = { after: { b: ['a'], c: ['a'], d: ['b', 'c'] } };

describe('running', () => {
  test(
    'four processes, branches and a join: no claim twice, no branch lost or doubled',
    withLab(
      { a: '', b: '', c: '', d: '' },
      diamond,
    )(async (lab) => {
      const datasets = Array.from({ length: 60 }, (_, index) => `n${index}`);
      lab.ok('post', '-q', ...datasets);
      const ends = await Promise.all(Array.from({ length: 4 }, () => lab.runAll('--slots', '2')));
      expect(ends).toEqual([0, 0, 0, 0]);
      const entries = lab.entries();
      expect(entries.length).toBe(60);
      expect(new Set(entries.map((entry) => `${entry.letters} ${entry.epoch} ${entry.folder.split('/')[0]}`))).toEqual(
        new Set(['cccc 4 done']),
      );
      for (const dataset of datasets) {
        const ran = lab.stagesRun(dataset);
        expect([...ran].sort().join('')).toBe('abcd');
        expect([ran[0], ran[3]]).toEqual(['a', 'd']);
      }
      expect(lab.doubled('claim')).toEqual([]);
      expect(lab.doubled('finish')).toEqual([]);
      expect(lab.journal().filter((line) => line.event === 'claim').length).toBe(240);
      expect(readdirSync(lab.file('ids'))).toEqual([]);
      expect(readdirSync(lab.file('active'))).toEqual([]);
      expect(lab.statusFiles()).toEqual([]);
    }),
  );

  test(
    'two posters of the same datasets at once: each entry once, each refusal 5',
    withLab({ a: '' })(async (lab) => {
      const { spawn } = await import('node:child_process');
      const { fileURLToPath } = await import('node:url');
      const program = fileURLToPath(new URL('../../dist/slate.js', import.meta.url));
      const datasets = Array.from({ length: 50 }, (_, index) => `n${index}`);
      const post = (): Promise<string> =>
        new Promise((resolve) => {
          const child = spawn(process.execPath, [program, 'post', '--home', lab.home, '--board', 'b', ...datasets], {
            stdio: ['ignore', 'pipe', 'ignore'],
          });
          let out = '';
          child.stdout.on('data', (data: Buffer) => {
            out += data.toString();
          });
          child.on('close', () => resolve(out));
        });
      const outs = await Promise.all([post(), post()]);
      const made = outs
        .join('')
        .split('\n')
        .filter((line) => line !== '');
      expect(made.sort()).toEqual([...datasets].sort());
      expect(lab.entries().length).toBe(50);
      expect(lab.slate('post', ...datasets).code).toBe(5);
      expect(lab.slate('post', 'n1', 'new').code).toBe(1);
    }),
  );

  test(
    'a failed branch does not stop the other one; the join waits',
    withLab(
      { a: '', b: '', c: '', d: '' },
      diamond,
    )(async (lab) => {
      const bad = lab.ctl('x.b.exit', '1');
      lab.ok('post', 'x');
      expect(await lab.runAll()).toBe(1);
      await lab.at('x', 'cfc_', 'failed');
      rmSync(bad);
      lab.ok('repipe', 'x');
      await lab.runAll();
      await lab.at('x', 'cccc', 'done');
      expect(lab.stagesRun('x').length).toBe(5);
    }),
  );

  test(
    'products: a folder an epoch, official ones are those of the highest .ok, a failed try publishes nothing',
    withLab({ a: 'products: true', b: 'products: true' })(async (lab) => {
      lab.ok('post', 'x');
      await lab.runAll();
      const first = await lab.at('x', 'cc', 'done');
      const bad = lab.ctl('x.a.exit', '1');
      lab.ok('repipe', 'x', '--stage', 'a');
      await lab.runAll();
      await lab.at('x', 'f_', 'failed');
      const folder = lab.file('products', 'x', first.posted);
      expect(readdirSync(folder).sort()).toEqual(['a.001', 'a.001.ok', 'a.003', 'b.002', 'b.002.ok']);
      rmSync(bad);
      lab.ok('repipe', 'x');
      await lab.runAll();
      await lab.at('x', 'cc', 'done');
      expect(
        readdirSync(folder)
          .filter((name) => name.endsWith('.ok'))
          .sort(),
      ).toEqual(['a.001.ok', 'a.004.ok', 'b.002.ok', 'b.005.ok']);
      expect(lab.inputs('x').filter((line) => line.startsWith('b'))).toEqual([
        `b ${folder}/a.001`,
        `b ${folder}/a.004`,
      ]);
      expect(lab.logs('x').map((name) => name.slice(name.indexOf('.') + 1))).toEqual([
        'a.001.ok.log',
        'a.003.x1.log',
        'a.004.ok.log',
        'b.002.ok.log',
        'b.005.ok.log',
      ]);
    }),
  );

  test(
    'a retry waits for its mtime while others go on; touch and rename end the wait',
    withLab({ a: 'retries: 2\nexits: {0: complete, 75: retry}\nbackoff: {first: 1h, most: 2h}', b: '' })(
      async (lab) => {
        const bad = lab.ctl('x.a.exit1', '75');
        lab.ok('post', 'x');
        lab.start();
        const waiting = await lab.at('x', '1_', 'active');
        expect(statSync(lab.path(waiting)).mtimeMs).toBeGreaterThan(Date.now());
        lab.ok('post', 'y');
        await lab.at('y', 'cc', 'done');
        expect(lab.steps('x').length).toBe(1);
        rmSync(bad);
        utimesSync(lab.path(waiting), new Date(), new Date());
        lab.mv(waiting, { letters: 'w_' });
        await lab.at('x', 'cc', 'done');
      },
    ),
  );

  test(
    'retries count up, then f; --until-idle waits for the due times',
    withLab({ a: 'retries: 2\nexits: {0: complete, 75: retry}\nbackoff: {first: 200ms}' })(async (lab) => {
      lab.ctl('x.a.exit', '75');
      lab.ok('post', 'x');
      expect(await lab.runAll()).toBe(1);
      const failed = await lab.at('x', 'f', 'failed');
      expect(failed.tags).toEqual(['1-x75']);
      expect(lab.steps('x').map((step) => step.tryNumber)).toEqual([1, 2, 3]);
      lab.ok('repipe', 'x');
      await lab.runAll();
      expect(lab.steps('x').map((step) => step.tryNumber)).toEqual([1, 2, 3, 1, 2, 3]);
    }),
  );

  test(
    'exit codes: hold, skip, an unmapped one, a time limit, a signal',
    withLab({ a: 'exits: {0: complete, 3: hold, 10: {skip: [b]}, default: fail}\ntimeout: 1s', b: '', c: '' })(
      async (lab) => {
        lab.ctl('held.a.exit', '3');
        lab.ctl('skip.a.exit', '10');
        lab.ctl('bad.a.exit', '77');
        const block = lab.ctl('slow.a.block');
        lab.ok('post', 'held', 'skip', 'bad', 'slow');
        expect(await lab.runAll()).toBe(1);
        rmSync(block);
        const short = (dataset: string): string => {
          const entry = lab.entry(dataset);
          return `${entry?.folder.split('/')[0]} ${entry?.letters} ${entry?.tags.join('+')}`;
        };
        expect(['held', 'skip', 'bad', 'slow'].map(short)).toEqual([
          'held h__ 1-x3',
          'done csc ',
          'failed f__ 1-x77',
          'failed f__ 1-t',
        ]);
      },
    ),
  );

  test(
    'inFlight keeps the backlog out; a better rank overtakes',
    withLab(
      { a: '', b: '' },
      { extra: 'inFlight: 2' },
    )(async (lab) => {
      lab.ok('post', ...Array.from({ length: 8 }, (_, index) => `n${index}`));
      lab.start('--stage', 'a');
      await until('two are in', () => lab.entries().filter((entry) => entry.letters === 'cw').length === 2);
      lab.ok('post', 'urgent', '--rank', '10');
      await lab.at('urgent', 'cw', 'active');
      expect(lab.entries().filter((entry) => entry.folder === 'queue').length).toBe(6);
      lab.start('--stage', 'b');
      await until('all are done', () => lab.entries().filter((entry) => entry.letters === 'cc').length === 9);
    }),
  );

  test(
    'a better rank is served before what waits',
    withLab({ a: '' })(async (lab) => {
      const block = lab.ctl('first.a.block');
      lab.ok('post', 'first');
      lab.start();
      await lab.runningStep('first');
      lab.ok('post', 'm1', 'm2', 'm3');
      lab.ok('post', 'urgent', '--rank', '05');
      rmSync(block);
      await until('all are done', () => lab.entries().filter((entry) => entry.letters === 'c').length === 5);
      const claims = lab.journal().filter((line) => line.event === 'claim');
      expect(claims.map((line) => line.dataset).slice(0, 2)).toEqual(['first', 'urgent']);
      expect(lab.ok('ls', '-q').split('\n')[0]).toBe('urgent');
    }),
  );

  test(
    '--stage serves a subset; --until-idle ends when that subset is done',
    withLab({ a: '', b: '', c: '' })(async (lab) => {
      lab.ok('post', 'x', 'y');
      expect(await lab.runAll('--stage', 'a')).toBe(0);
      expect(['x', 'y'].map((dataset) => lab.entry(dataset)?.letters)).toEqual(['cw_', 'cw_']);
      expect(await lab.runAll('--stage', 'b', '--stage', 'c')).toBe(0);
      expect(['x', 'y'].map((dataset) => lab.entry(dataset)?.letters)).toEqual(['ccc', 'ccc']);
    }),
  );

  test(
    '--until-idle --stage c waits for another process that holds b',
    withLab({ a: '', b: '', c: '' })(async (lab) => {
      const block = lab.ctl('x.b.block');
      lab.ok('post', 'x');
      lab.start('--stage', 'a', '--stage', 'b');
      await lab.runningStep('x', 2);
      const last = lab.start('--stage', 'c', '--until-idle');
      await lab.statusOf(last);
      lab.ok('ls');
      expect(last.hasExited()).toBe(false);
      rmSync(block);
      expect(await last.exited).toBe(0);
      await lab.at('x', 'ccc', 'done');
    }),
  );

  test(
    '--until-idle ends with what is held or failed, and on an empty board',
    withLab({ a: '', b: '' })(async (lab) => {
      expect(await lab.runAll()).toBe(0);
      lab.ok('post', 'x', '--hold');
      expect(await lab.runAll()).toBe(0);
      lab.ctl('y.a.exit', '1');
      lab.ok('post', 'y');
      expect(await lab.runAll()).toBe(1);
      expect(await lab.runAll()).toBe(0);
    }),
  );

  test(
    'a class that a stage does not serve is skipped by it',
    withLab({ a: '', b: 'classes: [acs]', c: '' })(async (lab) => {
      lab.ok('post', 'x', '--class', 'acs');
      lab.ok('post', 'y', '--class', 'wfc3');
      await lab.runAll();
      expect([lab.entry('x')?.letters, lab.entry('y')?.letters]).toEqual(['ccc', 'csc']);
    }),
  );

  test(
    'twenty entries stirred by hand while two processes run: nothing is lost, nothing runs twice for one claim',
    withLab(
      { a: 'retries: 3', b: 'products: true\nretries: 3', c: 'retries: 3' },
      { lease: '1s' },
    )(async (lab) => {
      const datasets = Array.from({ length: 20 }, (_, index) => `n${index}`);
      lab.ok('post', '-q', ...datasets);
      lab.start('--slots', '2');
      const victim = lab.start('--slots', '2');
      for (const [index, dataset] of datasets.entries()) {
        const entry = lab.entry(dataset);
        if (entry === undefined) continue;
        try {
          if (index % 3 === 0) lab.mv(entry, { rank: '20' });
          else if (/p/.test(entry.letters)) lab.mv(entry, { letters: entry.letters.replace('p', 'w') });
          else lab.mv(entry, { folder: 'gather' });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        }
        if (index === 10) victim.child.kill('SIGKILL');
      }
      await until('all are done', () => {
        const done = lab.entries().filter((entry) => entry.letters === 'ccc' && entry.folder.startsWith('done'));
        return new Set(done.map((entry) => entry.dataset)).size === 20;
      });
      expect(lab.entries().length).toBe(20);
      expect(lab.doubled('claim')).toEqual([]);
      expect(lab.doubled('finish')).toEqual([]);
      for (const entry of lab.entries()) {
        const folder = lab.file('products', entry.dataset, entry.posted);
        expect(existsSync(folder)).toBe(true);
        expect(readdirSync(folder).some((name) => name.endsWith('.ok'))).toBe(true);
      }
    }),
  );
});
