/**
 * `docs/performance.md`: the machine, what was measured, which targets were missed and why. What people write about it,
 * `bench/notes/SUITE.md`, is put below the suite's table. Pure: see test/bench/page.test.ts.
 */
import { explain } from './explanations.ts';
import { countText, markdownTable, targetText, valueText } from './report.ts';
import type { Result } from './runner.ts';
import { type Row, verdictOf } from './suite.ts';

export interface Page {
  /** `2026-11-22` */
  readonly day: string;
  readonly machine: ReadonlyArray<readonly [fact: string, value: string]>;
  readonly results: readonly Result[];
  readonly quick: boolean;
  /** Markdown by suite's name; `intro` stands before all suites. */
  readonly notes: Readonly<Record<string, string>>;
}

export function performancePage({ day, machine, results, quick, notes }: Page): string {
  const rows = results.flatMap((result) => result.rows.map((row) => ({ suite: result.name, row })));
  const size = quick ? 'with `--quick`: smaller sizes, fewer rounds' : 'at full size';
  const parts = [
    '# Performance',
    '<!-- Written by `npm run bench`. By hand: bench/notes/*.md and bench/explanations.ts. -->',
    notes.intro ?? '',
    '## The machine',
    `Measured on ${day}, ${size}.`,
    [['', ''], ['---', '---'], ...machine].map(([fact, value]) => `| ${fact} | ${value} |`).join('\n'),
    '## Summary',
    `${countText(rows.map(({ row }) => row))}.`,
    missedPart(rows),
    unmeasuredPart(rows),
    ...results.flatMap(({ name, about, rows: own }) => [
      `## ${name}`,
      about,
      markdownTable(own),
      (notes[name] ?? '').trim(),
    ]),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

interface Placed {
  readonly suite: string;
  readonly row: Row;
}

const title = (row: Row): string => `${row.what}${row.against === '' ? '' : ` against ${row.against}`}`;

function missedPart(rows: readonly Placed[]): string {
  const missed = rows.filter(({ row }) => verdictOf(row) === 'MISSED');
  if (missed.length === 0) return '';
  const lines = missed.map(({ suite, row }) => {
    const why = explain(suite, row) ?? 'Not explained yet.';
    return `- **${title(row)}**: ${valueText(row)}, target ${targetText(row)}. ${why}`;
  });
  return `### Missed\n\n${lines.join('\n')}`;
}

function unmeasuredPart(rows: readonly Placed[]): string {
  const lines = rows
    .filter(({ row }) => verdictOf(row) === 'not measured')
    .map(({ row }) => `- ${title(row)}: ${(row.note ?? '').split('\n')[0]}`);
  return lines.length === 0 ? '' : `### Not measured\n\n${lines.join('\n')}`;
}
