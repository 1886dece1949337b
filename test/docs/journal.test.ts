import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JOURNAL_EVENTS } from '../../src/board/journal.ts';
import { blocksOf, codeOf, ROOT, readPage, rowsBelow } from './pages.ts';

const PAGE = readPage('docs/journal.md');
const documented = rowsBelow(PAGE, 'Events').map(([event]) => codeOf(event));

function sourceFiles(): string[] {
  return fs
    .readdirSync(join(ROOT, 'src'), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('docs/journal.md', () => {
  it('lists exactly the events of the type JournalEvent', () => {
    expect([...documented].sort()).toEqual([...JOURNAL_EVENTS].sort());
  });

  it('knows every event that the source writes', () => {
    const written = sourceFiles().flatMap((file) =>
      [...fs.readFileSync(file, 'utf8').matchAll(/journal\.write\(([^{]*?),/g)].flatMap((call) =>
        [...(call[1] ?? '').matchAll(/'([a-z]+)'/g)].map((match) => match[1] ?? ''),
      ),
    );
    expect(written).toContain('giveback');
    expect(written.filter((event) => !documented.includes(event))).toEqual([]);
  });

  it('shows lines that are JSON, with documented events', () => {
    const lines = blocksOf(PAGE)
      .filter(({ language }) => language === 'json')
      .flatMap(({ text }) => text.trim().split('\n'));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(documented).toContain((JSON.parse(line) as { event: string }).event);
  });
});
