/**
 * The inner parts of nunjucks that templates are checked with: its parser, its tree and its compiler. They are exported by
 * the package but not in its types. Loaded on first use.
 */

import nunjucks from 'nunjucks';

/** A node of the tree. Places count from 0. */
export interface TemplateNode {
  readonly typename: string;
  readonly lineno: number;
  readonly colno: number;
  readonly fields: readonly string[];
  [field: string]: unknown;
}

type NodeClass = new (line: number, column: number, ...fields: unknown[]) => TemplateNode;

export interface Internals {
  readonly parser: { parse(text: string, extensions: readonly unknown[], options: object): TemplateNode };
  readonly compiler: {
    readonly Compiler: new (
      name: string,
      throwOnUndefined: boolean,
    ) => { compile(node: TemplateNode): void; getCode(): string };
  };
  readonly nodes: { readonly [K in 'Filter' | 'Symbol' | 'Literal' | 'NodeList']: NodeClass };
  readonly runtime: {
    readonly SafeString: new (text: string) => object;
    memberLookup(target: unknown, key: unknown): unknown;
  };
  readonly Template: new (
    source: { type: 'code'; obj: unknown },
    environment: object,
  ) => { render(context: object): string };
}

export const internals = nunjucks as unknown as Internals;

type FilterFunction = (...values: never[]) => unknown;

/** What our own environment looks like inside. */
export interface InnerEnvironment {
  globals: Record<string, unknown>;
  readonly filters: Readonly<Record<string, FilterFunction>>;
  readonly tests: Readonly<Record<string, unknown>>;
  addFilter(name: string, filter: FilterFunction): void;
}

/** An environment that reads no files and knows no global names. */
export function emptyEnvironment(): InnerEnvironment {
  // `dev` keeps the cause of an error.
  const options = { autoescape: false, dev: true };
  const environment = new nunjucks.Environment([], options) as unknown as InnerEnvironment;
  environment.globals = {};
  return environment;
}
