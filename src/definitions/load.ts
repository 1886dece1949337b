/** Reads the definitions of a home: all files, all faults at once. Nothing here keeps a file open or watches it. */

import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineDefinition, StageDefinition } from '../model/definition.ts';
import { graphOfStages } from '../model/graph.ts';
import { nearest } from '../model/suggest.ts';
import { compare, DefinitionError, type Fault, sortFaults } from './fault.ts';
import { type PipelineDraft, parsePipeline } from './pipeline.ts';
import { STAGE_NAME } from './shapes.ts';
import { readSource, reasonOf, Source } from './source.ts';
import { defaultTitle, parseStage, type StageDraft } from './stage.ts';

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
  const faults: Fault[] = [];
  const pipelineFiles = list(home, 'pipelines', faults);
  const stageFiles = list(home, 'stages', faults);

  const pipelines = parseAll(home, 'pipelines', pipelineFiles, parsePipeline, faults);
  const stages = parseAll(home, 'stages', stageFiles, parseStage, faults);
  const broken = new Set<string>();
  for (const [name, draft] of pipelines) {
    const missing = missingStages(draft, stageFiles);
    faults.push(...missing);
    if (missing.length > 0) pipelines.delete(name);
  }
  for (const draft of pipelines.values()) {
    for (const stage of stagesOf(draft.definition, stages)) {
      const found = useFaults(stage, draft.definition, stages);
      faults.push(...found);
      if (found.length > 0) broken.add(stage.definition.name);
    }
  }
  const titled = [...pipelines].map(([name, draft]) => [name, withTitles(draft, stages)] as const);
  const sound = [...stages].filter(([name]) => !broken.has(name));
  return {
    pipelines: new Map(titled),
    stages: new Map(sound.map(([name, { definition }]) => [name, definition])),
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
  const draft = parseAll(home, 'pipelines', [name], parsePipeline, faults).get(name);
  if (draft === undefined) throw new DefinitionError(onlyOf(faults, [`pipelines/${name}.yaml`]));

  const stageFiles = list(home, 'stages', faults);
  const names = draft.definition.stages.map(({ stage }) => stage);
  faults.push(...missingStages(draft, stageFiles));
  const present = names.filter((stage) => stageFiles.includes(stage));
  const stages = parseAll(home, 'stages', present, parseStage, faults);
  for (const stage of stages.values()) faults.push(...useFaults(stage, draft.definition, stages));
  const mine = onlyOf(faults, [`pipelines/${name}.yaml`, 'stages', ...names.map((stage) => `stages/${stage}.yaml`)]);
  if (mine.length > 0) throw new DefinitionError(mine);
  return { pipeline: withTitles(draft, stages), stages: definitionsOf(stages) };
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
  if (pipeline !== undefined) for (const stage of stages.values()) faults.push(...useFaults(stage, pipeline, stages));
  const mine = [...missing, ...onlyOf(faults, ['stages', ...wanted.map((name) => `stages/${name}.yaml`)])];
  if (mine.length > 0) throw new DefinitionError(mine);
  return definitionsOf(stages);
}

/**
 * A pipeline from its text, as pinned in a board. Its stage files are not looked at: titles that it does not give are made
 * from the stages' names.
 * @param file for messages, relative to the home
 * @throws DefinitionError
 */
export function parsePipelineText(text: string, file: string, name: string): PipelineDefinition {
  const { draft, faults } = parsePipeline(new Source(file, Buffer.from(text, 'utf8')), name);
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

function parseAll<Draft>(
  home: string,
  kind: Kind,
  names: readonly string[],
  parse: (source: Source, name: string) => { draft: Draft | undefined; faults: Fault[] },
  faults: Fault[],
): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (const name of names) {
    const source = readSource(home, `${kind}/${name}.yaml`);
    if (!(source instanceof Source)) {
      faults.push(source);
      continue;
    }
    const parsed = parse(source, name);
    faults.push(...parsed.faults);
    if (parsed.draft !== undefined) drafts.set(name, parsed.draft);
  }
  return drafts;
}

function missingStages({ definition, source }: PipelineDraft, stageFiles: readonly string[]): Fault[] {
  return definition.stages.flatMap(({ stage }, index) => {
    if (stageFiles.includes(stage)) return [];
    const near = nearest(stage, stageFiles);
    const hint = near === undefined ? undefined : `did you mean '${near}'?`;
    return [source.fault(['stages', index, 'stage'], `there is no file stages/${stage}.yaml`, hint)];
  });
}

function absent(kind: Kind, name: string, files: readonly string[]): Fault {
  const near = nearest(name, files);
  const rest = files.length === 0 ? `there is none in ${kind}/` : `${kind}/ has ${files.join(', ')}`;
  const hint = near === undefined ? rest : `did you mean '${near}'?`;
  return { file: `${kind}/${name}.yaml`, line: 1, column: 1, message: 'there is no such file', hint };
}

/** What a stage says of other stages, held against a pipeline that uses it. */
function useFaults(stage: StageDraft, pipeline: PipelineDefinition, stages: ReadonlyMap<string, StageDraft>): Fault[] {
  const { definition, source } = stage;
  const names = pipeline.stages.map((column) => column.stage);
  const own = names.indexOf(definition.name);
  if (own === -1) return [];
  const { descendants } = graphOfStages(pipeline.stages);
  const later = names.filter((_, column) => descendants[own]?.includes(column));
  const earlier = names.filter((_, column) => descendants[column]?.includes(own));
  const told = (list: readonly string[]) => (list.length === 0 ? 'no stage' : list.join(', '));
  return [
    ...stage.later
      .filter((named) => !later.includes(named.stage))
      .map((named) => {
        const message = `'${named.stage}' does not come after '${definition.name}' in pipeline '${pipeline.name}'`;
        return source.faultAt(named.place, message, `after it ${later.length < 2 ? 'comes' : 'come'} ${told(later)}`);
      }),
    ...stage.earlier
      .filter((named) => !earlier.includes(named.stage))
      .map((named) => {
        const message = `'${named.stage}' does not come before '${definition.name}' in pipeline '${pipeline.name}'`;
        return source.faultAt(
          named.place,
          message,
          `before it ${earlier.length < 2 ? 'comes' : 'come'} ${told(earlier)}`,
        );
      }),
    ...stage.earlier
      .filter((named) => earlier.includes(named.stage) && stages.get(named.stage)?.definition.products === false)
      .map((named) => {
        const hint = `say 'products: true' in stages/${named.stage}.yaml`;
        return source.faultAt(named.place, `stage '${named.stage}' publishes no products`, hint);
      }),
  ];
}

function stagesOf(pipeline: PipelineDefinition, stages: ReadonlyMap<string, StageDraft>): StageDraft[] {
  return pipeline.stages.flatMap(({ stage }) => stages.get(stage) ?? []);
}

function withTitles(
  { definition, untitled }: PipelineDraft,
  stages: ReadonlyMap<string, StageDraft>,
): PipelineDefinition {
  const title = (stage: string) => stages.get(stage)?.definition.title ?? defaultTitle(stage);
  const columns = definition.stages.map((column) =>
    untitled.has(column.stage) ? { ...column, title: title(column.stage) } : column,
  );
  return { ...definition, stages: columns };
}

function definitionsOf(stages: ReadonlyMap<string, StageDraft>): Map<string, StageDefinition> {
  return new Map([...stages].map(([name, { definition }]) => [name, definition]));
}

/** Faults of other files in the same folders are not this caller's business. */
function onlyOf(faults: readonly Fault[], files: readonly string[]): Fault[] {
  return faults.filter(({ file }) => files.includes(file));
}
