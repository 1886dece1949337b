/** Times as people read them, in their own zone or in UTC; a Z says which. Pure but for the zone that the process runs in. */

export type Zone = 'local' | 'utc';

const two = (value: number): string => String(value).padStart(2, '0');

interface Parts {
  /** `2026-11-21` */
  readonly date: string;
  /** `14:02:31` */
  readonly time: string;
}

function partsOf(ms: number, zone: Zone): Parts | undefined {
  const at = new Date(ms);
  if (Number.isNaN(at.getTime())) return undefined;
  const [year, month, day, hour, minute, second] =
    zone === 'utc'
      ? [
          at.getUTCFullYear(),
          at.getUTCMonth(),
          at.getUTCDate(),
          at.getUTCHours(),
          at.getUTCMinutes(),
          at.getUTCSeconds(),
        ]
      : [at.getFullYear(), at.getMonth(), at.getDate(), at.getHours(), at.getMinutes(), at.getSeconds()];
  return {
    date: `${String(year).padStart(4, '0')}-${two(month + 1)}-${two(day)}`,
    time: `${two(hour)}:${two(minute)}:${two(second)}`,
  };
}

/** `14:02:31`, in UTC `14:02:31Z`; `?` for what is no time. */
export function clock(ms: number, zone: Zone): string {
  const parts = partsOf(ms, zone);
  return parts === undefined ? '?' : parts.time + mark(zone);
}

/** `2026-11-21` */
export function dateOf(ms: number, zone: Zone): string {
  return partsOf(ms, zone)?.date ?? '?';
}

/** `2026-11-21 14:02:31`, in UTC with a Z. */
export function dateTime(ms: number, zone: Zone): string {
  const parts = partsOf(ms, zone);
  return parts === undefined ? '?' : `${parts.date} ${parts.time}${mark(zone)}`;
}

/** As short as can be: the time of day if it was on the day of `nowMs`, else `11-20 14:02:31`, the year if it was another. */
export function shortTime(ms: number, nowMs: number, zone: Zone): string {
  const parts = partsOf(ms, zone);
  if (parts === undefined) return '?';
  const today = dateOf(nowMs, zone);
  if (parts.date === today) return parts.time + mark(zone);
  const date = parts.date.slice(0, 4) === today.slice(0, 4) ? parts.date.slice(5) : parts.date;
  return `${date} ${parts.time}${mark(zone)}`;
}

function mark(zone: Zone): string {
  return zone === 'utc' ? 'Z' : '';
}
