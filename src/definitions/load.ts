/** Reads the definitions of a home: all files, all faults at once. Nothing here keeps a file open or watches it. */

import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineDefinition, StageDefinition } from '../model/definition.ts';
import { nearest } from '../model/suggest.ts';
import { readEngines } from './engines.ts';
import { compare, DefinitionError, type Fault, sortFaults } from './fault.ts';
import { type ParsedPipeline, type PipelineDraft, parsePipeline } from './pipeline.ts';
import { STAGE_NAME } from './shapes.ts';
import { readSites } from './sites.ts';
import { readSource, reasonOf, Source } from './source.ts';
import { defaultTitle, type ParsedStage, parseStage } from './stage.ts';
import { placeStages } from './stage-engine.ts';
import type { StageRefs } from './stage-refs.ts';
import { missingStages, type PipelineUse, strangerFaults, useFaults } from './uses.ts';

export interface HomeDefinitions {
  /** By name, in the order of their names. Files with faults are left out. */
  readonly pipelines: ReadonlyMap<string, PipelineDefinition>;
  readonly stages: ReadonlyMap<string, StageDefinition>;
  /** Of all files, sorted by place. */
  readonly faults: readonly Fault[];
}

/** A pipeline with its stages, all free of faults. */
export interface LoadedPipeline {
  readonly pipeline: PipelineDefinition;
  /** By name, in column order. */
  readonly stages: ReadonlyMap<string, StageDefinition>;
}

type Kind = 'pipelines' | 'stages';

/** All definitions of a home. Never throws for what stands in it: a home that can't be read is a fault. */
export function loadHome(home: string): HomeDefinitions {
  const faults: Fault[] = [...readEngines(home).faults, ...readSites(home).faults];
  const pipelineFiles = list(home, 'pipelines', faults);
  const stageFiles = list(home, 'stages', faults);

  const pipelines = parseAll(home, 'pipelines', pipelineFiles, parsePipeline, faults);
  const stages = parseAll(home, 'stages', stageFiles, parseStage, faults);
  const incomplete = new Set<string>();
  const broken = new Set<string>();
  const uses: PipelineUse[] = [];
  for (const [name, parsed] of pipelines) {
    const missing = missingStages(parsed.source, parsed.graph, stageFiles);
    faults.push(...missing);
    if (missing.length > 0) incomplete.add(name);
    uses.push(useOf(name, parsed, missing.length === 0));
  }
  const refs = refsOf(stages);
  for (const [name, stage] of refs) {
    const found = uses.flatMap((use) => useFaults(stage, use, refs));
    found.push(...strangerFaults(stage, stageFiles, uses, found));
    faults.push(...found);
    if (found.length > 0) broken.add(name);
  }
  const titled = [...pipelines].flatMap(([name, { draft }]) =>
    draft === undefined || incomplete.has(name) ? [] : [[name, withTitles(draft, stages)] as const],
  );
  return {
    pipelines: new Map(titled),
    stages: new Map([...definitionsOf(stages)].filter(([name]) => !broken.has(name))),
    faults: sortFaults(faults),
  };
}

/**
 * One pipeline and its stages, reading no other file.
 * @throws DefinitionError with all faults of these files; of `pipelines/` itself if there is no such pipeline
 */
export function loadPipeline(home: string, name: string): LoadedPipeline {
  const faults: Fault[] = [];
  const files = list(home, 'pipelines', faults);
  if (!files.includes(name)) throw new DefinitionError([...faults, absent('pipelines', name, files)]);
  const file = `pipelines/${name}.yaml`;
  const parsed = parseAll(home, 'pipelines', [name], parsePipeline, faults).get(name);
  if (parsed === undefined) throw new DefinitionError(onlyOf(faults, [file]));

  const stageFiles = list(home, 'stages', faults);
  const names = parsed.graph.columns.map(({ stage }) => stage);
  const missing = missingStages(parsed.source, parsed.graph, stageFiles);
  faults.push(...missing);
  const present = names.filter((stage) => stageFiles.includes(stage));
  const stages = parseAll(home, 'stages', present, parseStage, faults);
  const refs = refsOf(stages);
  const use = useOf(name, parsed, missing.length === 0);
  for (const stage of refs.values()) faults.push(...useFaults(stage, use, refs));
  const mine = onlyOf(faults, [file, 'stages', ...filesOf(names, refs)]);
  if (mine.length > 0 || parsed.draft === undefined) throw new DefinitionError(mine);
  const placed = placeStages(home, parsed.draft.definition, stages);
  return { pipeline: withTitles(parsed.draft, stages), stages: definitionsOf(placed.stages) };
}

/**
 * Some stages, as a stage process needs them.
 * @param pipeline the pinned pipeline of its board: what the stages say of other stages is checked against it
 * @throws DefinitionError with all faults of these files
 */
export function loadStages(
  home: string,
  names: readonly string[],
  pipeline?: PipelineDefinition,
): ReadonlyMap<string, StageDefinition> {
  const faults: Fault[] = [];
  const files = list(home, 'stages', faults);
  const wanted = [...new Set(names)];
  const missing = wanted.filter((name) => !files.includes(name)).map((name) => absent('stages', name, files));
  const stages = parseAll(
    home,
    'stages',
    wanted.filter((name) => files.includes(name)),
    parseStage,
    faults,
  );
  const refs = refsOf(stages);
  if (pipeline !== undefined) {
    const columns = pipeline.stages.map(({ stage }) => stage);
    // The board's own settings say what limits there are; they may change while it runs.
    const use = { name: pipeline.name, columns, sound: pipeline.stages, limits: undefined, complete: true };
    for (const stage of refs.values()) faults.push(...useFaults(stage, use, refs));
  }
  const placed = placeStages(home, pipeline, stages);
  const mine = [...missing, ...placed.faults, ...onlyOf(faults, ['stages', ...filesOf(wanted, refs)])];
  if (mine.length > 0) throw new DefinitionError(mine);
  return definitionsOf(placed.stages);
}

/**
 * A pipeline from its text, as pinned in a board. Its stage files are not looked at: titles that it does not give are made
 * from the stages' names.
 * @param file for messages, relative to the home
 * @throws DefinitionError
 */
export function parsePipelineText(text: string, file: string, name: string): PipelineDefinition {
  const { draft, faults } = parsePipeline(new Source(file, Buffer.from(text, 'utf8')), name, undefined);
  if (draft === undefined || faults.length > 0) throw new DefinitionError(faults);
  return withTitles(draft, new Map());
}

/** Names of the definitions in a folder, sorted; what is oddly named becomes a fault. */
function list(home: string, kind: Kind, faults: Fault[]): string[] {
  const names: string[] = [];
  const fault = (file: string, message: string, hint?: string) =>
    faults.push(
      hint === undefined ? { file, line: 1, column: 1, message } : { file, line: 1, column: 1, message, hint },
    );
  let files: Dirent[];
  try {
    files = readdirSync(join(home, kind), { withFileTypes: true }).sort((a, b) => compare(a.name, b.name));
  } catch (error) {
    fault(kind, `can't be read: ${reasonOf(error)}`, `a home has the folders pipelines, stages and blackboard`);
    return [];
  }
  for (const entry of files) {
    const file = entry.name;
    // Editors leave such files, and folders hold what steps need.
    if (file.startsWith('.') || file.endsWith('~') || file.startsWith('#')) continue;
    const [, name = '', extension] = /^(.*)\.(yaml|yml)$/.exec(file) ?? [];
    if (extension === undefined || entry.isDirectory()) continue;
    if (extension === 'yml') fault(`${kind}/${file}`, 'is not read', `rename it to ${name}.yaml`);
    else if (!STAGE_NAME.test(name)) {
      fault(`${kind}/${file}`, `'${name}' is no name`, 'a small letter, then up to 31 of a-z 0-9 _ -');
    } else names.push(name);
  }
  return names;
}

function parseAll<Parsed extends { readonly faults: readonly Fault[] }>(
  home: string,
  kind: Kind,
  names: readonly string[],
  parse: (source: Source, name: string, home: string) => Parsed,
  faults: Fault[],
): Map<string, Parsed> {
  const all = new Map<string, Parsed>();
  for (const name of names) {
    const source = readSource(home, `${kind}/${name}.yaml`);
    if (!(source instanceof Source)) {
      faults.push(source);
      continue;
    }
    const parsed = parse(source, name, home);
    faults.push(...parsed.faults);
    all.set(name, parsed);
  }
  return all;
}

function absent(kind: Kind, name: string, files: readonly string[]): Fault {
  const near = nearest(name, files);
  const rest = files.length === 0 ? `there is none in ${kind}/` : `${kind}/ has ${files.join(', ')}`;
  const hint = near === undefined ? rest : `did you mean '${near}'?`;
  return { file: `${kind}/${name}.yaml`, line: 1, column: 1, message: 'there is no such file', hint };
}

function useOf(name: string, { graph, draft }: ParsedPipeline, complete: boolean): PipelineUse {
  const columns = graph.columns.map(({ stage }) => stage);
  return {
    name,
    columns,
    sound: graph.sound,
    limits: draft === undefined ? undefined : (draft.definition.limits ?? {}),
    complete,
  };
}

function refsOf(stages: ReadonlyMap<string, ParsedStage>): Map<string, StageRefs> {
  return new Map([...stages].map(([name, { refs }]) => [name, refs]));
}

function withTitles(
  { definition, untitled }: PipelineDraft,
  stages: ReadonlyMap<string, ParsedStage>,
): PipelineDefinition {
  const title = (stage: string) => stages.get(stage)?.definition?.title ?? defaultTitle(stage);
  const columns = definition.stages.map((column) =>
    untitled.has(column.stage) ? { ...column, title: title(column.stage) } : column,
  );
  return { ...definition, stages: columns };
}

function definitionsOf(stages: ReadonlyMap<string, ParsedStage>): Map<string, StageDefinition> {
  return new Map(
    [...stages].flatMap(([name, { definition }]) => (definition === undefined ? [] : [[name, definition] as const])),
  );
}

/** The files of stages, and those that they are made of. */
function filesOf(names: readonly string[], refs: ReadonlyMap<string, StageRefs>): string[] {
  return names.flatMap((name) => [`stages/${name}.yaml`, ...(refs.get(name)?.read ?? [])]);
}

/** Faults of other files in the same folders are not this caller's business. */
function onlyOf(faults: readonly Fault[], files: readonly string[]): Fault[] {
  return faults.filter(({ file }) => files.includes(file));
}
