/** The line about the board's timers. Pure. */
import { shortTime } from '../times.ts';
import type { Context } from '../view.ts';

/** Processes that fire: one, but for a moment at a change. */
function firing({ data }: Context): string[] {
  return data.processes
    .filter(({ isDead, status }) => !isDead && status.content?.roles?.includes('timers') === true)
    .map(({ status }) => status.name.id);
}

/** Nobody fires them, or one of them does not come. */
export function timersAreSilent(context: Context): boolean {
  return firing(context).length === 0 || context.data.timers.some(({ state }) => state === 'due' || state === 'ahead');
}

/** `timers by k3f1: nightly last 03:00:00Z, next 11-22 03:00:00Z; tick …`, the next one first */
export function timersText(context: Context): string {
  const { data, common } = context;
  const short = (ms: number): string => shortTime(ms, data.nowMs, common.zone);
  const by = firing(context);
  const sorted = [...data.timers].sort(
    (a, b) => (a.nextMs ?? Number.POSITIVE_INFINITY) - (b.nextMs ?? Number.POSITIVE_INFINITY),
  );
  const told = sorted.map(({ name, state, lastMs, nextMs }) => {
    const note = state === 'waiting' || state === 'new' ? '' : ` (${state})`;
    const last = lastMs === undefined ? '' : ` last ${short(lastMs)},`;
    return `${name}${note}${last}${nextMs === undefined ? ' no next' : ` next ${short(nextMs)}`}`;
  });
  return `timers ${by.length === 0 ? 'watched by nobody' : `by ${by.join(', ')}`}: ${told.join('; ')}`;
}
