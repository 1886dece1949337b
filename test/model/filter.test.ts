import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileFilter,
  describeFilter,
  FILTER_KEY_NAMES,
  FilterError,
  type FilterRow,
  filterWords,
  STATES,
  stateWords,
} from '../../src/model/filter.ts';
import { LETTERS } from '../../src/model/letters.ts';

const stages = ['verify', 'calibrate', 'detect'];
const nowMs = Date.UTC(2026, 10, 21, 12, 0, 0);
const HOUR = 3_600_000;

function row(over: Partial<FilterRow> = {}): FilterRow {
  return {
    dataset: 'j8a20101q',
    class: 'acs',
    rank: 50,
    state: 'failed',
    letters: 'ccf',
    postedMs: nowMs - 3 * HOUR,
    tries: (column) => [1, 2, 4][column] ?? 0,
    causes: [{ column: 2, cause: 'x2' }],
    processes: [],
    ...over,
  };
}

function matches(line: string, over: Partial<FilterRow> = {}): boolean {
  return compileFilter(filterWords(line), { stages, nowMs })(row(over));
}

function errorOf(line: string): string {
  try {
    compileFilter(filterWords(line), { stages, nowMs });
  } catch (error) {
    expect(error).toBeInstanceOf(FilterError);
    return (error as FilterError).message;
  }
  throw new Error(`no error for ${line}`);
}

describe('an entry', () => {
  it.each<[string, boolean, Partial<FilterRow>?]>([
    ['', true],
    ['state:failed', true],
    ['state:failed,held', true],
    ['state:held', false],
    ['state:held', true, { state: 'held' }],
    ['state:queued', true, { state: 'queue' }],
    ['state:waiting', true, { state: 'queue' }],
    ['state:running', true, { state: 'active' }],
    ['state:gathering', true, { state: 'gather' }],
    ['state:complete', true, { state: 'done' }],
    ['state:removed', true, { state: 'removed' }],
    ['-state:failed', false],
    ['!state:failed', false],
    ['!state:held', true],
    ['class:acs', true],
    ['class:wfc3,acs', true],
    ['class:a*', true],
    ['class:wfc3', false],
    ['rank<50', false],
    ['rank<=50', true],
    ['rank>50', false],
    ['rank>=50', true],
    ['rank=50', true],
    ['rank:50', true],
    ['rank:05', true, { rank: 5 }],
    ['age>2h', true],
    ['age>3h', false],
    ['age>=3h', true],
    ['age<3h', false],
    ['age<=3h', true],
    ['age<1d', true],
    ['try>=4', true],
    ['try>4', false],
    ['try:4', true],
    ['cause:x2', true],
    ['cause:x', true],
    ['cause:x*', true],
    ['cause:x3', false],
    ['cause:s', false],
    ['cause:x', false, { causes: [{ column: 0, cause: 'd' }] }],
    ['cause:x', false, { causes: [{ column: 0, cause: 'xray_missing' }] }],
    ['cause:s,no_bias', true, { causes: [{ column: 0, cause: 'no_bias' }] }],
    ['cause:s', false, { causes: [{ column: 0, cause: 'sky_too_bright' }] }],
    ['cause:no_*', true, { causes: [{ column: 0, cause: 'no_bias' }] }],
    ['cause:t,d', true, { causes: [{ column: 0, cause: 'd' }] }],
    ['process:k3f1', true, { processes: ['aaaa', 'k3f1'] }],
    ['process:k3*', true, { processes: ['k3f1'] }],
    ['process:k3f1', false],
    ['letter:f', true],
    ['letter:w,f', true],
    ['letter:w', false],
    ['letter:_', true, { letters: 'w__' }],
    ['/^j8a/', true],
    ['/^J8A/', false],
    ['/^J8A/i', true],
    ['/8a 2/', false],
    ['/a|b c/', true],
    ['-/^j8a/', false],
    ['/[/]|q$/', true],
    ['j8a*', true],
    ['j8a', true],
    ['*01q', true],
    ['j8a?0101q', true],
    ['j8a?', false],
    ['*A*', false],
    ['a20', true],
    ['A20', false],
    ['a20', true, { dataset: 'J8A20101Q' }],
    ['A20', true, { dataset: 'J8A20101Q' }],
    ['a.0', false],
    ['k=3', true, { dataset: 'run~k=3' }],
    ['a+b%2-c', true, { dataset: 'xa+b%2-c' }],
    ['-a20', false],
    ['!a30', true],
    ['state:failed class:acs j8a', true],
    ['state:failed class:acs j9', false],
  ])('%j: %j', (line, wanted, over) => {
    expect(matches(line, over)).toBe(wanted);
  });
});

describe('a stage', () => {
  it('alone means that the entry is there: exactly the letters that wait for something', () => {
    const there = LETTERS.filter((letter) => matches('stage:detect', { letters: `cc${letter}` }));
    expect(there.join('')).toBe('w123456789pefhg');
  });

  it.each<[string, string]>([
    ['unreached', '_'],
    ['waiting', 'w123456789'],
    ['queue', 'w123456789'],
    ['queued', 'w123456789'],
    ['retry', '123456789'],
    ['running', 'p'],
    ['active', 'pe'],
    ['ending', 'e'],
    ['complete', 'c'],
    ['done', 'c'],
    ['skipped', 's'],
    ['failed', 'f'],
    ['held', 'h'],
    ['gather', 'g'],
    ['gathering', 'g'],
  ])('with state:%s is that column having one of %s', (word, letters) => {
    const having = LETTERS.filter((letter) => matches(`state:${word} stage:detect`, { letters: `cc${letter}` }));
    expect(having.join('')).toBe(letters);
    expect(stateWords('stage')).toContain(word);
  });

  it.each<[string, boolean, Partial<FilterRow>?]>([
    ['stage:detect state:failed', true, { state: 'active' }],
    ['stage:calibrate state:failed', false],
    ['stage:calibrate state:done', true],
    ['stage:calibrate -state:failed', true],
    ['stage:calibrate,detect state:failed', true],
    ['stage:verify,calibrate state:failed', false],
    ['stage:verify stage:calibrate state:done', true],
    ['stage:verify stage:detect state:done', false],
    ['stage:verify', false],
    ['stage:verify,detect', true],
    ['-stage:detect', false],
    ['-stage:verify', true],
    ['-stage:verify state:failed', true],
    ['-stage:detect state:failed', false],
    ['stage:detect letter:f', true],
    ['stage:verify letter:f', false],
    ['stage:detect cause:x2', true],
    ['stage:calibrate cause:x2', false, { letters: 'cff' }],
    ['stage:detect try>=4', true],
    ['stage:calibrate try>=4', false, { letters: 'cff' }],
    ['stage:calibrate try>=2', true, { letters: 'cff' }],
    ['stage:calibrate try>=2', false, { letters: 'ccf' }],
    ['stage:detect', false, { letters: 'cc' }],
  ])('%j: %j', (line, wanted, over) => {
    expect(matches(line, over)).toBe(wanted);
  });
});

describe('an error', () => {
  it.each([
    ['rnak<20', "'rnak<20': there is no key 'rnak'; did you mean 'rank'?"],
    [
      'colour:red',
      "'colour:red': there is no key 'colour'; the keys are state, stage, letter, class, rank, age, try, cause, process",
    ],
    ['state:faild', "'state:faild': there is no state 'faild'; did you mean 'failed'?"],
    ['state:skipped', "'state:skipped': 'skipped' is a state of a stage; write state:skipped stage:NAME"],
    [
      'state:removed stage:detect',
      "'state:removed': 'removed' is a state of an entry, not of a stage; leave stage: out",
    ],
    ['state<failed', "'state<failed': 'state' has no order; write state:failed"],
    ['state:', "'state:': nothing stands after ':'"],
    ['state:failed,,held', "'state:failed,,held': a word is missing beside ','"],
    ['stage:detct', "'stage:detct': this board has no stage 'detct'; did you mean 'detect'?"],
    ['-stage:zz', "'-stage:zz': this board has no stage 'zz'; its stages are verify, calibrate, detect"],
    ['letter:x', "'letter:x': 'x' is no letter of a column; those are _ w 1 to 9 p e c s f h g"],
    ['rank<100', "'rank<100': '100' is no whole number from 0 to 99; write such as rank>=2"],
    ['rank<-1', "'rank<-1': '-1' is no whole number from 0 to 99; write such as rank>=2"],
    ['try>=x', "'try>=x': 'x' is no whole number from 0 to 999999; write such as try>=2"],
    ['age>5', "'age>5': '5' is no duration: write such as age>30m, age>2h or age>1d"],
    ['age:2h', "'age:2h': no age is exactly 2h; write age>2h or age<2h"],
    [
      'cause:X2',
      "'cause:X2': 'X2' is no cause: x2 is exit code 2, s9 signal 9, t time limit, l lost process, m memory, d duplicate, o operator, n not fit to run; a reason is a word such as no_bias",
    ],
    ['/abc', "'/abc': a regular expression ends with a slash; write /REGEX/ or /REGEX/i"],
    ['/abc\\/', "'/abc\\/': a regular expression ends with a slash; write /REGEX/ or /REGEX/i"],
    ['//', "'//': a regular expression ends with a slash; write /REGEX/ or /REGEX/i"],
    ['/', "'/': a regular expression ends with a slash; write /REGEX/ or /REGEX/i"],
    ['/a/g', "'/a/g': 'g' stands behind the regular expression; only i (capitals do not count) may"],
    [
      '/(a/',
      "'/(a/': no regular expression (Unterminated group); put \\ before ( ) [ ] { } * + ? . ^ $ | to mean them",
    ],
    [`/${'a'.repeat(201)}/`, `'/${'a'.repeat(201)}/': a regular expression has at most 200 characters, not 201`],
    ['-', "'-': there is nothing to negate; write -TERM"],
  ])('for %j', (line, message) => {
    expect(errorOf(line)).toBe(message);
  });

  it('for an empty word, which only a shell can give', () => {
    expect(() => compileFilter([''], { stages, nowMs })).toThrow("'': an empty word");
  });
});

describe('filterWords', () => {
  it.each<[string, string[]]>([
    ['', []],
    ['  ', []],
    [' a  b\tc ', ['a', 'b', 'c']],
    ['/a b/ c', ['/a b/', 'c']],
    ['-/a b/i c', ['-/a b/i', 'c']],
    ['/a\\/ b/ c', ['/a\\/ b/', 'c']],
    ['/[/ ] b/ c', ['/[/ ] b/', 'c']],
    ['x/a b/', ['x/a', 'b/']],
    ['/a b c', ['/a b c']],
  ])('parts %j', (line, words) => {
    expect(filterWords(line)).toEqual(words);
  });
});

describe('the table of keys', () => {
  it('has an example for each key, and each example is a filter', () => {
    for (const { key, example } of describeFilter()) {
      expect(example.replace(/^-/, '').startsWith(key)).toBe(true);
      expect(() => compileFilter(filterWords(example), { stages, nowMs })).not.toThrow();
    }
  });

  it('names only keys that the parser knows', () => {
    for (const key of FILTER_KEY_NAMES) expect(errorOf(`${key}:`)).toBe(`'${key}:': nothing stands after ':'`);
  });
});

const anyRow: fc.Arbitrary<FilterRow> = fc
  .record({
    dataset: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.,+=%~-]{0,12}$/),
    class: fc.constantFrom('acs', 'wfc3', '-'),
    rank: fc.nat(99),
    state: fc.constantFrom(...STATES),
    letters: fc.array(fc.constantFrom(...LETTERS), { minLength: 3, maxLength: 3 }).map((letters) => letters.join('')),
    age: fc.integer({ min: -HOUR, max: 99 * HOUR }),
    tries: fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }),
    causes: fc.array(fc.record({ column: fc.nat(2), cause: fc.constantFrom('x1', 'x2', 's9', 't', 'o') }), {
      maxLength: 3,
    }),
    processes: fc.array(fc.constantFrom('k3f1', 'aaaa'), { maxLength: 2 }),
  })
  .map(({ age, tries, ...rest }) => ({
    ...rest,
    postedMs: nowMs - age,
    tries: (column: number) => tries[column] ?? 0,
  }));

const anyTerm = fc.oneof(
  fc.constantFrom(...stateWords('entry')).map((word) => `state:${word}`),
  fc.constantFrom(...stages).map((stage) => `stage:${stage}`),
  fc.constantFrom(...LETTERS).map((letter) => `letter:${letter}`),
  fc
    .tuple(fc.constantFrom('rank', 'try'), fc.constantFrom('<', '<=', '>', '>=', '=', ':'), fc.nat(99))
    .map((parts) => parts.join('')),
  fc.tuple(fc.constantFrom('<', '<=', '>', '>='), fc.nat(99)).map(([operator, hours]) => `age${operator}${hours}h`),
  fc.constantFrom('cause:x', 'cause:x2', 'cause:*', 'process:k3f1', 'class:a*', 'class:-'),
  fc.constantFrom('/^[a-m]/i', '/[0-9]/', '*a*', '?', 'a', 'B', '1'),
);

describe('any filter', () => {
  it('and its negation part the rows in two', () => {
    fc.assert(
      fc.property(anyTerm, anyRow, (term, one) => {
        const context = { stages, nowMs };
        expect(compileFilter([`-${term}`], context)(one)).toBe(!compileFilter([term], context)(one));
        expect(compileFilter([`!${term}`], context)(one)).toBe(!compileFilter([term], context)(one));
      }),
      { numRuns: 500 },
    );
  });

  it('of several words is true where each of them is, whatever their order', () => {
    const words = anyTerm.filter((term) => !term.startsWith('stage:'));
    fc.assert(
      fc.property(fc.array(words, { maxLength: 4 }), anyRow, (terms, one) => {
        const context = { stages, nowMs };
        const each = terms.every((term) => compileFilter([term], context)(one));
        expect(compileFilter(terms, context)(one)).toBe(each);
        expect(compileFilter([...terms].reverse(), context)(one)).toBe(each);
      }),
    );
  });

  it('of any text is a test or a FilterError, never another error', () => {
    const piece = fc.constantFrom(
      '-',
      '!',
      '/',
      ':',
      '<',
      '=',
      ',',
      '*',
      '?',
      '\\',
      '[',
      '(',
      ' ',
      'i',
      ...FILTER_KEY_NAMES,
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.oneof(piece, fc.string({ maxLength: 3 }))).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, anyRow, (line, one) => {
        for (const words of [filterWords(line), [line]]) {
          try {
            expect(typeof compileFilter(words, { stages, nowMs })(one)).toBe('boolean');
          } catch (error) {
            expect(error).toBeInstanceOf(FilterError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('reads of a row only what it asks for', () => {
    const closed = (what: string): never => {
      throw new Error(`${what} was read`);
    };
    const dear: FilterRow = {
      ...row(),
      tries: () => closed('tries'),
      get causes() {
        return closed('causes');
      },
      get processes() {
        return closed('processes');
      },
    };
    expect(
      compileFilter(filterWords('state:failed class:acs rank<60 age>1h stage:detect j8a'), { stages, nowMs })(dear),
    ).toBe(true);
    expect(() => compileFilter(['cause:x2'], { stages, nowMs })(dear)).toThrow('causes was read');
  });
});

describe('a glob', () => {
  it('matches what the same regular expression matches', () => {
    const glob = fc
      .array(fc.constantFrom('a', 'b', '*', '?'), { minLength: 1, maxLength: 8 })
      .map((parts) => `*${parts.join('')}`);
    const name = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 10 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(glob, name, (pattern, dataset) => {
        const regex = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matches(pattern, { dataset })).toBe(regex.test(dataset));
      }),
      { numRuns: 1000 },
    );
  });

  it('of many stars ends', () => {
    expect(matches('*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b', { dataset: 'a'.repeat(128) })).toBe(false);
  });
});
