/** Rows as text: tables for the terminal, tables of Markdown for `docs/performance.md`. Pure: see test/bench/report.test.ts. */
import { table } from './measure.ts';
import { type Row, verdictOf } from './suite.ts';

const DIGITS: Readonly<Record<Row['unit'], number>> = { '×': 2, ms: 1, '%': 2, MB: 0 };

const WORDS = { ok: 'met', MISSED: '**missed**', 'not measured': 'not measured', '': '' } as const;

export function valueText({ value, unit }: Row): string {
  return value === undefined || Number.isNaN(value) ? '–' : `${value.toFixed(DIGITS[unit])} ${unit}`;
}

export function targetText({ target, unit }: Row): string {
  if (target === undefined) return '';
  return 'atLeast' in target ? `≥ ${target.atLeast} ${unit}` : `≤ ${target.atMost} ${unit}`;
}

/** Notes stand below, by number: a line of a table has to stay one line of a terminal. */
export function terminalTable(rows: readonly Row[]): string {
  const notes = [...new Set(rows.flatMap(({ note }) => note ?? []))];
  const marker = (note: string | undefined): string => (note === undefined ? '' : `[${notes.indexOf(note) + 1}]`);
  const cells = rows.map((row) => [
    row.what,
    row.ours,
    row.against,
    row.theirs,
    valueText(row),
    targetText(row),
    verdictOf(row),
    marker(row.note),
  ]);
  const head = ['what', 'ours', 'against', 'theirs', 'value', 'target', '', ''];
  return [table([head, ...cells]), ...notes.map((note, index) => `[${index + 1}] ${note}`)].join('\n');
}

export function markdownTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    row.ours,
    row.against,
    row.theirs,
    valueText(row),
    targetText(row),
    WORDS[verdictOf(row)],
    row.note ?? '',
  ]);
  const head = ['what', 'ours', 'against', 'theirs', 'ratio or figure', 'target', 'verdict', 'note'];
  return [head, head.map(() => '---'), ...cells].map((line) => `| ${line.map(cell).join(' | ')} |`).join('\n');
}

/** A bar or a line break would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
}

/** `7 met, 2 missed, 1 not measured, 3 without a target` */
export function countText(rows: readonly Row[]): string {
  const count = (verdict: ReturnType<typeof verdictOf>): number =>
    rows.filter((row) => verdictOf(row) === verdict).length;
  return `${count('ok')} met, ${count('MISSED')} missed, ${count('not measured')} not measured, ${count('')} without a target`;
}
