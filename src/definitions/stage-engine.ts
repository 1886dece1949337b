/** Where the steps of a stage run: what its file says, else what its board or its pipeline does. */
import type { PipelineDefinition, StageDefinition } from '../model/definition.ts';
import { type EngineDefinition, LOCAL } from '../model/engine.ts';
import { nearest } from '../model/suggest.ts';
import { ENGINES_FILE, readEngines } from './engines.ts';
import type { Fault } from './fault.ts';
import type { Source } from './source.ts';
import type { StageRefs } from './stage-refs.ts';

/** What is asked of a stage that was read. */
interface Placed {
  readonly definition: StageDefinition | undefined;
  readonly isPlaced: boolean;
}

export interface Named {
  /** Undefined: the host of the stage process, or there is a fault. */
  readonly engine: EngineDefinition | undefined;
  readonly fault: { readonly message: string; readonly hint: string } | undefined;
}

/** The engine of this name in a home. */
export function engineNamed(home: string, name: string): Named {
  if (name === LOCAL) return { engine: undefined, fault: undefined };
  const { engines, faults } = readEngines(home);
  if (faults.length > 0)
    return { engine: undefined, fault: { message: `${ENGINES_FILE} has faults`, hint: 'slate check tells them' } };
  const engine = engines.get(name);
  if (engine !== undefined) return { engine, fault: undefined };
  const known = [LOCAL, ...engines.keys()];
  const close = nearest(name, known);
  const hint = close === undefined ? `there are ${known.join(', ')}` : `did you mean '${close}'?`;
  return { engine: undefined, fault: { message: `there is no engine '${name}'`, hint } };
}

/** The engine that has jobs of this name and kind. */
export function engineThatHas(
  home: string,
  { engine: name, kind }: { readonly engine: string; readonly kind: string },
): Named {
  const named = engineNamed(home, name);
  if (named.engine === undefined || named.engine.kind === kind) return named;
  const message = `engine '${name}' was ${kind}, and is ${named.engine.kind} now`;
  return { engine: undefined, fault: { message, hint: `give the one of kind ${kind} back its name` } };
}

/** What a file says under `engine`, with what can't be had there. @param data of a stage or of a pipeline */
export function engineOf(
  source: Source,
  { engine: name, ...data }: Readonly<Record<string, unknown>>,
  home: string,
): {
  readonly engine: EngineDefinition | undefined;
  readonly isPlaced: boolean;
  readonly faults: readonly Fault[];
} {
  const unfit = NOT_ON_ENGINES.filter(([key]) => data[key] !== undefined && data[key] !== false);
  const isPlaced = name !== undefined || unfit.length > 0;
  if (typeof name !== 'string' || name === LOCAL) return { engine: undefined, isPlaced, faults: [] };
  const { engine, fault } = engineNamed(home, name);
  const faults = fault === undefined ? [] : [source.fault(['engine'], fault.message, fault.hint)];
  for (const [key, why] of unfit)
    faults.push(source.faultAt(source.keyPlaceOf([key]), `'${key}' and 'engine' are both given`, why));
  for (const [key, why] of engine?.site === undefined ? [] : NOT_ON_SITES)
    if (data[key] !== undefined && data[key] !== false)
      faults.push(source.faultAt(source.keyPlaceOf([key]), `'${key}' can't be had on a site`, why));
  return { engine, isPlaced, faults };
}

/** Products of earlier stages that the templates of a stage on a site name. */
export function farFaults(source: Source, earlier: StageRefs['earlier']): Fault[] {
  const hint = 'upload them by a stage before it, such as upload: {{ params.upload.path }} is where they are then';
  return earlier.map(({ place, file }) => ({
    ...source.faultAt(place, 'the site has no disk of the board, nor its products', hint),
    file: file ?? source.file,
  }));
}

/** Of a pipeline's or a board's engine. */
const FAR = {
  message: 'the engine is on a site, which not all stages can be',
  hint: 'name it in the stages that are to run there',
};

/** What a pipeline says under `engine`. */
export function pipelineEngineFaults(
  source: Source,
  data: Readonly<Record<string, unknown>>,
  home: string,
): readonly Fault[] {
  const { engine, faults } = engineOf(source, data, home);
  return engine?.site === undefined ? faults : [...faults, source.fault(['engine'], FAR.message, FAR.hint)];
}

const NOT_ON_SITES = [
  ['products', 'the site has no disk of the board: write below its root, and fetch it by a stage with download'],
  ['gather', 'the site has no disk of the board: gather in the stage that uploads'],
] as const;

const NOT_ON_ENGINES = [
  ['service', 'a service stays up beside its stage process; jobs of an engine come and go'],
  ['transfer', 'files are sent by the hosts that share the board'],
  ['batch', 'the engine is given several jobs at once anyway: see array in engines.yaml'],
] as const;

/** The stages of a pipeline or a board, those that say nothing else on its engine. */
export function placeStages<Parsed extends Placed>(
  home: string,
  pipeline: Pick<PipelineDefinition, 'engine' | 'file'> | undefined,
  stages: ReadonlyMap<string, Parsed>,
): { readonly stages: ReadonlyMap<string, Parsed>; readonly faults: readonly Fault[] } {
  if (pipeline?.engine === undefined) return { stages, faults: [] };
  const { engine, fault } = engineNamed(home, pipeline.engine);
  if (fault !== undefined) return { stages, faults: [{ file: pipeline.file, line: 1, column: 1, ...fault }] };
  if (engine === undefined) return { stages, faults: [] };
  if (engine.site !== undefined) return { stages, faults: [{ file: pipeline.file, line: 1, column: 1, ...FAR }] };
  const placed = [...stages].map(([name, stage]): [string, Parsed] => {
    if (stage.definition === undefined || stage.isPlaced) return [name, stage];
    const definition: StageDefinition = { ...stage.definition, engine };
    return [name, { ...stage, definition }];
  });
  return { stages: new Map(placed), faults: [] };
}
