/**
 * Watches the timers of a board: elects itself by a lock (to avoid double work, not for safety), sleeps until the next one
 * is due, and looks every few seconds whether a person has changed something, or the clock.
 */
import type { Board } from '../board/board.ts';
import { faultText } from '../board/errors.ts';
import { readTimerMarks } from '../board/timer-marks.ts';
import type { Timer } from '../model/definition.ts';
import { parsePosted, type TimerMark } from '../model/name.ts';
import { dueNow } from './due.ts';
import { Role, roleRetryMs } from './role.ts';
import type { TimerLog } from './timer-log.ts';
import { type TimerFacts, timerFacts, timerStep } from './timer-turn.ts';

export type { TimerCode, TimerLog } from './timer-log.ts';

export interface TimerOptions {
  readonly board: Board;
  readonly timers: readonly Timer[];
  readonly log: TimerLog;
  /** What is due by now and no more: then it ends by itself. */
  readonly once?: boolean | undefined;
  readonly tuning?: Partial<TimerTuning> | undefined;
}

/** All but tests leave it alone. */
export interface TimerTuning {
  /** Milliseconds by which a firing may be late and still be on time: another process takes over in that time. */
  readonly graceMs: number;
  /** Milliseconds between two looks at what people may have changed. */
  readonly lookMs: number;
  /** False: works without the lock, as two watchers do that both believe to hold it. */
  readonly lock: boolean;
}

const LEAST_GRACE_MS = 60_000;
const LOOK_MS = 5_000;
const MOST_TROUBLE_MS = 60_000;
/** Firings in one turn: what else this process does must not wait for a thousand missed ones. */
const MOST_A_TURN = 20;
/** Where a mark lies so far ahead of the board's clock, somebody's clock was wrong. */
const AHEAD_MS = 60_000;

/** A firing that is later than that was missed. */
export function graceOf(board: Board): number {
  return Math.max(LEAST_GRACE_MS, 2 * board.leaseMs);
}

export class TimerWatcher {
  readonly #options: TimerOptions;
  readonly #tuning: TimerTuning;
  readonly #facts: readonly TimerFacts[];
  readonly #role: Role;
  #startMs: number | undefined;
  readonly #ahead = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  #isStopping = false;
  #pending = 0;
  #troubles = 0;

  constructor(options: TimerOptions) {
    const { board, timers, log, tuning } = options;
    this.#options = options;
    this.#tuning = { graceMs: graceOf(board), lookMs: LOOK_MS, lock: true, ...tuning };
    this.#facts = timers.map((timer) => timerFacts(board, timer, this.#tuning.graceMs, log));
    this.#role = new Role(board, 'timers', (why) => {
      log('warn', 'timer-role-lost', `the timers are no longer this process's (${why}): it tries again`);
    });
  }

  /** True if this process is the one that fires. */
  get isHolder(): boolean {
    return this.#role.held || !this.#tuning.lock;
  }

  /** Runs the first turn. Never throws: trouble is told, and tried again. */
  async start(): Promise<void> {
    await this.#run();
  }

  /** Ends the step in hand and gives the role up. Never throws. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#turn;
    this.#options.board.journal.flush();
    try {
      await this.#role.release();
    } catch (error) {
      const { log } = this.#options;
      log(
        'warn',
        'timer-role-lost',
        `the lock of the timers can't be given back: ${faultText(error)}; it ends by itself`,
      );
    }
  }

  /** Timers whose time has come and whose entry is not posted yet, unless they wait for another entry. */
  pending(): number {
    return this.#pending;
  }

  async #run(): Promise<void> {
    let pauseMs = MOST_TROUBLE_MS;
    this.#turn = (async () => {
      pauseMs = await this.#look();
    })();
    await this.#turn;
    this.#turn = undefined;
    if (this.#isStopping) return;
    if (this.#options.once === true && this.#pending === 0) return this.stop();
    this.#timer = setTimeout(() => void this.#run(), pauseMs);
  }

  /** @returns milliseconds until the next turn */
  async #look(): Promise<number> {
    const { board, log, once } = this.#options;
    try {
      if (this.#tuning.lock && !this.#role.held && (await this.#role.tryTake()))
        log('info', 'timer-role', 'the timers are fired by this process');
      if (this.#isStopping) return 0;
      // With `once` the future begins when this process did.
      this.#startMs ??= board.now();
      const nowMs = once === true ? this.#startMs : board.now();
      const pauseMs = this.isHolder ? this.#fireDue(nowMs) : this.#countDue(nowMs);
      this.#tellOver();
      return pauseMs;
    } catch (error) {
      // What came up here is the disk's, or a fault: either way the process goes on with its stages.
      this.#tellTrouble(error);
      return Math.min(MOST_TROUBLE_MS, 1_000 * 2 ** Math.min(this.#troubles - 1, 10));
    }
  }

  /** Steps of all timers until nothing is due. */
  #fireDue(nowMs: number): number {
    const { board } = this.#options;
    let pauseMs = this.#tuning.lookMs;
    let steps = 0;
    this.#pending = 0;
    for (const facts of this.#facts) {
      for (;;) {
        const mark = readTimerMarks(board).marks.get(facts.timer.name);
        this.#checkAhead(facts, mark, nowMs);
        if (steps >= MOST_A_TURN) {
          this.#pending++;
          return 0;
        }
        const step = timerStep(facts, mark, nowMs);
        if (step.kind === 'wait' && step.dueMs !== undefined)
          pauseMs = Math.min(pauseMs, Math.max(1, Math.ceil(step.dueMs - board.now())));
        if (step.kind !== 'done') break;
        steps++;
      }
    }
    return pauseMs;
  }

  /** For a process that another one keeps from firing: what that one has still to do. */
  #countDue(nowMs: number): number {
    const { board } = this.#options;
    const { marks } = readTimerMarks(board);
    const isDue = (facts: TimerFacts): boolean => {
      const mark = marks.get(facts.timer.name);
      // Half-done: the holder is at it, or will be taken over from.
      if (mark === undefined || mark.firing !== undefined) return mark !== undefined && facts.timer.overlap !== 'queue';
      const untilMs = parsePosted(mark.until) ?? 0;
      return dueNow({ ...facts, board: board.name, untilMs, nowMs }).kind !== 'wait';
    };
    this.#pending = this.#facts.filter(isDue).length;
    return roleRetryMs(board, Math.random());
  }

  /** Told once: such a timer is silent until the clock has come there, or a person removes the mark. */
  #checkAhead({ timer }: TimerFacts, mark: TimerMark | undefined, nowMs: number): void {
    const aheadMs = mark === undefined ? 0 : (parsePosted(mark.until) ?? 0) - nowMs;
    if (mark === undefined || aheadMs < AHEAD_MS) this.#ahead.delete(timer.name);
    else if (!this.#ahead.has(timer.name)) {
      this.#ahead.add(timer.name);
      const what = `${timer.name} has been fired up to ${mark.until}, which lies ahead of the board's clock`;
      this.#options.log(
        'warn',
        'timer-ahead',
        `${what}: it is silent until then; remove its file in timers/ to begin anew`,
      );
    }
  }

  #tellTrouble(error: unknown): void {
    this.#troubles++;
    if (this.#troubles > 1) return;
    this.#options.log('error', 'timer-trouble', `the timers: ${faultText(error)}; it is tried again until it succeeds`);
  }

  #tellOver(): void {
    if (this.#troubles > 0) this.#options.log('info', 'timer-over', 'the timers: the trouble is over');
    this.#troubles = 0;
  }
}
