/**
 * Keeps on this host what a board wants there. Each turn looks at what the names say now, and starts what is missing; all
 * else the stage processes do by themselves, for they read the same names. It may be killed at any point: what it has
 * started goes on, and the next agent finds it by its status files.
 */
import { type KeptWish, readAgent, removeAgent } from '../board/agent-file.ts';
import type { Board } from '../board/board.ts';
import { faultText } from '../board/errors.ts';
import { makeBelow } from '../board/fs.ts';
import { askKernel, ownMark } from '../board/host.ts';
import { useUmaskOf } from '../board/sharing.ts';
import { giveOrder } from '../board/status.ts';
import { isRead, makeHostFolder, readWishes, type Wishes } from '../board/wishes.ts';
import { formatWish, HOST_LOGS, hostLogPath, type Wish, wishFolder } from '../model/name.ts';
import { boundLog, startDetached, terminate } from '../process/detached.ts';
import { Role } from '../triggers/role.ts';
import { Ends } from './ends.ts';
import { Keeping } from './keeping.ts';
import { type HostLog, Told } from './log.ts';
import { type KeptProcess, planOf } from './plan.ts';
import { Presence } from './presence.ts';
import { Report, type Standing } from './report.ts';
import type { AgentTuning, Launch } from './tuning.ts';

export interface BoardAgentOptions {
  readonly board: Board;
  readonly launch: Launch;
  readonly tuning: AgentTuning;
  readonly log: HostLog;
  /** Something has ended: a turn is due. */
  readonly wake: () => void;
}

export class BoardAgent {
  readonly board: Board;
  readonly #options: BoardAgentOptions;
  readonly #own = ownMark();
  readonly #role: Role;
  readonly #presence: Presence;
  readonly #told: Told;
  readonly #toldUnread: Told;
  readonly #report: Report;
  readonly #keepings = new Map<string, Keeping>();
  /** Pids of own children that live. */
  readonly #children = new Set<number>();
  readonly #ends: Ends;
  #running: readonly KeptProcess[] = [];
  #wanted: Wishes | undefined;
  #refused: ReadonlyMap<string, string> = new Map();
  #isFirst = true;
  #wasDown = false;
  #trouble = '';
  #trimmedMs = Number.NEGATIVE_INFINITY;
  #isStandby = false;

  constructor(options: BoardAgentOptions) {
    this.#options = options;
    this.board = options.board;
    const lost = (why: string): void =>
      options.log(
        'warn',
        'host-role-lost',
        `${this.#label}: another agent may have taken over (${why}): it tries again`,
      );
    this.#role = new Role(this.board, `agent-${this.board.host}`, lost, options.tuning.staleMs);
    this.#presence = new Presence(this.board, this.#own);
    this.#told = new Told(options.log);
    this.#toldUnread = new Told(options.log);
    this.#ends = new Ends(this.board, options.log, (key) => this.#keeping(key));
    this.#report = new Report(this.board, this.#own, options.tuning.beatMs);
  }

  get #label(): string {
    return `board ${this.board.name}`;
  }

  /** How many stage processes are kept here, those included that are only being started. */
  get kept(): number {
    return this.#running.length + this.#unseen(this.#running).length;
  }

  /** Pids of own children that are not on the board yet. */
  #unseen(running: readonly KeptProcess[]): number[] {
    return [...this.#children].filter((pid) => !running.some((one) => one.pid === pid));
  }

  get isHolder(): boolean {
    return this.#role.held;
  }

  /** Looks, and starts what is missing. Never throws a system's error: that is told, and tried again. @returns milliseconds until the next turn is due */
  async turn(): Promise<number> {
    const { tuning, log } = this.#options;
    // One board's turn ends before another's begins: what is made in it, and started, is made as this board wants it.
    useUmaskOf(this.board);
    try {
      if (!(await this.#elect())) return tuning.lookMs;
      if (this.#look()) this.#report.write(this.#shownOf(), this.#trouble);
      if (this.#trouble !== '') log('info', 'host-over', `${this.#label}: the trouble is over`);
      this.#trouble = '';
    } catch (error) {
      const why = faultText(error);
      if (this.#trouble !== why) log('error', 'host-trouble', `${this.#label}: ${why}; it is tried again`);
      this.#trouble = why;
    }
    const due = [...this.#keepings.values()].map(({ dueMs }) => dueMs - performance.now()).filter((ms) => ms > 0);
    return Math.min(tuning.lookMs, ...due);
  }

  async #elect(): Promise<boolean> {
    const { log } = this.#options;
    if (this.#role.held) return true;
    if (await this.#role.tryTake()) {
      log('info', 'host-agent', `${this.#label}: this process keeps what is wanted on ${this.board.host}`);
      this.#isFirst = true;
      this.#isStandby = false;
      return true;
    }
    if (!this.#isStandby)
      log('info', 'host-standby', `${this.#label}: another agent keeps ${this.board.host}; this one waits`);
    this.#isStandby = true;
    return false;
  }

  /** @returns false: what is wanted can't be read */
  #look(): boolean {
    const { board } = this;
    const { log, tuning } = this.#options;
    const nowMs = performance.now();
    // Later it is not made anew: an empty one would say that nothing is wanted.
    if (this.#isFirst) makeHostFolder(board, board.host);
    const before = this.#running;
    const { running, dead } = this.#presence.look(this.#trouble === '');
    this.#running = running;
    if (this.#isFirst) this.#adopt(running, nowMs);
    this.#isFirst = false;
    this.#ends.take({ before, running, dead, children: this.#children }, nowMs);
    for (const { key } of running) this.#keeping(key).runs(nowMs);
    const read = readWishes(board, board.host);
    if (!isRead(read)) {
      const what = `${board.path(wishFolder(board.host))}: ${read.unread}; what runs is left as it is`;
      this.#toldUnread.tell('host-wish', new Map([['', what]]));
      return false;
    }
    this.#toldUnread.tell('host-wish', new Map());
    this.#wanted = read;
    if (read.isDown !== this.#wasDown) {
      if (read.isDown) log('info', 'host-down', `${this.#label}: nothing is to run here: what runs ends`);
      else log('info', 'host-up', `${this.#label}: what is wanted here runs again`);
    }
    this.#wasDown = read.isDown;
    const plan = planOf({
      wanted: read,
      stages: board.stages,
      running,
      starting: new Set([...this.#keepings.values()].flatMap((one) => (this.#isStarting(one) ? [one.key] : []))),
      waiting: new Set([...this.#keepings.values()].flatMap((one) => (one.isWaiting(nowMs) ? [one.key] : []))),
    });
    this.#refused = plan.refused;
    this.#told.tell('host-wish', new Map([...plan.faults].map(([key, text]) => [key, `${this.#label}: ${text}`])));
    for (const id of plan.surplus) {
      if (giveOrder(board, id, 'drain', 'another process serves the same wish') !== 'ordered') continue;
      log('warn', 'host-surplus', `${this.#label}: process ${id} is drained: another one serves the same wish`);
    }
    for (const [key, wish] of plan.start) this.#start(key, wish, nowMs);
    if (nowMs - this.#trimmedMs >= tuning.trimMs) this.#trim(nowMs);
    return true;
  }

  #keeping(key: string): Keeping {
    const known = this.#keepings.get(key);
    if (known !== undefined) return known;
    const keeping = new Keeping(key, this.#options.tuning.backoff);
    this.#keepings.set(key, keeping);
    return keeping;
  }

  #shownOf(): Standing {
    return {
      wanted: this.#wanted,
      refused: this.#refused,
      isRunning: (key) => this.#running.some((one) => one.key === key),
      keeping: (key) => this.#keeping(key),
    };
  }

  /** A child that has not said on the board that it is up; or one that an agent before this had started. */
  #isStarting({ starting }: Keeping): boolean {
    if (starting === undefined) return false;
    return this.#children.has(starting.pid) || askKernel(starting, this.#own) === 'alive';
  }

  /** What an agent before this one has started. */
  #adopt(running: readonly KeptProcess[], nowMs: number): void {
    for (const { id, key, pid } of running) {
      if (this.#children.has(pid)) continue;
      this.#options.log('info', 'host-adopted', `${this.#label}: process ${id} (pid ${pid}) serves ${key} already`);
    }
    const before = readAgent(this.board, this.board.host)?.content;
    for (const wish of before?.wishes ?? []) {
      // After a reboot nothing is known of why it died.
      if (before?.mark.bootId === this.#own.bootId) this.#recall(wish, nowMs);
      const { key, started } = wish;
      if (started === undefined || running.some((one) => one.pid === started.pid)) continue;
      if (askKernel(started, this.#own) === 'alive') this.#keeping(key).began(started, nowMs);
    }
  }

  /** A crash loop is one over a restart of the agent as well. The time is of this host's own clock. */
  #recall({ key, deaths, why, next }: KeptWish, nowMs: number): void {
    if (this.#keepings.has(key) || !(deaths > 0)) return;
    const leftMs = next === undefined ? 0 : Date.parse(next) - Date.now();
    const { mostMs } = this.#options.tuning.backoff;
    this.#keeping(key).recall(deaths, why, Math.min(mostMs, Math.max(0, leftMs || 0)), nowMs);
  }

  /** What the next agent can know from nothing else: what is only being started, and rows of deaths. */
  get #isTold(): boolean {
    const isDying = (key: string): boolean => (this.#keepings.get(key)?.deaths ?? 0) > 0;
    return this.#unseen(this.#running).length > 0 || [...(this.#wanted?.wishes.keys() ?? [])].some(isDying);
  }

  #start(key: string, wish: Wish, nowMs: number): void {
    const { board } = this;
    const { launch, wake, log } = this.#options;
    makeBelow(board.fs, board.root, `${wishFolder(board.host)}/${HOST_LOGS}`);
    const stages = wish.stages.flatMap((stage) => ['--stage', stage]);
    const { options, ...own } = launch;
    const child = startDetached({
      ...own,
      args: [
        '--home',
        board.home,
        'run',
        '--board',
        board.name,
        ...stages,
        '--slots',
        String(wish.slots),
        '--kept',
        ...options,
      ],
      log: board.path(hostLogPath(board.host, key)),
    });
    const { pid, startTicks } = child;
    this.#children.add(pid);
    this.#keeping(key).began({ ...this.#own, pid, startTicks }, nowMs);
    log('info', 'host-started', `${this.#label}: ${formatWish(wish)} is started, pid ${pid}`);
    child.ended.then((why) => {
      this.#children.delete(pid);
      this.#ends.add({ key, pid, why });
      wake();
    });
  }

  #trim(nowMs: number): void {
    this.#trimmedMs = nowMs;
    for (const key of this.#keepings.keys())
      boundLog(this.board.path(hostLogPath(this.board.host, key)), this.#options.tuning.logBytes);
  }

  /** Everything kept here stops its steps, gives its entries back and ends. @returns how many are still there */
  halt(): number {
    const { running } = this.#presence.look(true);
    this.#running = running;
    for (const { id, order } of running)
      if (order !== 'halt') giveOrder(this.board, id, 'halt', 'the host agent was ended');
    const unseen = this.#unseen(running);
    for (const pid of unseen) terminate(pid);
    return running.length + unseen.length;
  }

  /** Gives the role up. What runs goes on. Never throws. */
  async close(): Promise<void> {
    try {
      if (this.#role.held && !this.#isTold) removeAgent(this.board, this.board.host);
      await this.#role.release();
    } catch (error) {
      this.#options.log(
        'warn',
        'host-trouble',
        `${this.#label}: its lock can't be given back: ${faultText(error)}; it ends by itself`,
      );
    }
    this.board.journal.flush();
  }
}
