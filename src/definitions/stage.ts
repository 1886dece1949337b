/** `stages/<name>.yaml` → a stage. */

import type { z } from 'zod';
import type { BatchRule, Command, ExitMap, Gather, StageDefinition, StageFile } from '../model/definition.ts';
import { tryParseDuration } from '../model/duration.ts';
import type { EngineDefinition } from '../model/engine.ts';
import type { SiteDefinition } from '../model/site.ts';
import { nearest } from '../model/suggest.ts';
import type { Fault } from './fault.ts';
import { issueFaults } from './issues.ts';
import { NEEDS_NAMES } from './needs-templates.ts';
import { keysAt } from './schema-doc.ts';
import { isService, serviceOf } from './service-schema.ts';
import { STAGE_NAME } from './shapes.ts';
import { isRecord, type Path, type Place, type Source } from './source.ts';
import { engineOf, farFaults } from './stage-engine.ts';
import { checkFiles } from './stage-files.ts';
import { laterStages, limitsOf, limitsOfSite, type StageRefs, stagesBefore } from './stage-refs.ts';
import { stageShape } from './stage-schema.ts';
import type { TemplateKind } from './template.ts';
import { checkTemplate, declaredIn, SERVICE_NAMES, stageNames } from './templates.ts';
import {
  checkTransfer,
  TRANSFER_FIRST_MS,
  TRANSFER_MAP,
  TRANSFER_RETRIES,
  transferCommand,
  transferOf,
  transferTexts,
} from './transfer.ts';

export interface ParsedStage {
  readonly refs: StageRefs;
  /** Undefined if there are faults. */
  readonly definition: StageDefinition | undefined;
  /** It says itself where its steps run, or they can run nowhere else than here. */
  readonly isPlaced: boolean;
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
    return { refs, definition: undefined, isPlaced: true, faults: source.faults };
  }
  const faults: Fault[] = [...source.faults, ...otherFaults(source, data)];
  const templates = checkTemplates(source, data);
  faults.push(...templates.faults);
  const files = checkFiles(source, data, home);
  faults.push(...files.faults);
  const engine = engineOf(source, data, home);
  faults.push(...engine.faults);
  if (engine.engine?.site !== undefined) faults.push(...farFaults(source, [...templates.earlier, ...files.earlier]));
  const transfer = checkTransfer(source, data, home);
  faults.push(...transfer.faults);

  if (typeof data.stage === 'string' && STAGE_NAME.test(data.stage) && data.stage !== name) {
    faults.push(
      source.fault(['stage'], `the stage is named '${data.stage}', its file '${name}'`, 'give both the same name'),
    );
  }
  if (data.command !== undefined && data.shell !== undefined) {
    faults.push(
      source.faultAt(source.keyPlaceOf(['shell']), "'command' and 'shell' are both given", 'a stage has one of them'),
    );
  } else if (['command', 'shell', 'transfer'].every((key) => data[key] === undefined) && !isMisspelt(data, 'command')) {
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
    limits: [...limitsOf(source, data.limits), ...limitsOfSite(source, transfer.site?.limits, data.limits)],
  };
  const sound = result.success && faults.length === 0;
  const definition = sound ? build(source, result.data, { ...files, ...engine, ...transfer }) : undefined;
  return { refs, definition, isPlaced: engine.isPlaced, faults };
}

/** What it is made of beside its own file. */
interface Found {
  readonly files: readonly StageFile[];
  readonly engine: EngineDefinition | undefined;
  readonly site: SiteDefinition | undefined;
}

function build(source: Source, data: z.output<typeof stageShape>, { files, engine, site }: Found): StageDefinition {
  const { transfer } = data;
  const firstMs = data.backoff?.first ?? (transfer === undefined ? 5_000 : TRANSFER_FIRST_MS);
  return {
    name: data.stage,
    title: data.title ?? defaultTitle(data.stage),
    description: data.description ?? '',
    command: commandOf(transfer === undefined ? data.command : transferCommand(transfer), data.shell),
    exits: data.exits ?? (transfer === undefined ? PLAIN_MAP : TRANSFER_MAP),
    retries: data.retries ?? (transfer === undefined ? 0 : TRANSFER_RETRIES),
    backoff: { firstMs, factor: data.backoff?.factor ?? 2, mostMs: data.backoff?.most ?? Math.max(600_000, firstMs) },
    timeoutMs: data.timeout,
    slots: data.slots,
    products: data.products,
    service: serviceOf(data.service),
    checkpoint: data.checkpoint,
    cpus: data.cpus,
    memory: data.memory,
    limits: { ...site?.limits, ...data.limits },
    freeBytes: data.free,
    ...(data.batch === undefined ? {} : { batch: batchOf(data.batch) }),
    env: data.env,
    files,
    classes: data.classes,
    scratch: data.scratch,
    gather: gatherOf(data.gather),
    ...(engine === undefined ? {} : { engine }),
    ...(transfer === undefined ? {} : { transfer: transferOf(transfer) }),
    file: source.file,
    sha256: source.sha256,
  };
}

const PLAIN_MAP: ExitMap = { codes: new Map([[0, { kind: 'complete' }]]), default: { kind: 'fail' } };

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
  for (const [path, text] of transferTexts(data)) check(path, text);
  for (const key of ['cpus', 'memory']) check([key], data[key], 'text', NEEDS_NAMES);
  if (isRecord(data.env)) for (const [name, text] of Object.entries(data.env)) check(['env', name], text);
  return { faults, earlier };
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
