/** One YAML file: read with limits, parsed, and able to say where each of its values stands. */

import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Fault } from './fault.ts';
import { MOST_TOLD, quoteBraces, structureFaults, yamlFaults } from './yaml-fault.ts';

/** A definition is a page or two; a larger file is something else under the wrong name. */
export const LARGEST_FILE = 1024 * 1024;

/** More uses of anchors than any honest definition has; stops "billion laughs". */
const MOST_ALIASES = 100;

/** Lines, items and brackets: a page or two has some hundreds. The parser takes seconds for so many already. */
const MOST_TOKENS = 20_000;
const TOKEN = /[\n,[\]{}]|[-?:] /g;

export type Path = readonly (string | number)[];

export interface Place {
  readonly line: number;
  readonly column: number;
}

export class Source {
  /** Relative to the home. */
  readonly file: string;
  readonly sha256: string;
  /** The file as plain data, a mapping at the top; undefined if `faults` says why. There may be faults beside it. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly faults: readonly Fault[];
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed | undefined;

  constructor(file: string, bytes: Uint8Array) {
    this.file = file;
    this.sha256 = createHash('sha256').update(bytes).digest('hex');
    const faults: Fault[] = [];
    this.faults = faults;
    const text = decode(bytes);
    this.#text = text ?? '';
    if (text === undefined) {
      faults.push({ file, line: 1, column: 1, message: 'is not a text file in UTF-8' });
      return;
    }
    if (hasTooMany(text)) {
      const message = `has more than ${MOST_TOKENS} lines, items and brackets: it is no definition`;
      faults.push({ file, line: 1, column: 1, message, hint: 'put long texts into files of their own' });
      return;
    }
    try {
      this.#document = parseDocument(text, {
        lineCounter: this.#lines,
        prettyErrors: false,
        logLevel: 'error',
        uniqueKeys: false,
      });
      // A tag that means nothing is a mistake here, not a warning: its value would be taken for plain text.
      const errors = [...this.#document.errors, ...this.#document.warnings].slice(0, MOST_TOLD);
      const found = yamlFaults(errors, text, this.#lines);
      const braces = quoteBraces(this.#document, text);
      const lines = new Set(found.map(({ offset }) => this.#place(offset).line));
      const others = braces.filter(({ offset }) => !lines.has(this.#place(offset).line));
      const strange = structureFaults(this.#document, found.length === 0);
      const all = [...found, ...others, ...strange].sort((a, b) => a.offset - b.offset);
      for (const { offset, message, hint } of all) faults.push(this.faultAt(this.#place(offset), message, hint));
      if (found.length > 0 || strange.length > 0) return;
      const data: unknown = this.#document.toJS({ maxAliasCount: MOST_ALIASES });
      if (isRecord(data)) this.data = data;
      else faults.push(this.fault([], `must be a mapping of keys to values, not ${kindOf(data)}`));
    } catch (error) {
      if (error instanceof ReferenceError) {
        const unknown = /Unresolved alias.*: (.*)$/.exec(error.message);
        const message =
          unknown === null
            ? `uses its anchors more than ${MOST_ALIASES} times over`
            : `no anchor '&${unknown[1]}' stands before the alias`;
        faults.push({ file, line: 1, column: 1, message });
      } else if (error instanceof RangeError) {
        faults.push({ file, line: 1, column: 1, message: 'is nested too deeply' });
      } else throw error;
    }
  }

  /** A fault at the value that `path` leads to, or as near to it as the file goes. */
  fault(path: Path, message: string, hint?: string): Fault {
    return this.faultAt(this.placeOf(path), message, hint);
  }

  faultAt(place: Place, message: string, hint?: string): Fault {
    const { file } = this;
    const { line, column } = place;
    return hint === undefined ? { file, line, column, message } : { file, line, column, message, hint };
  }

  /** Where the value at `path` begins. */
  placeOf(path: Path): Place {
    const node = this.#walk(path).node;
    return this.#place(node?.range?.[0] ?? 0);
  }

  /** Where the last key of `path` begins. */
  keyPlaceOf(path: Path): Place {
    const { node, key } = this.#walk(path);
    return this.#place((key ?? node)?.range?.[0] ?? 0);
  }

  /** Where a character of the text at `path` stands: line and column of the value, both from 0. */
  placeInText(path: Path, line: number, column: number): Place {
    const node = this.#walk(path).node;
    const start = this.#place(node?.range?.[0] ?? 0);
    if (!isScalar(node) || typeof node.value !== 'string' || node.range == null) return start;
    const lines = this.#text.slice(node.range[0], node.range[1]).split(/\r?\n/);
    const valueLine = node.value.split('\n')[line] ?? '';
    if (node.type === 'BLOCK_LITERAL') {
      const indent = lines[line + 1]?.indexOf(valueLine) ?? -1;
      return indent === -1 ? start : { line: start.line + line + 1, column: indent + column + 1 };
    }
    // A folded or escaped text does not stand in the file as it is: its beginning is near enough.
    const offset = lines.length === 1 ? (lines[0]?.indexOf(node.value) ?? -1) : -1;
    return offset === -1 ? start : { line: start.line, column: start.column + offset + column };
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  #walk(path: Path): { node: Node | undefined; key: Node | undefined } {
    let node: Node | undefined = this.#document?.contents ?? undefined;
    let key: Node | undefined;
    for (const step of path) {
      // What stands behind an alias may be far away: the alias itself is the place to look at.
      if (node === undefined || isAlias(node)) break;
      if (isMap<Node, Node | null>(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
        if (pair === undefined) break;
        key = pair.key;
        node = pair.value ?? pair.key;
      } else if (isSeq<Node>(node)) {
        const item: Node | undefined = node.items[Number(step)];
        if (item === undefined) break;
        node = item;
      } else break;
    }
    return { node, key };
  }
}

/** @returns the file, or the fault that it could not be read. */
export function readSource(home: string, file: string): Source | Fault {
  const bytes = readBytes(home, file, 'a definition');
  return 'message' in bytes ? bytes : new Source(file, bytes);
}

/** A file of text that is no YAML: a template of its own. */
export function readText(home: string, file: string): { readonly text: string; readonly sha256: string } | Fault {
  const bytes = readBytes(home, file, 'a template');
  if ('message' in bytes) return bytes;
  const text = decode(bytes);
  if (text === undefined) return { file, line: 1, column: 1, message: 'is not a text file in UTF-8' };
  return { text, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function readBytes(home: string, file: string, what: string): Buffer | Fault {
  const refuse = (message: string, hint?: string): Fault =>
    hint === undefined ? { file, line: 1, column: 1, message } : { file, line: 1, column: 1, message, hint };
  let descriptor: number;
  try {
    // A pipe under this name would otherwise be waited for.
    descriptor = openSync(join(home, file), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return refuse(`can't be read: ${reasonOf(error)}`);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return refuse('is not a file');
    if (stat.size > LARGEST_FILE) return refuse(`has ${stat.size} bytes`, `${what} has at most 1 MiB`);
    const buffer = Buffer.alloc(LARGEST_FILE + 1);
    let length = 0;
    for (;;) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null);
      length += count;
      if (count === 0 || length === buffer.length) break;
    }
    if (length > LARGEST_FILE) return refuse('grew while it was read', `${what} has at most 1 MiB`);
    return buffer.subarray(0, length);
  } catch (error) {
    return refuse(`can't be read: ${reasonOf(error)}`);
  } finally {
    closeSync(descriptor);
  }
}

function hasTooMany(text: string): boolean {
  let count = 0;
  TOKEN.lastIndex = 0;
  while (count <= MOST_TOKENS && TOKEN.test(text)) count++;
  TOKEN.lastIndex = 0;
  return count > MOST_TOKENS;
}

/** An errno error in a few words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  const words: Record<string, string> = {
    ENOENT: 'there is no such file or folder',
    EACCES: 'permission denied',
    ENOTDIR: 'it is not a folder',
    EISDIR: 'it is a folder',
    ELOOP: 'its links lead in a circle',
  };
  return words[code] ?? error.message;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value of the YAML file is, in words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return value.length > 60 ? 'a long text' : `'${value}'`;
  return String(value);
}

function decode(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
