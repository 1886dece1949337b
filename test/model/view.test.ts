/** Names read lazily are what the parser says they are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Row, rfc3339 } from '../../src/board/rows.ts';
import { LETTERS } from '../../src/model/letters.ts';
import {
  classOf,
  datasetEnd,
  datasetStart,
  type EntryName,
  epochOf,
  epochText,
  formatEpoch,
  formatName,
  isEntryFile,
  letterCode,
  MAX_EPOCH,
  NameView,
  parseName,
  parsePosted,
  postedMsOf,
  postedRfc3339,
  postedText,
  rankOf,
  type Tag,
} from '../../src/model/name.ts';

const FOLDERS = ['queue', 'active', 'gather', 'failed', 'held', 'done/2026-11-21', 'removed/2026-11-21'] as const;

const text = (chars: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...chars), minLength, maxLength });

const two = (number: number): string => String(number).padStart(2, '0');
/** Days that are none are among them. */
const posted = fc
  .record({
    year: fc.oneof(fc.constantFrom(0, 99, 100, 1900, 1970, 2000, 2024, 2100), fc.integer({ min: 0, max: 9999 })),
    month: fc.nat(13),
    day: fc.nat(32),
    hour: fc.nat(24),
    minute: fc.nat(60),
    second: fc.nat(60),
  })
  .map(
    ({ year, month, day, hour, minute, second }) =>
      `${String(year).padStart(4, '0')}${two(month)}${two(day)}T${two(hour)}${two(minute)}${two(second)}`,
  );
const column = fc.integer({ min: 0, max: 31 });
const tag: fc.Arbitrary<Tag> = fc.oneof(
  fc.record({
    kind: fc.constant('cause' as const),
    column,
    cause: fc.oneof(
      fc.constantFrom('x2', 's9', 't', 'l'),
      text('abcxyz0159_', 0, 15).map((rest) => `a${rest}`),
    ),
  }),
  fc.record({
    kind: fc.constant('claim' as const),
    column,
    process: text('abz019', 4, 4),
    epoch: fc.integer({ min: 1, max: MAX_EPOCH }),
    try: fc.integer({ min: 1, max: 10 }),
  }),
);
const name: fc.Arbitrary<EntryName> = fc.record({
  rank: fc.nat(99),
  posted: fc.oneof(fc.constant('20261121T120000'), posted),
  letters: text(`${LETTERS.join('')}pefhfh`, 1, 32),
  epoch: fc.oneof(fc.nat(20), fc.nat(MAX_EPOCH)),
  class: text('abz019_-', 1, 16),
  dataset: text('Aaz09_.,+=%~-', 1, 40).filter((chars) => /^[A-Za-z0-9_]/.test(chars)),
  // The few columns that short letters have, for the most part.
  tags: fc.array(
    fc.oneof(
      tag,
      tag.map((one) => ({ ...one, column: one.column % 3 })),
    ),
    { maxLength: 4 },
  ),
});

/** A name with one character taken out, put in or changed. */
const spoilt = fc
  .record({ name, at: fc.nat(200), char: fc.constantFrom(...'0190.@+-_wzT \n\u00e9/'), how: fc.nat(2) })
  .map(({ name, at, char, how }) => {
    const file = formatName(name);
    const place = at % file.length;
    return file.slice(0, place) + (how === 0 ? '' : char) + file.slice(how === 1 ? place : place + 1);
  });

describe('posted times', () => {
  it('are what Date takes them for', () => {
    const answers = new Set<boolean>();
    const told = (text: string): number | undefined => {
      const iso = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}T${text.slice(9, 11)}:${text.slice(11, 13)}:${text.slice(13)}`;
      const ms = Date.parse(`${iso}Z`);
      const isSame = Number.isFinite(ms) && new Date(ms).toISOString() === `${iso}.000Z` && text >= '0100';
      answers.add(isSame);
      return isSame ? ms : undefined;
    };
    fc.assert(
      fc.property(posted, (text) => {
        expect(parsePosted(text), text).toBe(told(text));
      }),
      { numRuns: 5_000 },
    );
    expect(answers.size).toBe(2);
  });

  it.each(['', '20261121T12000', '20261121T1200000', '20261121 120000', '2026-11-21T120', '２0261121T120000'])(
    'are not: %j',
    (text) => {
      expect(parsePosted(text)).toBeUndefined();
    },
  );
});

describe('names read lazily', () => {
  it('are what the parser says they are', () => {
    const view = new NameView();
    let seen = 0;
    fc.assert(
      fc.property(name, fc.constantFrom(...FOLDERS), (wanted, folder) => {
        const file = formatName(wanted);
        const parsed = parseName(file);
        if (!parsed.ok) return;
        seen++;
        const row = new Row({ folder, file, name: parsed.name });
        // Where the dataset begins is known, or not.
        view.read(file, row.state, parsed.name.rank % 2 === 0 ? datasetStart(file) : 0);
        const fields = ['dataset', 'class', 'rank', 'state', 'letters', 'postedMs', 'causes', 'processes'] as const;
        for (const field of fields) expect(view[field], `${field} of ${file}`).toEqual(row[field]);
        for (let at = 0; at < 33; at++) expect(view.tries(at), `tries(${at}) of ${file}`).toBe(row.tries(at));
        const start = datasetStart(file);
        expect(file.slice(start, datasetEnd(file, start))).toBe(row.dataset);
        expect(classOf(file)).toBe(row.class);
        expect([rankOf(file), epochOf(file), postedText(file)]).toEqual([
          row.rank,
          parsed.name.epoch,
          parsed.name.posted,
        ]);
        expect(epochText(file)).toBe(formatEpoch(parsed.name.epoch));
        expect(postedMsOf(file)).toBe(parsePosted(parsed.name.posted));
        expect(postedRfc3339(file)).toBe(rfc3339(parsed.name.posted));
        expect(String.fromCharCode(letterCode(file, 0))).toBe(row.letters[0]);
      }),
      { numRuns: 5_000 },
    );
    expect(seen).toBeGreaterThan(1_000);
  });

  it.each([
    ['names that are right', name.map(formatName)],
    ['names with one wrong character', spoilt],
  ])('are told from others as the parser does: %s', (_, files) => {
    const answers = new Set<boolean>();
    fc.assert(
      fc.property(files, (file) => {
        const parsed = parseName(file);
        answers.add(parsed.ok);
        for (let columns = 0; columns <= 33; columns++) {
          expect(isEntryFile(file, columns), `${file} with ${columns} columns`).toBe(
            parsed.ok && parsed.name.letters.length === columns,
          );
        }
      }),
      { numRuns: 5_000 },
    );
    expect(answers.size).toBe(2);
  });
});
