/**
 * What a stage process asks of the disk beside its work, as `Life`, `Keeper`, `Heartbeat` and `Board` do on a network file
 * system: its orders, the others' leases, the quiet folders, the board's clock, its own heartbeat. The calls are made;
 * what the real code concludes from them is not: here nobody dies.
 */
import type { Board } from '../../src/board/board.ts';
import { FOLDERS } from '../../src/model/name.ts';
import type { SimWorld } from './sim-process.ts';

const ORDER_EVERY_MS = 1_000;
const SHOW_EVERY_MS = 1_000;
const CLOCK_EVERY_MS = 60_000;
const KEEP_LOOKS_A_LEASE = 5;
const BEATS_A_LEASE = 6;
const QUIET_FOLDERS = ['failed', 'held', 'gather', 'tmp', 'done'] as const;
/** To read one status file's text. */
const STATUS_CPU_MS = 0.01;

export class Upkeep {
  readonly #board: Board;
  readonly #world: SimWorld;
  readonly #statusFile: string;
  /** 0 to 1: how far into the interval its second look at the leases falls. */
  readonly #phase: number;
  #orderMs = Number.NEGATIVE_INFINITY;
  #keepMs = Number.NEGATIVE_INFINITY;
  #quietMs = Number.NEGATIVE_INFINITY;
  #clockMs = Number.NEGATIVE_INFINITY;
  #beatMs = Number.NEGATIVE_INFINITY;
  #shownMs = Number.NEGATIVE_INFINITY;

  /** @param phase so that processes which began together don't all look at the leases together for ever: a pool grows over days */
  constructor(board: Board, world: SimWorld, statusFile: string, phase: number) {
    this.#phase = phase;
    this.#board = board;
    this.#world = world;
    this.#statusFile = statusFile;
  }

  /** When something of it is due that the process has to wake up for. */
  get dueMs(): number {
    return Math.min(this.#orderMs + ORDER_EVERY_MS, this.#keepMs + this.#keepEveryMs);
  }

  /** True if the others' leases are to be looked at; then `active/` is, too. */
  get isKeepDue(): boolean {
    return this.#world.nowMs - this.#keepMs >= this.#keepEveryMs;
  }

  *orders(): Generator<undefined, void> {
    const { nowMs } = this.#world;
    if (nowMs - this.#orderMs < ORDER_EVERY_MS) return;
    this.#orderMs = nowMs;
    this.#list(FOLDERS.processes);
    yield;
  }

  *clock(): Generator<undefined, void> {
    const { nowMs } = this.#world;
    if (nowMs - this.#clockMs <= CLOCK_EVERY_MS) return;
    this.#clockMs = nowMs;
    const probe = this.#board.path(`${FOLDERS.tmp}/.clock-${this.#statusFile}`);
    this.#board.fs.create(probe, '.', true);
    this.#board.fs.unlink(probe);
    yield;
  }

  /** Every status file, opened anew. */
  *leases(): Generator<undefined, void> {
    const { nowMs } = this.#world;
    const isFirst = this.#keepMs === Number.NEGATIVE_INFINITY;
    this.#keepMs = isFirst ? nowMs - this.#phase * this.#keepEveryMs : nowMs;
    for (const file of this.#list(FOLDERS.processes)) {
      this.#board.fs.read(this.#board.path(`${FOLDERS.processes}/${file}`));
      this.#world.pass(STATUS_CPU_MS);
    }
    yield;
  }

  *quiet(): Generator<undefined, void> {
    const { nowMs } = this.#world;
    if (nowMs - this.#quietMs < this.#board.leaseMs) return;
    this.#quietMs = nowMs;
    for (const folder of QUIET_FOLDERS) this.#list(folder);
    yield;
  }

  /** The heartbeat's thread: it counts, and shows what runs. @param changed whether that is something else by now @returns whether it was shown */
  beat(changed: boolean): boolean {
    const { nowMs } = this.#world;
    const isDue = nowMs - this.#beatMs >= this.#board.leaseMs / BEATS_A_LEASE;
    if (!isDue && !(changed && nowMs - this.#shownMs >= SHOW_EVERY_MS)) return false;
    this.#beatMs = nowMs;
    this.#shownMs = nowMs;
    this.#world.aside(() =>
      this.#board.fs.overwrite(this.#board.path(`${FOLDERS.processes}/${this.#statusFile}`), ' ', true),
    );
    return true;
  }

  get #keepEveryMs(): number {
    return this.#board.leaseMs / KEEP_LOOKS_A_LEASE;
  }

  #list(folder: string): string[] {
    return this.#board.fs.names(this.#board.path(folder));
  }
}
