import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearest } from '../../src/model/suggest.ts';

const stages = ['verify', 'calibrate', 'detect', 'preview', 'archive'];

describe('nearest', () => {
  it.each([
    ['detct', 'detect'],
    ['dteect', 'detect'],
    ['Detect', 'detect'],
    ['calibarte', 'calibrate'],
    ['calib', 'calibrate'],
    ['veryfi', 'verify'],
    ['ingest', undefined],
    ['x', undefined],
    ['', undefined],
    ['z'.repeat(10_000), undefined],
  ])('for %j is %j', (word, wanted) => {
    expect(nearest(word, stages)).toBe(wanted);
  });

  it('takes the first of equally near ones', () => {
    expect(nearest('cat', ['bat', 'rat'])).toBe('bat');
    expect(nearest('cat', ['rat', 'bat'])).toBe('rat');
  });

  it('prefers the nearest to the first', () => {
    expect(nearest('retires', ['retry', 'retries'])).toBe('retries');
  });
});

describe('didYouMean', () => {
  it('is the tail of a message, or nothing', () => {
    expect(didYouMean('afer', ['stage', 'after'])).toBe("; did you mean 'after'?");
    expect(didYouMean('zzzz', ['stage', 'after'])).toBe('');
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['abc', 'abd', 1],
    ['abc', 'abcd', 1],
    ['kitten', 'sitting', 3],
  ])('of %j and %j is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});
