/** Why an entry that could be claimed is not: no host has what its step needs, a limit is full, the disk is too full. For people. */
import type { StageDefinition } from '../model/definition.ts';
import { excess, formatNeeds, isWithin, type Needs } from '../model/demand.ts';
import { runnableColumns } from '../model/home.ts';
import { FOLDERS, LIMITS_FOLDER } from '../model/name.ts';
import { formatSize } from '../model/size.ts';
import type { Board } from './board.ts';
import { isSystemError } from './errors.ts';
import { readTokens, type Token } from './limits.ts';
import { declaresNeeds, needsOf } from './needs.ts';
import { processRows } from './processes.ts';
import type { Located } from './scan.ts';
import { readShared } from './settings.ts';

/** What the host of a live stage process has. */
export interface LiveBudget {
  readonly process: string;
  readonly host: string;
  readonly budget: Needs;
}

/** Of the live processes that serve a stage, those that say what their hosts have. */
export function budgetsOf(board: Board, stage: string): LiveBudget[] {
  return processRows(board).flatMap(({ status, isDead, isSilent }): LiveBudget[] => {
    const { name, content } = status;
    if (isDead || isSilent || content?.budget === undefined || !content.stages.includes(stage)) return [];
    const { cpus, memoryMb } = content.budget;
    return [{ process: name.id, host: name.host, budget: { milliCpus: Math.round(cpus * 1000), memoryMb } }];
  });
}

/** What one stage of an entry waits for. */
export interface Wait {
  readonly stage: string;
  readonly why: string;
  /** `process`: nobody takes it; `host`: no live process could serve it; `limit`, `disk`: it goes on by itself. */
  readonly kind: 'process' | 'host' | 'limit' | 'disk' | 'fault';
}

/**
 * What keeps each stage of an entry that could run from it, as it is now.
 * @param definitions the board's stages as their files are now
 */
export function waitsOf(
  board: Board,
  entry: Located,
  definitions: ReadonlyMap<string, StageDefinition>,
  budgets: (stage: string) => readonly LiveBudget[] = (stage) => budgetsOf(board, stage),
): Wait[] {
  const waits: Wait[] = [];
  for (const column of runnableColumns(entry.name.letters, board.graph)) {
    const stage = definitions.get(board.stages[column] ?? '');
    if (stage === undefined) continue;
    const add = (kind: Wait['kind'], why: string | undefined): void => {
      if (why !== undefined) waits.push({ stage: stage.name, kind, why });
    };
    if (declaresNeeds(stage))
      for (const { kind, why } of hostWaits(board, entry, stage, budgets(stage.name))) add(kind, why);
    for (const why of limitWaits(board, stage)) add('limit', why);
    add('disk', diskWait(board, stage));
  }
  return waits;
}

function hostWaits(
  board: Board,
  entry: Located,
  stage: StageDefinition,
  budgets: readonly LiveBudget[],
): Omit<Wait, 'stage'>[] {
  const need = needsOf(board, entry, stage);
  if (need.kind === 'faulty') return [{ kind: 'fault', why: `its needs can't be worked out: ${need.error.message}` }];
  if (need.kind === 'unknown') return [{ kind: 'fault', why: `its needs can't be told: ${need.why}` }];
  if (need.kind === 'early') return [];
  if (budgets.length === 0 || budgets.some(({ budget }) => isWithin(need.needs, budget))) return [];
  const best = budgets.reduce((most, one) => (one.budget.memoryMb > most.budget.memoryMb ? one : most));
  const why = excess(need.needs, best.budget) ?? `needs ${formatNeeds(need.needs)}`;
  return [{ kind: 'host', why: `no live stage process could serve it: it ${why} (${best.host})` }];
}

function limitWaits(board: Board, stage: StageDefinition): string[] {
  const wanted = Object.entries(stage.limits);
  if (wanted.length === 0) return [];
  const limits = readShared(board)?.limits ?? {};
  const tokens = readTokens(board);
  return wanted.flatMap(([limit, places]) => {
    const most = limits[limit];
    if (most === undefined) return [`board.yaml sets no limit '${limit}': 'slate limit ${limit} 1' does`];
    const taken = tokens.filter((token) => token.limit === limit).length;
    return taken + places > most ? [fullText(limit, most, tokens)] : [];
  });
}

function diskWait(board: Board, stage: StageDefinition): string | undefined {
  const least = stage.freeBytes ?? readShared(board)?.freeBytes ?? 0;
  if (least === 0) return undefined;
  const path = board.path(FOLDERS.products);
  try {
    const bytes = board.fs.freeBytes(path);
    return bytes < least ? `${formatSize(bytes)} are free in ${path}, and it wants ${formatSize(least)}` : undefined;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return undefined;
  }
}

/** Owners that are told of one limit. */
const MOST_TOLD = 3;

/** `limit database (3 of 3 taken by k3f1 j8a20101q:load, …)` */
export function fullText(limit: string, most: number | undefined, tokens: readonly Token[]): string {
  const own = tokens.filter((token) => token.limit === limit);
  const told = own.slice(0, MOST_TOLD).map(holderText);
  const more = own.length > MOST_TOLD ? ` and ${own.length - MOST_TOLD} more` : '';
  const by = own.length === 0 ? '' : ` by ${told.join(', ')}${more}`;
  return `limit ${limit} (${own.length} of ${most ?? 0} taken${by})`;
}

/** `k3f1 j8a20101q:load` */
export function holderText({ limit, place, owner }: Token): string {
  return owner === undefined
    ? `hand (${LIMITS_FOLDER}/${limit}.${place})`
    : `${owner.process} ${owner.dataset}:${owner.stage}`;
}
