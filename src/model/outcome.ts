/**
 * From how a step ended to what becomes of its try: exit codes mapped as the stage says, an unmapped code is its
 * `default`. Pure.
 */
import type { ExitMap, Outcome } from './definition.ts';
import type { SetLetter } from './transition.ts';

/** How a step's program ended. */
export type StepEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: number }
  | { readonly kind: 'timeout' };

/** What becomes of the try, without board or clock. `log` is the outcome in its log's name. */
export type Verdict =
  | { readonly kind: 'complete'; readonly set: ReadonlyMap<string, SetLetter>; readonly log: string }
  | { readonly kind: 'fail' | 'retry' | 'hold'; readonly cause: string; readonly log: string };

export function causeOfEnd(end: StepEnd): string {
  switch (end.kind) {
    case 'exit':
      return `x${end.code}`;
    case 'signal':
      return `s${end.signal}`;
    case 'timeout':
      return 't';
  }
}

function mapped(end: StepEnd, exits: ExitMap): Outcome {
  // A time-out is tried again as far as the stage's retries go; a signal is nothing that an exit code could name.
  if (end.kind === 'timeout') return { kind: 'retry' };
  if (end.kind === 'signal') return exits.default;
  return exits.codes.get(end.code) ?? exits.default;
}

export function verdictOf(end: StepEnd, exits: ExitMap): Verdict {
  const outcome = mapped(end, exits);
  switch (outcome.kind) {
    case 'complete':
      return { kind: 'complete', set: new Map(), log: 'ok' };
    case 'skip':
      return { kind: 'complete', set: new Map(outcome.stages.map((stage) => [stage, 's'])), log: 'ok' };
    case 'set':
      return { kind: 'complete', set: new Map(Object.entries(outcome.letters)), log: 'ok' };
    default:
      return { kind: outcome.kind, cause: causeOfEnd(end), log: causeOfEnd(end) };
  }
}
