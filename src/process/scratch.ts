/**
 * A slot's working folder, `scratch/<dataset>.<stage>.<epoch>/`. Making and removing folders are the dearest calls on a
 * shared disk, so one that stayed empty is renamed for the slot's next step.
 */
import type { Board } from '../board/board.ts';
import { isExists, isGone, isNoLink, isSystemError } from '../board/errors.ts';
import { folderNames } from '../board/scan.ts';
import type { StageDefinition } from '../model/definition.ts';
import { scratchPath, type TryName } from '../model/name.ts';
import { OWN_FILES } from './hand-in.ts';

export class SlotScratch {
  readonly #board: Board;
  /** Relative path of an empty folder that the next step may have. */
  #spare: string | undefined;
  /** Of the step that has it now, relative. */
  #path = '';
  #contents: readonly string[] | undefined;

  constructor(board: Board) {
    this.#board = board;
  }

  /** Absolute, of the step that has it now. */
  get path(): string {
    return this.#board.path(this.#path);
  }

  /** Makes the try's folder. @returns its absolute path */
  take(name: TryName, path = scratchPath(name)): string {
    this.#path = path;
    const absolute = this.#board.path(path);
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined) {
      if (this.#renamed(spare, path)) return absolute;
      // Something else than the folder stands there by now.
      this.#board.fs.removeTree(this.#board.path(spare));
    }
    try {
      this.#board.fs.mkdir(absolute);
    } catch (error) {
      // A folder of an earlier run of the dataset at the same epoch, kept because its step failed: cleared for this one.
      if (!isExists(error)) throw error;
      this.#board.fs.removeTree(absolute);
      this.#board.fs.mkdir(absolute);
    }
    return absolute;
  }

  /** The folder of a try that another process has begun. */
  adopt(name: TryName): void {
    this.#path = scratchPath(name);
  }

  /** The folder is another's from here on, with all that stands in it: nothing there is touched. */
  forget(): void {
    this.#path = '';
    this.#contents = undefined;
  }

  /** What stands in the folder: a step that has ended has left it. Asked for once; `release` knows it then. */
  contents(): readonly string[] {
    this.#contents = folderNames(this.#board, this.#path);
    return this.#contents;
  }

  /**
   * After the step: kept for a look, or emptied and kept for the slot. What can't be removed now is left to retention.
   * @param spent files in it that are no reason to keep it
   */
  release(policy: StageDefinition['scratch'], succeeded: boolean, spent: ReadonlySet<string> = OWN_FILES): void {
    try {
      this.#release(policy, succeeded, spent);
    } catch (error) {
      // A process that the step left behind may still write there.
      if (!isSystemError(error)) throw error;
    }
  }

  #release(policy: StageDefinition['scratch'], succeeded: boolean, spent: ReadonlySet<string>): void {
    const path = this.#path;
    this.#path = '';
    const known = this.#contents;
    this.#contents = undefined;
    // Nothing was taken.
    if (path === '' || policy === 'keep') return;
    const files = known ?? folderNames(this.#board, path);
    const isEmpty = files.every((file) => spent.has(file));
    if (policy === 'keep-failed' && !succeeded && !isEmpty) return;
    // Files are removed one by one only where the folder is its own still: a step may have put a link to another there.
    if (this.#spare === undefined && isEmpty && (files.length === 0 || this.#isOwn(path))) {
      for (const file of files) this.#board.fs.unlink(this.#board.path(`${path}/${file}`));
      this.#spare = path;
    } else this.#board.fs.removeTree(this.#board.path(path));
  }

  /** The slot ends. */
  close(): void {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare === undefined) return;
    try {
      this.#board.fs.rmdir(this.#board.path(spare));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      // It is no folder any more.
      if (isGone(error)) this.#board.fs.removeTree(this.#board.path(spare));
    }
  }

  #isOwn(path: string): boolean {
    try {
      this.#board.fs.readlink(this.#board.path(path));
      return false;
    } catch (error) {
      if (isNoLink(error)) return true;
      throw error;
    }
  }

  #renamed(from: string, to: string): boolean {
    try {
      // With the slash a link in its place is refused (ENOTDIR): the next step would work in the folder that it leads to.
      this.#board.fs.rename(`${this.#board.path(from)}/`, this.#board.path(to));
      return true;
    } catch (error) {
      if (isGone(error) || isExists(error)) return false;
      throw error;
    }
  }
}
