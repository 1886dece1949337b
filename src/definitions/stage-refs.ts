/** What a stage file says of things outside it, on its plain data: it is held against them even where its shape is wrong. */
import type { SiteDefinition } from '../model/site.ts';
import { STAGE_NAME } from './shapes.ts';
import { isRecord, type Place, type Source } from './source.ts';

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

/** The stages that `skip`, `hold` and `set` name, on the plain data: they are checked even where the shape is wrong. */
export function laterStages(source: Source, exits: unknown): StageRefs['later'] {
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
export function stagesBefore(source: Source, exits: unknown): StageRefs['before'] {
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
export function limitsOf(source: Source, limits: unknown): StageRefs['limits'] {
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

/** Those of its site, where it does not say its own. */
export function limitsOfSite(source: Source, limits: SiteDefinition['limits'] = {}, own: unknown): StageRefs['limits'] {
  const names = Array.isArray(own) ? own : isRecord(own) ? Object.keys(own) : [];
  const place = source.placeOf(['transfer', 'site']);
  return Object.entries(limits).flatMap(([limit, most]) => (names.includes(limit) ? [] : [{ limit, most, place }]));
}
