/**
 * Durations as people write them (`30m`, `1h30m`, `1.5h`) and as they read them (`21m46s`, `3d04h`).
 * In code a duration is always a number of milliseconds.
 */

/** A text that is no duration; the message quotes it and says how to write one. */
export class DurationError extends Error {
  override readonly name = 'DurationError';
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Longest first: a text names its units in this order, each at most once. */
const UNITS = [
  ['w', 7 * DAY],
  ['d', DAY],
  ['h', HOUR],
  ['m', MINUTE],
  ['s', SECOND],
  ['ms', 1],
] as const;

/** A hundred years. Longer is a slip, and mtimes beyond it are not safe on every file system. */
const LONGEST = 100 * 365 * DAY;

const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/y;

/** @returns milliseconds, whole; undefined if `text` is no duration. */
export function tryParseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  let total = 0;
  let lastUnit = -1;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    if (part === null) return undefined;
    const unit = UNITS.findIndex(([name]) => name === part[2]);
    if (unit <= lastUnit) return undefined;
    lastUnit = unit;
    total += Number(part[1]) * (UNITS[unit]?.[1] ?? Number.NaN);
  }
  if (lastUnit === -1 || !(total <= LONGEST)) return undefined;
  return Math.round(total);
}

/**
 * @returns milliseconds, whole.
 * @throws DurationError for anything else, negative durations and ones beyond a hundred years included.
 */
export function parseDuration(text: string): number {
  const ms = tryParseDuration(text);
  if (ms === undefined) {
    throw new DurationError(`'${text}' is no duration: write a number and ms, s, m, h, d or w, such as 30m or 1h30m`);
  }
  return ms;
}

/** The two largest units, rounded down: `850ms`, `2.5s`, `46s`, `21m46s`, `1h02m`, `3d04h`, `30d`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '?';
  if (ms < 0) return `-${formatDuration(-ms)}`;
  const whole = Math.floor(ms);
  if (whole === 0) return '0s';
  if (whole < SECOND) return `${whole}ms`;
  if (whole < 10 * SECOND) return `${Math.floor(whole / 100) / 10}s`;
  if (whole < MINUTE) return `${Math.floor(whole / SECOND)}s`;
  if (whole < HOUR) return twoUnits(whole, MINUTE, 'm', SECOND, 's');
  if (whole < DAY) return twoUnits(whole, HOUR, 'h', MINUTE, 'm');
  return twoUnits(whole, DAY, 'd', HOUR, 'h');
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  const head = `${Math.floor(ms / large)}${largeName}`;
  return rest === 0 ? head : `${head}${String(rest).padStart(2, '0')}${smallName}`;
}
