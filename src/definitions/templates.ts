/** What the templates of each place may name, and the templates of a stage and of a landing zone ready to be rendered. */

import type { LandingZone, StageDefinition } from '../model/definition.ts';
import type { Fault } from './fault.ts';
import type { Path, Source } from './source.ts';
import {
  compileTemplate,
  isFixed,
  type MemberUse,
  type TemplateFault,
  type TemplateKind,
  type TemplateNames,
  TemplateSyntaxError,
} from './template.ts';
import type { BatchContext, ServiceContext, StepContext } from './template-contexts.ts';

export type RenderedCommand =
  | { readonly kind: 'argv'; readonly argv: readonly string[] }
  | { readonly kind: 'shell'; readonly line: string };

/** A file for the working folder, as it is to stand there. */
export interface RenderedFile {
  readonly name: string;
  readonly content: string;
  readonly executable: boolean;
}

/** One template of a stage. @throws TemplateError from `render` */
export interface Piece {
  readonly of: 'argv' | 'shell' | 'env' | 'file';
  /** Of the variable or the file; of an argument its number, from 0. */
  readonly name: string;
  render(context: StepContext | BatchContext | ServiceContext): string;
}

/** @throws TemplateError from each of its functions */
export interface StageTemplates {
  command(context: StepContext | BatchContext | ServiceContext): RenderedCommand;
  env(context: StepContext | BatchContext | ServiceContext): Record<string, string>;
  files(context: StepContext | BatchContext): RenderedFile[];
  /** Command and environment where no entry changes them: nothing is to be rendered, and no context made. */
  readonly fixed: { readonly command: RenderedCommand; readonly env: Readonly<Record<string, string>> } | undefined;
  /** Each by itself, for who wants to see what can be rendered though not all of it can. */
  readonly pieces: readonly Piece[];
  /** False: nothing names `members`, which need not be read. */
  readonly usesMembers: boolean;
}

/** What the templates of a landing zone see. */
export interface FileContext {
  /** The file's name. */
  readonly name: string;
  /** The named groups of the zone's pattern. */
  readonly groups: Readonly<Record<string, string | undefined>>;
}

export interface LandingTemplates {
  /** Undefined if the zone has a pattern and the file's name does not fit it. */
  groups(fileName: string): Record<string, string> | undefined;
  folder(context: { readonly board: string; readonly pipeline: string }): string;
  dataset(context: FileContext): string;
  class(context: FileContext): string;
  rank(context: FileContext): string;
  params(context: FileContext): Record<string, string>;
}

/** Of one entry: in a batch its list says them, a line an entry. */
const NAMES_OF_AN_ENTRY = [
  ...['dataset', 'class', 'rank', 'try', 'epoch', 'posted', 'params', 'products', 'inputs', 'members'],
];

/** What a stage says of itself that gives its templates further names. */
export interface Declared {
  readonly products: boolean;
  readonly cpus: boolean;
  readonly memory: boolean;
  readonly batch: boolean;
}

/** Of a definition, or of the plain data of its file. */
export function declaredIn({ products, cpus, memory, batch }: Readonly<Record<string, unknown>>): Declared {
  return {
    products: products === true,
    cpus: cpus !== undefined,
    memory: memory !== undefined,
    batch: batch !== undefined,
  };
}

export function stageNames(declared: Declared): TemplateNames {
  if (declared.batch) return batchNames(declared);
  const optional = {
    products: "this stage publishes none; say 'products: true'",
    cpus: "this stage declares none; say 'cpus: 1'",
    memory: "this stage declares none; say 'memory: 2g'",
  };
  const keys = ['products', 'cpus', 'memory'] as const;
  const always = [
    ...['home', 'board', 'pipeline', 'stage', 'dataset', 'class', 'rank', 'try', 'epoch', 'posted'],
    ...['params', 'scratch'],
  ];
  return {
    names: [...always, ...keys.filter((key) => declared[key]), 'inputs', 'members', 'env'],
    absent: {
      batch: "this stage takes one entry at a time; say 'batch: {most: 50}'",
      ...Object.fromEntries(keys.filter((key) => !declared[key]).map((key) => [key, optional[key]])),
    },
  };
}

function batchNames({ cpus, memory }: Declared): TemplateNames {
  const hint = "the step takes several entries: each has its own in the list '{{ batch.path }}'";
  const given = [...(cpus ? ['cpus'] : []), ...(memory ? ['memory'] : [])];
  return {
    names: ['home', 'board', 'pipeline', 'stage', 'scratch', 'batch', ...given, 'env'],
    members: { batch: ['path', 'outcomes', 'count'] },
    absent: Object.fromEntries(NAMES_OF_AN_ENTRY.map((name) => [name, hint])),
  };
}

const OF_AN_ENTRY = 'a service is started before there is an entry: it is told of each by a line on its input';

/** What the command of a service may name. */
export const SERVICE_NAMES: TemplateNames = {
  names: ['home', 'board', 'pipeline', 'stage', 'env'],
  absent: Object.fromEntries(
    [...NAMES_OF_AN_ENTRY, 'scratch', 'batch', 'cpus', 'memory'].map((name) => [name, OF_AN_ENTRY]),
  ),
};

export const FOLDER_NAMES: TemplateNames = { names: ['board', 'pipeline'] };

export function fileNames(pattern: string | undefined): TemplateNames {
  return { names: ['name', 'groups'], members: { groups: groupNames(pattern) } };
}

/** The names of a regular expression's groups. */
function groupNames(pattern: string | undefined): string[] {
  if (pattern === undefined) return [];
  // An empty alternative always matches, and names every group.
  return Object.keys(new RegExp(`${pattern}|`).exec('')?.groups ?? {});
}

const stageCache = new WeakMap<StageDefinition, StageTemplates>();
const landingCache = new WeakMap<LandingZone, LandingTemplates>();

/** The templates of a loaded stage; compiled at the first call. */
export function stageTemplates(stage: StageDefinition): StageTemplates {
  const cached = stageCache.get(stage);
  if (cached !== undefined) return cached;
  // What stands in the working folder is of one entry, also where a service does its work.
  const ofEntry = stageNames(declaredIn({ ...stage }));
  const ofProgram = stage.service === undefined ? ofEntry : SERVICE_NAMES;
  const piece = (of: Piece['of'], name: string, text: string, where: string): Piece => {
    const kind = of === 'shell' ? 'shell' : 'text';
    const template = compileTemplate(text, of === 'file' ? ofEntry : ofProgram, `${stage.file}: ${where}`, kind);
    return { of, name, render: (context) => template.render({ ...context }) };
  };
  const { command } = stage;
  const line =
    command.kind === 'shell'
      ? [piece('shell', '', command.line, 'shell')]
      : command.argv.map((text, index) =>
          piece('argv', String(index), text, stage.transfer === undefined ? `command[${index}]` : 'transfer'),
        );
  const env = Object.entries(stage.env).map(([name, text]) => piece('env', name, text, `env.${name}`));
  const files = stage.files.map((file) => {
    const { name, text, from } = file;
    return { file, made: piece('file', name, text, from === undefined ? `files.${name}` : `files.${name} (${from})`) };
  });
  const templates: StageTemplates = {
    command: (context) => {
      const words = line.map((one) => one.render(context));
      return command.kind === 'shell' ? { kind: 'shell', line: words[0] ?? '' } : { kind: 'argv', argv: words };
    },
    env: (context) => Object.fromEntries(env.map((one) => [one.name, one.render(context)])),
    files: (context) =>
      files.map(({ file: { name, executable }, made }) => ({ name, content: made.render(context), executable })),
    fixed: fixedOf(stage),
    pieces: [...line, ...env, ...files.map(({ made }) => made)],
    usesMembers: [
      ...(command.kind === 'shell' ? [command.line] : command.argv),
      ...Object.values(stage.env),
      ...stage.files.map(({ text }) => text),
    ].some((text) => text.includes('members')),
  };
  stageCache.set(stage, templates);
  return templates;
}

/** What is the same for every entry: nothing is to be rendered then. */
function fixedOf({ command, env }: StageDefinition): StageTemplates['fixed'] {
  const texts = [...(command.kind === 'shell' ? [command.line] : command.argv), ...Object.values(env)];
  if (!texts.every(isFixed)) return undefined;
  return { command: command.kind === 'shell' ? { kind: 'shell', line: command.line } : command, env };
}

/** The templates of a loaded landing zone; compiled at the first call. */
export function landingTemplates(zone: LandingZone): LandingTemplates {
  const cached = landingCache.get(zone);
  if (cached !== undefined) return cached;
  const names = fileNames(zone.pattern);
  const where = `landing zone ${zone.folder}`;
  const compile = (text: string, key: string) => compileTemplate(text, names, `${where}: ${key}`);
  const folder = compileTemplate(zone.folder, FOLDER_NAMES, where);
  const pattern = zone.pattern === undefined ? undefined : new RegExp(zone.pattern);
  const [dataset, className, rank] = [
    compile(zone.dataset, 'dataset'),
    compile(zone.class, 'class'),
    compile(zone.rank, 'rank'),
  ];
  const params = Object.entries(zone.params).map(([name, text]) => [name, compile(text, `params.${name}`)] as const);
  const templates: LandingTemplates = {
    groups: (fileName) => {
      if (pattern === undefined) return {};
      const match = pattern.exec(fileName);
      return match === null ? undefined : definedOf(match.groups ?? {});
    },
    folder: (context) => folder.render({ ...context }),
    dataset: (context) => dataset.render({ ...context }),
    class: (context) => className.render({ ...context }),
    rank: (context) => rank.render({ ...context }),
    params: (context) => Object.fromEntries(params.map(([name, template]) => [name, template.render({ ...context })])),
  };
  landingCache.set(zone, templates);
  return templates;
}

/** A group of an alternative that was not taken is not defined. */
function definedOf(groups: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(groups).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}

interface Found {
  readonly faults: readonly Fault[];
  readonly members: readonly MemberUse[];
}

/** Checks the template at `path` of a file, if a text stands there at all. */
export function checkTemplate(
  source: Source,
  path: Path,
  text: unknown,
  names: TemplateNames,
  kind: TemplateKind = 'text',
): Found {
  if (typeof text !== 'string') return { faults: [], members: [] };
  return check(text, names, source.file, kind, ({ line, column, message, hint }) =>
    source.faultAt(source.placeInText(path, line, column), message, hint),
  );
}

/** Checks a file that is one template. */
export function checkTemplateFile(file: string, text: string, names: TemplateNames): Found {
  return check(text, names, file, 'text', ({ line, column, ...told }) => ({
    file,
    line: line + 1,
    column: column + 1,
    ...told,
  }));
}

function check(
  text: string,
  names: TemplateNames,
  where: string,
  kind: TemplateKind,
  faultOf: (fault: TemplateFault) => Fault,
): Found {
  try {
    return { faults: [], members: compileTemplate(text, names, where, kind).members };
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    return { faults: error.faults.map(faultOf), members: [] };
  }
}
