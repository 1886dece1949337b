/**
 * Wake-up. On a local file system one `fs.watch` a folder says that something changed, and what; on a network file
 * system, where the kernel is not told what other hosts do, only the clock wakes. A hint that is lost costs time and
 * nothing else: the timed scan is the truth.
 */
import { type FSWatcher, watch } from 'node:fs';
import type { Board } from './board.ts';
import { faultText } from './errors.ts';

export interface WakeOptions {
  readonly folders: readonly string[];
  /** Called for each hint; `file` may be missing. */
  readonly onHint: (folder: string, file: string | undefined) => void;
  readonly onTrouble: (message: string) => void;
}

export class BoardWatch {
  readonly #watchers: FSWatcher[] = [];
  #file: FSWatcher | undefined;
  readonly #followed = new Set<string>();
  readonly #board: Board;
  readonly #options: WakeOptions;
  /** False: this board is polled. */
  readonly active: boolean;

  constructor(board: Board, options: WakeOptions) {
    this.#board = board;
    this.#options = options;
    const wanted = board.config.watch;
    this.active = wanted === 'watch' || (wanted === 'auto' && !board.isNetwork);
    if (this.active) for (const folder of options.folders) this.#add(folder);
  }

  #add(folder: string): void {
    const watcher = this.#watch(folder);
    if (watcher !== undefined) this.#watchers.push(watcher);
  }

  #watch(folder: string): FSWatcher | undefined {
    const { onHint, onTrouble } = this.#options;
    try {
      const watcher = watch(this.#board.path(folder), { persistent: false }, (event, file) => {
        // A change of content is a heartbeat or a parameter: names are what counts.
        if (event === 'rename') onHint(folder, file ?? undefined);
      });
      watcher.on('error', (error) =>
        onTrouble(`${folder} can't be watched any longer: ${faultText(error)}; it is polled`),
      );
      return watcher;
    } catch (error) {
      // Out of watches (fs.inotify.max_user_watches): the timed scan does it.
      onTrouble(`${folder} can't be watched: ${faultText(error)}; it is polled`);
      return undefined;
    }
  }

  /** Beside folders one file: its renames are told with its first name as the folder. Another takes its place. */
  followFile(path: string): void {
    if (!this.active) return;
    this.#file?.close();
    this.#file = this.#watch(path);
  }

  /** One folder more, from now on. @returns false if it is not there, is watched already, or the board is polled */
  follow(folder: string): boolean {
    if (!this.active || this.#followed.has(folder) || !this.#board.fs.isFolder(this.#board.path(folder))) return false;
    this.#followed.add(folder);
    this.#add(folder);
    return true;
  }

  close(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
    this.#file?.close();
  }
}
