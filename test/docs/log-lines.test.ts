import { expect, it } from 'vitest';
import { LOG_LINES } from '../../src/process/log-lines.ts';
import { codeOf, readPage, rowsBelow } from './pages.ts';

it('docs/log-lines.md lists exactly the codes of a stage process, each with its level', () => {
  const rows = rowsBelow(readPage('docs/log-lines.md'), 'Log lines').filter((row) => row.length === 4);
  expect(rows.map(([code, level]) => [codeOf(code), level])).toEqual(Object.entries(LOG_LINES));
  for (const [code, , meaning, todo] of rows) expect([code, meaning, todo]).not.toContain('');
});
