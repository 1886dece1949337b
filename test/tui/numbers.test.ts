import { describe, expect, test } from 'vitest';
import {
  compact,
  countText,
  fitNumber,
  megabytes,
  percent,
  perMinute,
  secondsText,
  thousands,
} from '../../src/tui/numbers.ts';

describe('thousands', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1_234_567, '1,234,567'],
    [-1234, '-1,234'],
    [1234.5, '1,234.5'],
    [Number.NaN, '?'],
    [Number.POSITIVE_INFINITY, '?'],
    [1e21, '1e+21'],
  ])('%d is %s', (value, text) => {
    expect(thousands(value)).toBe(text);
  });
});

test.each([
  [0, '0 entries'],
  [1, '1 entry'],
  [10_000, '10,000 entries'],
])('%d of something is %s', (value, text) => {
  expect(countText(value, 'entry', 'entries')).toBe(text);
  expect(countText(value, 'step')).toBe(text.replace(/entr.*/, value === 1 ? 'step' : 'steps'));
});

describe('compact', () => {
  test.each([
    [0, '0'],
    [0.001, '<0.01'],
    [0.25, '0.25'],
    [12.34, '12.3'],
    [99.96, '100'],
    [999, '999'],
    [999.6, '1k'],
    [1234, '1.23k'],
    [12_345, '12.3k'],
    [999_499, '999k'],
    [999_999, '1M'],
    [1_234_567, '1.23M'],
    [1_234_567_890, '1.23G'],
    [5e12, '5T'],
    [1e15, '1e15'],
    [-1234, '-1.23k'],
    [Number.NaN, '?'],
  ])('%d is %s', (value, text) => {
    expect(compact(value)).toBe(text);
  });

  test('never takes more than five cells', () => {
    for (let value = 0.001; value < 1e18; value *= 1.37) expect(compact(value).length).toBeLessThanOrEqual(5);
  });
});

test.each([
  [9_999, 5, '9,999'],
  [12_345, 5, '12.3k'],
  [203_417, 7, '203,417'],
  [1_203_417, 7, '1.2M'],
  [1_234_567, 9, '1,234,567'],
])('%d in %d cells is %s', (value, cells, text) => {
  expect(fitNumber(value, cells)).toBe(text);
});

test.each([
  [0, '0'],
  [0.004, '<0.01'],
  [0.4, '0.4'],
  [12.34, '12.3'],
  [412.4, '412'],
  [12_345, '12.3k'],
  [-1, '0'],
  [Number.NaN, '?'],
])('%d a minute is %s', (value, text) => {
  expect(perMinute(value)).toBe(text);
});

test.each([
  [812.4, '812M'],
  [1250, '1.25G'],
  [-1, '?'],
  [Number.NaN, '?'],
])('%d MB is %s', (value, text) => {
  expect(megabytes(value)).toBe(text);
});

test.each([
  [0, '0 %'],
  [0.999, '99 %'],
  [1, '100 %'],
  [7, '100 %'],
  [Number.NaN, '0 %'],
])('a share of %d is %s', (value, text) => {
  expect(percent(value)).toBe(text);
});

test('seconds as durations', () => {
  expect(secondsText(2.5)).toBe('2.5s');
  expect(secondsText(3720)).toBe('1h02m');
  expect(secondsText(Number.NaN)).toBe('?');
});
