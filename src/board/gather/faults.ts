/** What is wrong with the files in `groups/`, and with what they ask for; told by `slate check`. */
import { FOLDERS, groupPath, parseGroupFile } from '../../model/name.ts';
import type { Board } from '../board.ts';
import { faultKind, isGone } from '../errors.ts';
import { needsFault, readGroup, unlink } from '../groups.ts';
import { folderNames, isHidden, type Located } from '../scan.ts';
import { gatheringColumns } from './plan.ts';

export interface GroupFinding {
  readonly severity: 'fault' | 'note';
  readonly where: string;
  readonly message: string;
  readonly fixed: boolean;
}

/** @param entries all entries of the board, in any folder */
export function checkGroups(board: Board, entries: readonly Located[], fix: boolean): GroupFinding[] {
  const byDataset = new Map<string, Located[]>();
  for (const entry of entries) byDataset.set(entry.name.dataset, [...(byDataset.get(entry.name.dataset) ?? []), entry]);
  const findings = folderNames(board, FOLDERS.groups).flatMap((file) => {
    if (isHidden(file)) return [];
    const found = checkFile(board, file, byDataset, fix);
    return found === undefined ? [] : [{ where: `${FOLDERS.groups}/${file}`, ...found }];
  });
  return [...findings, ...checkRings(board, byDataset)];
}

function checkFile(
  board: Board,
  file: string,
  byDataset: ReadonlyMap<string, readonly Located[]>,
  fix: boolean,
): Omit<GroupFinding, 'where'> | undefined {
  const fault = (message: string): Omit<GroupFinding, 'where'> => ({ severity: 'fault', message, fixed: false });
  const parsed = parseGroupFile(file);
  if (parsed === undefined)
    return fault(
      'is not named like what an entry waits for or has gathered; it is left alone: rename it, or move it away',
    );
  const { dataset, gathered } = parsed;
  const runs = byDataset.get(dataset) ?? [];
  if (runs.length === 0) return orphan(board, `${FOLDERS.groups}/${file}`, dataset, fix);
  if (gathered !== undefined) return undefined;
  const group = readAny(board, dataset);
  if (group === undefined) return undefined;
  const gathering = runs.filter(({ name }) => gatheringColumns(name.letters).length > 0);
  if (typeof group === 'string') {
    if (gathering.length === 0)
      return { severity: 'note', message: `can't be read (${group}); nobody waits for it`, fixed: false };
    return fault(
      `${group}; its entry waits until this is mended. Delete the file to have it made anew from what the entry was posted with`,
    );
  }
  if (group.dataset !== dataset)
    return fault(`says that it is of dataset '${group.dataset}': name it after that, or mend it`);
  const isOfRun = runs.some(({ name }) => name.posted === group.posted);
  if (!isOfRun)
    return {
      severity: 'note',
      message: `is of a run (posted ${group.posted}) that is no longer there; it is not read`,
      fixed: false,
    };
  if (!gathering.some(({ name }) => name.posted === group.posted)) return undefined;
  const wrong = needsFault(board, dataset, group.needs);
  return wrong === undefined ? undefined : fault(`${wrong}; edit this file, or hold the entry and skip the stage`);
}

function orphan(board: Board, path: string, dataset: string, fix: boolean): Omit<GroupFinding, 'where'> {
  if (fix) unlink(board, path);
  const how = fix ? 'it was removed' : "'slate check --fix' removes it";
  return {
    severity: 'note',
    message: `no entry of dataset ${dataset} is left that could wait for this; ${how}`,
    fixed: fix,
  };
}

/** What another user may not let this one read is told, not thrown. */
function readAny(board: Board, dataset: string): ReturnType<typeof readGroup> {
  try {
    return readGroup(board, dataset);
  } catch (error) {
    if (isGone(error)) return undefined;
    if (faultKind(error) === 'denied') return 'it may not be read';
    throw error;
  }
}

/** Gathering entries of this board that wait for each other by name: nothing but a deadline or a person ends that. */
function checkRings(board: Board, byDataset: ReadonlyMap<string, readonly Located[]>): GroupFinding[] {
  const asks = new Map<string, readonly string[]>();
  for (const [dataset, runs] of byDataset) {
    const waiting = runs.find(({ folder, name }) => !folder.includes('/') && gatheringColumns(name.letters).length > 0);
    const group = waiting === undefined ? undefined : readAny(board, dataset);
    if (
      waiting === undefined ||
      group === undefined ||
      typeof group === 'string' ||
      group.posted !== waiting.name.posted
    )
      continue;
    const own = group.needs.members.filter(({ isGlob, board: other = board.name }) => !isGlob && other === board.name);
    asks.set(
      dataset,
      own.map((spec) => spec.dataset),
    );
  }
  const told = new Set<string>();
  return [...asks.keys()].flatMap((start): GroupFinding[] => {
    const ring = told.has(start) ? undefined : ringFrom(start, asks);
    if (ring === undefined) return [];
    for (const dataset of ring) told.add(dataset);
    const message = `these entries wait for each other: ${[...ring, start].join(' → ')}; take one of the members out of its group's file`;
    return [{ severity: 'fault', where: groupPath(start), message, fixed: false }];
  });
}

/** The way from an entry back to itself, if there is one. */
function ringFrom(start: string, asks: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const from = new Map<string, string>();
  const open = [start];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    for (const next of asks.get(at) ?? []) {
      if (next === start) return wayTo(at, from, start);
      if (from.has(next) || !asks.has(next)) continue;
      from.set(next, at);
      open.push(next);
    }
  }
  return undefined;
}

function wayTo(end: string, from: ReadonlyMap<string, string>, start: string): string[] {
  const way: string[] = [];
  for (let at: string | undefined = end; at !== undefined && at !== start; at = from.get(at)) way.push(at);
  return [start, ...way.reverse()];
}
