/** Times as people write them. Pure: now is given. */
import { tryParseDuration } from './duration.ts';

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/;
const COMPACT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z?$/;

/** ISO 8601 (UTC where no zone is given), `+2h` from now, or `@seconds`. @returns milliseconds UTC; undefined: it is no time */
export function tryParseTime(text: string, nowMs: number): number | undefined {
  const ms = timeOf(text, nowMs);
  return ms === undefined || !Number.isFinite(ms) ? undefined : ms;
}

function timeOf(text: string, nowMs: number): number | undefined {
  if (text.startsWith('+')) {
    const ms = tryParseDuration(text.slice(1));
    return ms === undefined ? undefined : nowMs + ms;
  }
  if (/^@\d{1,11}(\.\d+)?$/.test(text)) return Number(text.slice(1)) * 1000;
  const compact = COMPACT.exec(text);
  if (compact !== null) {
    const [, year, month, day, hour, minute, second] = compact;
    return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  }
  const iso = ISO.exec(text);
  if (iso === null) return undefined;
  const [, date, time = '00:00:00', zone = 'Z'] = iso;
  return Date.parse(`${date}T${time}${zone}`);
}
