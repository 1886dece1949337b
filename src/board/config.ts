/**
 * `board.yaml`: the format's version, the pinned pipeline (the columns' meaning never changes under live entries) and
 * the board's settings. Written once, by `create`; a person may change the settings, not the columns.
 */
import { type Document, isAlias, isCollection, parseDocument, stringify, visit } from 'yaml';
import type { Durability, PipelineDefinition, PipelineStage, Retention } from '../model/definition.ts';
import { formatDuration, parseDuration } from '../model/duration.ts';
import { graphOfStages } from '../model/graph.ts';
import { isLimitName, stageNameFault } from '../model/name.ts';
import { tryParseSize, writeSize } from '../model/size.ts';
import { BoardError } from './errors.ts';

export const FORMAT = 1;
/** A board has 32 stages at most. */
const MOST_TEXT = 64 * 1024;
/** In a longer one keys are not compared with each other: the parser would take minutes for it. */
const MOST_UNIQUE = 16 * 1024;

export interface BoardConfig {
  readonly format: number;
  readonly board: string;
  readonly pipeline: string;
  /** In column order. */
  readonly stages: readonly PipelineStage[];
  /** Undefined: 15 s on a local file system, 60 s on a network file system. */
  readonly leaseMs: number | undefined;
  readonly durability: Durability;
  readonly inFlight: number;
  /** `auto`: by the file system's type. */
  readonly watch: 'auto' | 'watch' | 'poll';
  readonly retention: Retention;
  /** Products become visible all together when their entry is done. Pinned, as the columns are. */
  readonly transaction: boolean;
  /** How many places each limit has. */
  readonly limits: Readonly<Record<string, number>>;
  /** What must be free on the disk for stages that say nothing else. */
  readonly freeBytes: number | undefined;
  /** Where steps run of stages that say nothing else; undefined: on the hosts of their stage processes. */
  readonly engine: string | undefined;
}

/** Below this a busy machine would lose live processes. */
export const LEAST_LEASE_MS = 1_000;

const RETENTION_KEYS = ['done', 'removed', 'logs', 'products', 'scratch', 'journal'] as const;

export function configOf(board: string, pipeline: PipelineDefinition, leaseMs: number | undefined): BoardConfig {
  const { name, stages, inFlight, durability, retention, transaction, limits = {}, freeBytes, engine } = pipeline;
  const common = {
    format: FORMAT,
    board,
    pipeline: name,
    stages,
    leaseMs,
    durability,
    inFlight,
    watch: 'auto',
  } as const;
  return { ...common, retention, transaction, limits, freeBytes, engine };
}

export function formatConfig(config: BoardConfig): string {
  const retention = Object.fromEntries(
    RETENTION_KEYS.map((key) => {
      const ms = config.retention[`${key}Ms`];
      return [key, ms === undefined ? 'never' : formatDuration(ms)];
    }),
  );
  const head = [
    '# This board. The stages below are pinned: an entry has one letter for each, in this order; do not change them.',
    ...(config.transaction ? ['# So is transaction: what is visible depends on it for the life of the board.'] : []),
    '# lease, durability, inFlight, watch, engine and retention may be changed; stage processes read them when they start.',
    "# So may limits and free: those are read anew while they run ('slate limit' shows and changes limits).",
  ];
  const { format, board, pipeline, stages, leaseMs, durability, inFlight, watch, limits, freeBytes, engine } = config;
  const lease = leaseMs === undefined ? 'auto' : formatDuration(leaseMs);
  const shared = {
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(freeBytes === undefined ? {} : { free: writeSize(freeBytes) }),
  };
  const pinned = { ...(config.transaction ? { transaction: true } : {}), stages };
  const common = { format, board, pipeline, lease, durability, inFlight, watch };
  const settings = { ...common, ...(engine === undefined ? {} : { engine }), retention, ...shared, ...pinned };
  return `${head.join('\n')}\n${stringify(settings)}`;
}

/** @throws BoardError naming the file and what is wrong with it. */
export function parseConfig(text: string, file: string): BoardConfig {
  const fail = (what: string): never => {
    throw new BoardError(`${file}: ${what}; restore the file from a copy, or make the board anew with 'slate create'`);
  };
  const value = dataOf(text, fail);
  if (typeof value !== 'object' || value === null) return fail('is empty');
  if (value.format !== FORMAT) {
    return fail(`has format ${String(value.format)}, and this version of slate reads format ${FORMAT}`);
  }
  if (!Array.isArray(value.stages) || value.stages.length === 0) return fail('has no stages');
  const stages = value.stages.map((stage: Record<string, unknown>): PipelineStage => {
    if (typeof stage?.stage !== 'string' || !Array.isArray(stage.after))
      return fail('has a stage without a name or without after');
    // It becomes part of paths.
    const wrong = stageNameFault(stage.stage);
    if (wrong !== undefined) return fail(`has a stage that can't be one: ${wrong.why}`);
    return { stage: stage.stage, title: String(stage.title ?? stage.stage), after: stage.after.map(String) };
  });
  try {
    graphOfStages(stages);
  } catch (error) {
    return fail(`has stages that do not follow one another: ${error instanceof Error ? error.message : String(error)}`);
  }
  const duration = (key: string, given: unknown): number | undefined => {
    if (given === undefined || given === 'never' || given === 'auto') return undefined;
    try {
      return parseDuration(String(given));
    } catch (error) {
      return fail(`${key}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const transaction = value.transaction ?? false;
  if (typeof transaction !== 'boolean') return fail('transaction is neither true nor false');
  const kept = (value.retention ?? {}) as Record<string, unknown>;
  const leaseMs = duration('lease', value.lease);
  if (leaseMs !== undefined && leaseMs < LEAST_LEASE_MS)
    return fail(`lease is below ${formatDuration(LEAST_LEASE_MS)}`);
  const inFlight = value.inFlight ?? 2000;
  if (typeof inFlight !== 'number' || !Number.isInteger(inFlight) || inFlight < 1)
    return fail('inFlight is no whole number from 1');
  const durability = value.durability ?? 'posts';
  if (durability !== 'posts' && durability !== 'strict' && durability !== 'none')
    return fail('durability is none of posts, strict, none');
  const watch = value.watch ?? 'auto';
  if (watch !== 'auto' && watch !== 'watch' && watch !== 'poll') return fail('watch is none of auto, watch, poll');
  const { engine } = value;
  if (engine !== undefined && (typeof engine !== 'string' || engine === ''))
    return fail('engine is no name of an engine');
  const retention: Retention = {
    doneMs: duration('retention.done', kept.done),
    removedMs: duration('retention.removed', kept.removed),
    logsMs: duration('retention.logs', kept.logs),
    productsMs: duration('retention.products', kept.products),
    scratchMs: duration('retention.scratch', kept.scratch),
    journalMs: duration('retention.journal', kept.journal),
  };
  const { limits, freeBytes } = sharedOf(value, fail);
  return {
    format: FORMAT,
    board: String(value.board),
    pipeline: String(value.pipeline),
    stages,
    leaseMs,
    durability,
    inFlight,
    watch,
    retention,
    transaction,
    limits,
    freeBytes,
    engine,
  };
}

/** Not more than a page is written there; aliases and brackets without end are somebody's joke. */
function dataOf(text: string, fail: (what: string) => never): Record<string, unknown> | null {
  if (text.length > MOST_TEXT) return fail(`has ${text.length} characters, and at most ${MOST_TEXT} are read`);
  try {
    const document = parseDocument(text, { uniqueKeys: text.length < MOST_UNIQUE });
    const fault = document.errors[0];
    if (fault !== undefined) return fail(fault.message.split('\n')[0] ?? 'is no YAML');
    if (hasStrangeKey(document)) return fail('has a key that is a list or a mapping');
    return document.toJS() as Record<string, unknown> | null;
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
    return fail(error instanceof ReferenceError ? 'uses its anchors too often' : 'is nested too deeply');
  }
}

/** The parser takes for ever to make texts of keys within keys. */
function hasStrangeKey(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Pair(_, { key }) {
      found ||= isCollection(key) || isAlias(key);
      return found ? visit.BREAK : undefined;
    },
  });
  return found;
}

/** What stage processes read anew while they run. */
export type SharedSettings = Pick<BoardConfig, 'limits' | 'freeBytes'>;

function sharedOf(value: Record<string, unknown>, fail: (what: string) => never): SharedSettings {
  const given = value.limits ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) return fail('limits is no mapping of names to numbers');
  const limits = Object.entries(given as Record<string, unknown>).map(([name, most]): [string, number] => {
    if (!isLimitName(name)) return fail(`limits: '${name}' is no name`);
    if (typeof most !== 'number' || !Number.isInteger(most) || most < 0)
      return fail(`limits.${name} is no whole number from 0`);
    return [name, most];
  });
  const freeBytes = value.free === undefined ? undefined : tryParseSize(String(value.free));
  if (value.free !== undefined && freeBytes === undefined) return fail('free is no size, such as 20g');
  return { limits: Object.fromEntries(limits), freeBytes };
}

/** The `columns` file for shell tools: index from 1, stage, title, tab-separated. */
export function formatColumns(stages: readonly PipelineStage[]): string {
  return stages.map(({ stage, title }, column) => `${column + 1}\t${stage}\t${title}\n`).join('');
}
