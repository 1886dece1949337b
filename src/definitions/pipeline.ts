/** `pipelines/<name>.yaml` → a pipeline. */

import type { z } from 'zod';
import type { Completeness, LandingZone, PipelineDefinition, PipelineStage } from '../model/definition.ts';
import type { Fault } from './fault.ts';
import { issueFaults } from './issues.ts';
import { pipelineShape, retentionDefaults } from './pipeline-schema.ts';
import { keysAt } from './schema-doc.ts';
import { CLASS_NAME, RANK, STAGE_NAME } from './shapes.ts';
import { isRecord, type Path, type Source } from './source.ts';
import { pipelineEngineFaults } from './stage-engine.ts';
import { checkStageGraph, type StageGraph } from './stage-graph.ts';
import { checkTemplate, FOLDER_NAMES, fileNames } from './templates.ts';
import { timerFaults, timerOf } from './timer.ts';

type Shape = z.output<typeof pipelineShape>;

/** A pipeline before its stage files are known. */
export interface PipelineDraft {
  readonly definition: PipelineDefinition;
  /** Columns whose own title is not given: the stage file's is used. */
  readonly untitled: ReadonlySet<string>;
}

/** What can be read of a file, whatever else is wrong with it. */
export interface ParsedPipeline {
  readonly source: Source;
  readonly graph: StageGraph;
  /** Undefined if there are faults. */
  readonly draft: PipelineDraft | undefined;
  readonly faults: readonly Fault[];
}

/**
 * @param name the file's name without `.yaml`
 * @param home whose engines it may name; undefined: what it names is not looked for
 */
export function parsePipeline(source: Source, name: string, home: string | undefined): ParsedPipeline {
  const { data } = source;
  const graph = checkStageGraph(source, data?.stages);
  if (data === undefined) return { source, graph, draft: undefined, faults: source.faults };
  const stageNames = graph.columns.map(({ stage }) => stage);
  const faults = [
    ...source.faults,
    ...landingFaults(source, data.landing),
    ...timerFaults(source, data.timers, name, stageNames),
    ...graph.faults,
    ...(home === undefined ? [] : pipelineEngineFaults(source, data, home)),
  ];

  if (typeof data.pipeline === 'string' && STAGE_NAME.test(data.pipeline) && data.pipeline !== name) {
    const message = `the pipeline is named '${data.pipeline}', its file '${name}'`;
    faults.push(source.fault(['pipeline'], message, 'give both the same name'));
  }
  const result = pipelineShape.safeParse(data);
  if (!result.success) {
    faults.push(...issueFaults(source, result.error.issues, (path) => keysAt('pipeline', path)));
  }
  if (!result.success || faults.length > 0) return { source, graph, draft: undefined, faults };
  const stages = result.data.stages.map((stage, index): PipelineStage => {
    const before = result.data.stages[index - 1]?.stage;
    return {
      stage: stage.stage,
      title: stage.title ?? '',
      after: stage.after ?? (before === undefined ? [] : [before]),
    };
  });
  const untitled = new Set(stages.filter(({ title }) => title === '').map(({ stage }) => stage));
  return { source, graph, draft: { definition: build(source, result.data, stages), untitled }, faults };
}

function build(source: Source, data: Shape, stages: readonly PipelineStage[]): PipelineDefinition {
  const kept = { ...retentionDefaults, ...data.retention };
  return {
    name: data.pipeline,
    title: data.title ?? data.pipeline,
    stages,
    inFlight: data.inFlight,
    durability: data.durability,
    landing: data.landing.map(zoneOf),
    timers: data.timers.map(timerOf),
    transaction: data.transaction,
    limits: data.limits,
    engine: data.engine,
    freeBytes: data.free,
    retention: {
      doneMs: kept.done,
      removedMs: kept.removed,
      logsMs: kept.logs,
      productsMs: kept.products,
      scratchMs: kept.scratch,
      journalMs: kept.journal,
    },
    file: source.file,
  };
}

function zoneOf(zone: Shape['landing'][number]): LandingZone {
  const { folder, match, dataset, class: className, rank, params, pattern, complete } = zone;
  return { folder, match, dataset, class: className, rank, params, pattern, complete: completeness(complete) };
}

function completeness(complete: Shape['landing'][number]['complete']): Completeness {
  if (complete?.checksum !== undefined) return { kind: 'checksum', algorithm: complete.checksum };
  if (complete?.signal !== undefined) return { kind: 'signal', suffix: complete.signal };
  return { kind: 'stable', forMs: complete?.stableFor ?? 5_000 };
}

/** What the shape does not say about landing zones; on the plain data, so that all faults of a file come at once. */
function landingFaults(source: Source, landing: unknown): Fault[] {
  if (!Array.isArray(landing)) return [];
  return landing.flatMap((zone, index) => (isRecord(zone) ? zoneFaults(source, ['landing', index], zone) : []));
}

function zoneFaults(source: Source, path: Path, zone: Readonly<Record<string, unknown>>): Fault[] {
  const faults: Fault[] = [];
  let pattern = typeof zone.pattern === 'string' ? zone.pattern : undefined;
  try {
    if (pattern !== undefined) new RegExp(pattern);
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^Invalid regular expression: .*\/: /s, '') : String(error);
    faults.push(source.fault([...path, 'pattern'], `is no regular expression: ${reason}`));
    pattern = undefined;
  }
  // Which groups a broken pattern would have had is not known.
  const names =
    zone.pattern !== undefined && pattern === undefined ? { names: ['name', 'groups'] } : fileNames(pattern);
  const check = (key: Path, text: unknown, known = names) => {
    faults.push(...checkTemplate(source, [...path, ...key], text, known).faults);
  };
  check(['folder'], zone.folder, FOLDER_NAMES);
  for (const key of ['dataset', 'class', 'rank']) check([key], zone[key]);
  if (isRecord(zone.params)) for (const [name, text] of Object.entries(zone.params)) check(['params', name], text);

  const plain = (key: string, right: RegExp, what: string) => {
    const text = zone[key];
    if (typeof text === 'string' && !text.includes('{') && !right.test(text)) {
      faults.push(source.fault([...path, key], `'${key}' must be ${what}, not '${text}'`));
    }
  };
  plain('class', CLASS_NAME, 'a class, 1 to 16 of a-z 0-9 _ -');
  plain('rank', RANK, 'two digits, 00 to 99');

  const { complete } = zone;
  if (isRecord(complete) && Object.keys(complete).length !== 1) {
    const place = [...path, 'complete'];
    faults.push(source.fault(place, "'complete' has more or less than one key", 'stableFor, checksum or signal'));
  }
  return faults;
}
