/** Whose child an entry is, and where its own children stand: for people, so everything is looked up anew. */
import type { Board } from '../board/board.ts';
import { type ChildRef, childrenOf } from '../board/children.ts';
import { openSibling } from '../board/gather/members.ts';
import { manyNamesOf } from '../board/pieces.ts';
import { columnsAt, noteOf, Row } from '../board/rows.ts';
import { datasetOfFile, findDatasetsIn, foldersOf, isLocated, type Located, readName } from '../board/scan.ts';
import { DAY_FOLDERS, type EntryName, formatDay, LIVE_FOLDERS, parsePosted, type State } from '../model/name.ts';

/** A child, and where it stands. */
export interface ChildSight extends ChildRef {
  /** `absent`: it never came, or has outlived its retention. */
  readonly state: State | 'absent';
  readonly letters: string | undefined;
  /** `failed at detect: exit code 2` */
  readonly text: string;
}

/** The children of an entry, in the order in which they were posted; undefined: it has none. */
export function childSights(board: Board, name: EntryName): ChildSight[] | undefined {
  const families = familiesOf(board, name);
  for (const family of families ?? []) {
    if (family.board === undefined) continue;
    for (const at of findDatasetsIn(family.board, new Set(family.wanted.keys()), foldersSince(family))) see(family, at);
  }
  return families?.flatMap(sightsOf);
}

/** The same without holding the event loop. @throws the signal's reason */
export async function loadChildSights(
  board: Board,
  name: EntryName,
  signal?: AbortSignal,
): Promise<ChildSight[] | undefined> {
  const families = familiesOf(board, name);
  for (const family of families ?? []) {
    const { board: on, wanted } = family;
    if (on === undefined) continue;
    for (const folder of foldersSince(family)) {
      for await (const names of manyNamesOf(on.path(folder))) {
        signal?.throwIfAborted();
        for (const file of names) {
          const dataset = datasetOfFile(file);
          const read = dataset !== undefined && wanted.has(dataset) ? readName(on, folder, file) : undefined;
          if (read !== undefined && isLocated(read)) see(family, read);
        }
      }
    }
  }
  return families?.flatMap(sightsOf);
}

/** Children on one board. */
interface Family {
  readonly name: string;
  /** Undefined: there is no such board. */
  readonly board: Board | undefined;
  readonly refs: readonly ChildRef[];
  /** Their posted times by dataset. */
  readonly wanted: ReadonlyMap<string, string>;
  readonly seen: Map<string, Located>;
}

function familiesOf(board: Board, name: EntryName): Family[] | undefined {
  const refs = childrenOf(board, name);
  if (refs === undefined) return undefined;
  return [...new Set(refs.map((ref) => ref.board))].map((other) => {
    const its = refs.filter((ref) => ref.board === other);
    const wanted = new Map(its.map(({ dataset, posted }) => [dataset, posted]));
    return { name: other, board: openSibling(board, other), refs: its, wanted, seen: new Map() };
  });
}

/** What was posted then stands on the board, or was finished or removed on that day or later. */
function foldersSince({ board, refs }: Family): string[] {
  if (board === undefined) return [];
  const first = refs.map(({ posted }) => posted).sort()[0] ?? '';
  // A day's grace: a fixed time may be ahead of the board's clock.
  const since = formatDay((parsePosted(first) ?? 0) - 86_400_000);
  const isSince = (folder: string): boolean => (folder.split('/')[1] ?? '') >= since;
  return [...LIVE_FOLDERS, ...foldersOf(board, DAY_FOLDERS).filter(isSince)];
}

function see({ wanted, seen }: Family, at: Located): void {
  if (wanted.get(at.name.dataset) === at.name.posted) seen.set(at.name.dataset, at);
}

function sightsOf({ name, board, refs, seen }: Family): ChildSight[] {
  return refs.map((ref) => {
    const at = seen.get(ref.dataset);
    if (board === undefined)
      return { ...ref, state: 'absent', letters: undefined, text: `there is no board '${name}'` };
    if (at === undefined) return { ...ref, state: 'absent', letters: undefined, text: 'not on its board' };
    const row = new Row(at);
    const places = columnsAt(row).map((column) => board.stages[column] ?? '');
    const note = noteOf(row);
    const text = `${row.state}${places.length === 0 ? '' : ` at ${places.join(', ')}`}${note === '' ? '' : `: ${note}`}`;
    return { ...ref, state: row.state, letters: at.name.letters, text };
  });
}

/** Children that are not done are told one by one, so many of them. */
const MOST_TOLD = 10;

/** In lines: how many stand where, then those that are not done. */
export function familyLines(children: readonly ChildSight[], own: string): string[] {
  const counts = new Map<string, number>();
  for (const { state } of children) counts.set(state, (counts.get(state) ?? 0) + 1);
  const open = children.filter(({ state }) => state !== 'done');
  const lines = [`${children.length}: ${[...counts].map(([state, number]) => `${number} ${state}`).join(', ')}`];
  for (const { board, dataset, text } of open.slice(0, MOST_TOLD))
    lines.push(`${board === own ? '' : `${board}:`}${dataset}  ${text}`);
  if (open.length > MOST_TOLD) lines.push(`and ${open.length - MOST_TOLD} more that are not done`);
  return lines;
}
