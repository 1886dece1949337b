/**
 * Which tries of a run are official, and what they have left: products, entries to post, parameters. Official is a stage's
 * try of the highest epoch that has its `.ok`, while the stage's letter is `c`. Everything that a try leaves is a file of
 * its own that nobody changes.
 */
import {
  type EntryName,
  parseProductName,
  parseSidecarName,
  productsFolder,
  type Sidecar,
  sidecarPath,
  type TryName,
} from '../model/name.ts';
import { parseResult, type StepResult } from '../model/result.ts';
import type { Board } from './board.ts';
import type { Params } from './content.ts';
import { isGone } from './errors.ts';
import { folderNames } from './scan.ts';

/** What a try has left in `products/<dataset>/<posted>/`. */
export interface TryFiles {
  readonly stage: string;
  readonly epoch: number;
  folder: boolean;
  ok: boolean;
  post: boolean;
  result: boolean;
}

/** What the tries of a run have left, by epoch; `files` are the names in its folder. */
export function tryFilesAmong(files: readonly string[]): TryFiles[] {
  const tries = new Map<string, TryFiles>();
  const at = (stage: string, epoch: number): TryFiles => {
    const key = `${stage}.${epoch}`;
    const known = tries.get(key);
    if (known !== undefined) return known;
    const made: TryFiles = { stage, epoch, folder: false, ok: false, post: false, result: false };
    tries.set(key, made);
    return made;
  };
  for (const file of files) {
    const product = parseProductName(file);
    if (product !== undefined) at(product.stage, product.epoch)[product.mark ? 'ok' : 'folder'] = true;
    const sidecar = product === undefined ? parseSidecarName(file) : undefined;
    if (sidecar !== undefined) at(sidecar.stage, sidecar.epoch)[sidecar.kind] = true;
  }
  return [...tries.values()].sort((a, b) => a.epoch - b.epoch);
}

export function listTryFiles(board: Board, dataset: string, posted: string): TryFiles[] {
  return tryFilesAmong(folderNames(board, productsFolder(dataset, posted)));
}

/** The official tries of an entry's complete stages, in column order. */
export function officialTries(
  board: Board,
  name: EntryName,
  tries: readonly TryFiles[] = listTryFiles(board, name.dataset, name.posted),
): TryFiles[] {
  return board.stages.flatMap((stage, column) => {
    if (name.letters[column] !== 'c') return [];
    return tries.findLast((one) => one.stage === stage && one.ok) ?? [];
  });
}

export function tryName(name: { dataset: string; posted: string }, { stage, epoch }: TryFiles): TryName {
  return { dataset: name.dataset, posted: name.posted, stage, epoch };
}

/** The text of a sidecar; undefined if the try left none. */
export function readSidecar(board: Board, name: TryName, kind: Sidecar): string | undefined {
  try {
    return board.fs.read(board.path(sidecarPath(name, kind))).content;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/**
 * What the step of a try that has ended said in `$SLATE_RESULT`; of a try that failed only the reason counts. Undefined if
 * it said nothing, or if somebody has spoilt the file since.
 */
export function readResult(board: Board, name: TryName): StepResult | undefined {
  const text = readSidecar(board, name, 'result');
  const parsed = text === undefined ? undefined : parseResult(text);
  return typeof parsed === 'string' ? undefined : parsed;
}

/** Parameters that a stage's official result adds. */
export interface Added {
  readonly stage: string;
  readonly epoch: number;
  readonly params: StepResult['params'];
}

/** What official results add to an entry's parameters, in column order: of two that name one parameter the later holds. */
export function addedParams(board: Board, name: EntryName, official: readonly TryFiles[]): Added[] {
  return official.flatMap((one) => {
    const params = one.result ? readResult(board, tryName(name, one))?.params : undefined;
    return params === undefined || Object.keys(params).length === 0
      ? []
      : [{ stage: one.stage, epoch: one.epoch, params }];
  });
}

/** What the stages before a column have added to an entry's own parameters. */
export function addedFor(board: Board, name: EntryName, column: number, official: readonly TryFiles[]): Added[] {
  const isBefore = ({ stage }: TryFiles): boolean =>
    board.graph.descendants[board.column(stage)]?.includes(column) === true;
  return addedParams(board, name, official.filter(isBefore));
}

/**
 * An entry's own parameters and those that were added: of two that name one the later holds. Copied and not assigned: a
 * name such as `__proto__` is a name like any other.
 */
export function mergedParams(own: Params, added: readonly Added[]): Params {
  if (added.length === 0) return own;
  const names = [own, ...added.map(({ params }) => params)].flatMap((params) => Object.entries(params));
  return Object.fromEntries(names);
}
