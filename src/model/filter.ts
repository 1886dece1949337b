/**
 * The filter language of `slate ls`, of the bulk verbs and of the dashboard: words, all of which must be true.
 * Parsed once, then tested on each of maybe 200,000 rows; the words are in `filter/keys.ts` as a table.
 */

import {
  type Columns,
  type FilterContext,
  hasLetter,
  parseTerm,
  type RowTest,
  stageColumns,
  termTest,
} from './filter/terms.ts';

export { describeFilter, FILTER_KEY_NAMES, FILTER_KEYS, type FilterKey } from './filter/keys.ts';
export { STATES, type State, stateWords } from './filter/states.ts';
export { type FilterContext, FilterError, type FilterRow } from './filter/terms.ts';
export { filterWords } from './filter/words.ts';

/**
 * @param words as from the command line or `filterWords`; none: every row matches
 * @throws FilterError for a word that means nothing on this board
 */
export function compileFilter(words: readonly string[], context: FilterContext): RowTest {
  const terms = words.map(parseTerm);
  const stages = new Map(
    terms.filter(({ key }) => key === 'stage').map((term) => [term, stageColumns(term, context.stages)] as const),
  );
  // A stage that is excluded says nothing about which column the other words mean.
  const given = [...stages].filter(([term]) => !term.negated).map(([, columns]) => columns);
  const lettersAsked = terms.some(({ key }) => key === 'state' || key === 'letter');

  const tests = terms.flatMap((term): RowTest[] => {
    const columns = stages.get(term);
    if (columns !== undefined) {
      // `state:done stage:detect` asks for a letter that is not open: then the stage only names the column.
      if (lettersAsked && !term.negated) return [];
      return [signed(hasLetter(columns), term.negated)];
    }
    const inEach: Columns[] = given.length === 0 ? [undefined] : given;
    return [signed(all(inEach.map((place) => termTest(term, place, context.nowMs))), term.negated)];
  });
  return all(tests);
}

function signed(test: RowTest, negated: boolean): RowTest {
  return negated ? (row) => !test(row) : test;
}

function all(tests: readonly RowTest[]): RowTest {
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (row) => {
    for (const test of tests) if (!test(row)) return false;
    return true;
  };
}
