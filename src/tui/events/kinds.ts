/** What kind of event a line of the journal tells of, and which lines a choice shows. Pure. */
import type { JournalEvent, JournalLine } from '../../board/journal.ts';
import type { Tone } from '../look.ts';

export const CHOICES = ['all', 'failures', 'operators'] as const;
export type Choice = (typeof CHOICES)[number];

/** What people do; a stage process does none of it. */
const OPERATORS: ReadonlySet<JournalEvent> = new Set([
  'post',
  'hold',
  'release',
  'repipe',
  'skip',
  'rank',
  'set',
  'remove',
  'order',
  'rebuild',
  'scale',
  'down',
  'up',
] as const);

/** A map, for an event is what any writer calls one. */
const TONES: ReadonlyMap<string, Tone> = new Map(
  Object.entries({
    lost: 'bad',
    blocked: 'bad',
    suspect: 'bad',
    died: 'bad',
    discard: 'warn',
    duplicate: 'warn',
    quarantined: 'warn',
    passed: 'warn',
    unposted: 'warn',
    hold: 'warn',
    remove: 'warn',
    down: 'warn',
    unblocked: 'good',
    release: 'accent',
    repipe: 'accent',
    skip: 'accent',
    rank: 'accent',
    set: 'accent',
    scale: 'accent',
    up: 'accent',
    start: 'dim',
    stop: 'dim',
    order: 'dim',
    arrive: 'dim',
    link: 'dim',
    retention: 'dim',
    giveback: 'dim',
  } satisfies Partial<Record<JournalEvent, Tone>>),
);

/** A stage process that ended for these did not mean to. */
const BAD_STOPS: ReadonlySet<unknown> = new Set(['disk', 'lost', 'fault']);

export function toneOf(line: JournalLine): Tone {
  if (line.event === 'finish') {
    if (line.outcome === 'f') return 'bad';
    if (line.outcome === 'h' || line.outcome === '_') return 'warn';
    return /^[1-9]$/.test(String(line.outcome)) ? 'retry' : 'plain';
  }
  if (line.event === 'stop' && BAD_STOPS.has(line.reason)) return 'bad';
  return TONES.get(line.event) ?? 'plain';
}

/** Something went wrong: a step failed, a process or its disk was lost. */
export function isFailure(line: JournalLine): boolean {
  return toneOf(line) === 'bad';
}

export function isOperators(line: JournalLine): boolean {
  return OPERATORS.has(line.event);
}

export function isChosen(line: JournalLine, choice: Choice): boolean {
  return choice === 'all' || (choice === 'failures' ? isFailure(line) : isOperators(line));
}

/** What the event column says: a step that failed did not just finish. */
export function eventWord(line: JournalLine): string {
  if (line.event !== 'finish') return line.event;
  if (line.outcome === '_') return 'back';
  const tone = toneOf(line);
  return tone === 'bad' ? 'FAILED' : tone === 'retry' ? 'retry' : tone === 'warn' ? 'held' : 'finish';
}
