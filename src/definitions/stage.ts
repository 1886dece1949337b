/** `stages/<name>.yaml` → a stage. */

import type { z } from 'zod';
import type { Command, StageDefinition } from '../model/definition.ts';
import type { Fault } from './fault.ts';
import { issueFaults } from './issues.ts';
import { keysAt } from './schema-doc.ts';
import { STAGE_NAME } from './shapes.ts';
import { isRecord, type Path, type Place, type Source } from './source.ts';
import { stageShape } from './stage-schema.ts';
import type { TemplateKind } from './template.ts';
import { checkTemplate, stageNames } from './templates.ts';

/** A stage with what is left to check against the pipelines that use it. */
export interface StageDraft {
  readonly definition: StageDefinition;
  readonly source: Source;
  /** Stages named by `skip` and `set`: must be descendants. */
  readonly later: ReadonlyArray<{ readonly stage: string; readonly place: Place }>;
  /** Stages named by `inputs.<stage>`: must be ancestors with products. */
  readonly earlier: ReadonlyArray<{ readonly stage: string; readonly place: Place }>;
}

/** The heading of a column whose stage gives none. */
export function defaultTitle(stage: string): string {
  return stage.slice(0, 3).toUpperCase();
}

/** @param name the file's name without `.yaml` */
export function parseStage(source: Source, name: string): { draft: StageDraft | undefined; faults: Fault[] } {
  const { data } = source;
  if (data === undefined) return { draft: undefined, faults: [...source.faults] };
  const faults: Fault[] = [];
  const templates = checkTemplates(source, data);
  faults.push(...templates.faults);

  if (typeof data.stage === 'string' && STAGE_NAME.test(data.stage) && data.stage !== name) {
    faults.push(
      source.fault(['stage'], `the stage is named '${data.stage}', its file '${name}'`, 'give both the same name'),
    );
  }
  if (data.command !== undefined && data.shell !== undefined) {
    faults.push(
      source.faultAt(source.keyPlaceOf(['shell']), "'command' and 'shell' are both given", 'a stage has one of them'),
    );
  } else if (data.command === undefined && data.shell === undefined) {
    faults.push(
      source.fault([], "'command' is missing", "it is a list such as [node, step.js]; or a line of shell as 'shell'"),
    );
  }

  const result = stageShape.safeParse(data);
  if (!result.success) {
    faults.push(...issueFaults(source, result.error.issues, (path) => keysAt('stage', path)));
    return { draft: undefined, faults };
  }
  const { backoff, classes } = result.data;
  if (backoff?.first !== undefined && backoff.most !== undefined && backoff.most < backoff.first) {
    faults.push(source.fault(['backoff', 'most'], "'backoff.most' is shorter than 'backoff.first'"));
  }
  for (const [index, className] of (classes ?? []).entries()) {
    if (classes?.indexOf(className) !== index)
      faults.push(source.fault(['classes', index], `class '${className}' is named twice`));
  }
  if (faults.length > 0) return { draft: undefined, faults };
  const definition = build(source, result.data);
  return { draft: { definition, source, later: laterStages(source, definition), earlier: templates.earlier }, faults };
}

function build(source: Source, data: z.output<typeof stageShape>): StageDefinition {
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
    env: data.env,
    classes: data.classes,
    scratch: data.scratch,
    file: source.file,
    sha256: source.sha256,
  };
}

function commandOf(argv: readonly string[] | undefined, line: string | undefined): Command {
  return argv === undefined ? { kind: 'shell', line: line ?? '' } : { kind: 'argv', argv };
}

/** Templates are checked even where the shape is wrong elsewhere: all faults of a file at once. */
function checkTemplates(source: Source, data: Readonly<Record<string, unknown>>) {
  const names = stageNames(data.products === true);
  const faults: Fault[] = [];
  const earlier: Array<{ stage: string; place: Place }> = [];
  const check = (path: Path, text: unknown, kind: TemplateKind = 'text') => {
    const found = checkTemplate(source, path, text, names, kind);
    faults.push(...found.faults);
    for (const { object, member, line, column } of found.members) {
      if (object === 'inputs') earlier.push({ stage: member, place: source.placeInText(path, line, column) });
    }
  };
  if (Array.isArray(data.command)) for (const [index, text] of data.command.entries()) check(['command', index], text);
  check(['shell'], data.shell, 'shell');
  if (isRecord(data.env)) for (const [name, text] of Object.entries(data.env)) check(['env', name], text);
  return { faults, earlier };
}

function laterStages(source: Source, { exits }: StageDefinition) {
  const outcomes: ReadonlyArray<readonly [string | number, (typeof exits)['default']]> = [
    ...exits.codes,
    ['default', exits.default],
  ];
  return outcomes.flatMap(([code, outcome]) => {
    if (outcome.kind === 'skip') {
      return outcome.stages.map((stage, index) => ({ stage, place: source.placeOf(['exits', code, 'skip', index]) }));
    }
    if (outcome.kind !== 'set') return [];
    return Object.keys(outcome.letters).map((stage) => ({
      stage,
      place: source.keyPlaceOf(['exits', code, 'set', stage]),
    }));
  });
}
