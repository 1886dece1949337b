/**
 * A stage process: one loop that looks, keeps house, ends what has ended, and fills its slots. All it decides on are
 * names on disk; all it owns are claims. It may be killed at any point: what remains is on the board.
 */

import { randomInt } from 'node:crypto';
import { loadavg } from 'node:os';
import type { Board } from '../board/board.ts';
import { BoardError, faultText, isBlocking } from '../board/errors.ts';
import { ownMark } from '../board/host.ts';
import type { Located } from '../board/scan.ts';
import type { StatusContent } from '../board/status.ts';
import { BoardWatch } from '../board/watch.ts';
import { mayStillRun } from '../model/home.ts';
import { LIVE_FOLDERS, type StatusOrder } from '../model/name.ts';
import { DiskLostError } from './finisher.ts';
import { Heartbeat, type Load } from './heartbeat.ts';
import { Keeper } from './keeper.ts';
import { Launcher } from './launcher.ts';
import { Life } from './life.ts';
import { formatLogLine, type Log } from './log-lines.ts';
import { Look, POLLED, WATCHED } from './looks.ts';
import type { ProcessOptions, ProcessResult } from './options.ts';
import { Picker } from './picker.ts';
import { Slots } from './slots.ts';
import { ServedStages } from './stages.ts';
import { VERSION } from './version.ts';
import { Wake } from './wake.ts';

const ID_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** Before blocked work is tried again. */
const BLOCKED_MS = 500;
/** Others that are being started at the same time may yet serve what is upstream. */
const STARTING_MS = 3_000;

function newId(): string {
  return Array.from({ length: 4 }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
}

const toStderr: Log = (code, text) => void process.stderr.write(formatLogLine(code, text, Date.now()));

export class StageProcess {
  readonly #options: ProcessOptions;
  readonly #board: Board;
  readonly #log: Log;
  readonly #stages: ServedStages;
  readonly #launcher = new Launcher();
  readonly #wake = new Wake();
  readonly #started = new Date().toISOString();
  readonly #startMs = performance.now();
  #watch: BoardWatch | undefined;
  #life: Life | undefined;
  #signal: NodeJS.Signals | undefined;
  #signals = 0;
  #blocked: string | undefined;

  /** @throws DefinitionError, BoardError for a stage that the board has not */
  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#board = options.board;
    this.#log = options.log ?? toStderr;
    const names = options.stages ?? this.#board.stages;
    const unknown = names.find((name) => this.#board.column(name) < 0);
    if (unknown !== undefined) {
      throw new BoardError(
        `board ${this.#board.name} has no stage '${unknown}': it has ${this.#board.stages.join(', ')}`,
      );
    }
    this.#stages = new ServedStages(this.#board, [...new Set(names)], new Set(options.functions?.keys()), this.#log);
  }

  /** First: halt (steps stopped, entries given back). Second: at once. */
  stop(signal: NodeJS.Signals): void {
    this.#signal ??= signal;
    this.#signals++;
    this.#log(
      'signal',
      this.#signals === 1 ? `${signal}: steps are stopped and their entries given back` : `${signal} again: at once`,
    );
    if (this.#signals > 1) this.#life?.slots.stopAll(true);
    this.#wake.now();
  }

  /** Runs until an order, a signal or idleness ends it. Nothing that it started is left running. */
  async run(): Promise<ProcessResult> {
    const watching = (folder: string, file: string | undefined): void => this.#life?.hint(folder, file);
    this.#watch = new BoardWatch(this.#board, {
      folders: [...LIVE_FOLDERS, 'processes'],
      onHint: watching,
      onTrouble: (message) => this.#log('watch', message),
    });
    this.#stages.lookForPrograms(true);
    this.#log(
      'started',
      `board ${this.#board.name}, stages ${this.#stages.names.join(', ')}, ${this.#options.slots ?? 1} slots, ${this.#watch.active ? 'watched' : 'polled'}`,
    );
    let done = 0;
    let failed = 0;
    try {
      for (;;) {
        const life = this.#begin();
        const reason = await this.#live(life);
        done += life.slots.done;
        failed += life.slots.failed;
        if (reason === 'lost') continue;
        this.#log('stopped', `${done} steps done, ${failed} failed`);
        return { reason, signal: this.#signal, done, failed, trouble: this.#stages.trouble };
      }
    } finally {
      this.#watch.close();
      await this.#launcher.stop();
      this.#board.journal.flush();
    }
  }

  /** A new process id: at the start, and after this process was taken for dead. */
  #begin(): Life {
    const id = newId();
    const { board, functions, slots: size = 1 } = this.#options;
    board.writeAs(id);
    const picker = new Picker(board, this.#stages.columns);
    const log = this.#log;
    const slots = new Slots({
      board,
      id,
      size,
      picker,
      log,
      stages: this.#stages,
      launcher: this.#launcher,
      functions: functions ?? new Map(),
      wake: () => this.#wake.now(),
    });
    const keeper = new Keeper({
      board,
      id,
      stages: this.#stages.names,
      isMine: (entry, column) => slots.isMine(entry, column),
      log,
    });
    const name = { id, stages: this.#stages.names, pid: process.pid, host: board.host };
    const heartbeat = new Heartbeat(board, name, this.#load('starting', slots), (message) =>
      log('heartbeat-stale', message),
    );
    board.journal.write('start', { process: id, stages: this.#stages.names, pid: process.pid, version: VERSION });
    log('registered', `as process ${id}, pid ${process.pid}`);
    const times = this.#watch?.active === true ? WATCHED : POLLED;
    this.#life = new Life({
      id,
      slots,
      picker,
      keeper,
      heartbeat,
      board,
      active: new Look(times),
      queue: new Look(times),
      wake: this.#wake,
    });
    return this.#life;
  }

  async #live(life: Life): Promise<ProcessResult['reason'] | 'lost'> {
    let reason: ProcessResult['reason'] | 'lost' | undefined;
    let clean = true;
    try {
      while (reason === undefined) {
        life.heartbeat.tick();
        let sleepMs = 0;
        try {
          reason = this.#pass(life);
          this.#unblock();
          sleepMs = reason === undefined ? life.sleepMs(performance.now()) : 0;
        } catch (error) {
          sleepMs = this.#trouble(error, life);
          reason = sleepMs < 0 ? 'disk' : this.#leavesBlocked(life);
        }
        life.heartbeat.say(this.#load(this.#stateOf(life), life.slots));
        if (reason === undefined) await this.#wake.sleep(sleepMs);
      }
      clean = reason !== 'disk' && reason !== 'lost' && life.slots.finisher.size === 0;
      return reason;
    } finally {
      life.slots.stopAll(true);
      await Promise.all(life.slots.executions.map((execution) => execution.ended));
      life.slots.close();
      this.#board.journal.write('stop', { process: life.id, reason: reason ?? 'fault' });
      // What could not be ended stands on the board with this id: others return it, once it is found dead.
      await life.heartbeat.stop(clean);
    }
  }

  /** One turn of the loop. @returns why it should end */
  #pass(life: Life): ProcessResult['reason'] | 'lost' | undefined {
    const { slots, keeper } = life;
    const order = this.#obey(life);
    if (order === 'lost') {
      this.#log(
        'lease-lost',
        `process ${life.id} was taken for dead: its steps are stopped, it goes on under a new id`,
      );
      return 'lost';
    }
    const halting = order === 'halt' || this.#signal !== undefined;
    if (halting) slots.stopAll(this.#signals > 1);
    const fresh = life.heartbeat.isFresh();
    life.checkFresh(fresh, this.#log);
    const mayClaim = order === 'run' && !halting && fresh;
    if (slots.finisher.size > 0) slots.finisher.again();
    slots.settle(() => mayClaim);
    life.look(performance.now(), fresh, mayClaim);
    life.programsDueMs = this.#stages.lookForPrograms();
    if (mayClaim) slots.fill(keeper.share());
    if (slots.executions.length > 0 || slots.finisher.size > 0) return undefined;
    if (halting) return this.#signal !== undefined ? 'signal' : 'halt';
    if (order === 'drain') return 'drain';
    return this.#options.untilIdle === true && order === 'run' && this.#isIdle(life) ? 'idle' : undefined;
  }

  /** Acts on the order in the status file's name. */
  #obey(life: Life): StatusOrder {
    const before = life.order;
    if (!life.orderDue(performance.now())) return before;
    const order = life.heartbeat.readOrder();
    if (order !== before) this.#log('order', `${before} → ${order}`);
    if (order === 'suspend') life.slots.suspendAll();
    else if (before === 'suspend') life.slots.resumeAll();
    life.order = order;
    if (order === 'reload') {
      this.#stages.reload();
      life.order = life.heartbeat.setOrder('run');
    }
    return life.order;
  }

  /** Two looks in a row with nothing that could still run without a person. */
  #isIdle(life: Life): boolean {
    if (this.#options.expectsMore?.() === true) {
      life.idleLooks = 0;
      return false;
    }
    if (!life.lookedSinceIdleCheck) return false;
    life.lookedSinceIdleCheck = false;
    const served = life.keeper.servedStages();
    const young = performance.now() - this.#startMs < STARTING_MS;
    const isServed = (column: number): boolean =>
      young || (served.has(this.#board.stages[column] ?? '') && !this.#stages.isBlocked(column));
    const columns = [...this.#stages.columns].filter((column) => !this.#stages.isBlocked(column));
    const couldRun = (entry: Located): boolean =>
      columns.some((column) => mayStillRun(entry.name.letters, column, this.#board.graph, isServed));
    if (life.everything().some(couldRun)) {
      life.idleLooks = 0;
      return false;
    }
    life.idleLooks++;
    if (life.idleLooks < 2) {
      life.lookSoon();
      return false;
    }
    this.#log(
      'idle',
      this.#stages.trouble === ''
        ? 'nothing is left to do'
        : `nothing is left that can be done: ${this.#stages.trouble}`,
    );
    return true;
  }

  /** @returns how long to wait before trying again; negative: this process must stop */
  #trouble(error: unknown, life: Life): number {
    if (error instanceof DiskLostError) {
      this.#log('fatal', `${error.message}; this process stops, look at the disk`);
      return -1;
    }
    if (!isBlocking(error)) throw error;
    const text = `${error instanceof BoardError ? error.message : describe(error)}`;
    if (this.#blocked === undefined) {
      this.#log('blocked', `${text}; nothing new is claimed, and what has ended is kept, until it is mended`);
      this.#board.journal.write('blocked', { process: life.id, reason: text });
    }
    this.#blocked = text;
    return BLOCKED_MS;
  }

  #unblock(): void {
    if (this.#blocked === undefined) return;
    this.#log('unblocked', 'the board can be written again');
    this.#board.journal.write('unblocked', { reason: this.#blocked });
    this.#blocked = undefined;
  }

  /** Halted while blocked, it leaves after a lease; its claims are swept. */
  #leavesBlocked(life: Life): 'signal' | 'halt' | undefined {
    if (this.#signal === undefined && life.order !== 'halt') return undefined;
    life.slots.stopAll(this.#signals > 1);
    life.haltedMs ??= performance.now();
    return this.#signals > 1 || performance.now() - life.haltedMs > this.#board.leaseMs
      ? this.#signal === undefined
        ? 'halt'
        : 'signal'
      : undefined;
  }

  #stateOf(life: Life): StatusContent['state'] {
    if (this.#blocked !== undefined) return 'blocked';
    if (this.#signal !== undefined || life.order === 'halt') return 'halting';
    if (life.order === 'drain') return 'draining';
    if (life.order === 'pause') return 'paused';
    if (life.order === 'suspend') return 'suspended';
    if (life.slots.executions.length > 0) return 'busy';
    return this.#stages.trouble === '' ? 'idle' : 'blocked';
  }

  #load(state: StatusContent['state'], slots: Slots): Load {
    const mark = ownMark();
    return {
      ...mark,
      host: this.#board.host,
      started: this.#started,
      version: VERSION,
      stages: this.#stages.names,
      slots: this.#options.slots ?? 1,
      state,
      message: this.#blocked ?? this.#stages.trouble,
      done: slots.done,
      failed: slots.failed,
      rssMb: Math.round(process.memoryUsage.rss() / 1e6),
      load1: Math.round((loadavg()[0] ?? 0) * 100) / 100,
      entries: slots.executions.map(({ held, since }) => ({
        dataset: held.try.dataset,
        stage: held.stage,
        epoch: held.try.epoch,
        since,
      })),
    };
  }
}

function describe(error: unknown): string {
  const path = error instanceof Error && 'path' in error ? `${String(error.path)}: ` : '';
  return `${path}${faultText(error)}`;
}
