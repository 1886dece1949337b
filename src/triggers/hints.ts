/**
 * Hints that something has changed in a landing zone. Only hints: what is true, a readdir says. chokidar 5 holds one
 * inotify watch for every file (2.4 s and 125 MB for 10,000), so a full folder is left to one plain `fs.watch`.
 */
import fs from 'node:fs';
import { basename } from 'node:path';
import { watch } from 'chokidar';
import { QUARANTINE, TAKEN } from './files.ts';

/** `many`: one watch for the folder; `none`: the scans alone. */
export type HintKind = 'chokidar' | 'many' | 'none';

const POLL_MS = 2_000;

export interface HintsOptions {
  readonly folder: string;
  /** On a network file system other hosts' changes make no event: chokidar polls, and a full folder has no hints. */
  readonly polling: () => boolean;
  readonly onHint: () => void;
  readonly onTrouble: (error: unknown) => void;
}

export class Hints {
  readonly #options: HintsOptions;
  #kind: HintKind = 'none';
  #close: () => Promise<void> | void = () => undefined;

  constructor(options: HintsOptions) {
    this.#options = options;
  }

  get kind(): HintKind {
    return this.#kind;
  }

  /** Starts, or changes over when the folder has become full. Never throws: without hints the scans find everything. */
  async use(wanted: 'chokidar' | 'many'): Promise<void> {
    const kind = wanted === 'many' && this.#options.polling() ? 'none' : wanted;
    if (this.#kind === kind) return;
    await this.close();
    try {
      this.#close = kind === 'chokidar' ? this.#chokidar() : kind === 'many' ? this.#plain() : () => undefined;
      this.#kind = kind;
    } catch (error) {
      this.#options.onTrouble(error);
    }
  }

  async close(): Promise<void> {
    const close = this.#close;
    this.#close = () => undefined;
    this.#kind = 'none';
    await close();
  }

  #chokidar(): () => Promise<void> {
    const { folder, polling, onHint, onTrouble } = this.#options;
    const watcher = watch(folder, {
      depth: 0,
      ignoreInitial: true,
      followSymlinks: false,
      usePolling: polling(),
      interval: POLL_MS,
      binaryInterval: POLL_MS,
      ignored: (path) => path !== folder && isNotOurs(basename(path)),
    });
    watcher.on('all', onHint);
    watcher.on('error', onTrouble);
    return () => watcher.close();
  }

  #plain(): () => void {
    const { folder, onHint, onTrouble } = this.#options;
    const watcher = fs.watch(folder, onHint);
    watcher.on('error', onTrouble);
    return () => watcher.close();
  }
}

function isNotOurs(name: string): boolean {
  return name.startsWith('.') || name === TAKEN || name === QUARANTINE;
}
