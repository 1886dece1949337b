import { describe, expect, it } from 'vitest';
import { requestsOf } from '../../src/cli/commands/post.ts';
import { splitWords } from '../../src/cli/commands/verbs.ts';
import { isFilterWord } from '../../src/cli/commands/wait.ts';
import { wordsOf } from '../../src/cli/filters.ts';
import { datasetsOf, linesOf } from '../../src/cli/input.ts';
import { parseAssignments, parseTime } from '../../src/cli/params.ts';
import type { World } from '../../src/cli/session.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('times', () => {
  it.each([
    ['2026-11-21T13:00:00Z', '2026-11-21T13:00:00.000Z'],
    ['2026-11-21T13:00', '2026-11-21T13:00:00.000Z'],
    ['2026-11-21 13:00:05', '2026-11-21T13:00:05.000Z'],
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T13:00:00+01:00', '2026-11-21T12:00:00.000Z'],
    ['20261121T130000', '2026-11-21T13:00:00.000Z'],
    ['+2h', '2026-11-21T14:00:00.000Z'],
    ['@1700000000', '2023-11-14T22:13:20.000Z'],
  ])('%s', (text, expected) => {
    expect(new Date(parseTime(text, NOW)).toISOString()).toBe(expected);
  });

  it.each(['', 'tomorrow', '+', '+2', '@', '@x', '2026-13-41', '2026-11-21T25:00:00Z', '12:00'])(
    'refuses %j',
    (text) => {
      expect(() => parseTime(text, NOW)).toThrow(/is no time/);
    },
  );
});

describe('parameters', () => {
  it('takes text and JSON', () => {
    expect(parseAssignments(['a=1', 'b:=1', 'c:={"d":[true]}', 'e=', 'f=x=y', 'g:=null'])).toEqual({
      a: '1',
      b: 1,
      c: { d: [true] },
      e: '',
      f: 'x=y',
      g: null,
    });
  });

  it.each(['a', '=1', '1a=2', 'a b=1', 'a:=nonsense', 'slate=1'])('refuses %j', (word) => {
    expect(() => parseAssignments([word])).toThrow();
  });

  it('parts assignments from datasets that hold =', () => {
    expect(splitWords(['a=1', 'b:=2', 'data', 'c=3'], 0)).toEqual({
      assignments: ['a=1', 'b:=2'],
      datasets: ['data', 'c=3'],
    });
    expect(splitWords(['a=1', 'c=3'], 1)).toEqual({ assignments: ['a=1'], datasets: ['c=3'] });
  });
});

/** A world of which only standard input is asked. */
function piped(text: string): World {
  return { stdin: [text], isTTY: { stdin: false } } as unknown as World;
}

describe('lists of datasets', () => {
  it('counts empty lines: a fault is told with the line that an editor shows', async () => {
    const lines = await linesOf(piped('\n\r\n\n{bad\n'), '-', '\n');
    expect(lines).toEqual(['', '', '', '{bad']);
    expect(() => requestsOf(lines, {})).toThrow(/line 4 /);
  });

  it('takes no dataset from an empty line', async () => {
    expect(await datasetsOf(piped('\na\n\nb\n'), ['-', 'c'], undefined)).toEqual(['a', 'b', 'c']);
  });

  it('takes names and JSON lines, which say more than the options', () => {
    const requests = requestsOf(['a', '', ' b ', '{"dataset":"c","class":"acs","rank":"07","params":{"k":2}}'], {
      rank: 20,
      params: { k: 1, m: 1 },
    });
    expect(requests).toEqual([
      { dataset: 'a', rank: 20, params: { k: 1, m: 1 } },
      { dataset: 'b', rank: 20, params: { k: 1, m: 1 } },
      { dataset: 'c', class: 'acs', rank: 7, params: { k: 2, m: 1 } },
    ]);
  });

  it.each([
    '{"dataset":1}',
    '{',
    '{"dataset":"a","rnak":1}',
    '{"dataset":"a","rank":100}',
    '{"dataset":"a","params":[]}',
  ])('refuses %s, with its line', (line) => {
    expect(() => requestsOf(['x', line], {})).toThrow(/line 2 /);
  });
});

describe('filters', () => {
  it('makes words of the options', () => {
    const options = {
      where: ['state:failed -class:acs', '/a b/'],
      state: 'held',
      stage: 'detect',
      rank: '20',
      age: '2h',
      tries: '2',
      cause: 'x2',
      match: 'j8*',
    };
    expect(wordsOf(options, ['rank<30'])).toEqual([
      'rank<30',
      'state:failed',
      '-class:acs',
      '/a b/',
      'state:held',
      'stage:detect',
      'rank=20',
      'age>2h',
      'try>=2',
      'cause:x2',
      'j8*',
    ]);
    expect(wordsOf({ rank: '<20', age: '<2h', tries: '=1', stage: 'detect' }, [], false)).toEqual([
      'rank<20',
      'age<2h',
      'try=1',
    ]);
  });

  it('tells filter words from datasets', () => {
    for (const word of ['state:failed', 'rank<20', 'try=2', '/x/', 'j8*', '-x', '!x'])
      expect(isFilterWord(word)).toBe(true);
    for (const word of ['j8a20101q', 'a=b', 'x.y', '_']) expect(isFilterWord(word)).toBe(false);
  });
});
