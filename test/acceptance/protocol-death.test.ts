import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAlive, stateOf, until, withLab } from './lab.ts';

const retried = withLab({ a: 'retries: 3', b: '' }, { lease: '1s' });
const products = withLab({ a: 'retries: 3\nproducts: true', b: '' }, { lease: '1s' });

describe('death, zombies and orders', () => {
  test(
    'kill -9: no step is left, sweep alone returns the entry with the next digit',
    retried(async (lab) => {
      lab.ctl('x.a.block');
      lab.ok('post', 'x');
      const runner = lab.start();
      const step = await lab.runningStep('x');
      runner.child.kill('SIGKILL');
      await until('the end of the step', () => !isAlive(step.pid));
      await runner.exited;
      lab.ok('sweep');
      await lab.at('x', '1_', 'active');
      expect(lab.statusFiles().map((name) => name.split('.')[1])).toEqual(['lost']);
      expect(lab.logs('x').map((name) => name.split('.').slice(1, 4).join('.'))).toEqual(['a.001.l']);
      rmSync(`${lab.home}/ctl/x.a.block`);
      await lab.runAll();
      await lab.at('x', 'cc', 'done');
      expect(lab.steps('x').map((one) => one.tryNumber)).toEqual([1, 2, 1]);
    }),
  );

  test(
    'kill -9 beyond the retries: f with cause l',
    withLab(
      { a: '', b: '' },
      { lease: '1s' },
    )(async (lab) => {
      lab.ctl('x.a.block');
      lab.ok('post', 'x');
      const runner = lab.start();
      await lab.runningStep('x');
      runner.child.kill('SIGKILL');
      await runner.exited;
      lab.ok('sweep');
      const failed = await lab.at('x', 'f_', 'failed');
      expect(failed.tags).toEqual(['1-l']);
    }),
  );

  test(
    'kill -9 of one of two processes: the other one takes its entries, without sweep',
    retried(async (lab) => {
      const block = lab.ctl('x.a.block1');
      lab.ok('post', 'x');
      const first = lab.start();
      const step = await lab.runningStep('x');
      lab.start();
      first.child.kill('SIGKILL');
      await lab.at('x', 'cc', 'done');
      expect(isAlive(step.pid)).toBe(false);
      expect(existsSync(block)).toBe(true);
      expect(lab.steps('x').map((one) => one.epoch)).toEqual([1, 2, 3]);
    }),
  );

  test(
    'SIGSTOP past the lease, then continued: no double finish, the late result is not published',
    products(async (lab) => {
      const block = lab.ctl('x.a.block1');
      lab.ok('post', 'x');
      const zombie = lab.start();
      const step = await lab.runningStep('x');
      zombie.child.kill('SIGSTOP');
      const other = lab.start();
      const done = await lab.at('x', 'cc', 'done');
      rmSync(block);
      await until('the first step ended', () => !isAlive(step.pid));
      zombie.child.kill('SIGCONT');
      lab.ok('post', 'y');
      await lab.at('y', 'cc', 'done');
      const folder = lab.file('products', 'x', done.posted);
      await until('the zombie has a new id', () => {
        const mine = lab.statusFiles().filter((name) => name.split('.')[3] === String(zombie.pid));
        return mine.some((name) => name.split('.')[1] === 'run');
      });
      expect(readdirSync(folder).filter((name) => name.endsWith('.ok'))).toEqual(['a.002.ok']);
      expect(lab.doubled('claim')).toEqual([]);
      expect(lab.doubled('finish')).toEqual([]);
      expect(lab.doubled('publish')).toEqual([]);
      expect(
        lab.journal().filter((line) => line.event === 'finish' && line.dataset === 'x' && line.epoch === 1),
      ).toEqual([]);
      expect(lab.entry('x')?.letters).toBe('cc');
      expect([zombie.hasExited(), other.hasExited()]).toEqual([false, false]);
    }),
  );

  test(
    'SIGTERM gives back the letter that it was claimed from, and uses no try',
    withLab({ a: 'retries: 3\nexits: {0: complete, 75: retry}\nbackoff: {first: 100ms}', b: '' })(async (lab) => {
      lab.ctl('x.a.exit1', '75');
      const block = lab.ctl('x.a.block2');
      lab.ok('post', 'x');
      const runner = lab.start();
      const step = await lab.runningStep('x', 2);
      expect(step.tryNumber).toBe(2);
      runner.child.kill('SIGTERM');
      expect(await runner.exited).toBe(143);
      expect(isAlive(step.pid)).toBe(false);
      const back = await lab.at('x', '1_', 'active');
      expect(back.tags).toEqual([]);
      expect(lab.statusFiles()).toEqual([]);
      rmSync(block);
      await lab.runAll();
      expect(lab.steps('x').map((one) => `${one.stage}${one.tryNumber}`)).toEqual(['a1', 'a2', 'a2', 'b1']);
    }),
  );

  test(
    'a second signal ends a stubborn step at once',
    retried(async (lab) => {
      lab.ctl('x.a.stubborn');
      lab.ctl('x.a.block');
      lab.ok('post', 'x');
      const runner = lab.start();
      const step = await lab.runningStep('x');
      runner.child.kill('SIGTERM');
      await until('it says that it stops', () => runner.err() !== '');
      runner.child.kill('SIGTERM');
      expect(await runner.exited).toBe(143);
      await until('the end of the step', () => !isAlive(step.pid));
      await lab.at('x', 'w_', 'queue');
    }),
  );

  test(
    'orders by renaming the status file: pause and run',
    retried(async (lab) => {
      const runner = lab.start();
      const name = await lab.statusOf(runner);
      expect(name.split('.')[1]).toBe('run');
      expect(name.split('.')[2]).toBe('a+b');
      await lab.order(runner, 'pause');
      await until('the process has read its order', () => lab.slate('ps').out.includes('pause'));
      const block = lab.ctl('x.a.block');
      lab.ok('order', '--all', 'run');
      lab.ok('post', 'x', 'y');
      await lab.runningStep('x');
      await lab.order(runner, 'pause');
      // Reading it is not visible, but a paused process still finishes what runs and then claims nothing.
      await until('paused', () => lab.slate('ps', '--json').out.includes('"pause"'));
      rmSync(block);
      await until('x has left its stage', () => lab.entry('x')?.letters.startsWith('c'));
      await lab.order(runner, 'run');
      await lab.at('x', 'cc', 'done');
      await lab.at('y', 'cc', 'done');
    }),
  );

  test(
    'suspend stops the steps and keeps the lease; run lets them go on',
    retried(async (lab) => {
      const block = lab.ctl('x.a.block');
      lab.ok('post', 'x');
      const runner = lab.start();
      const step = await lab.runningStep('x');
      const name = await lab.order(runner, 'suspend');
      await until('the step is stopped', () => stateOf(step.pid) === 'T');
      const before = statSync(lab.file('processes', name)).mtimeMs;
      await until('heartbeats', () => statSync(lab.file('processes', name)).mtimeMs > before + 2500);
      lab.ok('sweep');
      expect(lab.entry('x')?.letters).toBe('p_');
      rmSync(block);
      await lab.order(runner, 'run');
      await lab.at('x', 'cc', 'done');
      expect(lab.stagesRun('x')).toBe('ab');
    }),
  );

  test(
    'drain finishes what runs and exits',
    retried(async (lab) => {
      const block = lab.ctl('x.a.block');
      lab.ok('post', 'x');
      lab.ok('post', 'y');
      const runner = lab.start();
      await lab.runningStep('x');
      await lab.order(runner, 'drain');
      await until('the order is seen', () => runner.err().includes('drain'));
      rmSync(block);
      expect(await runner.exited).toBe(0);
      expect([lab.entry('x')?.letters, lab.entry('y')?.letters]).toEqual(['cw', 'w_']);
      expect(lab.statusFiles()).toEqual([]);
    }),
  );

  test(
    'halt stops the steps, gives back and exits',
    retried(async (lab) => {
      lab.ctl('x.a.block');
      lab.ok('post', 'x');
      const runner = lab.start();
      const step = await lab.runningStep('x');
      await lab.order(runner, 'halt');
      expect(await runner.exited).toBe(0);
      expect(isAlive(step.pid)).toBe(false);
      await lab.at('x', 'w_', 'queue');
    }),
  );

  test(
    'reload reads the stage files anew and goes back to run by itself',
    retried(async (lab) => {
      const runner = lab.start();
      await lab.statusOf(runner);
      const { writeFileSync } = await import('node:fs');
      writeFileSync(`${lab.home}/stages/b.yaml`, 'stage: b\ncommand: [sh, -c, exit 9]\n');
      await lab.order(runner, 'reload');
      await until('back to run', () => lab.statusFiles().some((name) => name.split('.')[1] === 'run'));
      lab.ok('post', 'x');
      expect((await lab.at('x', 'cf', 'failed')).tags).toEqual(['2-x9']);
    }),
  );

  test(
    'a process whose status file says lost loses its claims, stops its steps and goes on under a new id',
    products(async (lab) => {
      const block = lab.ctl('x.a.block1');
      lab.ok('post', 'x');
      const runner = lab.start();
      const step = await lab.runningStep('x');
      const id = (await lab.statusOf(runner)).split('.')[0];
      await lab.order(runner, 'lost');
      await until('the step is stopped', () => !isAlive(step.pid));
      rmSync(block);
      await lab.at('x', 'cc', 'done');
      const ids = lab.statusFiles().filter((name) => name.split('.')[1] === 'run');
      expect(ids.length).toBe(1);
      expect(ids[0]?.split('.')[0]).not.toBe(id);
      expect(lab.doubled('finish')).toEqual([]);
    }),
  );

  test(
    'sweep alone repairs what a dead board left',
    products(async (lab) => {
      lab.ctl('p1.a.block');
      lab.ctl('p2.a.block');
      lab.ok('post', 'p1', 'p2');
      const runner = lab.start('--slots', '2');
      await lab.runningStep('p1');
      await lab.runningStep('p2');
      const id = (await lab.statusOf(runner)).split('.')[0];
      runner.child.kill('SIGKILL');
      await runner.exited;
      lab.ok('post', 'm');
      const p2 = await lab.at('p2', 'p_', 'active');
      lab.mv(p2, { letters: 'e_', tags: [`1-${id}-${p2.epoch}-1`] });
      lab.mv(await lab.at('m', 'w_', 'queue'), { letters: 'c_', folder: 'failed' });
      lab.ok('sweep');
      expect(['p1', 'p2', 'm'].map((dataset) => lab.entry(dataset)?.letters)).toEqual(['1_', 'cw', 'cw']);
      expect(['p1', 'p2', 'm'].map((dataset) => lab.entry(dataset)?.folder)).toEqual(['active', 'active', 'active']);
      expect(existsSync(lab.file('products', 'p2', p2.posted, 'a.001.ok'))).toBe(true);
      expect(lab.slate('check').code).toBe(0);
    }),
  );
});
