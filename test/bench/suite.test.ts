import { describe, expect, it } from 'vitest';
import { alternate, type Row, ratioOf, verdictOf } from '../../bench/suite.ts';
import { SUITES } from '../../bench/suites.ts';

const row = (more: Partial<Row>): Row => ({
  what: 'w',
  ours: '1/s',
  against: 'a',
  theirs: '2/s',
  value: 1,
  unit: '×',
  ...more,
});

describe('verdictOf', () => {
  it('counts the target itself as met', () => {
    expect(verdictOf(row({ value: 1.2, target: { atLeast: 1.2 } }))).toBe('ok');
    expect(verdictOf(row({ value: 1.19, target: { atLeast: 1.2 } }))).toBe('MISSED');
    expect(verdictOf(row({ value: 2, target: { atMost: 2 } }))).toBe('ok');
    expect(verdictOf(row({ value: 2.01, target: { atMost: 2 } }))).toBe('MISSED');
  });

  it('never calls what was not measured met, with or without a target', () => {
    expect(verdictOf(row({ value: undefined, target: { atMost: 2 } }))).toBe('not measured');
    expect(verdictOf(row({ value: Number.NaN, target: { atMost: 2 } }))).toBe('not measured');
    expect(verdictOf(row({ value: undefined }))).toBe('not measured');
    expect(verdictOf(row({}))).toBe('');
  });
});

describe('alternate', () => {
  it('runs all contenders in each round, one after the other', async () => {
    const ran: string[] = [];
    const contender = (name: string) => (round: number) => {
      ran.push(`${name}${round}`);
      return round;
    };
    const results = await alternate(2, { a: contender('a'), b: async (round) => contender('b')(round) });
    expect(ran).toEqual(['a0', 'b0', 'a1', 'b1']);
    expect(results).toEqual({ a: [0, 1], b: [0, 1] });
  });
});

describe('ratioOf', () => {
  it("is the median of the rounds' ratios, not the ratio of the medians", () => {
    // The machine was ten times as slow in the second round, for both.
    expect(ratioOf([100, 10, 100], [50, 5, 50])).toBe(2);
    expect(ratioOf([10, 20, 90], [10, 10, 10])).toBe(2);
    expect(ratioOf([2, 9, 3], [1, 3, 3])).toBe(2);
  });

  it('is not a number for rounds that the other did not run', () => {
    expect(ratioOf([1], [])).toBeNaN();
  });
});

describe('the list of suites', () => {
  it('loads each under the name by which it is asked for, with its paragraph', async () => {
    for (const { name, load } of SUITES) {
      const suite = await load();
      expect(suite.name).toBe(name);
      expect(suite.about.length, name).toBeGreaterThan(40);
    }
  });

  it('has no name twice', () => {
    expect(new Set(SUITES.map(({ name }) => name)).size).toBe(SUITES.length);
  });
});
