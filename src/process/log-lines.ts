/**
 * Every line that a stage process can write to its log (stderr): a code that never changes, a level, and the text.
 * `docs/log-lines.md` says of each what it means and what to do; a test compares the two.
 */

export type Level = 'info' | 'warn' | 'error';

export const LOG_LINES = {
  started: 'info',
  registered: 'info',
  stopped: 'info',
  waiting: 'info',
  idle: 'info',
  order: 'info',
  slots: 'info',
  'wish-unclear': 'warn',
  reloaded: 'info',
  'reload-failed': 'error',
  signal: 'warn',
  'step-started': 'info',
  'step-complete': 'info',
  'step-failed': 'warn',
  'step-retry': 'warn',
  'step-held': 'warn',
  'step-sent-back': 'warn',
  'step-taken': 'warn',
  'step-back': 'info',
  'batch-outcome': 'warn',
  unfit: 'error',
  blocked: 'error',
  unblocked: 'info',
  'stage-blocked': 'error',
  'stage-unblocked': 'info',
  suspect: 'warn',
  'lease-lost': 'error',
  'heartbeat-stale': 'error',
  swept: 'info',
  gathered: 'info',
  'group-faulty': 'error',
  watch: 'warn',
  'world-writable': 'warn',
  launcher: 'error',
  'service-up': 'info',
  'service-retired': 'info',
  'service-died': 'warn',
  'service-protocol': 'error',
  'service-memory': 'warn',
  'engine-down': 'error',
  'engine-up': 'info',
  'engine-refused': 'error',
  'engine-missing': 'error',
  'jobs-orphaned': 'warn',
  'jobs-unseen': 'error',
  'jobs-unremoved': 'warn',
  'jobs-twice': 'warn',
  fatal: 'error',
  retention: 'info',
} as const satisfies Record<string, Level>;

export type LogCode = keyof typeof LOG_LINES;
export type Log = (code: LogCode, text: string) => void;

// What may not reach a terminal: control codes, and marks that turn the order of text.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** One line: time (UTC), level, code, text. */
export function formatLogLine(code: LogCode, text: string, nowMs: number): string {
  const clean = text.replaceAll(UNSAFE, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
  return `${new Date(nowMs).toISOString()} ${LOG_LINES[code]} ${code}: ${clean}\n`;
}
