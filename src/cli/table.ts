/** Small tables for people: head, rows, aligned columns. Pure. */
import { padEnd, padStart, plain, width } from '../model/text.ts';

export interface TableColumn {
  readonly head: string;
  readonly align?: 'right';
}

/** Lines without trailing space. Cells are made harmless here. */
export function formatTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map(({ head }) => head), ...rows.map((row) => row.map(plain))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => width(row[index] ?? ''))));
  return cells.map((row) =>
    columns
      .map(({ align }, index) => (align === 'right' ? padStart : padEnd)(row[index] ?? '', widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
