/** Numbers as people read them: grouped by thousands, or short enough for a column. Pure. */
import { formatDuration } from '../model/duration.ts';

/** `1,234,567` */
export function thousands(value: number): string {
  if (!Number.isFinite(value)) return '?';
  const [whole = '', fraction] = String(Math.abs(value)).split('.');
  // Beyond 10^21 the text has an exponent, and no thousands.
  const grouped = whole.includes('e') ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${value < 0 ? '-' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** `1 entry`, `10,000 entries` */
export function countText(number: number, one: string, many = `${one}s`): string {
  return `${thousands(number)} ${number === 1 ? one : many}`;
}

const UNITS = ['', 'k', 'M', 'G', 'T'] as const;
/** What is less is told as being less: a rate of one a day is not nothing. */
const LEAST = 0.01;

/** Three digits that matter, and a unit: `0.25`, `12.3`, `999`, `1.23k`, `1.23M`. At most five characters, below zero six. */
export function compact(value: number): string {
  if (!Number.isFinite(value)) return '?';
  if (value < 0) return `-${compact(-value)}`;
  if (value > 0 && value < LEAST) return `<${LEAST}`;
  let scaled = value;
  for (const unit of UNITS) {
    const text = threeDigits(scaled);
    // 999.6 is 1000 when it is rounded: that is the next unit's 1.
    if (Number(text) < 1000) return text + unit;
    scaled /= 1000;
  }
  return value.toExponential(0).replace('+', '');
}

function threeDigits(value: number): string {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return String(Number(value.toFixed(digits)));
}

/** A whole number: in full if it fits into that many cells, else short. */
export function fitNumber(value: number, cells: number): string {
  const full = thousands(value);
  return full.length <= cells ? full : compact(value);
}

/** Events a minute: `0`, `0.4`, `12.3`, `412`. */
export function perMinute(value: number): string {
  if (value > 0 && value < LEAST) return `<${LEAST}`;
  return value < 1000 ? threeDigits(Math.max(0, value)) : compact(value);
}

/** Resident memory: `812M`, `1.25G`. */
export function megabytes(value: number): string {
  if (!Number.isFinite(value) || value < 0) return '?';
  return value < 1000 ? `${Math.round(value)}M` : `${threeDigits(value / 1000)}G`;
}

/** `43 %`, of a share from 0 to 1. Never 100 before it is all. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '0 %';
  return `${Math.floor(Math.max(0, Math.min(1, share)) * 100)} %`;
}

/** `2.5s`, `1h02m`; of seconds. */
export function secondsText(seconds: number): string {
  return Number.isFinite(seconds) ? formatDuration(Math.max(0, seconds) * 1000) : '?';
}
