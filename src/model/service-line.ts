/**
 * The lines between a stage process and a service: one JSON object an entry to it, one from it. Pure.
 */
import { parseJson } from './json.ts';
import { plain } from './text.ts';

/** Longer answers are not read: what is that long belongs into a file. */
export const MOST_ANSWER_BYTES = 4 * 2 ** 20;

const OUTCOMES = ['complete', 'retry', 'hold', 'fail'] as const;
export type ToldOutcome = (typeof OUTCOMES)[number];

/** What a service says of an entry. */
export interface ServiceAnswer {
  /** As an exit code, or in one word. */
  readonly end: { readonly exit: number } | { readonly outcome: ToldOutcome };
  readonly reason: string | undefined;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  /** Entries to post, each as a line of `$SLATE_POST`. */
  readonly post: readonly unknown[] | undefined;
}

/** What is wrong with a line. */
export interface LineFault {
  readonly fault: string;
}

const SHOWN = 60;

/** A piece of what it said, for a message. */
export function quoteLine(line: string): string {
  const text = line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
  return `"${plain(text)}"`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined if it is none. */
function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = parseJson(line);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** True for `{"ready": true}`. */
export function isReady(line: string): boolean {
  return parseObject(line)?.ready === true;
}

/** @param id of the entry that it was asked for */
export function parseAnswer(line: string, id: string): ServiceAnswer | LineFault {
  const value = parseObject(line);
  if (value === undefined) return { fault: `said what is no JSON object: ${quoteLine(line)}` };
  if (value.id === undefined) return { fault: `answered without an id: ${quoteLine(line)}` };
  if (value.id !== id) return { fault: `answered for ${quoteLine(String(value.id))} when it was asked for "${id}"` };
  const { exit, outcome, reason, params, post } = value;
  if ((exit === undefined) === (outcome === undefined))
    return { fault: `answered with ${exit === undefined ? 'neither' : 'both'} of exit and outcome` };
  if (exit !== undefined && !(typeof exit === 'number' && Number.isInteger(exit) && exit >= 0 && exit <= 255))
    return { fault: `answered with an exit that is no number from 0 to 255: ${quoteLine(JSON.stringify(exit))}` };
  const told = OUTCOMES.find((one) => one === outcome);
  if (outcome !== undefined && told === undefined)
    return { fault: `answered with an outcome that is none of ${OUTCOMES.join(', ')}: ${quoteLine(String(outcome))}` };
  if (reason !== undefined && typeof reason !== 'string') return { fault: 'answered with a reason that is no text' };
  if (params !== undefined && !isRecord(params)) return { fault: 'answered with params that are no object' };
  if (post !== undefined && !Array.isArray(post)) return { fault: 'answered with a post that is no list' };
  return {
    end: told === undefined ? { exit: exit as number } : { outcome: told },
    reason,
    params,
    post,
  };
}
