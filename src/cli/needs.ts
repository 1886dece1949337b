/** What an entry is to wait for, as options, a YAML file and lists of members say it. */
import { isAlias, isCollection, parseDocument, visit } from 'yaml';
import { type Needs, parseNeeds } from '../model/needs.ts';
import { usage } from './exit.ts';
import { linesOf, textOf } from './input.ts';
import type { World } from './session.ts';

export interface NeedsOptions {
  readonly member?: string[];
  readonly membersFrom?: string;
  readonly until?: string;
  readonly needFile?: string[];
  readonly deadline?: string;
  readonly atDeadline?: string;
  readonly needs?: string;
}

/** Options beside `--needs` come on top of what its file says. @returns undefined if nothing is asked for */
export async function needsOfOptions(world: World, options: NeedsOptions, nowMs: number): Promise<Needs | undefined> {
  const file = options.needs === undefined ? {} : await readYaml(world, options.needs);
  const listed = options.membersFrom === undefined ? [] : await membersIn(world, options.membersFrom);
  const members = [...listOf(file.members), ...(options.member ?? []), ...listed];
  const files = [...listOf(file.files), ...(options.needFile ?? [])];
  const asked = {
    ...file,
    ...(members.length === 0 ? {} : { members: await expanded(world, members) }),
    ...(files.length === 0 ? {} : { files }),
    ...(options.until === undefined ? {} : { until: options.until }),
    ...(options.deadline === undefined ? {} : { deadline: options.deadline }),
    ...(options.atDeadline === undefined ? {} : { then: options.atDeadline }),
  };
  if (Object.keys(asked).length === 0) return undefined;
  return checked(asked, nowMs, options.needs === undefined ? 'what it is to wait for' : options.needs);
}

/** @throws CliError saying what is wrong with them */
export function checked(value: unknown, nowMs: number, where: string): Needs {
  const needs = parseNeeds(value, nowMs);
  if (typeof needs === 'string') throw usage(`${where}: ${needs}`);
  return needs;
}

async function readYaml(world: World, path: string): Promise<Record<string, unknown>> {
  let value: unknown;
  try {
    value = parsed(await textOf(world, path));
  } catch (error) {
    // Aliases of aliases, and brackets within brackets, end in the other two.
    const isFault = error instanceof ReferenceError || error instanceof RangeError;
    if (!(error instanceof Error) || (error.name !== 'YAMLParseError' && !isFault)) throw error;
    throw usage(`${path}: ${error.message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw usage(`${path}: a mapping with members, files, notBefore, deadline and the like is expected`);
}

/** Keys are not compared with each other, and keys within keys not made: the parser takes for ever over many. */
function parsed(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false });
  const [fault] = document.errors;
  if (fault !== undefined) throw fault;
  visit(document, {
    Pair(_, { key }) {
      if (isCollection(key) || isAlias(key)) throw new ReferenceError('a list, a mapping or an alias is no key');
    },
  });
  return document.toJS();
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A `{list: FILE}` among members stands for what the file names, with what else is said of it. */
async function expanded(world: World, members: readonly unknown[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const member of members) {
    if (typeof member !== 'object' || member === null || !('list' in member)) {
      found.push(member);
      continue;
    }
    const { list, ...more } = member as { list: unknown; [key: string]: unknown };
    if (typeof list !== 'string') throw usage("members: 'list' is the path of a file");
    const names = await membersIn(world, list);
    found.push(...names.map((name) => (Object.keys(more).length === 0 ? name : { ...more, ...asMember(name) })));
  }
  return found;
}

function asMember(name: string): Record<string, string> {
  const colon = name.indexOf(':');
  const word = name.slice(colon + 1);
  return { ...(colon < 0 ? {} : { board: name.slice(0, colon) }), [/[*?]/.test(word) ? 'glob' : 'dataset']: word };
}

/** One member a line; empty lines and those that begin with `#` are left out. */
async function membersIn(world: World, path: string): Promise<string[]> {
  const lines = await linesOf(world, path, '\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}
