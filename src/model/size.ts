/** Sizes of memory and disk as people write them (`8g`, `512m`, `1.5t`) and read them (`8 GB`). In code always bytes. */

const UNITS: readonly string[] = ['k', 'm', 'g', 't', 'p'];
const STEP = 1024;
/** A size with its unit: `8g`, `8G`, `8gb` and `8GiB` are the same. */
const SIZE = /^(\d+(?:\.\d+)?)\s*([kmgtp])(?:i?b)?$/i;

export const MB = STEP ** 2;
export const GB = STEP ** 3;

/** @returns bytes, whole; undefined if `text` is no size. A number without a unit is none, but for 0. */
export function tryParseSize(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '0') return 0;
  const [, digits, unit = ''] = SIZE.exec(trimmed) ?? [];
  if (digits === undefined) return undefined;
  const bytes = Number(digits) * STEP ** (UNITS.indexOf(unit.toLowerCase()) + 1);
  return bytes <= Number.MAX_SAFE_INTEGER ? Math.round(bytes) : undefined;
}

/** `512 MB`, `8 GB`, `1.5 GB`: at most one decimal, rounded down, so that what is missing is not hidden. */
export function formatSize(bytes: number): string {
  if (bytes < STEP) return `${Math.floor(bytes)} B`;
  let value = bytes;
  let unit = -1;
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  const shown = value < 100 ? Math.floor(value * 10) / 10 : Math.floor(value);
  return `${shown} ${(UNITS[unit] ?? 'k').toUpperCase()}B`;
}

/** As it is written in YAML: the largest unit in which it is whole. */
export function writeSize(bytes: number): string {
  let value = bytes;
  let unit = -1;
  while (value > 0 && value % STEP === 0 && unit < UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  return unit < 0 ? `${bytes / STEP}k` : `${value}${UNITS[unit]}`;
}
