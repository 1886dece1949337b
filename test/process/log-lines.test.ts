/** Log lines reach terminals: what names, hosts or reasons hold can't command them. */
import { expect, test } from 'vitest';
import { formatLogLine } from '../../src/process/log-lines.ts';

test('time, level, code, text, one line', () => {
  expect(formatLogLine('suspect', 'process abcd', Date.UTC(2026, 10, 21))).toBe(
    '2026-11-21T00:00:00.000Z warn suspect: process abcd\n',
  );
});

test.each([
  ['escape sequence', '\u001b]0;x\u0007'],
  ['C1 control', '\u009b2J'],
  ['newline', 'a\nfake line'],
  ['right-to-left override', 'abc\u202edef'],
  ['line separator', '\u2028'],
])('%s is shown, not sent', (_, text) => {
  const line = formatLogLine('blocked', text, 0);
  expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  expect(line).toContain('\\u');
});
