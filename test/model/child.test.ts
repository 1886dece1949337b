import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Child, formatChildren, parseChildren, parseParent } from '../../src/model/child.ts';

const CHILD: Child = { dataset: 'x.1', posted: '20261121T120000', class: 'acs', rank: 7 };

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
        hold: fc.constant(true),
        needs: fc.constant({ members: ['a'] }),
      },
      { requiredKeys: ['dataset', 'posted', 'class', 'rank'] },
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
