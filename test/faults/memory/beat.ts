/** A stage process's status file, as its heartbeat keeps it; the real one counts in a thread of its own, on the real disk. */
import type { Board } from '../../../src/board/board.ts';
import { isSystemError } from '../../../src/board/errors.ts';
import {
  createStatus,
  findStatus,
  formatStatusContent,
  removeStatus,
  replaceOrder,
  type StatusContent,
} from '../../../src/board/status.ts';
import { FOLDERS, type StatusOrder } from '../../../src/model/name.ts';
import { LEASE_MS } from './board.ts';
import type { World } from './world.ts';

export class Beat {
  readonly #board: Board;
  readonly #id: string;
  readonly #load: Omit<StatusContent, 'counter'>;
  #file: string | undefined;
  #counter = 0;
  #goodMs = Number.NEGATIVE_INFINITY;
  #order: StatusOrder = 'run';

  /** @throws the system's error */
  constructor(world: World, board: Board) {
    const { id, host } = world.setup;
    this.#board = board;
    this.#id = id;
    this.#load = {
      host,
      pid: 1,
      // Of no kernel that runs here: only the lease tells.
      bootId: 'memory',
      pidSpace: 'memory',
      startTicks: '1',
      started: new Date(Date.now()).toISOString(),
      version: '0',
      stages: board.stages,
      slots: 1,
      state: 'busy',
      message: '',
      done: 0,
      failed: 0,
      rssMb: 0,
      load1: 0,
      entries: [],
    };
    this.#make();
    board.journal.write('start', { process: id });
    this.#goodMs = performance.now();
  }

  #make(): void {
    const { stages, host } = this.#load;
    // One that a lost answer has left behind is its own.
    if (findStatus(this.#board, this.#id) === undefined)
      createStatus(this.#board, { id: this.#id, order: this.#order, stages, pid: 1, host }, this.#load);
  }

  isFresh(): boolean {
    return performance.now() - this.#goodMs < LEASE_MS / 2;
  }

  beat(): void {
    try {
      this.#file ??= findStatus(this.#board, this.#id)?.file;
      if (this.#file === undefined) return;
      const text = formatStatusContent(this.#load, ++this.#counter);
      this.#board.fs.overwrite(this.#board.path(`${FOLDERS.processes}/${this.#file}`), text, true);
      this.#goodMs = performance.now();
    } catch (error) {
      this.#file = undefined;
      // As in its thread: it tries again, and is not fresh until then.
      if (!isSystemError(error) && !(error instanceof Error && error.name === 'DiskLostError')) throw error;
    }
  }

  readOrder(): StatusOrder {
    const found = findStatus(this.#board, this.#id);
    if (found === undefined) this.#make();
    else this.#order = found.name.order;
    if (this.#order === 'reload') {
      replaceOrder(this.#board, this.#id, 'reload', 'run');
      this.#order = findStatus(this.#board, this.#id)?.name.order ?? 'run';
    }
    return this.#order;
  }

  end(): void {
    removeStatus(this.#board, this.#id);
  }
}
