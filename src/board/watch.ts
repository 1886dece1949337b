/**
 * Wake-up. On a local file system one `fs.watch` a folder says that something changed, and what; on a network file
 * system, where the kernel is not told what other hosts do, only the clock wakes. A hint that is lost costs time and
 * nothing else: the timed scan is the truth.
 */
import { type FSWatcher, watch } from 'node:fs';
import type { Board } from './board.ts';
import { faultText } from './errors.ts';

/** More hints of a folder than this within so long are a flood: to look now and then costs less than to hear each. */
const FLOOD = 50;
const FLOOD_MS = 50;
/** So long nothing is heard of a folder that is flooded. */
const DEAF_MS = 250;
/** Where the kernel has no watch to give, it is asked again after so long. */
const AGAIN_MS = 60_000;

export interface WakeOptions {
  readonly folders: readonly string[];
  /** Called for each hint; `file` may be missing. */
  readonly onHint: (folder: string, file: string | undefined) => void;
  readonly onTrouble: (message: string) => void;
}

export class BoardWatch {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #deaf = new Map<string, NodeJS.Timeout>();
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
    let count = 0;
    let sinceMs = Number.NEGATIVE_INFINITY;
    const watcher = this.#watch(folder, () => {
      const nowMs = performance.now();
      if (nowMs - sinceMs > FLOOD_MS) {
        count = 0;
        sinceMs = nowMs;
      }
      if (++count > FLOOD) this.#rest(folder);
    });
    if (watcher !== undefined) this.#watchers.set(folder, watcher);
  }

  /**
   * Stops listening for a while. The kernel tells each listener of each rename while it holds the folder, so sixteen busy
   * processes that listen to each other do little else.
   */
  #rest(folder: string): void {
    if (this.#deaf.has(folder)) return;
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    const hear = (): void => {
      this.#deaf.delete(folder);
      // A day that retention has taken away.
      if (!this.#board.fs.isFolder(this.#board.path(folder))) return;
      this.#add(folder);
      if (!this.#watchers.has(folder)) this.#deaf.set(folder, setTimeout(hear, AGAIN_MS).unref());
      // What was not heard: anything.
      this.#options.onHint(folder, undefined);
    };
    this.#deaf.set(folder, setTimeout(hear, DEAF_MS).unref());
  }

  #watch(folder: string, onEvent: () => void = () => undefined): FSWatcher | undefined {
    const { onHint, onTrouble } = this.#options;
    try {
      const watcher = watch(this.#board.path(folder), { persistent: false }, (event, file) => {
        // A change of content is a heartbeat or a parameter: names are what counts.
        if (event !== 'rename') return;
        onHint(folder, file ?? undefined);
        onEvent();
      });
      watcher.on('error', (error) =>
        onTrouble(`${this.#board.path(folder)} can't be watched any longer: ${faultText(error)}; it is polled`),
      );
      return watcher;
    } catch (error) {
      // Out of watches (fs.inotify.max_user_watches): the timed scan does it.
      onTrouble(`${this.#board.path(folder)} can't be watched: ${faultText(error)}; it is polled`);
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
    for (const timer of this.#deaf.values()) clearTimeout(timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
    this.#file?.close();
  }
}
