/** Posted times as they stand in names, `20261121T120000` in UTC, read where they stand: nothing is cut out. Pure. */

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const DAY_MS = 86_400_000;
const ZERO = 48;

/** The number that stands there in decimal digits. */
export function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) value = value * 10 + text.charCodeAt(index) - ZERO;
  return value;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** True if the digits that stand there are a day and a time of it. */
export function isTimeAt(text: string, at: number): boolean {
  const year = digits(text, at, 4);
  const month = digits(text, at + 4, 2);
  const day = digits(text, at + 6, 2);
  const most = month === 2 && isLeap(year) ? 29 : (MONTH_DAYS[month - 1] ?? 0);
  if (year < 100 || day < 1 || day > most) return false;
  return digits(text, at + 9, 2) < 24 && digits(text, at + 11, 2) < 60 && digits(text, at + 13, 2) < 60;
}

/** Milliseconds since 1970 UTC of the time that stands there. */
export function msAt(text: string, at: number): number {
  // Days since 1 March of year 0: the day that a leap year adds comes last.
  const month = (digits(text, at + 4, 2) + 9) % 12;
  const year = digits(text, at, 4) - (month >= 10 ? 1 : 0);
  const days = Math.floor((month * 306 + 5) / 10) + digits(text, at + 6, 2) - 1;
  const leaps = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  const seconds = digits(text, at + 9, 2) * 3600 + digits(text, at + 11, 2) * 60 + digits(text, at + 13, 2);
  return (year * 365 + leaps + days - 719_468) * DAY_MS + seconds * 1000;
}
