/** What benchmarks share: medians, tables, running a program and timing it. */
import { execa } from 'execa';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

/** Milliseconds until the program's first output, and until its end. @throws if it fails */
export async function timeProgram(args: readonly string[], cwd: string): Promise<{ firstMs: number; totalMs: number }> {
  const start = performance.now();
  let firstMs = Number.NaN;
  const run = execa(process.execPath, args, { cwd, buffer: false, stdin: 'ignore' });
  const heard = (): void => {
    if (Number.isNaN(firstMs)) firstMs = performance.now() - start;
  };
  run.stdout.on('data', heard);
  run.stderr.on('data', heard);
  await run;
  return { firstMs, totalMs: performance.now() - start };
}

export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
