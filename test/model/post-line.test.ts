import { describe, expect, it } from 'vitest';
import { type PostKey, parsePostLine } from '../../src/model/post-line.ts';

const KEYS: readonly PostKey[] = ['dataset', 'class', 'rank', 'params', 'after', 'hold', 'needs', 'board'];
const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('a line of a list of posts', () => {
  it.each([
    ['', undefined],
    ['  ', undefined],
    [' x.1 ', { dataset: 'x.1' }],
    ['{"dataset":"x"}', { dataset: 'x' }],
    [
      '{"dataset":"x","class":"acs","rank":7,"params":{"a":[1]}}',
      { dataset: 'x', class: 'acs', rank: 7, params: { a: [1] } },
    ],
    ['{"dataset":"x","rank":"07","hold":true,"board":"b"}', { dataset: 'x', rank: 7, hold: true, board: 'b' }],
    ['{"dataset":"x","after":"+2h"}', { dataset: 'x', afterMs: NOW + 7_200_000 }],
    ['{"dataset":"x","after":"2026-11-22"}', { dataset: 'x', afterMs: Date.parse('2026-11-22T00:00:00Z') }],
  ])('%j', (line, parsed) => {
    expect(parsePostLine(line, KEYS, NOW)).toEqual(parsed);
  });

  it.each([
    ['{"dataset":', /^no JSON: /],
    ['{"data":"x"}', /^unknown key 'data'; the keys are dataset, class, /],
    ['{}', /^dataset is missing, or is no text$/],
    ['{"dataset":"x","class":1}', /^class is no text$/],
    ['{"dataset":"x","params":[]}', /^params is no object$/],
    ['{"dataset":"x","rank":100}', /^rank is no number from 0 to 99$/],
    ['{"dataset":"x","hold":"yes"}', /^hold is neither true nor false$/],
    ['{"dataset":"x","board":1}', /^board is no text$/],
    ['{"dataset":"x","after":"soon"}', /^after is no time: /],
    ['{"dataset":"x","after":5}', /^after is no time: /],
    ['{"dataset":"x","needs":{"member":[]}}', /^needs: .*did you mean 'members'/],
  ])('%j is refused', (line, why) => expect(parsePostLine(line, KEYS, NOW)).toMatch(why));

  it('knows only the keys that may stand there', () => {
    expect(parsePostLine('{"dataset":"x","board":"b"}', ['dataset'], NOW)).toBe(
      "unknown key 'board'; the keys are dataset",
    );
  });
});
