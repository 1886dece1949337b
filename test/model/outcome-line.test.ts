/** What a step that took several entries may say of one of them, and what becomes of that one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExitMap } from '../../src/model/definition.ts';
import { isCause } from '../../src/model/name.ts';
import { OUTCOME_WORDS, quoteLine, readOutcomeLine, verdictOfLine } from '../../src/model/outcome-line.ts';

const EXITS: ExitMap = {
  codes: new Map([
    [0, { kind: 'complete' }],
    [10, { kind: 'skip', stages: ['detect'] }],
    [75, { kind: 'retry' }],
  ]),
  default: { kind: 'hold' },
};

function verdict(value: unknown) {
  const line = readOutcomeLine(JSON.stringify(value));
  if (typeof line === 'string') throw new Error(line);
  return verdictOfLine(line, EXITS);
}

test.each([
  [
    { dataset: 'a', exit: 0 },
    { kind: 'complete', set: new Map(), log: 'ok' },
  ],
  [
    { dataset: 'a', exit: 10 },
    { kind: 'complete', set: new Map([['detect', 's']]), log: 'ok' },
  ],
  [
    { dataset: 'a', exit: 75 },
    { kind: 'retry', cause: 'x75', log: 'x75' },
  ],
  [
    { dataset: 'a', exit: 4, reason: 'Odd one' },
    { kind: 'hold', cause: 'odd_one', log: 'x4', reason: 'Odd one' },
  ],
  [
    { dataset: 'a', outcome: 'complete', params: { n: 1 } },
    { kind: 'complete', set: new Map(), log: 'ok' },
  ],
  [
    { dataset: 'a', outcome: 'fail' },
    { kind: 'fail', cause: 'told', log: 'told' },
  ],
  [
    { dataset: 'a', outcome: 'hold', reason: 'no_bias' },
    { kind: 'hold', cause: 'no_bias', log: 'told', reason: 'no_bias' },
  ],
  [
    { dataset: 'a', outcome: 'retry', reason: 'No bias yet.' },
    { kind: 'retry', cause: 'no_bias_yet', log: 'told', reason: 'No bias yet.' },
  ],
  [
    { dataset: 'a', outcome: 'fail', reason: '' },
    { kind: 'fail', cause: 'told', log: 'told' },
  ],
])('%j', (value, expected) => {
  expect(verdict(value)).toEqual(expected);
});

test.each(['x2', 's9', 'sent2', 'l', '!'])('the reason %s is not taken for a cause', (reason) => {
  const expected = { kind: 'fail', cause: 'told', log: 'told', reason };
  expect(verdict({ dataset: 'a', outcome: 'fail', reason })).toEqual(expected);
});

test.each([
  ['{"dataset":"a","exit"', 'it is no JSON'],
  ['["a",0]', 'it is no JSON object'],
  ['null', 'it is no JSON object'],
  ['{"exit":0}', "'dataset' is missing"],
  ['{"dataset":1,"exit":0}', "'dataset' is missing"],
  ['{"dataset":"a"}', "it has neither 'exit' nor 'outcome'"],
  ['{"dataset":"a","exit":0,"outcome":"fail"}', "it has both 'exit' and 'outcome'"],
  ['{"dataset":"a","exit":256}', "'exit' is no exit code, 0 to 255"],
  ['{"dataset":"a","exit":"0"}', "'exit' is no exit code, 0 to 255"],
  ['{"dataset":"a","exit":1.5}', "'exit' is no exit code, 0 to 255"],
  ['{"dataset":"a","outcome":"failed"}', "'outcome' is none of complete, retry, hold, fail"],
  ['{"dataset":"a","exit":0,"reason":1}', 'its reason is no text'],
  ['{"dataset":"a","exit":0,"post":"b"}', "'post' is no list"],
  ['{"dataset":"a","exit":0,"params":[]}', 'its params are no JSON object'],
  ['{"dataset":"a","exit":0,"params":{"slate":1}}', "the parameter name 'slate' is reserved: choose another"],
  [
    '{"dataset":"a","exit":0,"resaon":"x"}',
    "it has the key 'resaon'; the keys are dataset, exit, outcome, params, reason, post",
  ],
])('%s does not count', (text, why) => {
  expect(readOutcomeLine(text)).toBe(why);
});

test('what it posts is JSON lines, whatever stands in a name', () => {
  const line = readOutcomeLine(
    JSON.stringify({ dataset: 'a', exit: 0, post: ['b', 'c\nd', { dataset: 'e', rank: 7 }] }),
  );
  const posts = typeof line === 'string' ? line : line.posts;
  expect(posts).toBe('{"dataset":"b"}\n{"dataset":"c\\nd"}\n{"dataset":"e","rank":7}\n');
});

test('a line that was cut short never counts', () => {
  const lines = fc.record({
    dataset: fc.string({ minLength: 1 }),
    outcome: fc.constantFrom(...OUTCOME_WORDS),
    reason: fc.string(),
  });
  fc.assert(
    fc.property(lines, fc.nat(), (value, at) => {
      const text = JSON.stringify(value);
      expect(typeof readOutcomeLine(text)).toBe('object');
      expect(typeof readOutcomeLine(text.slice(0, at % text.length))).toBe('string');
    }),
  );
});

test('what stands in a name and in the name of a log is a cause', () => {
  fc.assert(
    fc.property(fc.constantFrom('retry', 'hold', 'fail'), fc.string(), (outcome, reason) => {
      const { log, ...rest } = verdict({ dataset: 'a', outcome, reason });
      expect('cause' in rest && isCause(rest.cause ?? '') && isCause(log)).toBe(true);
      expect(['run', 'ok', 'back', 'gone']).not.toContain(log);
    }),
  );
});

test('a line is shown short', () => {
  expect(quoteLine('x'.repeat(200)).length).toBeLessThan(90);
});
