/** Several processes with the same names in memory: each its own share first, none left behind. */
import { expect, test } from 'vitest';
import { type EntryName, parseName } from '../../src/model/name.ts';
import { type Candidate, ownedBy } from '../../src/model/order.ts';
import { Line } from '../../src/process/line.ts';

function candidate(dataset: string, rank = 50, column = 0): Candidate {
  const parsed = parseName(`${String(rank).padStart(2, '0')}.20261121T120000.ww.000.-.${dataset}`);
  if (!parsed.ok) throw new Error(parsed.why);
  return { entry: { name: parsed.name as EntryName }, column };
}
const many = (count = 200, rank = 50): Candidate[] =>
  Array.from({ length: count }, (_, index) => candidate(`d${String(index).padStart(4, '0')}`, rank));
const any = (): boolean => true;

function drain(line: Line<Candidate>, index: number, count: number, atHead = false): Candidate[] {
  const taken: Candidate[] = [];
  for (let next = line.pick({ index, count }, any, atHead); next !== undefined; ) {
    taken.push(next);
    line.remove(next);
    next = line.pick({ index, count }, any, atHead);
  }
  return taken;
}

test('alone: all, in their order', () => {
  expect(drain(new Line(many()), 0, 1)).toEqual(many());
});

test('among several: the whole of its own share, in its order, then what is left', () => {
  const list = many();
  for (let index = 0; index < 4; index++) {
    const taken = drain(new Line(list), index, 4);
    const own = list.filter(({ entry }) => ownedBy(entry.name, { index, count: 4 }));
    expect(own.length).toBeGreaterThan(20);
    expect(taken.slice(0, own.length)).toEqual(own);
    expect(new Set(taken).size).toBe(list.length);
  }
});

test('its own share never comes before a better rank of others', () => {
  for (let index = 0; index < 4; index++) {
    const taken = drain(new Line([...many(8, 10), ...many(200)]), index, 4);
    expect(taken.slice(0, 8).map(({ entry }) => entry.name.rank)).toEqual(new Array(8).fill(10));
  }
});

test('at the head: one of the first few, though its own come later', () => {
  const share = { index: 1, count: 4 };
  const list = many().filter(({ entry }, at) => at > 100 || !ownedBy(entry.name, share));
  const line = new Line(list);
  expect(list.indexOf(line.pick(share, any, true) as Candidate)).toBeLessThan(32);
  expect(list.indexOf(line.pick(share, any, false) as Candidate)).toBeGreaterThan(70);
});

test('another number of processes makes other shares; what was removed stays away', () => {
  const list = many();
  const line = new Line(list);
  const first = line.pick({ index: 0, count: 2 }, any, false) as Candidate;
  line.remove(first);
  expect(line.length).toBe(list.length - 1);
  expect(line.hasOwn).toBe(true);
  const rest = drain(line, 1, 3);
  expect(rest).not.toContain(first);
  expect(rest).toHaveLength(list.length - 1);
  expect(ownedBy((rest[0] as Candidate).entry.name, { index: 1, count: 3 })).toBe(true);
  expect(line.isEmpty).toBe(true);
  expect(line.hasOwn).toBe(false);
});

test('what does not fit is passed over and kept', () => {
  const line = new Line([candidate('a', 50, 1), candidate('b', 50, 0)]);
  expect(line.pick({ index: 0, count: 1 }, (column) => column === 0, false)?.entry.name.dataset).toBe('b');
  expect(line.first(any)?.entry.name.dataset).toBe('a');
  expect(line.pick({ index: 0, count: 2 }, () => false, false)).toBeUndefined();
});

test('one that does not fit is passed over alone, and one that is put back stands where it stood', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((dataset) => candidate(dataset)) as [Candidate, Candidate, Candidate];
  const line = new Line([a, b, c]);
  const alone = { index: 0, count: 1 };
  const notA = (_column: number, entry?: Candidate['entry']): boolean => entry?.name.dataset !== 'a';
  expect(line.pick(alone, notA, false)).toBe(b);
  for (const one of [a, b]) line.remove(one);
  expect(line.first(any)).toBe(c);
  line.restore(b);
  line.restore(b);
  line.restore(candidate('b'));
  expect(line.length).toBe(2);
  expect(line.first(any)).toBe(b);
  for (const one of [b, c]) line.remove(one);
  expect(line.first(any)).toBeUndefined();
  line.restore(a);
  expect(line.first(any)).toBe(a);
});
