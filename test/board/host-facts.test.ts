import { describe, expect, it } from 'vitest';
import {
  clockOffset,
  clockText,
  firstKnown,
  type HostFacts,
  loadText,
  parseFacts,
} from '../../src/board/host-facts.ts';

describe('how far a clock is ahead', () => {
  it.each<[string, number, number, number, number | undefined]>([
    ['not at all, as far as can be seen', 1_000, 1_010, 1_005, 0],
    ['not at all, at the ends', 1_000, 1_010, 1_010, 0],
    ['ahead by the least that it must be', 5_000, 5_010, 1_000, 4_000],
    ['behind by the least that it must be', 1_000, 1_010, 3_610, -2_600],
    ['whole milliseconds', 1_000, 1_010, 995.6, 4],
    ['of a write that took long nothing is known', 1_000, 2_001, 1_500, undefined],
    ['of a clock that was set back meanwhile neither', 1_000, 999, 1_000, undefined],
  ])('%s', (_, before, after, mtime, wanted) => expect(clockOffset(before, after, mtime)).toBe(wanted));

  it.each([
    [0, '0s'],
    [49, '0s'],
    [-49, '0s'],
    [50, '+0.1s'],
    [-2_640, '-2.6s'],
    [59_999, '+59s'],
    [-3_720_000, '-1h02m'],
  ])('%d ms: %s', (ms, text) => expect(clockText(ms)).toBe(text));
});

describe('facts', () => {
  it.each<[unknown, HostFacts]>([
    [undefined, {}],
    [null, {}],
    ['x', {}],
    [
      { load1: 1, cpus: '8', freeMb: Number.NaN, clockMs: -4, more: 1 },
      { load1: 1, clockMs: -4 },
    ],
  ])('of %j are numbers or unknown', (value, wanted) => expect(parseFacts(value)).toEqual(wanted));

  it('are taken from the first that knows each', () => {
    const first = { load1: 2, freeMb: 7 };
    expect(firstKnown([first, { load1: 9, clockMs: 3 }, { cpus: 8, clockMs: 4 }])).toEqual({
      ...first,
      clockMs: 3,
      cpus: 8,
    });
    expect(firstKnown([])).toEqual({});
  });

  it.each<[HostFacts, string]>([
    [{}, '?'],
    [{ load1: 3.25, cpus: 8 }, '3.25/8'],
    [{ load1: 12.34, cpus: 16 }, '12.3/16'],
    [{ load1: 0.1 }, '0.10'],
  ])('%j: load %s', (facts, text) => expect(loadText(facts)).toBe(text));
});
