import { describe, expect, it, test } from 'vitest';
import { formatResult, parseResult } from '../../src/model/result.ts';

describe('what a step may say in its result', () => {
  it.each([
    ['', { params: {}, reason: undefined }],
    [' \n', { params: {}, reason: undefined }],
    ['{}', { params: {}, reason: undefined }],
    ['{"params":{"seeing":1.2,"list":[1]}}', { params: { seeing: 1.2, list: [1] }, reason: undefined }],
    ['{"reason":" no bias\\n for CCD 4 "}', { params: {}, reason: 'no bias for CCD 4' }],
    ['{"reason":"  ","params":{"a":null}}', { params: { a: null }, reason: undefined }],
  ])('%j', (text, result) => expect(parseResult(text)).toEqual(result));

  it.each([
    ['{"params":{', /^it is no JSON: /],
    ['[1]', /^it is no JSON object$/],
    ['null', /^it is no JSON object$/],
    ['"text"', /^it is no JSON object$/],
    ['{"parms":{}}', /^it has the key 'parms'; the keys are params and reason$/],
    ['{"params":[1]}', /^its params are no JSON object$/],
    ['{"params":null}', /^its params are no JSON object$/],
    ['{"params":{"slate":{}}}', /^the parameter name 'slate' is reserved: choose another$/],
    ['{"reason":5}', /^its reason is no text$/],
  ])('%j is refused', (text, why) => expect(parseResult(text)).toMatch(why));

  it('a long reason is cut', () => {
    const parsed = parseResult(JSON.stringify({ reason: 'x'.repeat(5_000) }));
    expect(parsed).toMatchObject({ reason: `${'x'.repeat(999)}…` });
  });
});

test('what is kept says the same; nothing is kept of nothing', () => {
  const result = { params: { a: [1, { b: 'ü' }] }, reason: 'because' };
  expect(parseResult(formatResult(result) ?? '')).toEqual(result);
  expect(formatResult({ params: {}, reason: undefined })).toBeUndefined();
  expect(formatResult({ params: { a: 1 }, reason: undefined })).toBe('{"params":{"a":1}}\n');
});
