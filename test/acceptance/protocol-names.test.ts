import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Lab, until, withLab } from './lab.ts';

const abc = withLab({ a: 'retries: 2', b: '', c: '' });
const products = withLab({ a: 'products: true\nretries: 2', b: '' });
const T = '20260105T101010';

function touch(lab: Lab, folder: string, name: string): void {
  writeFileSync(lab.file(folder, name), '', { flag: 'wx' });
}

describe('names that people make', () => {
  test(
    'touch into queue/ is a post',
    abc(async (lab) => {
      touch(lab, 'queue', `50.${T}.w__.000.-.x.y_z`);
      expect(await lab.runAll()).toBe(0);
      const done = await lab.at('x.y_z', 'ccc', 'done');
      expect([done.posted, done.epoch]).toEqual([T, 3]);
      expect(lab.links('x.y_z')).toBe(0);
    }),
  );

  test(
    'a touched entry gets its link with its claim, so that a post of the dataset is refused',
    abc(async (lab) => {
      lab.ctl('x.a.block');
      touch(lab, 'queue', `50.${T}.w__.000.-.x`);
      lab.start();
      await lab.runningStep('x');
      expect(lab.links('x')).toBe(2);
      expect(lab.slate('post', 'x').code).toBe(5);
    }),
  );

  test(
    'a copy made by cp is held with cause d and never runs',
    abc(async (lab) => {
      lab.ok('post', 'x');
      const entry = await lab.at('x', 'w__');
      copyFileSync(lab.path(entry), lab.file('queue', entry.name.replace(/^50/, '40')));
      await lab.runAll();
      const copies = lab.entries('x');
      expect(copies.map((copy) => copy.letters.slice(0, 1)).sort()).toEqual(['c', 'h']);
      const held = copies.find((copy) => copy.letters.startsWith('h'));
      expect(held?.folder).toBe('held');
      expect(held?.tags).toContain('1-d');
      expect(lab.stagesRun('x')).toBe('abc');
    }),
  );

  test(
    'two touched entries of one dataset: one runs, one is held with cause d',
    abc(async (lab) => {
      lab.ctl('x.a.block');
      touch(lab, 'queue', `50.${T}.w__.000.-.x`);
      touch(lab, 'queue', `60.20260105T101011.w__.000.-.x`);
      lab.start('--slots', '2');
      await until('one held, one running', () => {
        const letters = lab
          .entries('x')
          .map((entry) => entry.letters[0])
          .sort();
        return letters.join('') === 'hp';
      });
      expect(lab.entries('x').find((entry) => entry.letters[0] === 'h')?.tags).toEqual(['1-d']);
      await lab.runningStep('x');
      expect(lab.steps('x').length).toBe(1);
    }),
  );

  test(
    'foreign files and names that do not parse are left alone and listed by check',
    abc(async (lab) => {
      const foreign: [string, string][] = [
        ['active', 'notes.txt'],
        ['queue', `50.${T}.w__.000.-.`],
        ['queue', `5.${T}.w__.000.-.shortrank`],
        ['queue', `50.20261340T101010.w__.000.-.badtime`],
        ['queue', `50.${T}.w_.000.-.fewcolumns`],
        ['queue', `50.${T}.w___.000.-.manycolumns`],
        ['queue', `50.${T}.wx_.000.-.badletter`],
        ['queue', `50.${T}.w__.00.-.shortepoch`],
        ['queue', `50.${T}.w__.0001.-.padded`],
        ['queue', `50.${T}.w__.000.ACS.badclass`],
        ['queue', `50.${T}.w__.000.-.-dash`],
        ['queue', `50.${T}.w__.000.-.two@1-x2@1-x2`],
        ['queue', `50.${T}.w__.000.-.a b`],
        ['failed', `50.${T}.cf_.000.-.q@2-`],
      ];
      for (const [folder, name] of foreign) touch(lab, folder, name);
      mkdirSync(lab.file('queue', 'folder'));
      lab.ok('post', 'x');
      await lab.runAll();
      lab.slate('sweep');
      lab.slate('check', '--fix');
      const told = lab.slate('check');
      for (const [folder, name] of foreign) {
        expect(existsSync(lab.file(folder, name)), name).toBe(true);
        expect(`${told.out}${told.err}`).toContain(name);
      }
      expect(existsSync(lab.file('queue', 'folder'))).toBe(true);
      await lab.at('x', 'ccc', 'done');
    }),
  );

  for (const [what, change] of [
    ['class', { cls: 'acs' }],
    ['dataset', { dataset: 'other' }],
    ['posted time', { posted: T }],
  ] as const) {
    test(
      `a ${what} changed by hand is reported and not run`,
      abc(async (lab) => {
        lab.ok('post', 'x');
        lab.mv(await lab.at('x', 'w__'), change);
        await lab.runAll();
        expect(lab.steps('x')).toEqual([]);
        expect(lab.steps('other')).toEqual([]);
        const entry = lab.entries()[0];
        expect([entry?.folder, entry?.letters[0]]).toEqual(['held', 'h']);
        const reasons = lab.journal().filter((line) => line.event === 'duplicate' && line.reason !== undefined);
        expect(reasons.length).toBeGreaterThan(0);
      }),
    );
  }

  test(
    'an epoch turned back: the claim goes past the highest one in logs and products, nothing is overwritten',
    products(async (lab) => {
      lab.ok('post', 'x');
      await lab.runAll();
      const first = await lab.at('x', 'cc', 'done');
      expect(first.epoch).toBe(2);
      const log = lab.file('logs', 'x', `${first.posted}.a.001.ok.log`);
      writeFileSync(log, 'kept');
      lab.mv(first, { letters: 'wc', epoch: 0, folder: 'active' });
      await lab.runAll();
      const again = await lab.at('x', 'cc', 'done');
      expect(again.epoch).toBeGreaterThan(2);
      const epochs = lab.steps('x').map((step) => step.epoch);
      expect(new Set(epochs).size).toBe(epochs.length);
      expect(epochs.at(-1)).toBeGreaterThan(2);
      expect(readFileSync(log, 'utf8')).toBe('kept');
      expect(readFileSync(lab.file('products', 'x', first.posted, 'a.001', 'out'), 'utf8')).toBe('1\n');
      expect(lab.doubled('finish')).toEqual([]);
    }),
  );

  test(
    'a log that stands is not overwritten',
    abc(async (lab) => {
      lab.ok('post', 'x', '--hold');
      const entry = await lab.at('x', 'h__');
      mkdirSync(lab.file('logs', 'x'), { recursive: true });
      const mine = lab.file('logs', 'x', `${entry.posted}.a.001.run.log`);
      writeFileSync(mine, 'mine');
      lab.ok('release', 'x');
      await lab.runAll();
      await lab.at('x', 'ccc', 'done');
      expect(readFileSync(mine, 'utf8')).toBe('mine');
      expect(lab.steps('x')[0]?.epoch).toBeGreaterThan(1);
    }),
  );

  test(
    'p without a claim is a lost claim; e without one is f; tags that do not fit go',
    abc(async (lab) => {
      touch(lab, 'active', `50.${T}.p__.001.-.pp`);
      touch(lab, 'active', `50.${T}.cp_.001.-.pf`);
      touch(lab, 'active', `50.${T}.ce_.002.-.ee`);
      touch(lab, 'queue', `50.${T}.w__.000.-.tt@1-x2+3-k3f1-1-1`);
      lab.ok('sweep');
      expect(lab.entry('pp')?.letters).toBe('1__');
      expect([lab.entry('pf')?.letters, lab.entry('pf')?.tags]).toEqual(['cf_', ['2-l']]);
      expect([lab.entry('ee')?.letters, lab.entry('ee')?.folder]).toEqual(['cf_', 'failed']);
      await lab.runAll();
      expect((await lab.at('tt', 'ccc', 'done')).tags).toEqual([]);
      await lab.at('pp', 'ccc', 'done');
      expect(lab.steps('pp')[0]?.tryNumber).toBe(2);
    }),
  );

  test(
    'e with the claim of a process that is not there is finished forward, and its .ok is made',
    products(async (lab) => {
      const folder = lab.file('products', 'x', T, 'a.001');
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}/out`, 'old');
      touch(lab, 'active', `50.${T}.e_.001.-.x@1-zzzz-1-1`);
      expect(await lab.runAll()).toBe(0);
      await lab.at('x', 'cc', 'done');
      expect(existsSync(`${folder}.ok`)).toBe(true);
      expect(lab.stagesRun('x')).toBe('b');
      expect(lab.inputs('x')).toEqual([`b ${folder}`]);
    }),
  );

  test(
    'repipe of an e finishes it forward first',
    products(async (lab) => {
      const folder = lab.file('products', 'x', T, 'a.001');
      mkdirSync(folder, { recursive: true });
      touch(lab, 'active', `50.${T}.e_.001.-.x@1-zzzz-1-1`);
      linkSync(lab.file('active', `50.${T}.e_.001.-.x@1-zzzz-1-1`), lab.file('ids', 'x'));
      lab.slate('repipe', 'x', '--stage', 'a');
      expect(existsSync(`${folder}.ok`)).toBe(true);
      expect(lab.entry('x')?.letters).toBe('w_');
    }),
  );

  test(
    'the rank is changed and the other branch advances under a running step',
    withLab(
      { a: '', b: '', c: '', d: '' },
      { after: { b: ['a'], c: ['a'], d: ['b', 'c'] } },
    )(async (lab) => {
      const block = lab.ctl('x.b.block');
      lab.ok('post', 'x');
      lab.start('--slots', '2');
      const entry = await lab.at('x', 'cpc_', 'active');
      expect(entry.tags.length).toBe(1);
      const moved = lab.mv(entry, { rank: '07' });
      expect(moved.rank).toBe('07');
      unlinkSync(block);
      const done = await lab.at('x', 'cccc', 'done');
      expect(done.rank).toBe('07');
      expect(lab.stagesRun('x').split('').sort().join('')).toBe('abcd');
      expect(lab.journal().filter((line) => line.event === 'discard')).toEqual([]);
    }),
  );

  test(
    'an entry moved to another folder under a running step is finished from there',
    abc(async (lab) => {
      const block = lab.ctl('x.b.block');
      lab.ok('post', 'x');
      lab.start();
      const entry = await lab.at('x', 'cp_', 'active');
      await lab.runningStep('x', 2);
      renameSync(lab.path(entry), lab.file('held', entry.name));
      unlinkSync(block);
      await lab.at('x', 'ccc', 'done');
      expect(lab.stagesRun('x')).toBe('abc');
    }),
  );
});
