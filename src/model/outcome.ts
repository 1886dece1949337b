/**
 * From how a step ended to what becomes of its try: exit codes mapped as the stage says, an unmapped code is its
 * `default`. Pure.
 */
import type { ExitMap, Outcome } from './definition.ts';
import { reasonWord } from './reason.ts';
import type { ToldOutcome } from './service-line.ts';
import type { SetLetter } from './transition.ts';

/** How a step's program ended. */
export type StepEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: number }
  | { readonly kind: 'timeout' }
  /** A service says the outcome itself. */
  | { readonly kind: 'told'; readonly outcome: ToldOutcome }
  /** A service died, or said what can't be understood: tried again as far as the stage's retries go. */
  | { readonly kind: 'broke'; readonly cause: string };

/** Cause of an outcome that a service has said in a word. */
export const TOLD = 'told';

/** What becomes of the try, without board or clock. `log` is the outcome in its log's name. */
export type Verdict = (
  | {
      readonly kind: 'complete';
      /** `rest`: all that come after it are skipped. */
      readonly set: ReadonlyMap<string, SetLetter> | 'rest';
      /** Of the stages that it holds. */
      readonly cause?: string | undefined;
    }
  | { readonly kind: 'fail' | 'retry' | 'hold'; readonly cause: string }
  | { readonly kind: 'back'; readonly stage: string; readonly most: number }
) & {
  readonly log: string;
  /** Why, for people: what the step says of it, else the stage file's word. */
  readonly reason?: string | undefined;
};

export function causeOfEnd(end: StepEnd): string {
  switch (end.kind) {
    case 'exit':
      return `x${end.code}`;
    case 'signal':
      return `s${end.signal}`;
    case 'timeout':
      return 't';
    case 'told':
      return TOLD;
    case 'broke':
      return end.cause;
  }
}

function mapped(end: StepEnd, exits: ExitMap): Outcome {
  // A time-out is tried again as far as the stage's retries go; a signal is nothing that an exit code could name.
  if (end.kind === 'timeout' || end.kind === 'broke') return { kind: 'retry' };
  if (end.kind === 'told') return { kind: end.outcome };
  if (end.kind === 'signal') return exits.default;
  return exits.codes.get(end.code) ?? exits.default;
}

/**
 * @param said the reason that the step itself gives, in its own words
 */
export function verdictOf(end: StepEnd, exits: ExitMap, said?: string): Verdict {
  const outcome = mapped(end, exits);
  const reason = said ?? outcome.reason;
  // The stage file's words are what is counted; a step that was killed had no say in how it ended.
  const word =
    outcome.reason ??
    ((end.kind === 'exit' || end.kind === 'told') && said !== undefined ? reasonWord(said) : undefined);
  const log = causeOfEnd(end);
  switch (outcome.kind) {
    case 'complete':
      return { kind: 'complete', set: new Map(), log: 'ok', reason };
    case 'skip': {
      const { stages } = outcome;
      const set = stages === 'rest' ? stages : new Map(stages.map((stage) => [stage, 's'] as const));
      return { kind: 'complete', set, log: 'ok', reason };
    }
    case 'set':
      return { kind: 'complete', set: new Map(Object.entries(outcome.letters)), cause: word, log: 'ok', reason };
    case 'back':
      return { kind: 'back', stage: outcome.stage, most: outcome.most, log, reason };
    default:
      return { kind: outcome.kind, cause: word ?? log, log, reason };
  }
}
