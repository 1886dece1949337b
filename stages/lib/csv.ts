import { DataError } from './data-error.ts';

export type CsvValue = string | number | undefined;

/** One table as CSV (RFC 4180, but `\n` lines): NaN and undefined are empty, text is quoted only where it must be. */
export function toCsv(columns: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [columns.map(field).join(',')];
  for (const row of rows) lines.push(row.map(field).join(','));
  return `${lines.join('\n')}\n`;
}

function field(value: CsvValue): string {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Reads what `toCsv` writes: rows by column name, in the file's order.
 * @param columns those that must be there
 * @throws DataError with the line for a row of another length, an open quote or a missing column
 */
export function parseCsv(text: string, columns: readonly string[]): Record<string, string>[] {
  const [head, ...rows] = records(text);
  for (const column of columns) {
    if (!head?.cells.includes(column)) throw new DataError(`line 1: there is no column ${column}`);
  }
  return rows.map(({ cells, line }) => {
    if (cells.length !== head?.cells.length) {
      throw new DataError(`line ${line}: ${cells.length} fields, but there are ${head?.cells.length} columns`);
    }
    return Object.fromEntries(head.cells.map((name, i) => [name, cells[i] ?? '']));
  });
}

interface CsvRecord {
  readonly cells: string[];
  readonly line: number;
}

function records(text: string): CsvRecord[] {
  const found: CsvRecord[] = [];
  const token = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let [cells, line, begun]: [string[], number, number] = [[], 1, 1];
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw new DataError(`line ${line}: a quote is not closed, or stands where none belongs`);
    const [whole, quoted, bare = '', end = ''] = match;
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === ',' && at + whole.length < text.length) continue;
    if (end === ',') cells.push('');
    found.push({ cells, line: begun });
    [cells, begun] = [[], line];
  }
  return found;
}
