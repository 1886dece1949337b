/**
 * An entry's content: its parameters as one JSON object. Under the reserved key `slate` it repeats what the name says
 * of its identity, so that a lost entry can be rebuilt from `ids/`, and a name changed by hand is noticed.
 */
import { type Parent, parseParent } from '../model/child.ts';
import { parseHeld } from '../model/json.ts';
import { type EntryName, RESERVED_KEY } from '../model/name.ts';

export { RESERVED_KEY } from '../model/name.ts';

export type Params = Readonly<Record<string, unknown>>;

export interface Repeated {
  readonly dataset: string;
  readonly posted: string;
  readonly class: string;
  readonly rank: number;
}

/** What an entry is posted with. */
export interface Written {
  readonly params: Params;
  readonly needs?: Params | undefined;
  readonly parent?: Parent | undefined;
}

/** What the reserved object says beside the identity. */
export interface Beside {
  /** Its posted time may not be moved on: a run of that time is this very run. */
  readonly fixed?: boolean | undefined;
  /** The try that posted it. */
  readonly parent?: Parent | undefined;
  /** What the entry waits for, as it was posted: the file in `groups/` can be made of it anew. */
  readonly needs?: Params | undefined;
}

export function formatContent(name: Repeated, params: Params, { fixed, parent, needs }: Beside = {}): string {
  const { dataset, posted, class: cls, rank } = name;
  const repeated = { dataset, posted, class: cls, rank, ...(fixed === true ? { fixed } : {}), parent, needs };
  return `${JSON.stringify({ [RESERVED_KEY]: repeated, ...params })}\n`;
}

export interface Content {
  /** With the reserved object, as a step sees it. */
  readonly all: Params;
  /** Without it. */
  readonly params: Params;
  readonly repeated: (Repeated & Pick<Beside, 'fixed' | 'parent'>) | undefined;
  /** What the entry waits for, as it was posted. */
  readonly needs: Params | undefined;
}

export const NO_CONTENT: Content = { all: {}, params: {}, repeated: undefined, needs: undefined };

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads an entry's content; empty (an entry made by `touch`) is no parameters. A string says what is wrong. */
export function parseContent(text: string): Content | string {
  if (text.trim() === '') return NO_CONTENT;
  let value: unknown;
  try {
    value = parseHeld(text);
  } catch (error) {
    return `its content is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isObject(value)) return 'its content is no JSON object';
  const { [RESERVED_KEY]: slate, ...params } = value;
  const parent = isObject(slate) ? parseParent(slate.parent) : undefined;
  const repeated = isObject(slate)
    ? {
        dataset: String(slate.dataset),
        posted: String(slate.posted),
        class: String(slate.class),
        rank: Number(slate.rank),
        ...(slate.fixed === true ? { fixed: true } : {}),
        ...(parent === undefined ? {} : { parent }),
      }
    : undefined;
  return { all: value, params, repeated, needs: isObject(slate) && isObject(slate.needs) ? slate.needs : undefined };
}

/** False for what a post has not written to its end, or a power cut has taken. */
export function isWhole(content: Content | string): content is Content {
  return typeof content !== 'string' && content.repeated !== undefined;
}

/** Which part of an entry's identity was changed by hand, if any: the rank may be, the others may not. */
export function identityChange(name: EntryName, repeated: Repeated | undefined): string | undefined {
  if (repeated === undefined) return undefined;
  for (const field of ['dataset', 'posted', 'class'] as const) {
    if (repeated[field] !== name[field])
      return `its ${field} was changed by hand from '${repeated[field]}' to '${name[field]}'`;
  }
  return undefined;
}
