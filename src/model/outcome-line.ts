/**
 * What a step that took several entries says of one of them: a JSON line with the dataset, and either an exit code, mapped
 * as the stage maps codes, or an outcome by its word; beside it what a step for one entry says in its result. Pure.
 */
import type { ExitMap } from './definition.ts';
import { parseJson } from './json.ts';
import { showText } from './name.ts';
import { type StepEnd, type Verdict, verdictOf } from './outcome.ts';
import { isObject, resultOf, type StepResult } from './result.ts';

export const OUTCOME_WORDS = ['complete', 'retry', 'hold', 'fail'] as const;
export type OutcomeWord = (typeof OUTCOME_WORDS)[number];

export interface OutcomeLine {
  readonly dataset: string;
  readonly says: { readonly exit: number } | { readonly outcome: OutcomeWord };
  /** Parameters for the stages after it, and a reason. */
  readonly result: StepResult;
  /** Entries to post, as JSON lines. */
  readonly posts: string | undefined;
}

const KEYS: readonly string[] = ['dataset', 'exit', 'outcome', 'params', 'reason', 'post'];

/** The line, or what is wrong with it. */
export function readOutcomeLine(text: string): OutcomeLine | string {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return 'it is no JSON';
  }
  if (!isObject(value)) return 'it is no JSON object';
  const { dataset, exit, outcome, post, ...rest } = value;
  if (typeof dataset !== 'string') return "'dataset' is missing";
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return `it has the key '${unknown}'; the keys are ${KEYS.join(', ')}`;
  const says = sayingOf(exit, outcome);
  const result = resultOf(rest);
  if (typeof says === 'string') return says;
  if (typeof result === 'string') return result;
  if (post !== undefined && !Array.isArray(post)) return "'post' is no list";
  return { dataset, says, result, posts: post === undefined ? undefined : postLines(post) };
}

/** A name alone stands for an entry of that name. */
function postLines(post: readonly unknown[]): string {
  return post.map((one) => `${JSON.stringify(typeof one === 'string' ? { dataset: one } : one)}\n`).join('');
}

function sayingOf(exit: unknown, outcome: unknown): OutcomeLine['says'] | string {
  if (exit !== undefined && outcome !== undefined) return "it has both 'exit' and 'outcome'";
  if (exit !== undefined) {
    const isCode = typeof exit === 'number' && Number.isInteger(exit) && exit >= 0 && exit <= 255;
    return isCode ? { exit } : "'exit' is no exit code, 0 to 255";
  }
  if (outcome === undefined) return "it has neither 'exit' nor 'outcome'";
  const word = OUTCOME_WORDS.find((one) => one === outcome);
  return word === undefined ? `'outcome' is none of ${OUTCOME_WORDS.join(', ')}` : { outcome: word };
}

/** What becomes of the entry's try. */
export function verdictOfLine({ says, result }: OutcomeLine, exits: ExitMap): Verdict {
  const end: StepEnd = 'exit' in says ? { kind: 'exit', code: says.exit } : { kind: 'told', outcome: says.outcome };
  return verdictOf(end, exits, result.reason);
}

/** As it stands in a message: short, and harmless to a terminal. */
export function quoteLine(text: string): string {
  return showText(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
