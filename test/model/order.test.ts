import { describe, expect, it } from 'vitest';
import { type EntryName, parseName } from '../../src/model/name.ts';
import { type Candidate, choose, compareCandidates, compareNames, hashText, mayEnter } from '../../src/model/order.ts';

function name(rank: number, second: number, dataset: string): EntryName {
  const parsed = parseName(
    `${String(rank).padStart(2, '0')}.20261121T1200${String(second).padStart(2, '0')}.w.000.-.${dataset}`,
  );
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.name;
}
const candidate = (rank: number, second: number, dataset: string, column = 0): Candidate => ({
  entry: { name: name(rank, second, dataset) },
  column,
});

describe('who is served next', () => {
  it('rank, then age, then dataset', () => {
    const sorted = [
      name(0, 9, 'z'),
      name(9, 1, 'b'),
      name(10, 0, 'a'),
      name(10, 1, 'B'),
      name(10, 1, 'a'),
      name(99, 0, 'a'),
    ];
    const mixed = [3, 0, 5, 1, 4, 2].map((at) => sorted[at] as EntryName);
    expect(mixed.sort(compareNames)).toEqual(sorted);
    expect(compareNames(name(5, 5, 'a'), name(5, 5, 'a'))).toBe(0);
  });

  it('is the order in which ls lists new entries', () => {
    const names = [name(50, 3, 'a'), name(7, 3, 'b'), name(50, 1, 'c'), name(50, 3, '_'), name(99, 0, 'd')];
    const text = ({ rank, posted, dataset }: EntryName): string =>
      `${String(rank).padStart(2, '0')}.${posted}.${dataset}`;
    expect([...names].sort(compareNames).map(text)).toEqual(names.map(text).sort());
  });

  it('within an entry, what is nearest to its end', () => {
    const list = [
      candidate(50, 0, 'a', 1),
      candidate(50, 0, 'a', 3),
      candidate(50, 0, 'b', 4),
      candidate(40, 9, 'c', 0),
    ];
    expect(list.sort(compareCandidates).map(({ entry, column }) => `${entry.name.dataset}${column}`)).toEqual([
      'c0',
      'a3',
      'a1',
      'b4',
    ]);
  });
});

describe('hashText', () => {
  // Published values of FNV-1a, 32 bits: all hosts must agree.
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['b', 0xe70c2de5],
    ['foobar', 0xbf9cf968],
  ])('of %j', (text, hash) => {
    expect(hashText(text)).toBe(hash);
  });
});

describe('choose', () => {
  const many = Array.from({ length: 100 }, (_, at) => candidate(50, 0, `d${String(at).padStart(3, '0')}`));

  it('is the first when alone, nothing when there is nothing', () => {
    expect(choose(many, { index: 0, count: 1 })).toBe(0);
    expect(choose(many, { index: 0, count: 0 })).toBe(0);
    expect(choose([], { index: 0, count: 1 })).toBe(-1);
    expect(choose([], { index: 1, count: 3 })).toBe(-1);
  });

  it('lets every process take another one, near the front', () => {
    const count = 8;
    const chosen = Array.from({ length: count }, (_, index) => choose(many, { index, count }));
    expect(new Set(chosen).size).toBe(count);
    for (const [index, at] of chosen.entries()) {
      expect(at).toBeLessThan(count * 8);
      expect(hashText(many[at]?.entry.name.dataset ?? '') % count).toBe(index);
    }
  });

  it('never passes over a better rank', () => {
    for (let index = 0; index < 16; index++) {
      const list = [candidate(10, 0, 'urgent'), ...many];
      expect(choose(list, { index, count: 16 })).toBe(0);
      const three = [candidate(10, 0, 'a'), candidate(10, 0, 'b'), candidate(10, 0, 'c'), ...many];
      expect(choose(three, { index, count: 16 })).toBeLessThan(3);
    }
  });

  it('helps with what is left when nothing hashes to it', () => {
    const [one] = many;
    const owner = hashText('d000') % 4;
    for (let index = 0; index < 4; index++) expect(choose([one as Candidate], { index, count: 4 })).toBe(0);
    const others = many.filter(({ entry }) => hashText(entry.name.dataset) % 4 === owner).slice(0, 8);
    for (let index = 0; index < 4; index++) {
      if (index === owner) expect(choose(others, { index, count: 4 })).toBe(0);
      else expect(choose(others, { index, count: 4 })).toBe(index * 2);
    }
  });
});

describe('mayEnter', () => {
  const active = (counts: Readonly<Record<number, number>>): number[] =>
    Array.from({ length: 100 }, (_, rank) => counts[rank] ?? 0);

  it.each([
    [50, {}, 1, true],
    [50, { 50: 1 }, 2, true],
    [50, { 50: 2 }, 2, false],
    [50, { 40: 2 }, 2, false],
    [50, { 40: 1, 50: 1 }, 2, false],
    // Worse ranks do not count: urgent data never waits behind a reprocessing.
    [10, { 50: 5000 }, 2000, true],
    [0, { 0: 1, 1: 9 }, 2, true],
    [99, { 99: 1999 }, 2000, true],
    [99, { 0: 1, 99: 1999 }, 2000, false],
  ])('rank %i among %j of %i: %s', (rank, counts, inFlight, wanted) => {
    expect(mayEnter(rank, active(counts), inFlight)).toBe(wanted);
  });
});
