/** What the YAML parser says, in plain words: one fault a spot, as one mistake makes it stumble several times. */

import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  type LineCounter,
  Scalar,
  visit,
  type YAMLError,
} from 'yaml';

export interface YamlFault {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

const ALIKE = 'indent the lines of one list or mapping alike, with spaces';
/** One mistake makes many: whoever has mended these sees the next. */
export const MOST_TOLD = 20;
/** Nobody has left out quotes in a longer line. */
const MOST_LINE = 5_000;
const QUOTE = 'put the whole value in quotes';

/** Braces without quotes are a mapping of a mapping: makes them the text that was meant, and says so. */
export function quoteBraces(document: Document.Parsed, text: string): YamlFault[] {
  const faults: YamlFault[] = [];
  visit(document, {
    Map(_, node) {
      const [pair, ...more] = node.items;
      const { range } = node;
      if (more.length > 0 || range == null || pair === undefined || pair.value !== null) return undefined;
      if (!isMap(pair.key) || !text.startsWith('{{', range[0])) return undefined;
      const meant = new Scalar(text.slice(range[0], range[1]));
      meant.range = range;
      faults.push(bracesFault(range[0], meant.value));
      return meant;
    },
  });
  return faults;
}

function bracesFault(offset: number, meant: string): YamlFault {
  const kind = meant.includes('{{') ? '{{ … }}' : '{% … %}';
  const quoted = meant.includes("'") && !/["\\]/.test(meant) ? `"${meant}"` : `'${meant.replaceAll("'", "''")}'`;
  return { offset, message: `YAML takes ${kind} for a mapping`, hint: `put ${kind} in quotes: ${quoted}` };
}

/** @returns by place; of faults in the form of a line the first only */
export function yamlFaults(errors: readonly YAMLError[], text: string, lines: LineCounter): YamlFault[] {
  const faults: YamlFault[] = [];
  const told = new Set<number>();
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    const { line } = lines.linePos(error.pos[0]);
    const ownSpot = error.code === 'TAG_RESOLVE_FAILED';
    if (!ownSpot && told.has(line)) continue;
    if (!ownSpot) told.add(line);
    const group = ownSpot ? [error] : errors.filter(({ pos }) => lines.linePos(pos[0]).line === line);
    faults.push(bracesNear(error, text) ?? { offset: error.pos[0], ...explain(error, group, text, lines) });
  }
  return faults;
}

/** Braces without quotes beside which the parser stumbled. */
function bracesNear({ pos: [from, to] }: YAMLError, text: string): YamlFault | undefined {
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const end = text.indexOf('\n', from);
  const line = text.slice(start, end === -1 ? text.length : end);
  if (line.length > MOST_LINE) return undefined;
  for (const match of line.matchAll(/(?<before>[^,[\]{}'"]*)\{[{%].*?[}%]\}(?:\{[{%].*?[}%]\}|[^\s,\]{])*/g)) {
    const before = match.groups?.before ?? '';
    const lead = /^(?:.*: |\s*- |\s+)?\s*/.exec(before)?.[0].length ?? 0;
    const first = start + match.index + lead;
    const last = start + match.index + match[0].length;
    if (from < first || from > last + 1) continue;
    return bracesFault(first, text.slice(first, from >= last ? Math.max(last, endOfValue(text, to)) : last));
  }
  return undefined;
}

/** Where what stands at `offset` ends, up to a comma, a bracket or the line's end. */
function endOfValue(text: string, offset: number): number {
  const rest = /^[^,\]\r\n]*/.exec(text.slice(offset))?.[0] ?? '';
  return offset + rest.trimEnd().length;
}

function explain(
  { code, pos, message }: YAMLError,
  group: readonly YAMLError[],
  text: string,
  lines: LineCounter,
): { message: string; hint?: string } {
  const [from] = pos;
  const before = text.slice(text.lastIndexOf('\n', from - 1) + 1, from);
  const atBegin = before.trim() === '';
  const isItem = /^-\s/.test(text.slice(from, from + 2));
  switch (code) {
    case 'TAB_AS_INDENT':
      return { message: 'a tab indents this line', hint: 'YAML is indented with spaces' };
    case 'MULTIPLE_DOCS':
      return { message: "a second document begins here ('---')", hint: 'one file is one definition' };
    case 'BAD_INDENT': {
      const flow = /end with a (.)$/.exec(message)?.[1];
      if (flow !== undefined) {
        const open = flow === ']' ? '[' : '{';
        return {
          message: `a '${open}' before this is not closed`,
          hint: `close it with '${flow}' on an indented line`,
        };
      }
      const kind = message.includes('sequence') ? 'list' : 'mapping';
      return { message: `this line is not indented like the others of its ${kind}`, hint: ALIKE };
    }
    case 'BLOCK_AS_IMPLICIT_KEY': {
      if (atBegin) return { message: 'this line is not indented like the list above it', hint: ALIKE };
      const several = group.find((error) => error.code === 'MULTILINE_IMPLICIT_KEY');
      if (several === undefined) return { message: "a second ': ' stands in this value", hint: QUOTE };
      const { line } = lines.linePos(Math.max(from, several.pos[1] - 1));
      return { message: `line ${line} is indented too far: it would go on with this value`, hint: ALIKE };
    }
    case 'MULTILINE_IMPLICIT_KEY':
      if (isItem) return { message: 'a list item stands where a key belongs', hint: ALIKE };
      return noColon();
    case 'MISSING_CHAR':
      if (message.startsWith('Sequence item')) {
        return { message: 'this line is indented neither as a list item nor as a key of the item above', hint: ALIKE };
      }
      if (message.startsWith('Implicit map keys')) return noColon();
      if (message.startsWith('Missing closing')) {
        const quote = /Missing closing (.)/.exec(message)?.[1] ?? "'";
        return { message: 'a quote before this is not closed', hint: `close it with ${quote}` };
      }
      break;
    case 'BAD_SCALAR_START':
      return { message: `a text without quotes can't begin with ${text[from] ?? ''}`, hint: QUOTE };
    case 'UNEXPECTED_TOKEN':
      if (message.includes('on same line with key')) {
        return {
          message: 'a list can not begin on the line of its key',
          hint: 'write each item on a line of its own, indented',
        };
      }
      if (!message.endsWith('at node end')) break;
      return atBegin
        ? { message: 'this line is not indented like those above it', hint: ALIKE }
        : { message: 'more text follows a value that has ended', hint: QUOTE };
  }
  return { message: `is not YAML: ${message.slice(0, 1).toLowerCase()}${message.slice(1)}` };
}

function noColon() {
  return {
    message: "this line has no ': ' after its key",
    hint: 'write key: value; if it belongs to the line above, indent it further',
  };
}

/**
 * What the parser lets through and is no definition: a key that stands twice (the parser compares each with each, which
 * takes minutes for a page of them), one that is a list or a mapping or that every object has, an alias within its own
 * anchor's value. Of a text that the parser has stumbled over only the first: what it made of the rest nobody wrote.
 */
export function structureFaults(document: Document.Parsed, isSound: boolean): YamlFault[] {
  const anchors = new Map<string, unknown>();
  const faults: YamlFault[] = [];
  const keys = new Map<unknown, Set<string>>();
  visit(document, (_key, node, path) => {
    if (isPair(node)) {
      // What is wrong with the keys of the file itself its schema says, with those that there are.
      if (!isSound && !isScalar(node.key)) return undefined;
      const message = keyFault(node.key, setFor(keys, path.at(-1)), isSound && path.length > 2);
      const offset = isNode(node.key) ? (node.key.range?.[0] ?? 0) : 0;
      if (message !== undefined) faults.push({ offset, message });
    } else if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined && (path as readonly unknown[]).includes(target)) {
        const message = `the alias '*${node.source}' stands within what it names: it has no end`;
        faults.push({ offset: node.range?.[0] ?? 0, message });
      }
    } else if ((isScalar(node) || isCollection(node)) && node.anchor !== undefined) anchors.set(node.anchor, node);
    return faults.length >= MOST_TOLD ? visit.BREAK : undefined;
  });
  return faults;
}

function keyFault(key: unknown, seen: Set<string>, isFree: boolean): string | undefined {
  if (isCollection(key) || isAlias(key)) return 'a list, a mapping or an alias is no key';
  if (!isScalar(key) || key.value === null) return undefined;
  const name = String(key.value);
  if (isFree && name === '__proto__') return "the key '__proto__' can't be used";
  if (seen.has(name)) return `key '${name}' stands here a second time`;
  seen.add(name);
  return undefined;
}

function setFor(keys: Map<unknown, Set<string>>, owner: unknown): Set<string> {
  const known = keys.get(owner) ?? new Set();
  keys.set(owner, known);
  return known;
}
