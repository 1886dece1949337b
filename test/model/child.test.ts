import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Child, formatChildren, isOlder, parseChildren, parseParent } from '../../src/model/child.ts';

const CHILD: Child = { dataset: 'x.1', posted: '20261121T120000', class: 'acs', rank: 7, letters: 'w_' };

test('a list of children is read as it was written, whatever their parameters hold', () => {
  const children = fc.array(
    fc.record(
      {
        board: fc.constantFrom('other', 'b'),
        dataset: fc.constantFrom('x', 'x.1', 'J8A_+=%~-,'),
        posted: fc.constant('20261121T120000'),
        class: fc.constantFrom('-', 'acs'),
        rank: fc.nat(99),
        params: fc.dictionary(fc.string(), fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.constant(null))),
        afterMs: fc.nat(),
        letters: fc.constantFrom('w_', 'hs_g'),
        needs: fc.constant({ members: ['a'] }),
      },
      { requiredKeys: ['dataset', 'posted', 'class', 'rank', 'letters'] },
    ),
  );
  const prototypeLess = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  fc.assert(
    fc.property(children, (list) => {
      expect(prototypeLess(parseChildren(formatChildren(list as Child[])))).toEqual(prototypeLess(list));
    }),
  );
});

describe('what somebody has spoilt is left out', () => {
  it.each([
    ['{"dataset":"x'],
    ['[]'],
    ['{}'],
    [JSON.stringify({ ...CHILD, dataset: '../x' })],
    [JSON.stringify({ ...CHILD, posted: 'now' })],
    [JSON.stringify({ ...CHILD, class: 'ACS' })],
    [JSON.stringify({ ...CHILD, rank: '7' })],
    [JSON.stringify({ ...CHILD, board: '../b' })],
    [JSON.stringify({ ...CHILD, letters: 'c_' })],
    [JSON.stringify({ ...CHILD, letters: '' })],
  ])('%s', (line) => expect(parseChildren(`${line}\n${JSON.stringify(CHILD)}\n`)).toEqual([CHILD]));
});

test.each([
  [undefined, undefined],
  ['x', undefined],
  [{ board: 'b', dataset: 'x', posted: 'p', stage: 's' }, undefined],
  [
    { board: 'b', dataset: 'x', posted: 'p', stage: 's', epoch: 1, more: 2 },
    { board: 'b', dataset: 'x', posted: 'p', stage: 's', epoch: 1 },
  ],
])('parent %j', (value, parent) => expect(parseParent(value)).toEqual(parent));

test.each([
  [{ epoch: 1 }, true],
  [{ epoch: 2 }, false],
  [{ epoch: 3 }, false],
  [{ posted: '20261120T120000', epoch: 9 }, true],
  [{ posted: '20261122T120000', epoch: 1 }, false],
  [{ stage: 'other', epoch: 1 }, false],
  [{ dataset: 'y', epoch: 1 }, false],
  [{ board: 'c', epoch: 1 }, false],
])('a child of %j is older than one of epoch 2: %s', (other, older) => {
  const mine = { board: 'b', dataset: 'x', posted: '20261121T120000', stage: 'split', epoch: 2 };
  expect(isOlder({ ...mine, ...other }, mine)).toBe(older);
});
