/** What the checker of templates is told, and what it finds. */

/** The names that templates of one place may use. */
export interface TemplateNames {
  readonly names: readonly string[];
  /** Objects whose members are known when the file is read: a member that is not listed is a fault. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
  /** Help for a name that exists elsewhere: why it is not here. */
  readonly absent?: Readonly<Record<string, string>>;
}

/** `text`: values as they are. `shell`: each value is one quoted word, unless its last filter is `raw` or `safe`. */
export type TemplateKind = 'text' | 'shell';

export interface TemplateFault {
  /** In the template, both from 0. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
}

/** A member of an object that a template looks up by a fixed name, such as `inputs.calibrate`. */
export interface MemberUse {
  readonly object: string;
  readonly member: string;
  readonly line: number;
  readonly column: number;
}

/** Nodes of two sides. */
export const BINARY: ReadonlySet<string> = new Set([
  'In',
  'Add',
  'Concat',
  'Sub',
  'Mul',
  'Div',
  'FloorDiv',
  'Mod',
  'Pow',
]);
/** Tags that load other templates, or that have no use in a line; by the name of their node. */
export const TAGS: Readonly<Record<string, string>> = {
  Include: 'include',
  Import: 'import',
  FromImport: 'from',
  Extends: 'extends',
  Block: 'block',
  Macro: 'macro',
  Caller: 'call',
  Switch: 'switch',
  AsyncEach: 'asyncEach',
  AsyncAll: 'asyncAll',
  IfAsync: 'ifAsync',
  Super: 'super',
};

/** Members that lead out of the data. */
export const FORBIDDEN_MEMBERS: ReadonlySet<unknown> = new Set([
  'constructor',
  'prototype',
  '__proto__',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
]);

/** Filters that the rewritten tree uses; templates can't write them, as their names hold a character of the language. */
export const MEMBER = '%member';
export const TEXT = '%text';
export const QUOTED = '%quoted';
