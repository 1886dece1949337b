/** `stages/<name>.yaml` → a stage. */

import type { z } from 'zod';
import type { BatchRule, Command, Gather, StageDefinition, StageFile } from '../model/definition.ts';
import { tryParseDuration } from '../model/duration.ts';
import { type EngineDefinition, LOCAL } from '../model/engine.ts';
import { nearest } from '../model/suggest.ts';
import { ENGINES_FILE, readEngines } from './engines.ts';
import type { Fault } from './fault.ts';
import { issueFaults } from './issues.ts';
import { NEEDS_NAMES } from './needs-templates.ts';
import { keysAt } from './schema-doc.ts';
import { isService, serviceOf } from './service-schema.ts';
import { STAGE_NAME } from './shapes.ts';
import { isRecord, type Path, type Place, type Source } from './source.ts';
import { checkFiles } from './stage-files.ts';
import { stageShape } from './stage-schema.ts';
import type { TemplateKind } from './template.ts';
import { checkTemplate, declaredIn, SERVICE_NAMES, stageNames } from './templates.ts';

/** What is left to check against other files, whatever else is wrong with this one. */
export interface StageRefs {
  /** Its file's. */
  readonly name: string;
  readonly source: Source;
  /** Undefined: can't be told. */
  readonly products: boolean | undefined;
  /** Stages named by `skip`, `hold` and `set`: must be descendants. */
  readonly later: ReadonlyArray<{ readonly stage: string; readonly place: Place }>;
  /** Stages named by `back`: must be ancestors. */
  readonly before: ReadonlyArray<{ readonly stage: string; readonly place: Place }>;
  /** Stages named by `inputs.<stage>`: must be ancestors with products. A template of its own has the place in its file. */
  readonly earlier: ReadonlyArray<{ readonly stage: string; readonly place: Place; readonly file?: string }>;
  /** Other files of the home that it is made of. */
  readonly read: readonly string[];
  /** Limits that its steps take places of: the pipeline must have them. */
  readonly limits: ReadonlyArray<{ readonly limit: string; readonly most: number; readonly place: Place }>;
}

export interface ParsedStage {
  readonly refs: StageRefs;
  /** Undefined if there are faults. */
  readonly definition: StageDefinition | undefined;
  readonly faults: readonly Fault[];
}

/** The heading of a column whose stage gives none. */
export function defaultTitle(stage: string): string {
  return stage.slice(0, 3).toUpperCase();
}

/**
 * @param name the file's name without `.yaml`
 * @param home from which its templates are read
 */
export function parseStage(source: Source, name: string, home: string): ParsedStage {
  const { data } = source;
  if (data === undefined) {
    const refs = { name, source, products: undefined, later: [], before: [], earlier: [], limits: [], read: [] };
    return { refs, definition: undefined, faults: source.faults };
  }
  const faults: Fault[] = [...source.faults, ...otherFaults(source, data)];
  const templates = checkTemplates(source, data);
  faults.push(...templates.faults);
  const files = checkFiles(source, data, home);
  faults.push(...files.faults);
  const engine = engineOf(source, data, home);
  faults.push(...engine.faults);

  if (typeof data.stage === 'string' && STAGE_NAME.test(data.stage) && data.stage !== name) {
    faults.push(
      source.fault(['stage'], `the stage is named '${data.stage}', its file '${name}'`, 'give both the same name'),
    );
  }
  if (data.command !== undefined && data.shell !== undefined) {
    faults.push(
      source.faultAt(source.keyPlaceOf(['shell']), "'command' and 'shell' are both given", 'a stage has one of them'),
    );
  } else if (data.command === undefined && data.shell === undefined && !isMisspelt(data, 'command')) {
    faults.push(
      source.fault([], "'command' is missing", "it is a list such as [node, step.js]; or a line of shell as 'shell'"),
    );
  }

  const result = stageShape.safeParse(data);
  if (!result.success) {
    faults.push(...issueFaults(source, result.error.issues, (path) => keysAt('stage', path)));
  }
  const refs = {
    name,
    source,
    products: productsOf(data),
    later: laterStages(source, data.exits),
    before: stagesBefore(source, data.exits),
    earlier: [...templates.earlier, ...files.earlier],
    read: files.read,
    limits: limitsOf(source, data.limits),
  };
  const sound = result.success && faults.length === 0;
  return { refs, definition: sound ? build(source, result.data, files.files, engine.engine) : undefined, faults };
}

function build(
  source: Source,
  data: z.output<typeof stageShape>,
  files: readonly StageFile[],
  engine: EngineDefinition | undefined,
): StageDefinition {
  const firstMs = data.backoff?.first ?? 5_000;
  return {
    name: data.stage,
    title: data.title ?? defaultTitle(data.stage),
    description: data.description ?? '',
    command: commandOf(data.command, data.shell),
    exits: data.exits ?? { codes: new Map([[0, { kind: 'complete' }]]), default: { kind: 'fail' } },
    retries: data.retries,
    backoff: { firstMs, factor: data.backoff?.factor ?? 2, mostMs: data.backoff?.most ?? Math.max(600_000, firstMs) },
    timeoutMs: data.timeout,
    slots: data.slots,
    products: data.products,
    service: serviceOf(data.service),
    checkpoint: data.checkpoint,
    cpus: data.cpus,
    memory: data.memory,
    limits: data.limits,
    freeBytes: data.free,
    ...(data.batch === undefined ? {} : { batch: batchOf(data.batch) }),
    env: data.env,
    files,
    classes: data.classes,
    scratch: data.scratch,
    gather: gatherOf(data.gather),
    ...(engine === undefined ? {} : { engine }),
    file: source.file,
    sha256: source.sha256,
  };
}

/** Where its steps run, if not here; with what can't be had there. */
function engineOf(
  source: Source,
  { engine: name, ...data }: Readonly<Record<string, unknown>>,
  home: string,
): { readonly engine: EngineDefinition | undefined; readonly faults: readonly Fault[] } {
  if (typeof name !== 'string' || name === LOCAL) return { engine: undefined, faults: [] };
  const { engines, faults: inFile } = readEngines(home);
  const engine = engines.get(name);
  const faults: Fault[] = [];
  if (inFile.length > 0) {
    const hint = 'slate check tells them';
    faults.push(source.fault(['engine'], `${ENGINES_FILE} has faults`, hint));
  } else if (engine === undefined) {
    const known = [LOCAL, ...engines.keys()];
    const close = nearest(name, known);
    const hint = close === undefined ? `there are ${known.join(', ')}` : `did you mean '${close}'?`;
    faults.push(source.fault(['engine'], `there is no engine '${name}'`, hint));
  }
  for (const [key, why] of NOT_ON_ENGINES)
    if (data[key] !== undefined && data[key] !== false)
      faults.push(source.faultAt(source.keyPlaceOf([key]), `'${key}' and 'engine' are both given`, why));
  return { engine, faults };
}

const NOT_ON_ENGINES = [
  ['service', 'a service stays up beside its stage process; jobs of an engine come and go'],
  ['batch', 'the engine is given several jobs at once anyway: see array in engines.yaml'],
] as const;

function gatherOf(data: z.output<typeof stageShape>['gather']): Gather | undefined {
  if (data === undefined) return undefined;
  const { what, until, deadline, then = 'hold' } = data;
  return { what, until, deadlineMs: deadline, atDeadline: then };
}

function batchOf({ most, within, idle }: NonNullable<z.output<typeof stageShape>['batch']>): BatchRule {
  return { most, withinMs: within ?? 0, idleMs: idle };
}

function commandOf(argv: readonly string[] | undefined, line: string | undefined): Command {
  return argv === undefined ? { kind: 'shell', line: line ?? '' } : { kind: 'argv', argv };
}

/** Templates are checked even where the shape is wrong elsewhere: all faults of a file at once. */
function checkTemplates(source: Source, data: Readonly<Record<string, unknown>>) {
  const names = isService(data) ? SERVICE_NAMES : stageNames(declaredIn(data));
  const faults: Fault[] = [];
  const earlier: Array<{ stage: string; place: Place }> = [];
  const check = (path: Path, text: unknown, kind: TemplateKind = 'text', known = names) => {
    const found = checkTemplate(source, path, text, known, kind);
    faults.push(...found.faults);
    for (const { object, member, line, column } of found.members) {
      if (object === 'inputs' || object === 'sizes')
        earlier.push({ stage: member, place: source.placeInText(path, line, column) });
    }
  };
  if (Array.isArray(data.command)) for (const [index, text] of data.command.entries()) check(['command', index], text);
  check(['shell'], data.shell, 'shell');
  for (const key of ['cpus', 'memory']) check([key], data[key], 'text', NEEDS_NAMES);
  if (isRecord(data.env)) for (const [name, text] of Object.entries(data.env)) check(['env', name], text);
  return { faults, earlier };
}

/** The stages that `skip`, `hold` and `set` name, on the plain data: they are checked even where the shape is wrong. */
function laterStages(source: Source, exits: unknown): StageRefs['later'] {
  return outcomes(exits).flatMap(([code, outcome]) => {
    const named = (key: 'skip' | 'hold') => {
      const list: readonly unknown[] = Array.isArray(outcome[key]) ? outcome[key] : [];
      return list.map((stage, at) => ({ stage, place: source.placeOf(['exits', code, key, at]) }));
    };
    const set = isRecord(outcome.set) ? Object.keys(outcome.set) : [];
    return [
      ...named('skip'),
      ...named('hold'),
      ...set.map((stage) => ({ stage, place: source.keyPlaceOf(['exits', code, 'set', stage]) })),
    ].flatMap(({ stage, place }) => (typeof stage === 'string' && STAGE_NAME.test(stage) ? [{ stage, place }] : []));
  });
}

/** The stages that `back` names. */
function stagesBefore(source: Source, exits: unknown): StageRefs['before'] {
  return outcomes(exits).flatMap(([code, { back }]) =>
    typeof back === 'string' && STAGE_NAME.test(back)
      ? [{ stage: back, place: source.placeOf(['exits', code, 'back']) }]
      : [],
  );
}

function outcomes(exits: unknown): Array<[code: string, outcome: Readonly<Record<string, unknown>>]> {
  if (!isRecord(exits)) return [];
  return Object.entries(exits).flatMap(([code, outcome]) => (isRecord(outcome) ? [[code, outcome]] : []));
}

/** On the plain data: they are held against the pipelines even where the shape is wrong elsewhere. */
function limitsOf(source: Source, limits: unknown): StageRefs['limits'] {
  if (Array.isArray(limits))
    return limits.map((limit: unknown, at) => ({
      limit: String(limit),
      most: 1,
      place: source.placeOf(['limits', at]),
    }));
  if (!isRecord(limits)) return [];
  return Object.entries(limits).map(([limit, most]) => ({
    limit,
    most: Number(most),
    place: source.keyPlaceOf(['limits', limit]),
  }));
}

/** Undefined if the key may have been meant and is written wrong. */
function productsOf(data: Readonly<Record<string, unknown>>): boolean | undefined {
  if (typeof data.products === 'boolean') return data.products;
  return data.products === undefined && !isMisspelt(data, 'products') ? false : undefined;
}

function isMisspelt(data: Readonly<Record<string, unknown>>, key: string): boolean {
  const keys = keysAt('stage', []);
  return Object.keys(data).some((one) => !keys.includes(one) && nearest(one, keys) === key);
}

/** What the shape does not say, on the plain data. */
function otherFaults(source: Source, data: Readonly<Record<string, unknown>>): Fault[] {
  const faults: Fault[] = [];
  const { backoff, gather } = data;
  if (isRecord(gather) && gather.then !== undefined && gather.deadline === undefined)
    faults.push(source.fault(['gather', 'then'], "'gather.then' without 'gather.deadline' is never reached"));
  if (isRecord(backoff) && typeof backoff.first === 'string' && typeof backoff.most === 'string') {
    const [first, most] = [tryParseDuration(backoff.first), tryParseDuration(backoff.most)];
    if (first !== undefined && most !== undefined && most < first) {
      faults.push(source.fault(['backoff', 'most'], "'backoff.most' is shorter than 'backoff.first'"));
    }
  }
  const { batch } = data;
  if (batch !== undefined && isService(data)) {
    const text = "'batch' and 'service' are both given";
    faults.push(source.faultAt(source.keyPlaceOf(['batch']), text, 'a service is given one entry after the other'));
  }
  if (isRecord(batch) && typeof batch.within === 'string' && typeof batch.idle === 'string') {
    const [within, idle] = [tryParseDuration(batch.within), tryParseDuration(batch.idle)];
    if (within !== undefined && idle !== undefined && idle > within) {
      const hint = 'the first of them waits no longer than that';
      faults.push(source.fault(['batch', 'idle'], "'batch.idle' is longer than 'batch.within'", hint));
    }
  }
  const classes: readonly unknown[] = Array.isArray(data.classes) ? data.classes : [];
  for (const [index, name] of classes.entries()) {
    if (typeof name === 'string' && classes.indexOf(name) !== index)
      faults.push(source.fault(['classes', index], `class '${name}' is named twice`));
  }
  return faults;
}
