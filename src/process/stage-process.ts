/**
 * A stage process: one loop that looks, keeps house, ends what has ended, and fills its slots. All it decides on are
 * names on disk; all it owns are claims. It may be killed at any point: what remains is on the board.
 */
import type { Board } from '../board/board.ts';
import type { StatusContent } from '../board/status.ts';
import { BOARD_ROOT } from '../board/strays.ts';
import { BoardWatch } from '../board/watch.ts';
import { FOLDERS, LIVE_FOLDERS, type StatusOrder } from '../model/name.ts';
import { Blockage } from './blockage.ts';
import { requireToRun, settleIn } from './entitled.ts';
import { Heartbeat, type Load } from './heartbeat.ts';
import { Idleness } from './idleness.ts';
import { Sizing } from './kept.ts';
import { Launcher } from './launcher.ts';
import { Life } from './life.ts';
import { idleText, loadOf, stateOf, troubleOf } from './load.ts';
import type { Log } from './log-lines.ts';
import { POLLED, WATCHED } from './looks.ts';
import type { ProcessOptions, ProcessResult } from './options.ts';
import { makeParts } from './parts.ts';
import { newId } from './process-id.ts';
import type { Services } from './service/services.ts';
import type { Slots } from './slots.ts';
import { ServedStages, stagesToServe } from './stages.ts';
import { stderrLog } from './stderr-log.ts';
import { VERSION } from './version.ts';
import { Wake } from './wake.ts';

export class StageProcess {
  readonly #options: ProcessOptions;
  readonly #board: Board;
  readonly #log: Log;
  readonly #stages: ServedStages;
  readonly #blockage: Blockage;
  readonly #sizing: Sizing;
  readonly #idleness: Idleness;
  readonly #launcher = new Launcher();
  readonly #wake = new Wake();
  readonly #started = new Date().toISOString();
  #watch: BoardWatch | undefined;
  #life: Life | undefined;
  #signal: NodeJS.Signals | undefined;
  #signals = 0;
  /** The last one that it has read: who was taken for dead goes on with it. */
  #order: StatusOrder = 'run';

  /** @throws DefinitionError, BoardError for a stage that the board has not, RightsError before anything is changed */
  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#board = options.board;
    this.#log = options.log ?? stderrLog;
    this.#blockage = new Blockage(this.#board, this.#log);
    const stages = stagesToServe(this.#board, options.stages);
    this.#stages = new ServedStages(this.#board, stages, new Set(options.functions?.keys()), this.#log);
    requireToRun(this.#board, this.#stages);
    const { board, kept: isKept = false } = options;
    // Where stages run may be another place after a reload.
    const slots = (): number => options.slots ?? this.#stages.defaultSlots;
    this.#sizing = new Sizing({ board, stages, slots, isKept, log: this.#log });
    this.#idleness = new Idleness(this.#board, this.#stages, options.expectsMore ?? (() => false), this.#log);
  }

  /** First: halt (steps stopped, entries given back). Second: at once. */
  stop(signal: NodeJS.Signals): void {
    this.#signal ??= signal;
    this.#signals++;
    this.#log(
      'signal',
      this.#signals === 1 ? `${signal}: steps are stopped and their entries given back` : `${signal} again: at once`,
    );
    if (this.#signals > 1) {
      this.#life?.slots.steps.stopAll(true);
      this.#life?.slots.dispatcher.cut();
      this.#life?.services.killAll();
    }
    this.#wake.now();
  }

  /** Runs until an order, a signal or idleness ends it. Nothing that it started is left running. */
  async run(): Promise<ProcessResult> {
    settleIn(this.#board, this.#log);
    const watching = (folder: string, file: string | undefined): void => this.#life?.hint(folder, file);
    this.#watch = new BoardWatch(this.#board, {
      folders: [...LIVE_FOLDERS, 'done', BOARD_ROOT],
      onHint: watching,
      onTrouble: (message) => this.#log('watch', message),
    });
    this.#stages.lookForPrograms(true);
    this.#blockage.tryFolders();
    const how = this.#watch.active ? 'watched' : 'polled';
    this.#log('started', `board ${this.#board.name}, ${this.#stages.text(this.#sizing.size)}, ${how}`);
    let done = 0;
    let failed = 0;
    try {
      for (;;) {
        const begun = await this.#blockage.persist(
          () => this.#begin(),
          (ms) => this.#wake.sleep(ms),
          () => this.#endsUnbegun(),
        );
        if ('ended' in begun) return this.#end(begun.ended, done, failed, this.#stages.trouble);
        const { telling, resources } = begun.value.slots;
        const reason = await this.#live(begun.value);
        done += telling.done;
        failed += telling.failed;
        if (reason === 'lost') continue;
        const trouble = troubleOf(this.#stages, resources);
        if (reason === 'idle') this.#log('idle', idleText(trouble));
        return this.#end(reason, done, failed, trouble);
      }
    } finally {
      this.#watch.close();
      await this.#launcher.stop();
      this.#board.journal.flush();
    }
  }

  #end(reason: ProcessResult['reason'], done: number, failed: number, trouble: string): ProcessResult {
    this.#log('stopped', `${done} steps done, ${failed} failed`);
    return { reason, signal: this.#signal, done, failed, trouble };
  }

  /** Why it ends before it is on the board, where nobody can give it an order. */
  #endsUnbegun(): 'signal' | 'unwanted' | undefined {
    if (this.#signal !== undefined) return 'signal';
    return this.#sizing.turn(performance.now()) ? undefined : 'unwanted';
  }

  /** A new process id: at the start, and after this process was taken for dead. */
  #begin(): Life {
    const id = newId();
    const { board } = this.#options;
    const log = this.#log;
    const parts = makeParts(
      { board, id, size: this.#sizing.size, log, stages: this.#stages, wake: () => this.#wake.now() },
      this.#launcher,
      this.#options,
    );
    const { slots, services } = parts;
    const name = { id, order: this.#order, stages: this.#stages.names, pid: process.pid, host: board.host };
    const heartbeat = new Heartbeat(
      board,
      name,
      this.#load('starting', slots, services),
      (message) => log('heartbeat-stale', message),
      // The one file and not the folder: the heartbeats of all the others would wake this process.
      (file) => this.#watch?.followFile(`${FOLDERS.processes}/${file}`),
    );
    // Not before: who is not on the board yet may have to try again, under another id.
    board.writeAs(id);
    board.journal.write('start', { process: id, stages: this.#stages.names, pid: process.pid, version: VERSION });
    log('registered', `as process ${id}, pid ${process.pid}`);
    const times = this.#watch?.active === true ? WATCHED : POLLED;
    this.#life = new Life({
      ...parts,
      id,
      heartbeat,
      board,
      times,
      log,
      wake: this.#wake,
      hearsAll: this.#options.untilIdle === true,
      follow: (folder) => this.#watch?.follow(folder) === true,
    });
    return this.#life;
  }

  async #live(life: Life): Promise<ProcessResult['reason'] | 'lost'> {
    let reason: ProcessResult['reason'] | 'lost' | undefined;
    let clean = true;
    let busyMs = performance.now();
    try {
      while (reason === undefined) {
        life.heartbeat.tick();
        let sleepMs = 0;
        try {
          reason = this.#pass(life);
          this.#blockage.over();
          if (this.#options.untilIdle === true && reason === undefined)
            this.#idleness.tell(life, performance.now() - busyMs);
          sleepMs = reason === undefined ? life.sleepMs(performance.now()) : 0;
        } catch (error) {
          sleepMs = this.#blockage.meet(error);
          reason = sleepMs < 0 ? 'disk' : this.#leavesBlocked(life);
        }
        life.heartbeat.show(() => this.#load(this.#stateOf(life), life.slots, life.services));
        const nowMs = performance.now();
        if (life.slots.busy.size > 0) busyMs = nowMs;
        this.#options.whenQuiet?.(nowMs - busyMs);
        if (reason === undefined) await this.#wake.sleep(sleepMs);
      }
      clean = reason !== 'disk' && reason !== 'lost' && life.slots.isEmpty && !life.slots.steps.hasLeft;
      return reason;
    } finally {
      life.slots.steps.leaveAll();
      await life.slots.steps.stopped();
      await life.slots.dispatcher.close(clean);
      await life.services.stop(!clean || this.#signals > 1);
      life.slots.close();
      this.#board.journal.write('stop', { ...life.told(), reason: reason ?? 'fault' });
      // What could not be ended stands on the board with this id: others return it, once it is found dead.
      await life.heartbeat.stop(clean);
    }
  }

  /** One turn of the loop. @returns why it should end */
  #pass(life: Life): ProcessResult['reason'] | 'lost' | undefined {
    const { slots, keeper } = life;
    // Orders are heard while the disk refuses, too.
    const order = this.#obey(life);
    this.#blockage.probe();
    if (slots.busy.size > 0) this.#blockage.worked();
    if (order === 'lost') {
      this.#log(
        'lease-lost',
        `process ${life.id} was taken for dead: its steps are stopped, it goes on under a new id`,
      );
      return 'lost';
    }
    const halting = order === 'halt' || this.#signal !== undefined;
    if (halting) slots.steps.stopAll(this.#signals > 1);
    const isWanted = this.#sizing.turn(performance.now(), slots, life.services);
    const fresh = life.heartbeat.isFresh();
    life.checkFresh(fresh, this.#log);
    const mayClaim = order === 'run' && isWanted && !halting && fresh;
    if (slots.finisher.size > 0) slots.finisher.again();
    slots.settle(() => mayClaim);
    life.look(performance.now(), fresh, mayClaim);
    life.programsDueMs = this.#stages.lookForPrograms();
    if (mayClaim) slots.fill(keeper.share());
    else {
      slots.unform();
      life.slots.resources.rest();
    }
    if (order !== 'suspend') life.services.tend(order !== 'drain' && isWanted && !halting);
    if (!slots.isEmpty) return undefined;
    if (halting) return this.#signal !== undefined ? 'signal' : 'halt';
    if (order === 'drain') return 'drain';
    if (!isWanted) return 'unwanted';
    return this.#options.untilIdle === true && order === 'run' && this.#idleness.isIdle(life) ? 'idle' : undefined;
  }

  /** Acts on the order in the status file's name. */
  #obey(life: Life): StatusOrder {
    const before = life.order;
    if (!life.orderDue(performance.now())) return before;
    const order = life.heartbeat.readOrder();
    if (order !== before) this.#log('order', `${before} → ${order}`);
    life.suspendOrResume(before, order);
    life.order = order;
    if (order === 'reload') {
      if (this.#stages.reload()) {
        life.services.reload();
        life.slots.dispatcher.reload();
        for (const part of [life.slots, life.services]) part.resize(this.#sizing.size);
      }
      life.slots.resources.reset();
      life.order = life.heartbeat.replaceOrder('reload', 'run');
    }
    if (life.order !== 'lost') this.#order = life.order;
    return life.order;
  }

  /** Halted while blocked, it leaves after a lease; its claims are swept. */
  #leavesBlocked(life: Life): 'signal' | 'halt' | undefined {
    if (this.#signal === undefined && life.order !== 'halt') return undefined;
    life.slots.steps.stopAll(this.#signals > 1);
    life.haltedMs ??= performance.now();
    const isOver = life.slots.isEmpty || this.#signals > 1 || performance.now() - life.haltedMs > this.#board.leaseMs;
    if (!isOver) return undefined;
    return this.#signal === undefined ? 'halt' : 'signal';
  }

  #load(state: StatusContent['state'], slots: Slots, services: Services): Load {
    return loadOf({
      board: this.#board,
      started: this.#started,
      stages: this.#stages.names,
      size: this.#sizing.size,
      state,
      message: this.#blockage.why ?? troubleOf(this.#stages, slots.resources),
      slots,
      services,
      roles: this.#options.roles?.() ?? [],
      isKept: this.#sizing.isKept,
    });
  }

  #stateOf(life: Life): StatusContent['state'] {
    return stateOf({
      isBlocked: this.#blockage.why !== undefined || life.slots.dispatcher.isDown,
      isHalting: this.#signal !== undefined || life.order === 'halt',
      isLeaving: !this.#sizing.isWanted,
      order: life.order,
      isBusy: life.slots.busy.size > 0,
      hasTrouble: this.#stages.trouble !== '' || life.slots.resources.trouble !== '',
    });
  }
}
