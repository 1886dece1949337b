/**
 * `timers/<timer>.<until>.<fired>[.<firing>]`: how far a timer has come. One file a timer, empty; it moves on by renames,
 * so that of two processes only one takes each step. Pure.
 */
import { parsePosted, stageNameFault } from './fields.ts';

export const TIMERS_FOLDER = 'timers';
const NEVER = 'never';

export interface TimerMark {
  readonly timer: string;
  /** Compact UTC. All times up to this one have been dealt with. */
  readonly until: string;
  /** The time of the last firing that was posted; undefined: none yet. */
  readonly fired: string | undefined;
  /** The time that is being posted at this moment. */
  readonly firing?: string | undefined;
}

export function formatTimerMark({ timer, until, fired, firing }: TimerMark): string {
  return [timer, until, fired ?? NEVER, ...(firing === undefined ? [] : [firing])].join('.');
}

/** Undefined for a foreign name. */
export function parseTimerMark(file: string): TimerMark | undefined {
  const [timer = '', until = '', fired = '', firing, ...more] = file.split('.');
  if (stageNameFault(timer) !== undefined || more.length > 0 || parsePosted(until) === undefined) return undefined;
  if (fired !== NEVER && parsePosted(fired) === undefined) return undefined;
  if (firing !== undefined && parsePosted(firing) === undefined) return undefined;
  return { timer, until, fired: fired === NEVER ? undefined : fired, ...(firing === undefined ? {} : { firing }) };
}

export function timerMarkPath(mark: TimerMark): string {
  return `${TIMERS_FOLDER}/${formatTimerMark(mark)}`;
}
