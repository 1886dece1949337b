/** The host agent: one process a host for all boards of a home. What each board wants here is a `BoardAgent`'s. */
import { Board, listBoards } from '../board/board.ts';
import { BoardError, faultText } from '../board/errors.ts';
import { requireRights } from '../board/rights.ts';
import { BoardWatch } from '../board/watch.ts';
import { wishFolder } from '../model/name.ts';
import { count } from '../model/text.ts';
import { Wake } from '../process/wake.ts';
import { BoardAgent } from './board-agent.ts';
import type { HostLog } from './log.ts';
import { type AgentTuning, type Launch, TUNING } from './tuning.ts';

/** Writer of the agent's lines in the journal. */
const WRITER = 'agent';
const HALT_LOOK_MS = 200;

export interface AgentOptions {
  readonly home: string;
  /** Only these boards; all that the home has, at any time, unless told. */
  readonly boards?: readonly string[] | undefined;
  readonly launch: Launch;
  readonly log: HostLog;
  readonly tuning?: Partial<AgentTuning> | undefined;
  /** It ends if none of its boards is its own to keep after so long; missing: it waits until one is. */
  readonly neededMs?: number | undefined;
}

interface Kept {
  readonly agent: BoardAgent;
  readonly watch: BoardWatch;
  isFollowed: boolean;
}

export class HostAgent {
  readonly #options: AgentOptions;
  readonly #tuning: AgentTuning;
  readonly #wake = new Wake();
  readonly #boards = new Map<string, Kept>();
  #trouble = '';
  #signal: NodeJS.Signals | undefined;
  #signals = 0;
  /** When it ends unless it is needed. */
  #askedMs: number;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#tuning = { ...TUNING, ...options.tuning };
    this.#askedMs = performance.now() + (options.neededMs ?? Number.POSITIVE_INFINITY);
  }

  /**
   * SIGTERM: what runs here is halted, then the agent ends (the host goes down, or its service is stopped). Others: the agent
   * alone ends. A second one: at once.
   */
  stop(signal: NodeJS.Signals): void {
    this.#signal ??= signal;
    this.#signals++;
    this.#wake.now();
  }

  /** Runs until a signal ends it. @returns that signal; undefined: it was not needed */
  async run(): Promise<NodeJS.Signals | undefined> {
    while (this.#signal === undefined) {
      this.#follow();
      let pauseMs = this.#tuning.lookMs;
      for (const kept of this.#boards.values()) {
        pauseMs = Math.min(pauseMs, await kept.agent.turn());
        // The host's folder is made by the first turn.
        if (!kept.isFollowed) kept.isFollowed = kept.watch.follow(wishFolder(kept.agent.board.host));
        kept.agent.board.journal.flush();
      }
      if (this.#isNeedless()) break;
      if (this.#signal === undefined) await this.#wake.sleep(Math.max(1, pauseMs));
    }
    if (this.#signal === 'SIGTERM') await this.#halt();
    const left = [...this.#boards.values()].reduce((sum, { agent }) => sum + agent.kept, 0);
    for (const name of [...this.#boards.keys()]) await this.#drop(name);
    this.#options.log(
      'info',
      'host-stopped',
      this.#signal === undefined
        ? 'it keeps no board here: another agent does, or their disks refuse'
        : left === 0
          ? 'nothing runs here for it'
          : `${count(left, 'stage process goes', 'stage processes go')} on without it`,
    );
    return this.#signal;
  }

  /** Once it has had the time to become the one of any board. */
  #isNeedless(): boolean {
    if (performance.now() < this.#askedMs) return false;
    this.#askedMs = Number.POSITIVE_INFINITY;
    return ![...this.#boards.values()].some(({ agent }) => agent.isHolder);
  }

  /** Boards that have come or gone since the last look. */
  #follow(): void {
    const { home, boards, log } = this.#options;
    try {
      const names = new Set(listBoards(home).filter((name) => boards?.includes(name) ?? true));
      for (const name of this.#boards.keys()) {
        if (names.has(name)) continue;
        log('error', 'host-board', `board ${name} is no longer there: what runs for it waits until it is put back`);
        void this.#drop(name);
      }
      for (const name of names) if (!this.#boards.has(name)) this.#add(name);
      this.#trouble = '';
    } catch (error) {
      const why = faultText(error);
      if (why !== this.#trouble) log('error', 'host-trouble', `${why}; it is tried again`);
      this.#trouble = why;
    }
  }

  readonly #faulty = new Map<string, string>();

  #add(name: string): void {
    const { home, launch, log } = this.#options;
    try {
      const board = Board.open(home, name, {
        writer: WRITER,
        onTrouble: (message) => log('warn', 'host-trouble', `board ${name}: ${message}`),
      });
      requireRights(board, 'keep', [wishFolder(board.host)]);
      const agent = new BoardAgent({ board, launch, log, tuning: this.#tuning, wake: () => this.#wake.now() });
      const watch = new BoardWatch(board, {
        folders: [],
        onHint: () => this.#wake.now(),
        onTrouble: (message) => log('warn', 'host-trouble', message),
      });
      this.#boards.set(name, { agent, watch, isFollowed: false });
      this.#faulty.delete(name);
    } catch (error) {
      // A damaged board, or one of others, keeps nobody from the others.
      if (!(error instanceof BoardError)) throw error;
      if (this.#faulty.get(name) !== error.message) log('error', 'host-board', error.message);
      this.#faulty.set(name, error.message);
    }
  }

  async #drop(name: string): Promise<void> {
    const kept = this.#boards.get(name);
    this.#boards.delete(name);
    kept?.watch.close();
    await kept?.agent.close();
  }

  /** Waits for as long as it takes: a step has five seconds, a disk that refuses may take longer. */
  async #halt(): Promise<void> {
    this.#options.log('info', 'host-down', 'SIGTERM: what runs here stops its steps and gives their entries back');
    for (;;) {
      let left = 0;
      for (const { agent } of this.#boards.values()) {
        try {
          left += agent.isHolder ? agent.halt() : 0;
        } catch (error) {
          const text = `board ${agent.board.name}: ${faultText(error)}`;
          this.#options.log('error', 'host-trouble', `${text}; what runs there is not waited for`);
        }
      }
      if (left === 0 || this.#signals > 1) return;
      await this.#wake.sleep(HALT_LOOK_MS);
    }
  }
}
