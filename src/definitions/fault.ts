/** What is wrong with a definition, and where. */

export interface Fault {
  /** Relative to the home, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units as editors count them. */
  readonly column: number;
  readonly message: string;
  /** What would be right. */
  readonly hint?: string;
}

/** `pipelines/hst.yaml:12:5: unknown key 'afer'; did you mean 'after'?` */
export function formatFault(fault: Fault): string {
  const hint = fault.hint === undefined ? '' : `; ${fault.hint}`;
  return `${fault.file}:${fault.line}:${fault.column}: ${fault.message}${hint}`;
}

/** By file, line and column; one said twice is kept once. */
export function sortFaults(faults: readonly Fault[]): Fault[] {
  const unique = new Map(faults.map((fault) => [formatFault(fault), fault]));
  return [...unique.values()].sort(
    (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.message, b.message),
  );
}

/** Code unit order: the same on every host, whatever its locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Definitions that can't be used; `faults` has at least one, and the message is all of them, one a line. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const sorted = sortFaults(faults);
    super(sorted.map(formatFault).join('\n'));
    this.faults = sorted;
  }
}
