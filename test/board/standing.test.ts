/** What is told of stage processes and hosts that do not do what is wanted. Pure. */
import { describe, expect, it } from 'vitest';
import type { ProcessRow } from '../../src/board/processes.ts';
import { serverWaits } from '../../src/board/serving.ts';
import { leavingText, standingState, standingStill, standingText } from '../../src/board/standing.ts';
import { boardTroubles } from '../../src/board/troubles.ts';
import { graphOfStages } from '../../src/model/graph.ts';
import type { StatusOrder } from '../../src/model/name.ts';
import { fakeHost, fakeProcess, fakeWish } from '../tui/data.ts';

function ordered(id: string, order: StatusOrder, busy = 0): ProcessRow {
  return fakeProcess({ id, host: 'vm', order, stages: ['a'], content: { busy } });
}

describe('processes that stand still', () => {
  it.each<[StatusOrder, number, string | undefined]>([
    ['run', 2, undefined],
    ['drain', 2, undefined],
    ['suspend', 2, "k3f1 on vm: suspended, its 2 steps stand still: 'slate order k3f1 run' lets it go on"],
    ['suspend', 1, "k3f1 on vm: suspended, its step stands still: 'slate order k3f1 run' lets it go on"],
    ['suspend', 0, "k3f1 on vm: suspended, it does nothing: 'slate order k3f1 run' lets it go on"],
    ['pause', 2, "k3f1 on vm: paused, it claims nothing: 'slate order k3f1 run' lets it go on"],
  ])('with the order %s and %i steps', (order, busy, text) => {
    const rows = [ordered('k3f1', order, busy)];
    expect(standingStill(rows).map(standingText)).toEqual(text === undefined ? [] : [text]);
    expect(standingState(rows)).toBe({ suspend: 'suspended', pause: 'paused' }[order as string]);
    expect(standingState([...rows, ordered('zzzz', 'run')])).toBeUndefined();
  });

  it('what is waited for', () => {
    const rows = [ordered('k3f1', 'suspend', 2), ordered('k3f2', 'drain', 1)];
    expect(leavingText(rows)).toMatch(/^k3f1 .* run' lets it go on; k3f2 on vm: 1 step running$/);
    expect(leavingText(Array.from({ length: 7 }, (_, index) => ordered(`k3f${index}`, 'drain')))).toMatch(
      /; and 2 more$/,
    );
  });
});

describe('what a monitor hears of', () => {
  const board = { stages: ['a', 'b'] };
  const waiting = (letter: string): { letters: Map<string, number>[] } => ({
    letters: [new Map([[letter, 3]]), new Map([['_', 3]])],
  });
  const dead = { ...ordered('k3f1', 'run'), isDead: true };
  const blocked = fakeProcess({ id: 'k3f1', host: 'vm', stages: ['a'], content: { state: 'blocked' } });
  it.each<[string, string, ProcessRow[], RegExp[]]>([
    ['all is well', 'w', [ordered('k3f1', 'run')], []],
    ['nothing is to do, and nobody is there', 'c', [], []],
    ['what runs still', 'p', [], []],
    ['nobody is there', 'w', [], [/^3 entries wait at a, and no stage process takes them$/]],
    ['nobody is there to try again', '2', [], [/^3 entries wait at a/]],
    ['who is there is paused', 'w', [ordered('k3f1', 'pause')], [/^3 entries wait/]],
    ['who is there is blocked', 'w', [blocked], [/^stage process k3f1 on vm is blocked$/]],
    ['who was there was killed', 'p', [dead], [/^stage process k3f1 on vm has ended without a word/]],
    ['who was killed has been missed', 'c', [{ ...ordered('k3f1', 'lost'), isDead: true }], []],
  ])('%s', (_what, letter, rows, told) => {
    expect(boardTroubles(board, waiting(letter), rows, [])).toEqual(told.map((text) => expect.stringMatching(text)));
  });

  it.each([
    ['running', undefined],
    ['leaving', undefined],
    ['starting', undefined],
    ['none', undefined],
    ['missing', /^wish a=1 on vm: nothing serves it, and no agent is there: 'slate up' on vm starts one/],
    ['crashing', /^wish a=1 on vm: its process has died 4 times in a row; no such program$/],
    ['refused', /^wish a=1 on vm: refused; no such program$/],
    ['unclear', /^wish a=1 on vm: unclear; no such program$/],
  ] as const)('a wish that is %s', (state, told) => {
    const host = fakeHost({ host: 'vm', wishes: [fakeWish('a=1', { state, deaths: 4, why: 'no such program' })] });
    expect(boardTroubles(board, waiting('c'), [], [host])).toEqual(
      told === undefined ? [] : [expect.stringMatching(told)],
    );
  });
});

describe('why nobody takes an entry', () => {
  const board = {
    stages: ['a', 'b'],
    graph: graphOfStages([
      { stage: 'a', after: [] },
      { stage: 'b', after: ['a'] },
    ]),
  };
  const blocked = fakeProcess({
    id: 'k3f1',
    host: 'vm',
    stages: ['a'],
    content: { state: 'blocked', message: 'no sh' },
  });
  it.each<[string, string, ProcessRow[], RegExp | undefined]>([
    ['nobody is there', 'w_', [], /^a: no stage process serves it: 'slate run', or/],
    ['it waits for another stage', 'cw', [ordered('k3f1', 'run')], /^b: no stage process serves it/],
    ['it is not its turn', 'p_', [], undefined],
    ['somebody takes it', 'w_', [ordered('k3f1', 'run')], undefined],
    ['one of two takes it', '1_', [ordered('k3f1', 'pause'), ordered('k3f2', 'run')], undefined],
    ['who serves it is dead', 'w_', [{ ...ordered('k3f1', 'run'), isDead: true }], /^a: no stage process serves it/],
    [
      'all are told not to',
      'w_',
      [ordered('k3f1', 'pause'), ordered('k3f2', 'drain')],
      /^a: k3f1 on vm: paused, .*; k3f2 on vm is leaving$/,
    ],
    ['who serves it is blocked', 'w_', [blocked], /^a: k3f1 on vm is blocked: no sh$/],
  ])('%s', (_what, letters, rows, told) => {
    const name = { rank: 50, posted: '20261121T120000', letters, epoch: 0, class: '-', dataset: 'x', tags: [] };
    const waits = serverWaits(board, { folder: 'queue', file: '', name }, rows);
    expect(waits.map(({ stage, why }) => `${stage}: ${why}`)).toEqual(
      told === undefined ? [] : [expect.stringMatching(told)],
    );
  });
});
