import { describe, expect, it } from 'vitest';
import { regexFault } from '../../src/model/filter/regex.ts';

describe('a regular expression of a filter', () => {
  it.each([
    '^j8[ab]',
    'j8a.*q$',
    '^(j8|j9)a',
    '(abc)+',
    '(a|b)?',
    '(a+)?',
    '(a+){1}',
    'a{2,4}b{3}',
    '[(*+]+',
    '\\(a+\\)+',
    '.*a.*b.*c.*',
    '(?:x[0-9])*',
    'a|b+',
    '(?=a)b',
    'a{x}',
  ])('%s is taken', (source) => {
    expect(regexFault(source)).toBeUndefined();
    expect(() => new RegExp(source)).not.toThrow();
  });

  it.each([
    ['(a+)+$', 'repetition of a group'],
    ['(a|aa)*$', 'repetition of a group'],
    ['((a+)b)*', 'repetition of a group'],
    ['(a*?)*', 'repetition of a group'],
    ['(\\w+\\s?)*[0-9]', 'repetition of a group'],
    ['(a{1,30}){1,30}', 'repetition of a group'],
    ['(?:(x|y)z){2,}', 'repetition of a group'],
    ['(a)\\1*', 'reference'],
    ['(?<n>a)\\k<n>', 'reference'],
    ['a*a*a*a*a*b$', '5 open repetitions'],
  ])('%s is refused', (source, why) => {
    expect(regexFault(source)).toContain(why);
  });
});
