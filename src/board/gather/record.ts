/**
 * What a stage has gathered: one JSON line a member, as its step reads it. Written by who lets the entry go on, so that
 * the step is given what was there then, whatever becomes of a member before it starts: published products stay.
 */
import { parseHeld } from '../../model/json.ts';
import type { EntryName } from '../../model/name.ts';
import { gatheredPath, productsFolder, type TryName } from '../../model/name.ts';
import type { Board } from '../board.ts';
import { parseContent } from '../content.ts';
import { faultKind, isGone } from '../errors.ts';
import { createFile, gatheredOf, replaceFile, unlink } from '../groups.ts';
import { type Located, stateOf } from '../scan.ts';
import { officialProducts } from '../tries.ts';
import type { Member } from './members.ts';

/** A line. Members that are on no board have no more than their name. */
export interface GatheredMember {
  readonly board: string;
  readonly dataset: string;
  /** How far it had to be. */
  readonly until: string;
  readonly ready: boolean;
  readonly posted?: string;
  readonly class?: string;
  readonly state: string;
  readonly letters?: string;
  readonly epoch?: number;
  /** Stage → absolute path of its official products. */
  readonly products: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
}

export function describeMember({ board: name, dataset, until, on: board, sight, isReady }: Member): GatheredMember {
  const head = { board: name, dataset, until, ready: isReady };
  if (board === undefined || sight === undefined) return { ...head, state: 'absent', products: {}, params: {} };
  const { posted, class: cls, letters, epoch } = sight.name;
  // Most runs have none: asking for the folder costs a tenth of an error that it is not there.
  const hasProducts = board.fs.isFolder(board.path(productsFolder(dataset, posted)));
  const official = hasProducts ? [...officialProducts(board, sight.name)] : [];
  const products = official.map(([stage, path]) => [stage, board.path(path)]);
  return {
    ...head,
    posted,
    class: cls,
    state: stateOf(sight.folder),
    letters,
    epoch,
    products: Object.fromEntries(products),
    params: paramsOf(board, sight),
  };
}

/** It may be under rename, or another user's: then its parameters are not told. */
function paramsOf(board: Board, { folder, file }: Located): Readonly<Record<string, unknown>> {
  try {
    const content = parseContent(board.fs.read(board.path(`${folder}/${file}`)).content);
    return typeof content === 'string' ? {} : content.params;
  } catch (error) {
    if (isGone(error) || faultKind(error) === 'denied') return {};
    throw error;
  }
}

function linesOf(members: readonly Member[]): string {
  return members.map((member) => `${JSON.stringify(describeMember(member))}\n`).join('');
}

/** Writes what was gathered when the entry went on; what an earlier wait of the same claims left is replaced. */
export function writeGathered(board: Board, name: EntryName, column: number, members: readonly Member[]): void {
  replaceFile(board, gatheredPath(recordName(board, name, column)), linesOf(members), false);
}

function recordName(board: Board, { dataset, posted, epoch }: EntryName, column: number): TryName {
  return { dataset, posted, stage: board.stages[column] ?? '', epoch };
}

/** What the column has gathered before the try with this epoch; undefined if nobody has written it. */
export function gatheredBefore(board: Board, name: EntryName, column: number, epoch: number): string | undefined {
  const stage = board.stages[column];
  const found = gatheredOf(board, name.dataset).filter(
    (one) => one.posted === name.posted && one.stage === stage && one.epoch < epoch,
  );
  const last = found.at(-1);
  return last === undefined ? undefined : gatheredPath(last);
}

/** Writes what is there now, for a try whose wait nobody has recorded (it was skipped by hand, or a crash came between). */
export function writeGatheredFor(
  board: Board,
  name: EntryName,
  column: number,
  epoch: number,
  members: readonly Member[],
): string {
  const path = gatheredFor(board, name, column, epoch);
  createFile(board, path, linesOf(members));
  return path;
}

export function gatheredFor(board: Board, name: EntryName, column: number, epoch: number): string {
  return gatheredPath({ ...recordName(board, name, column), epoch: epoch - 1 });
}

/** Takes away what the column gathered in earlier waits: it waits anew. */
export function forgetGathered(board: Board, name: EntryName, column: number): void {
  const stage = board.stages[column];
  for (const one of gatheredOf(board, name.dataset)) {
    if (one.posted === name.posted && one.stage === stage && one.epoch < name.epoch) unlink(board, gatheredPath(one));
  }
}

function isMember(value: unknown): value is GatheredMember {
  if (typeof value !== 'object' || value === null) return false;
  const { board, dataset } = value as Partial<GatheredMember>;
  return typeof board === 'string' && typeof dataset === 'string';
}

/** The lines of a record; what can't be read is left out. */
export function parseGathered(text: string): GatheredMember[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      try {
        const value = parseHeld(line);
        return isMember(value) ? [value] : [];
      } catch (error) {
        if (error instanceof SyntaxError) return [];
        throw error;
      }
    });
}
