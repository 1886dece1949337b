/**
 * What a step hands in: the files that it may write into its working folder, read when it has ended and checked before
 * anything of it counts. What can't be used is said in a sentence, and fails the try.
 */
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultText, isSystemError } from '../board/errors.ts';
import type { Sidecars } from '../board/sidecars.ts';
import { formatResult, MOST_RESULT_BYTES, parseResult, type StepResult } from '../model/result.ts';

/** Names in a step's working folder that are not the step's own to choose. */
export const STEP_FILES = {
  /** `$SLATE_RESULT` */
  result: '.result',
  /** `$SLATE_PARAMS`, where earlier stages have added parameters. */
  params: '.params.json',
} as const;

/** What stands in a working folder though its step wrote nothing. */
export const OWN_FILES: ReadonlySet<string> = new Set([STEP_FILES.params]);

export interface HandIn {
  readonly result: StepResult | undefined;
  /** What is wrong with it, if anything is. */
  readonly fault: string | undefined;
  /** Files that have been read, or made for the step: no reason to keep its folder. */
  readonly spent: ReadonlySet<string>;
}

/**
 * @param scratch absolute path of the working folder
 * @param names what stands in it
 */
export function readHandIn(scratch: string, names: readonly string[]): HandIn {
  if (!names.includes(STEP_FILES.result)) return { result: undefined, fault: undefined, spent: OWN_FILES };
  const text = readText(join(scratch, STEP_FILES.result), MOST_RESULT_BYTES);
  const result = 'why' in text ? text.why : parseResult(text.text);
  if (typeof result === 'string')
    return { result: undefined, fault: `$SLATE_RESULT (${STEP_FILES.result}): ${result}`, spent: OWN_FILES };
  return { result, fault: undefined, spent: new Set([...OWN_FILES, STEP_FILES.result]) };
}

/** A step may leave anything under the name: a pipe must not be waited for, nor a link be followed. */
function readText(path: string, mostBytes: number): { readonly text: string } | { readonly why: string } {
  try {
    const stat = lstatSync(path);
    if (!stat.isFile()) return { why: 'it is no regular file' };
    if (stat.size > mostBytes) return { why: `it has ${stat.size} bytes; at most ${mostBytes} are read` };
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { why: `it can't be read: ${faultText(error)}` };
  }
}

/** What a try that has succeeded leaves of it. */
export function sidecarsOf({ result }: HandIn): Sidecars {
  const text = result === undefined ? undefined : formatResult(result);
  return text === undefined ? {} : { result: text };
}

/** What a try that has not succeeded leaves: why. */
export function reasonSidecar({ result }: HandIn): Sidecars {
  const text = result === undefined ? undefined : formatResult({ params: {}, reason: result.reason });
  return text === undefined ? {} : { result: text };
}
