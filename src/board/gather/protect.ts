/**
 * What retention must leave alone on a board: runs that a group of any board of the home still waits for, or has gathered
 * and not finished with. A group is one whose entry is on its board.
 */
import { globMatches } from '../../model/filter/glob.ts';
import { FOLDERS, gatheredPath, idPath, parseGroupFile } from '../../model/name.ts';
import { type Board, listBoards } from '../board.ts';
import { childrenOf } from '../children.ts';
import { isGone } from '../errors.ts';
import { readGroup } from '../groups.ts';
import { folderNames, scanFolder } from '../scan.ts';
import { openSibling } from './members.ts';
import { parseGathered } from './record.ts';

/** What is known is believed for so long where no stamp of a folder can be. */
const BELIEVED_MS = 5_000;

const GATHERING = 'gather';

interface Asked {
  readonly datasets: Set<string>;
  readonly globs: Set<string>;
}

export class Protected {
  readonly #board: Board;
  #asked: Asked = { datasets: new Set(), globs: new Set() };
  #stamp = '';
  #readMs = Number.NEGATIVE_INFINITY;

  constructor(board: Board) {
    this.#board = board;
  }

  /** True if a group waits for the dataset, as of now or a moment ago. */
  covers(dataset: string): boolean {
    this.#refresh();
    const { datasets, globs } = this.#asked;
    return datasets.has(dataset) || [...globs].some((glob) => globMatches(glob, dataset));
  }

  /** A group that is posted while retention is at work counts as well. */
  #refresh(): void {
    const nowMs = performance.now();
    if (this.#board.isShared && nowMs - this.#readMs < BELIEVED_MS) return;
    const boards = this.#boards(nowMs);
    const folders = boards.flatMap((board) => [FOLDERS.groups, GATHERING].map((folder) => ({ board, folder })));
    const stamp = folders.map(({ board, folder }) => board.fs.changed(board.path(folder))?.stamp).join(' ');
    if (!this.#board.isShared && stamp === this.#stamp && nowMs - this.#readMs < BELIEVED_MS) return;
    this.#stamp = stamp;
    this.#readMs = nowMs;
    const asked: Asked = { datasets: new Set(), globs: new Set() };
    for (const board of boards) this.#add(board, asked);
    this.#asked = asked;
  }

  #known: { readonly boards: readonly Board[]; readonly ms: number } | undefined;

  #boards(nowMs: number): readonly Board[] {
    if (this.#known === undefined || nowMs - this.#known.ms > BELIEVED_MS) {
      const boards = listBoards(this.#board.home, this.#board.fs).flatMap(
        (name) => openSibling(this.#board, name) ?? [],
      );
      this.#known = { boards, ms: nowMs };
    }
    return this.#known.boards;
  }

  #add(board: Board, asked: Asked): void {
    const own = this.#board.name;
    for (const { name } of [GATHERING, 'active'].flatMap((folder) => scanFolder(board, folder).entries)) {
      if (!name.letters.includes('g')) continue;
      for (const child of childrenOf(board, name) ?? []) if (child.board === own) asked.datasets.add(child.dataset);
    }
    for (const file of folderNames(board, FOLDERS.groups)) {
      const { dataset, gathered } = parseGroupFile(file) ?? {};
      if (dataset === undefined || !isOnBoard(board, dataset)) continue;
      if (gathered !== undefined) {
        for (const member of this.#gathered(board, { dataset, ...gathered }))
          if (member.board === own) asked.datasets.add(member.dataset);
        continue;
      }
      const group = readGroup(board, dataset);
      if (group === undefined || typeof group === 'string') continue;
      for (const spec of group.needs.members) {
        if ((spec.board ?? board.name) === own) (spec.isGlob ? asked.globs : asked.datasets).add(spec.dataset);
      }
    }
  }

  #gathered(board: Board, name: Parameters<typeof gatheredPath>[0]): ReturnType<typeof parseGathered> {
    try {
      return parseGathered(board.fs.read(board.path(gatheredPath(name))).content);
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  }
}

function isOnBoard(board: Board, dataset: string): boolean {
  try {
    board.fs.identify(board.path(idPath(dataset)));
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}
