/** Names as bytes are the names that the parser takes, in the order of texts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LETTERS } from '../../src/model/letters.ts';
import { datasetStart, isEntryFile, NameTable, orderOf } from '../../src/model/name.ts';

function tableOf(files: readonly (readonly [file: string, group: number])[], columns = 5): NameTable {
  const table = new NameTable(columns);
  for (const [file, group] of files) table.add(file, group);
  return table;
}

function inOrder(table: NameTable): [string, number][] {
  return [...orderOf(table)].map((record) => [table.textOf(record), table.groupOf(record)]);
}

const text = (chars: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...chars), minLength, maxLength });

/** Names of which most are right, and some wrong in one field. */
const file = fc
  .record({
    rank: fc.oneof({ weight: 9, arbitrary: text('0123456789', 2, 2) }, text('0a.', 0, 3)),
    posted: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('20261121T120000', '20240229T235959', '01000101T000000') },
      fc.constantFrom('20230229T000000', '20261121T240000', '20261121t120000', '00990101T000000', '2026112 T120000'),
    ),
    letters: fc.oneof({ weight: 9, arbitrary: text(LETTERS.join(''), 5, 5) }, text(`${LETTERS.join('')}x.é`, 0, 33)),
    epoch: fc.oneof({ weight: 9, arbitrary: fc.constantFrom('000', '007', '1234', '123456789') }, text('01x', 0, 10)),
    cls: fc.oneof({ weight: 9, arbitrary: text('a9_-', 1, 16) }, text('aA.', 0, 17)),
    dataset: fc.oneof({ weight: 9, arbitrary: text('aZ0_', 1, 40) }, text('aZ0_.,+=%~-é @', 0, 140)),
    tags: fc.constantFrom('', '', '', '@1-x2', '@2-k3f1-7-1', '@1-x2+2-k3f1-7-1', '@', '@x', '@1-x2+'),
  })
  .map(
    ({ rank, posted, letters, epoch, cls, dataset, tags }) =>
      `${rank}.${posted}.${letters}.${epoch}.${cls}.${dataset}${tags}`,
  );

describe('a table of names', () => {
  it('takes what the parser takes, and gives it back', () => {
    fc.assert(
      fc.property(file, fc.nat(0xffff), (name, group) => {
        const table = new NameTable(5);
        const isTaken = table.add(name, group);
        expect(isTaken).toBe(isEntryFile(name, 5));
        expect(inOrder(table)).toEqual(isTaken ? [[name, group]] : []);
        if (isTaken) expect(table.datasetOf(0) - table.startOf(0)).toBe(datasetStart(name));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes many at once as it takes one by one', () => {
    const files = fc.array(fc.oneof({ weight: 4, arbitrary: file }, fc.constant('50.20261121T120000.w____.000.-.aé')));
    fc.assert(
      fc.property(files, (names) => {
        const [one, many] = [new NameTable(5), new NameTable(5)];
        const refused = names.filter((name) => !one.add(name, 7));
        expect(many.addAll(names, 7)).toEqual(refused);
        expect([...many.records()].map((record) => many.textOf(record))).toEqual(
          [...one.records()].map((record) => one.textOf(record)),
        );
        expect(many.patternCount).toBe(one.patternCount);
      }),
      { numRuns: 300 },
    );
  });

  it('tells of an entry what its name says', () => {
    const table = tableOf([['07.20261121T120001.ccf__.003.acs.j8.a@3-x2', 258]]);
    const [record = 0] = orderOf(table);
    const dataset = table.datasetOf(record);
    expect(Buffer.from(table.bytes.subarray(dataset, dataset + table.datasetLengthOf(record))).toString()).toBe('j8.a');
    expect(table.rankOf(record)).toBe(7);
    expect(table.groupOf(record)).toBe(258);
    expect(table.postedDigits(record)).toBe(20_261_121_120_001);
    expect(table.msOf(table.postedDigits(record))).toBe(Date.UTC(2026, 10, 21, 12, 0, 1));
  });

  it('numbers what has the same letters and the same tags alike', () => {
    const names = [
      'w____.000.-.a',
      'cf___.001.-.b@2-x2',
      'cf___.002.acs.c@2-x2',
      'cf___.002.-.d',
      'w____.000.-.e',
      'cf___.001.-.f',
    ];
    const table = tableOf(names.map((name) => [`50.20261121T120000.${name}`, 0]));
    expect([...table.records()].map((record) => table.patternOf(record))).toEqual([0, 1, 1, 2, 0, 2]);
    expect(table.patternCount).toBe(3);
  });

  it('what was dropped is not there', () => {
    const table = tableOf([['50.20261121T120000.w____.000.-.a', 0]]);
    table.add('50.20261121T120000.w____.000.-.b', 0);
    table.drop();
    table.add('50.20261121T120000.w____.000.-.c', 0);
    expect(inOrder(table).map(([name]) => name.at(-1))).toEqual(['a', 'c']);
  });
});

describe('the order of names', () => {
  const byText = (files: readonly (readonly [string, number])[]): (readonly [string, number])[] =>
    files.toSorted(([a, left], [b, right]) => (a === b ? left - right : a < b ? -1 : 1));

  it('is that of texts, the same name by group', () => {
    const posted = fc.oneof(
      fc.constantFrom('20261121T120000', '20261121T120001', '20261231T235959'),
      fc.integer({ min: 0, max: 59 }).map((second) => `20261121T1200${String(second).padStart(2, '0')}`),
      // Years apart: the time does not fit into the first number.
      fc.integer({ min: 1000, max: 9999 }).map((year) => `${year}0101T000000`),
    );
    const entry = fc
      .record({
        rank: fc.constantFrom('00', '50', '99'),
        posted,
        letters: fc.constantFrom('w____', 'ccccc', 'cf___'),
        dataset: text('ab1', 1, 12),
        tag: fc.constantFrom('', '', '@2-x2'),
        group: fc.nat(20),
      })
      .map(
        ({ rank, posted: at, letters, dataset, tag, group }) =>
          [`${rank}.${at}.${letters}.000.-.${dataset}${tag}`, group] as const,
      );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 400, size: 'max' }), (files) => {
        // A folder holds a name once.
        const unique = [...new Map(files.map((one) => [one.join(' '), one])).values()];
        expect(inOrder(tableOf(unique))).toEqual(byText(unique));
      }),
      { numRuns: 300 },
    );
  });

  it('of thousands that were posted in one second, some of them as the beginning of others', () => {
    const files = Array.from({ length: 5000 }, (_, number) => {
      const dataset = `j8a${((number * 7919) % 5000).toString(3)}`;
      return [`50.20261121T120000.w____.000.acs.${dataset}`, number % 2] as const;
    });
    expect(inOrder(tableOf(files))).toEqual(byText(files));
  });

  it('of one name in many folders', () => {
    const files = Array.from(
      { length: 40 },
      (_, group) => ['50.20261121T120000.ccccc.005.-.same', 39 - group] as const,
    );
    expect(inOrder(tableOf(files)).map(([, group]) => group)).toEqual(files.map((_, group) => group));
  });

  it('of nothing', () => {
    expect([...orderOf(new NameTable(3))]).toEqual([]);
  });
});
