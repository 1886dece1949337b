/**
 * What a step hands in: the files that it may write into its working folder, read when it has ended and checked before
 * anything of it counts. What can't be used is said in a sentence, and fails the try.
 */
import { fstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import { faultText, isNoFile, isSystemError } from '../board/errors.ts';
import { READ_OWN, readAll, withFile } from '../board/plain-file.ts';
import type { Sidecars } from '../board/sidecars.ts';
import { formatChildren } from '../model/child.ts';
import { JOB_POINTER } from '../model/name.ts';
import { formatResult, MOST_RESULT_BYTES, parseResult, type StepResult } from '../model/result.ts';
import { checkPosts, MOST_POST_BYTES } from './post-check.ts';

/** Names in a step's working folder that are not the step's own to choose. */
export const STEP_FILES = {
  /** `$SLATE_POST` */
  post: '.post',
  /** `$SLATE_RESULT` */
  result: '.result',
  /** `$SLATE_PARAMS`, where earlier stages have added parameters. */
  params: '.params.json',
} as const;

/** What stands in a working folder though its step wrote nothing. */
export const OWN_FILES: ReadonlySet<string> = new Set([STEP_FILES.params, JOB_POINTER]);

export interface HandIn {
  readonly result: StepResult | undefined;
  /** What it wrote to `$SLATE_POST`, unchecked. */
  readonly posts: string | undefined;
  /** What is wrong with it, if anything is. */
  readonly fault: string | undefined;
  /** Files that have been read, or made for the step: no reason to keep its folder. */
  readonly spent: ReadonlySet<string>;
}

export const NOTHING_HANDED_IN: HandIn = {
  result: undefined,
  posts: undefined,
  fault: undefined,
  spent: OWN_FILES,
};

/**
 * @param scratch absolute path of the working folder
 * @param names what stands in it
 */
export function readHandIn(scratch: string, names: readonly string[]): HandIn {
  const spent = new Set(OWN_FILES);
  let fault: string | undefined;
  const read = (name: string, mostBytes: number): string | undefined => {
    if (!names.includes(name)) return undefined;
    const text = readText(join(scratch, name), mostBytes);
    if ('why' in text) fault ??= faultIn(name, text.why);
    else spent.add(name);
    return 'why' in text ? undefined : text.text;
  };
  const text = read(STEP_FILES.result, MOST_RESULT_BYTES);
  const result = text === undefined ? undefined : parseResult(text);
  if (typeof result === 'string') {
    fault ??= faultIn(STEP_FILES.result, result);
    spent.delete(STEP_FILES.result);
  }
  const posts = read(STEP_FILES.post, MOST_POST_BYTES);
  return { result: typeof result === 'string' ? undefined : result, posts, fault, spent };
}

const VARIABLES: Readonly<Record<string, string>> = {
  [STEP_FILES.post]: '$SLATE_POST',
  [STEP_FILES.result]: '$SLATE_RESULT',
};

function faultIn(name: string, why: string): string {
  return `${VARIABLES[name]} (${name}): ${why}`;
}

/** The same, with what it posts checked; for a try that has succeeded. @throws the system's error when the disk refuses */
export function checkHandIn(board: Board, held: Held, handIn: HandIn): Checked {
  const { result, posts, fault, spent } = handIn;
  const text = result === undefined ? undefined : formatResult(result);
  const sidecars: Sidecars = text === undefined ? {} : { result: text };
  if (fault !== undefined || posts === undefined) return { sidecars, fault, spent };
  const children = checkPosts(board, held, posts);
  if (typeof children === 'string') {
    const left = new Set([...spent].filter((name) => name !== STEP_FILES.post));
    return { sidecars, fault: faultIn(STEP_FILES.post, children), spent: left };
  }
  if (children.length === 0) return { sidecars, fault, spent };
  return { sidecars: { ...sidecars, post: formatChildren(children) }, fault, spent };
}

/** What a try leaves of what its step has handed in. */
export interface Checked {
  readonly sidecars: Sidecars;
  readonly fault: string | undefined;
  readonly spent: ReadonlySet<string>;
}

/** A step may leave anything under the name: a pipe must not be waited for, nor a link be followed. */
function readText(path: string, mostBytes: number): { readonly text: string } | { readonly why: string } {
  try {
    // Looked at once it is open: what the step has left running may put another in its place.
    return withFile(path, READ_OWN, (fd) => {
      const stat = fstatSync(fd);
      if (!stat.isFile()) return { why: 'it is no regular file' };
      if (stat.size > mostBytes) return { why: `it has ${stat.size} bytes; at most ${mostBytes} are read` };
      return { text: readAll(fd, stat.size, path, mostBytes) };
    });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return { why: isNoFile(error) ? 'it is no regular file' : `it can't be read: ${faultText(error)}` };
  }
}

/** What a try that has not succeeded leaves: why. */
export function reasonSidecar({ result }: HandIn): Sidecars {
  const text = result === undefined ? undefined : formatResult({ params: {}, reason: result.reason });
  return text === undefined ? {} : { result: text };
}
