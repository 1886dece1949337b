/** What timers tell: every kind of line has a code that stays. `docs/timers.md` lists them. */
export type TimerCode =
  | 'timer-role'
  | 'timer-role-lost'
  | 'timer-fired'
  | 'timer-passed'
  | 'timer-refused'
  | 'timer-ahead'
  | 'timer-trouble'
  | 'timer-over';

export type TimerLog = (level: 'info' | 'warn' | 'error', code: TimerCode, message: string) => void;
