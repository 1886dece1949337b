/**
 * An entry that a try posts, as a line of the try's `.post` file: everything that makes it one entry and no other, its
 * posted time included. Pure.
 */
import { parseHeld } from './json.ts';
import { classFault, datasetFault, parsePosted, stageNameFault } from './name.ts';
import { isObject } from './result.ts';

export interface Child {
  /** Undefined: the parent's own board. */
  readonly board?: string | undefined;
  readonly dataset: string;
  readonly posted: string;
  readonly class: string;
  readonly rank: number;
  /** As it begins: whoever posts it needs to know no stage of its board. */
  readonly letters: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** Not before this time (milliseconds UTC). */
  readonly afterMs?: number | undefined;
  /** What it waits for, if it gathers. */
  readonly needs?: unknown;
}

/** Who posted an entry: it stands in the entry's content, under the reserved key. */
export interface Parent {
  readonly board: string;
  readonly dataset: string;
  readonly posted: string;
  readonly stage: string;
  readonly epoch: number;
}

/** Letters of an entry that nobody has claimed yet. */
const BEGINNING = /^[_wshg]{1,32}$/;

/** True if a try of the same stage has posted an entry before this one did: of an earlier epoch, or an earlier run. */
export function isOlder(other: Parent, than: Parent): boolean {
  if (other.board !== than.board || other.dataset !== than.dataset || other.stage !== than.stage) return false;
  return other.posted === than.posted ? other.epoch < than.epoch : other.posted < than.posted;
}

export function formatChildren(children: readonly Child[]): string {
  return children.map((child) => `${JSON.stringify(child)}\n`).join('');
}

/** The lines of a `.post` file; what somebody has spoilt since is left out. */
export function parseChildren(text: string): Child[] {
  return text.split('\n').flatMap((line) => {
    const child = line.trim() === '' ? undefined : parseChild(line);
    return child ?? [];
  });
}

function parseChild(line: string): Child | undefined {
  let value: unknown;
  try {
    value = parseHeld(line);
  } catch {
    // Spoilt by hand, like a line of another shape.
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const { board, dataset, posted, class: cls, rank, letters, params, afterMs, needs } = value;
  const isOne =
    (board === undefined || (typeof board === 'string' && stageNameFault(board) === undefined)) &&
    typeof dataset === 'string' &&
    datasetFault(dataset) === undefined &&
    typeof posted === 'string' &&
    parsePosted(posted) !== undefined &&
    typeof cls === 'string' &&
    classFault(cls) === undefined &&
    typeof rank === 'number' &&
    typeof letters === 'string' &&
    BEGINNING.test(letters);
  if (!isOne) return undefined;
  return {
    ...(board === undefined ? {} : { board: board as string }),
    dataset,
    posted,
    class: cls,
    rank,
    letters,
    ...(isObject(params) ? { params } : {}),
    ...(typeof afterMs === 'number' ? { afterMs } : {}),
    ...(needs === undefined ? {} : { needs }),
  };
}

/** Reads who posted an entry; undefined if nobody did, or what stands there says nothing. */
export function parseParent(value: unknown): Parent | undefined {
  if (!isObject(value)) return undefined;
  const { board, dataset, posted, stage, epoch } = value;
  const isOne =
    typeof board === 'string' &&
    typeof dataset === 'string' &&
    typeof posted === 'string' &&
    typeof stage === 'string' &&
    typeof epoch === 'number';
  return isOne ? { board, dataset, posted, stage, epoch } : undefined;
}
