import { describe, expect, it } from 'vitest';
import { makeGraph } from '../../src/model/graph.ts';
import { home, isRunnable, mayStillRun, parentsFinished, runnableColumns } from '../../src/model/home.ts';
import { HST } from './rules.ts';

const hst = makeGraph(HST);
const two = makeGraph([[], []]);
const three = makeGraph([[], [0], [1]]);

describe('home', () => {
  it.each([
    // done: all complete or skipped.
    ['ccc', 'done'],
    ['sss', 'done'],
    ['csc', 'done'],
    // queue: letters only _ w s h, at least one runnable.
    ['w__', 'queue'],
    ['sw_', 'queue'],
    ['ssw', 'queue'],
    ['wh_', 'queue'],
    ['w_h', 'queue'],
    ['ws_', 'queue'],
    ['www', 'queue'],
    // active: something to do or being done, and begun.
    ['1__', 'active'],
    ['9__', 'active'],
    ['p__', 'active'],
    ['e__', 'active'],
    ['cw_', 'active'],
    ['c3_', 'active'],
    ['ccp', 'active'],
    ['cce', 'active'],
    ['wc_', 'active'],
    ['w1_', 'active'],
    ['wf_', 'active'],
    ['wg_', 'active'],
    ['pf_', 'active'],
    ['hp_', 'active'],
    // Being done stays being done, whatever stands before it.
    ['fp_', 'active'],
    ['he_', 'active'],
    ['gp_', 'active'],
    // gather: nothing runnable.
    ['g__', 'gather'],
    ['cg_', 'gather'],
    ['ccg', 'gather'],
    ['gw_', 'gather'],
    ['g1_', 'gather'],
    ['gf_', 'gather'],
    ['gh_', 'gather'],
    ['fg_', 'gather'],
    // failed: nothing runnable or gathering.
    ['f__', 'failed'],
    ['cf_', 'failed'],
    ['fh_', 'failed'],
    ['hf_', 'failed'],
    // w and digits before whose parents are unfinished are not runnable.
    ['fw_', 'failed'],
    ['fww', 'failed'],
    ['f1c', 'failed'],
    ['fsw', 'active'],
    // held: nothing runnable, gathering or failed.
    ['h__', 'held'],
    ['ch_', 'held'],
    ['hw_', 'held'],
    ['h2_', 'held'],
    ['sh_', 'held'],
    ['cch', 'held'],
    // A _ that settle would open is something to do.
    ['___', 'queue'],
    ['c__', 'active'],
  ])('of %s in a chain is %s', (letters, wanted) => {
    expect(home(letters, three)).toBe(wanted);
  });

  it.each([
    // One branch failed, held or gathering while the other runs or can.
    ['ccfp_', 'active'],
    ['ccfw_', 'active'],
    ['ccf2_', 'active'],
    ['cchp_', 'active'],
    ['ccge_', 'active'],
    ['ccgw_', 'active'],
    // The other branch done: what is left decides.
    ['ccfc_', 'failed'],
    ['ccfs_', 'failed'],
    ['cchc_', 'held'],
    ['ccgc_', 'gather'],
    // gather before failed before held.
    ['ccgf_', 'gather'],
    ['ccgh_', 'gather'],
    ['ccfh_', 'failed'],
    ['cchf_', 'failed'],
    // Work behind an unfinished join does not count.
    ['ccfcw', 'failed'],
    ['cccfw', 'failed'],
    ['ccccw', 'active'],
    ['ccccp', 'active'],
    ['ccwc_', 'active'],
  ])('of %s with two branches is %s', (letters, wanted) => {
    expect(home(letters, hst)).toBe(wanted);
  });

  it.each([
    ['ww', 'queue'],
    ['wh', 'queue'],
    ['hh', 'held'],
    ['hw', 'queue'],
    ['wg', 'active'],
    ['wf', 'active'],
    ['wc', 'active'],
    ['wp', 'active'],
    ['gf', 'gather'],
    ['fh', 'failed'],
    ['cs', 'done'],
  ])('of %s with two roots is %s', (letters, wanted) => {
    expect(home(letters, two)).toBe(wanted);
  });

  it('looks at the parents, not at the order of the columns', () => {
    const reversed = makeGraph([[1], [2], []]);
    expect(home('__w', reversed)).toBe('queue');
    expect(home('_wc', reversed)).toBe('active');
    expect(home('w_f', reversed)).toBe('failed');
  });
});

describe('runnable', () => {
  it.each([
    ['w____', [0]],
    ['3____', [0]],
    ['cw___', [1]],
    ['ccw1_', [2, 3]],
    ['ccscw', [4]],
    ['ccpcw', []],
    ['wwwww', [0]],
    ['p____', []],
    ['_____', []],
    ['ccccc', []],
    ['ccfh_', []],
    ['ccg9_', [3]],
  ])('in %s are %j', (letters, columns) => {
    expect(runnableColumns(letters, hst)).toEqual(columns);
    for (let column = 0; column < letters.length; column++) {
      expect(isRunnable(letters, column, hst)).toBe(columns.includes(column as never));
    }
  });

  it('only c and s finish a parent', () => {
    for (const letter of '_w123456789pefhg') expect(parentsFinished(`${letter}_`, 1, makeGraph([[], [0]]))).toBe(false);
    for (const letter of 'cs') expect(parentsFinished(`${letter}_`, 1, makeGraph([[], [0]]))).toBe(true);
    expect(parentsFinished('f', 0, makeGraph([[]]))).toBe(true);
  });
});

describe('mayStillRun', () => {
  const all = (): boolean => true;
  it.each([
    ['w__', 2, true],
    ['p__', 2, true],
    ['e__', 2, true],
    ['4__', 2, true],
    ['ccw', 2, true],
    ['ccp', 2, true],
    ['f__', 2, false],
    ['h__', 2, false],
    ['wh_', 2, false],
    ['wf_', 2, false],
    ['ccc', 2, false],
    ['ccs', 2, false],
    ['ccf', 2, false],
    ['cch', 2, false],
    ['f_w', 2, false],
    ['f__', 0, false],
    ['csw', 2, true],
  ])('%s, column %i: %s', (letters, column, wanted) => {
    expect(mayStillRun(letters, column, three, all)).toBe(wanted);
  });

  it('needs somebody for what waits before it, not for what is being done, nor for itself', () => {
    const nobody = (): boolean => false;
    expect(mayStillRun('p__', 1, three, nobody)).toBe(true);
    expect(mayStillRun('p__', 2, three, nobody)).toBe(false);
    expect(mayStillRun('p__', 2, three, (column) => column === 1)).toBe(true);
    expect(mayStillRun('w__', 1, three, nobody)).toBe(false);
    expect(mayStillRun('w__', 0, three, nobody)).toBe(true);
    expect(mayStillRun('w__', 2, three, (column) => column !== 0)).toBe(false);
  });

  it('needs every branch before a join', () => {
    expect(mayStillRun('ccwp_', 4, hst, all)).toBe(true);
    expect(mayStillRun('ccfp_', 4, hst, all)).toBe(false);
    expect(mayStillRun('ccwc_', 4, hst, (column) => column !== 2)).toBe(false);
    expect(mayStillRun('ccf__', 3, hst, all)).toBe(true);
  });

  it('looks at each column once, however many ways lead to it', () => {
    const dense = makeGraph(Array.from({ length: 32 }, (_, at) => Array.from({ length: at }, (_, before) => before)));
    let asked = 0;
    const served = (): boolean => {
      asked++;
      return true;
    };
    expect(mayStillRun(`w${'_'.repeat(31)}`, 31, dense, served)).toBe(true);
    expect(asked).toBe(31);
  });
});
