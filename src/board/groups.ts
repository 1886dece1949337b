/**
 * `groups/<dataset>`: what a gathering entry waits for, where people and stage processes read it. Its original is in the
 * entry's own content, written before the dataset is taken; so whoever carries a post on can write this file, one that is
 * lost is made anew, and one of an earlier run is never taken for this one's. Only who holds `ids/<dataset>` writes it.
 */
import { randomBytes } from 'node:crypto';
import {
  type EntryName,
  FOLDERS,
  gatheredPath,
  groupPath,
  parseGroupFile,
  parsePosted,
  type TryName,
} from '../model/name.ts';
import { DONE, formatGroup, type MemberSpec, type Needs, NO_NEEDS, parseGroup, parseNeeds } from '../model/needs.ts';
import { type Rules, rulesWithNeeds } from '../model/transition.ts';
import { type Board, listBoards } from './board.ts';
import { type Params, parseContent } from './content.ts';
import { faultText, isExists, isGone, isNoFile } from './errors.ts';
import { folderNames, type Located } from './scan.ts';

/** True for a stage that waits for the members that its entry was posted with. */
export function gathersMembers(board: Board, column: number): boolean {
  return board.gather(column)?.what === 'members';
}

/** The rules of an entry that was posted with needs. */
export function rulesOfWaiting(board: Board, cls: string): Rules {
  return rulesWithNeeds(board.rules, cls, (column) => gathersMembers(board, column));
}

/** Writes the file whole or not at all: it takes the place of an earlier run's, whose needs stand in that one's content. */
export function writeGroup(board: Board, name: EntryName, needs: Params, sync = true): void {
  const parsed = parseNeeds(needs, board.now());
  // A content changed by hand: the entry is held when it is looked at.
  if (typeof parsed === 'string') return;
  replaceFile(board, groupPath(name.dataset), formatGroup(name, parsed), sync && board.config.durability !== 'none');
  if (sync) board.settleDisk('posts', [FOLDERS.groups]);
}

/** Under a hidden name first: what a crash leaves of it goes after a day. */
export function replaceFile(board: Board, path: string, content: string, sync: boolean): void {
  const made = board.path(`${FOLDERS.tmp}/.group-${randomBytes(6).toString('hex')}`);
  board.fs.create(made, content, sync);
  board.fs.rename(made, board.path(path));
}

/** The same where nothing stands yet: what does counts. */
export function createFile(board: Board, path: string, content: string): void {
  const made = `${FOLDERS.tmp}/.group-${randomBytes(6).toString('hex')}`;
  board.fs.create(board.path(made), content, false);
  try {
    board.fs.link(board.path(made), board.path(path));
  } catch (error) {
    if (!isExists(error)) throw error;
  }
  unlink(board, made);
}

export type Waits =
  | { readonly kind: 'needs'; readonly needs: Needs }
  /** It was posted without needs: nothing to wait for. */
  | { readonly kind: 'nothing' }
  /** The file can't be read as needs; `where` is it. */
  | { readonly kind: 'faulty'; readonly where: string; readonly why: string };

/** What the entry waits for: its group's file, and where that is lost or another run's, its own content, which restores it. */
export function waitsOf(board: Board, entry: Located, mayRestore = true): Waits {
  const where = groupPath(entry.name.dataset);
  const group = readGroup(board, entry.name.dataset);
  if (typeof group === 'string') return { kind: 'faulty', where, why: group };
  if (group?.posted === entry.name.posted) {
    if (group.dataset !== entry.name.dataset)
      return { kind: 'faulty', where, why: `it says that it is of dataset '${group.dataset}'` };
    return { kind: 'needs', needs: group.needs };
  }
  const needs = contentNeeds(board, entry);
  if (needs === undefined) return { kind: 'nothing' };
  const parsed = parseNeeds(needs, parsePosted(entry.name.posted) ?? 0);
  if (typeof parsed === 'string')
    return { kind: 'faulty', where: `${entry.folder}/${entry.file}`, why: `its needs: ${parsed}` };
  if (mayRestore) writeGroup(board, entry.name, needs);
  return { kind: 'needs', needs: parsed };
}

/** The group's file; undefined if there is none; a text says what is wrong with it. */
export function readGroup(board: Board, dataset: string): ReturnType<typeof parseGroup> | undefined {
  try {
    const { content } = board.fs.read(board.path(groupPath(dataset)));
    // A power cut may leave a name without its content.
    return content.trim() === '' ? undefined : parseGroup(content);
  } catch (error) {
    if (isNoFile(error)) return `it ${faultText(error)}`;
    if (isGone(error)) return undefined;
    throw error;
  }
}

function contentNeeds(board: Board, entry: Located): Params | undefined {
  try {
    const content = parseContent(board.fs.read(board.path(`${entry.folder}/${entry.file}`)).content);
    // What is no JSON is held at the claim, and says so.
    return typeof content === 'string' ? undefined : content.needs;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** True if this run of a dataset has a group's file. */
export function hasGroup(board: Board, { dataset, posted }: EntryName): boolean {
  const group = readGroup(board, dataset);
  return group !== undefined && (typeof group === 'string' || group.posted === posted);
}

/** Takes away what an entry that leaves the board for good waited for, and what it has gathered. */
export function dropGroup(board: Board, { dataset, posted }: Pick<EntryName, 'dataset' | 'posted'>): void {
  const group = readGroup(board, dataset);
  if (group !== undefined && typeof group !== 'string' && group.posted === posted) unlink(board, groupPath(dataset));
  for (const name of gatheredOf(board, dataset)) if (name.posted === posted) unlink(board, gatheredPath(name));
}

/** All that the dataset's runs have gathered, by epoch. */
export function gatheredOf(board: Board, dataset: string): TryName[] {
  const found = folderNames(board, FOLDERS.groups).flatMap((file): TryName[] => {
    const { dataset: whose, gathered } = parseGroupFile(file) ?? {};
    return gathered !== undefined && whose === dataset ? [{ dataset, ...gathered }] : [];
  });
  return found.sort((a, b) => a.epoch - b.epoch);
}

export function unlink(board: Board, path: string): void {
  try {
    board.fs.unlink(board.path(path));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** What can be told of needs when they are posted: an entry that waits for itself, boards and stages that are not there. */
export function needsFault(board: Board, dataset: string, needs: Needs): string | undefined {
  const stagesOf = new Map<string, readonly string[] | undefined>([[board.name, board.stages]]);
  for (const spec of needs.members) {
    const name = spec.board ?? board.name;
    if (!spec.isGlob && spec.dataset === dataset && name === board.name)
      return `it would wait for itself: leave ${dataset} out of its members`;
    if (!stagesOf.has(name)) stagesOf.set(name, stagesOfBoard(board, name));
    const stages = stagesOf.get(name);
    if (stages === undefined) return `there is no board '${name}' that its member '${spec.dataset}' could be on`;
    const until = untilOf(spec, needs, undefined);
    if (until !== DONE && !stages.includes(until))
      return `board ${name} has no stage '${until}' that its member '${spec.dataset}' could be complete up to; it has ${stages.join(', ')}`;
  }
  return undefined;
}

function stagesOfBoard(board: Board, name: string): readonly string[] | undefined {
  return listBoards(board.home, board.fs).includes(name) ? board.sibling(name).stages : undefined;
}

/** How far a member must be. */
export function untilOf(spec: MemberSpec, needs: Pick<Needs, 'until'>, ofStage: string | undefined): string {
  return spec.until ?? needs.until ?? ofStage ?? DONE;
}

/** Needs that name these runs: a parent's children, of which a later run counts as well. */
export function needsOfRuns(
  runs: ReadonlyArray<{ readonly board: string; readonly dataset: string; readonly posted: string }>,
): Needs {
  const members = runs.map(({ board, dataset, posted }) => {
    return { board, dataset, isGlob: false, atLeast: 1, until: undefined, from: posted };
  });
  return { ...NO_NEEDS, members };
}

/** The time so long after an entry was posted, as its own board counts. */
export function afterPosted(name: EntryName, ms: number): number {
  return (parsePosted(name.posted) ?? 0) + ms;
}
