/** What files say of other files: the stage files of a pipeline, and the stages that a stage names. */

import { graphOfStages } from '../model/graph.ts';
import { nearest } from '../model/suggest.ts';
import type { Fault } from './fault.ts';
import type { Source } from './source.ts';
import type { StageGraph } from './stage-graph.ts';
import type { StageRefs } from './stage-refs.ts';

/** What of a pipeline its stages are held against. */
export interface PipelineUse {
  readonly name: string;
  readonly columns: readonly string[];
  readonly sound: StageGraph['sound'];
  /** Its limits; undefined: not known here. */
  readonly limits: Readonly<Record<string, number>> | undefined;
  /** All its stages have a file: a name that is not in it is no misspelling of its own. */
  readonly complete: boolean;
}

export function missingStages(source: Source, { columns }: StageGraph, stageFiles: readonly string[]): Fault[] {
  return columns
    .filter(({ stage }) => !stageFiles.includes(stage))
    .map(({ stage, place }) => source.faultAt(place, `there is no file stages/${stage}.yaml`, near(stage, stageFiles)));
}

/** What a stage says of other stages, held against a pipeline that uses it. */
export function useFaults(refs: StageRefs, pipeline: PipelineUse, stages: ReadonlyMap<string, StageRefs>): Fault[] {
  const { name, source } = refs;
  const { sound, complete } = pipeline;
  const names = sound?.map(({ stage }) => stage) ?? [];
  const own = names.indexOf(name);
  if (sound === undefined || own === -1) return [];
  const { descendants } = graphOfStages(sound);
  const later = names.filter((_, column) => descendants[own]?.includes(column));
  const earlier = names.filter((_, column) => descendants[column]?.includes(own));
  const wrong = (list: readonly string[]) => (named: { readonly stage: string }) =>
    !list.includes(named.stage) && (complete || names.includes(named.stage));
  const told = (list: readonly string[]) =>
    `it ${list.length < 2 ? 'comes' : 'come'} ${list.length === 0 ? 'no stage' : list.join(', ')}`;
  return [
    ...refs.later.filter(wrong(later)).map((named) => {
      const message = `'${named.stage}' does not come after '${name}' in pipeline '${pipeline.name}'`;
      return source.faultAt(named.place, message, `after ${told(later)}`);
    }),
    ...[...refs.before, ...refs.earlier].filter(wrong(earlier)).map((named) => {
      const message = `'${named.stage}' does not come before '${name}' in pipeline '${pipeline.name}'`;
      return faultIn(source, named, message, `before ${told(earlier)}`);
    }),
    ...refs.earlier
      .filter((named) => earlier.includes(named.stage) && stages.get(named.stage)?.products === false)
      .map((named) => {
        const hint = `say 'products: true' in stages/${named.stage}.yaml`;
        return faultIn(source, named, `stage '${named.stage}' publishes no products`, hint);
      }),
    ...limitFaults(refs, pipeline),
  ];
}

/** A fault where a stage is named: in the stage's own file, or in a template that it reads. */
function faultIn(source: Source, named: StageRefs['earlier'][number], message: string, hint: string): Fault {
  return { ...source.faultAt(named.place, message, hint), file: named.file ?? source.file };
}

/** A limit that the pipeline has not, or of which a step would take more places than there ever are. */
function limitFaults({ limits, source }: StageRefs, pipeline: PipelineUse): Fault[] {
  const known = pipeline.limits;
  if (known === undefined) return [];
  return limits.flatMap(({ limit, most, place }) => {
    const places = known[limit];
    if (places === undefined) {
      const close = nearest(limit, Object.keys(known));
      const hint = close === undefined ? `say 'limits: {${limit}: 1}' there` : `did you mean '${close}'?`;
      return [source.faultAt(place, `pipeline '${pipeline.name}' has no limit '${limit}'`, hint)];
    }
    // None at all stops what uses it, and is meant.
    if (places === 0 || most <= places) return [];
    return [source.faultAt(place, `takes ${most} of limit '${limit}', which has ${places} in '${pipeline.name}'`)];
  });
}

/** Names of `skip`, `hold`, `set` and `back` that no file and no pipeline of the home has, where no pipeline has said so already. */
export function strangerFaults(
  { later, before, source }: StageRefs,
  stageFiles: readonly string[],
  pipelines: readonly PipelineUse[],
  told: readonly Fault[],
): Fault[] {
  return [...later, ...before]
    .filter(({ stage }) => !stageFiles.includes(stage) && !pipelines.some(({ columns }) => columns.includes(stage)))
    .filter(({ place }) => !told.some(({ line, column }) => line === place.line && column === place.column))
    .map(({ stage, place }) => source.faultAt(place, `there is no file stages/${stage}.yaml`, near(stage, stageFiles)));
}

function near(stage: string, stageFiles: readonly string[]): string | undefined {
  const found = nearest(stage, stageFiles);
  return found === undefined ? undefined : `did you mean '${found}'?`;
}
