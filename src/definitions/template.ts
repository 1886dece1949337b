/**
 * Templates of commands, environments and landing zones: nunjucks, where an unknown name is an error and nothing is read from
 * disk. A template is compiled once, checked when its definition is loaded, and rendered for every try.
 */

import { emptyEnvironment, type InnerEnvironment, internals, type TemplateNode } from './nunjucks.ts';
import { shellQuote } from './shell-scan.ts';
import { TemplateChecker } from './template-check.ts';
import {
  FORBIDDEN_MEMBERS,
  MEMBER,
  type MemberUse,
  QUOTED,
  TEXT,
  type TemplateFault,
  type TemplateKind,
  type TemplateNames,
} from './template-types.ts';

export type { MemberUse, TemplateFault, TemplateKind, TemplateNames } from './template-types.ts';

/** A template that could not be rendered for this entry: the message names the place, the name and what there is instead. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** A template that can't be compiled. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
  readonly faults: readonly TemplateFault[];

  constructor(faults: readonly TemplateFault[]) {
    super(faults.map(({ message, hint }) => (hint === undefined ? message : `${message}; ${hint}`)).join('\n'));
    this.faults = faults;
  }
}

export interface CompiledTemplate {
  /** Members of objects that are looked up by a fixed name, for checks against other files. */
  readonly members: readonly MemberUse[];
  /** @throws TemplateError if a name that it uses has no value for this entry */
  render(context: Readonly<Record<string, unknown>>): string;
}

/** Far more than a command, a variable or a file of settings has. */
const MOST_TEXT = 64 * 1024 * 1024;

let shared: InnerEnvironment | undefined;

const isTemplate = (text: string): boolean => /\{[{%#]/.test(text);

/** A text that every entry is given as it stands. */
export function isFixed(text: string): boolean {
  return !isTemplate(text) && !text.includes('\0');
}

/**
 * @param where begins the messages of run-time errors, such as `stages/detect.yaml: command[2]`
 * @throws TemplateSyntaxError with all that is wrong with it
 */
export function compileTemplate(
  text: string,
  known: TemplateNames,
  where: string,
  kind: TemplateKind = 'text',
): CompiledTemplate {
  if (!isTemplate(text)) return { members: [], render: () => withoutNul(text, where) };
  shared ??= makeEnvironment();
  const environment = shared;

  const words = (table: object): string[] => Object.keys(table).filter((name) => !name.startsWith('%'));
  const checker = new TemplateChecker(known, kind, words(environment.filters), words(environment.tests));
  const code = compile(text, checker, where);
  const template = new internals.Template({ type: 'code', obj: code }, environment);

  const render = (context: Readonly<Record<string, unknown>>): string => {
    for (const name of checker.used) {
      if (context[name] === undefined) throw new TemplateError(`${where}: '${name}' is not defined here`);
    }
    let text: string;
    try {
      text = template.render(context);
    } catch (error) {
      throw new TemplateError(`${where}: ${rootMessage(error)}`, { cause: error });
    }
    if (text.length > MOST_TEXT)
      throw new TemplateError(`${where}: makes ${text.length} characters of this entry; at most ${MOST_TEXT} are made`);
    return withoutNul(text, where);
  };
  return { members: checker.members, render };
}

/** What nunjucks does itself, with a look at the tree between: its compiler makes JavaScript. @throws TemplateSyntaxError */
function compile(text: string, checker: TemplateChecker, where: string): unknown {
  try {
    const tree = parse(text);
    checker.statement(tree);
    if (checker.faults.length > 0) throw new TemplateSyntaxError(checker.faults);
    const compiler = new internals.compiler.Compiler(where, false);
    compiler.compile(tree);
    return new Function(compiler.getCode())();
  } catch (error) {
    // One expression in another, thousands deep: each of these walks the tree by calling itself.
    if (!(error instanceof RangeError)) throw error;
    throw new TemplateSyntaxError([{ line: 0, column: 0, message: 'is nested too deeply' }]);
  }
}

/** Nunjucks wraps what is thrown while rendering, and puts its own place in front of the message. */
function rootMessage(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  return at instanceof Error ? at.message : String(at);
}

function withoutNul(text: string, where: string): string {
  if (text.includes('\0'))
    throw new TemplateError(`${where}: a value holds a NUL character, which no program can be given`);
  return text;
}

function parse(text: string): TemplateNode {
  try {
    return internals.parser.parse(text, [], {});
  } catch (error) {
    if (!(error instanceof Error) || error instanceof RangeError) throw error;
    const { lineno, colno } = error as { lineno?: number; colno?: number };
    const fault = { line: Math.max(0, (lineno ?? 1) - 1), column: Math.max(0, (colno ?? 1) - 1) };
    throw new TemplateSyntaxError([{ ...fault, message: `is no template: ${error.message}` }]);
  }
}

function makeEnvironment(): InnerEnvironment {
  const environment = emptyEnvironment();
  environment.addFilter('raw', (value: unknown) => value);
  environment.addFilter(MEMBER, member);
  environment.addFilter(TEXT, asText);
  environment.addFilter(QUOTED, (value: unknown, path: string) => shellQuote(asText(value, path)));
  return environment;
}

/** `target[key]`, but nothing that an object merely inherits, and not silently undefined. */
function member(target: unknown, key: unknown, strict: boolean, path: string): unknown {
  const isPlain = typeof target === 'object' && target !== null && !Array.isArray(target) && !isSafe(target);
  // As the lookup itself will read it: a list of one text is that text then.
  const name = typeof key === 'number' ? key : String(key);
  const hidden = FORBIDDEN_MEMBERS.has(name) || (isPlain && !Object.hasOwn(target, name));
  const value = hidden || target === null ? undefined : internals.runtime.memberLookup(target, name);
  if (value !== undefined || !strict) return value;
  const names = isPlain ? Object.keys(target) : [];
  throw new TemplateError(
    isPlain
      ? `${path} is not defined for this entry; it has: ${names.length === 0 ? 'nothing' : names.join(', ')}`
      : `${path} is not defined for this entry`,
  );
}

function asText(value: unknown, path: string): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      if (isSafe(value)) return String(value);
      if (value === undefined || value === null) throw new TemplateError(`${path} is not defined for this entry`);
      throw new TemplateError(
        `${path} is ${Array.isArray(value) ? 'a list' : `no text (${typeof value})`}; use | join or | dump`,
      );
  }
}

function isSafe(value: unknown): value is object {
  return value instanceof internals.runtime.SafeString;
}
