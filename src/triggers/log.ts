/** What a landing zone tells: every kind of line has a code that stays. `docs/landing.md` lists them. */
export type LandingCode =
  | 'landing-role'
  | 'landing-role-lost'
  | 'landing-taken'
  | 'landing-quarantined'
  | 'landing-recovered'
  | 'landing-vanished'
  | 'landing-damaged-intent'
  | 'landing-unreadable'
  | 'landing-name'
  | 'landing-watch'
  | 'landing-folder'
  | 'landing-trouble'
  | 'landing-over';

export type LandingLog = (level: 'info' | 'warn' | 'error', code: LandingCode, message: string) => void;
