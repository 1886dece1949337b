/** Where the dashboard's data come from: the live board, the processes' status files, the journals, logs. Only reads. */
import type { Board } from '../../board/board.ts';
import { filesOfEntry, logTailOf } from '../../board/entry-files.ts';
import { BoardError, faultText, isSystemError } from '../../board/errors.ts';
import { answering } from '../../board/live/answering.ts';
import { liveDisk } from '../../board/live/disk.ts';
import { liveFilter } from '../../board/live/filter.ts';
import { LiveBoard } from '../../board/live/live-board.ts';
import { LogWindow } from '../../board/log-window.ts';
import type { Located } from '../../board/scan.ts';
import { PastFeed } from '../../history/past.ts';
import { loadStories } from '../../history/story.ts';
import { formatDuration } from '../../model/duration.ts';
import { isWaiting, type Letter } from '../../model/letters.ts';
import { formatEpoch } from '../../model/name.ts';
import type { Data, EntryFile, SortKey, StoryState } from '../data.ts';
import type { Effect } from '../view.ts';
import { clockOffset } from './clock.ts';
import { JobSource } from './job-source.ts';
import { Lookup } from './lookup.ts';
import { ProcessSource } from './process-source.ts';

const LOG_MS = 250;
/** What is written meanwhile (a log, a file) shows after this. */
const FRESH_MS = 2_000;
const TAIL_LINES = 200;
/** A board that takes longer to read is acted on as it is known. */
const REREAD_MS = 10_000;

export class Sources {
  readonly board: Board;
  readonly data: Data;
  readonly #live: LiveBoard;
  readonly #past: PastFeed;
  readonly #stories: Lookup<StoryState>;
  readonly #files: Lookup<readonly EntryFile[]>;
  readonly #tails: Lookup<readonly string[]>;
  readonly #clockMs: number;
  readonly #processes: ProcessSource;
  readonly #jobs: JobSource;
  #log: LogWindow | undefined;
  #logTimer: NodeJS.Timeout | undefined;
  #logRequest = 0;
  #onChange: () => void = () => undefined;
  #onFault: (text: string) => void = () => undefined;
  #isStopped = false;
  #runs: { readonly dataset: string; readonly others: readonly Located[] } | undefined;

  constructor(board: Board) {
    this.board = board;
    const changed = (): void => this.#onChange();
    const failed = (error: unknown): void => this.#fail(error);
    this.#live = new LiveBoard(board, { onChange: changed });
    this.#clockMs = clockOffset(board);
    this.#processes = new ProcessSource(board, { now: () => this.#now(), onChange: changed });
    this.#jobs = new JobSource(board, changed);
    const { entries } = this.#live;
    this.#past = new PastFeed(board, {
      onChange: changed,
      toDoNow: () => (this.#isRead ? entries.tally.total - entries.tally.states.done : undefined),
      waitingNow: (stage) => (this.#isRead ? waitingAt(entries.tally.letters[board.column(stage)]) : undefined),
    });
    // Stories are read in this thread: while the disk hangs it must not get there.
    const answers = answering(() => liveDisk(board.isNetwork).stamp(board.root));
    const ofEntry = <V>(none: V, load: (entry: Located, signal: AbortSignal) => Promise<V>): Lookup<V> => {
      const read = async (key: string, signal: AbortSignal): Promise<V> => {
        await answers();
        const entry = signal.aborted ? undefined : entries.find(key);
        return entry === undefined ? none : load(entry, signal);
      };
      return new Lookup(read, changed, failed);
    };
    this.#stories = ofEntry<StoryState>({ kind: 'loading' }, (entry, signal) => this.#loadStories(entry, signal));
    this.#files = ofEntry<readonly EntryFile[]>([], (entry, signal) => filesOfEntry(board, entry, signal));
    this.#tails = ofEntry<readonly string[]>([], (entry) => logTailOf(board, entry, TAIL_LINES));
    this.data = this.#makeData();
  }

  /** `reading` until the board has been read once: counts are no counts before. */
  get #isRead(): boolean {
    return this.#live.health.phase !== 'reading';
  }

  #makeData(): Data {
    const live = this.#live;
    const self = this;
    return {
      board: this.board,
      entries: live.entries,
      past: this.#past,
      get health() {
        return live.health;
      },
      get processes() {
        return self.#processes.rows;
      },
      get hosts() {
        return self.#processes.hosts;
      },
      get jobs() {
        return self.#jobs.rows;
      },
      get timers() {
        return self.#processes.timers;
      },
      get nowMs() {
        return self.#now();
      },
      get openLog() {
        return self.#log;
      },
      story: (key) => this.#stories.ask(key, this.#versionOf(key)) ?? { kind: 'loading' },
      files: (key) => this.#files.ask(key, this.#versionOf(key)),
      logTail: (key) => this.#tails.ask(key, this.#versionOf(key)),
    };
  }

  /** The whole board is looked through for other runs of a dataset once; later only for what the live board knows better. */
  async #loadStories(entry: Located, signal: AbortSignal): Promise<StoryState> {
    const { dataset, posted } = entry.name;
    const before = this.#runs?.dataset === dataset ? this.#runs.others : undefined;
    const entries = before === undefined ? undefined : [...before, entry];
    const stories = await loadStories(this.board, dataset, { signal, ...(entries === undefined ? {} : { entries }) });
    const others = stories.flatMap((story) =>
      story.entry === undefined || story.posted === posted ? [] : [story.entry],
    );
    this.#runs = { dataset, others };
    return { kind: 'story', stories };
  }

  /** What is written while an entry is worked on is read again now and then. */
  #versionOf(key: string): string {
    const entry = this.#live.entries.find(key);
    if (entry === undefined) return '';
    const isAtWork = isClaimedOrWaiting(entry.name.letters);
    return isAtWork ? `${entry.file} ${Math.floor(performance.now() / FRESH_MS)}` : entry.file;
  }

  #now(): number {
    return Date.now() + this.#clockMs;
  }

  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Told what could not be read beside the board itself. */
  onFault(listener: (text: string) => void): void {
    this.#onFault = listener;
  }

  start(): void {
    this.#live.start();
    this.#past.start();
    this.#processes.start();
  }

  stop(): void {
    this.#isStopped = true;
    this.#processes.stop();
    this.#jobs.stop();
    this.closeLog();
    this.#live.close();
    for (const lookup of [this.#stories, this.#files, this.#tails]) lookup.stop();
    // What it still reads is read in vain, and nothing waits for it.
    this.#past.stop().catch((error: unknown) => this.#fail(error));
  }

  /** @throws FilterError */
  setFilter(words: readonly string[]): void {
    const filter = liveFilter(words, this.board.stages, () => this.#now());
    this.#live.entries.setFilter(words.length === 0 ? undefined : filter);
  }

  setSort(key: SortKey, isReversed: boolean): void {
    this.#live.entries.setSort(key, isReversed);
  }

  setPaused(isPaused: boolean): void {
    if (isPaused) this.#live.pause();
    else this.#live.resume();
  }

  /** Whether hosts are looked at: only then they are read. */
  showHosts(areShown: boolean): void {
    this.#processes.showHosts(areShown);
  }

  /** Whether jobs are looked at: only then they are read. */
  showJobs(areShown: boolean): void {
    this.#jobs.show(areShown);
  }

  setFocused(isFocused: boolean): void {
    this.#live.setFocused(isFocused);
  }

  /** Looks more often (below 1) or less often. @returns what holds now, in words */
  changePace(factor: number): string {
    this.#live.changePace(factor);
    return `the board is looked at every ${formatDuration(Math.round(this.#live.health.everyMs))}`;
  }

  /** Somebody has just changed the board: looks at once. */
  refresh(): void {
    this.#live.refresh();
    this.#processes.refresh();
  }

  /** Settles once the board has been read anew, or can't be. A display that is paused is so no longer. */
  async reread(): Promise<void> {
    const startMs = performance.now();
    this.#live.resume();
    this.#live.refresh();
    const isNew = (): boolean => this.#live.health.ageMs < performance.now() - startMs;
    while (!isNew() && performance.now() - startMs < REREAD_MS && !this.#isStopped)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /**
   * Opens a log in place of the one that is open. Whoever asks again, or closes it, before it has been opened has it closed.
   */
  async openLog(which: Extract<Effect, { kind: 'openLog' }>): Promise<'opened' | 'none' | 'unwanted'> {
    const request = ++this.#logRequest;
    const window = await LogWindow.open(this.board, which.dataset, which, { now: () => this.#now() });
    if (request !== this.#logRequest || this.#isStopped) {
      await window?.close();
      return 'unwanted';
    }
    this.#letLogGo();
    this.#log = window;
    this.#onChange();
    this.#followLog();
    return window === undefined ? 'none' : 'opened';
  }

  closeLog(): void {
    this.#logRequest++;
    this.#letLogGo();
  }

  #letLogGo(): void {
    clearTimeout(this.#logTimer);
    const window = this.#log;
    this.#log = undefined;
    window?.close().catch((error: unknown) => this.#fail(error));
  }

  async moreLog(): Promise<void> {
    if (await this.#log?.more()) this.#onChange();
  }

  /** @returns the file's path; undefined: no log is open @throws BoardError */
  async saveLog(folder: string): Promise<string | undefined> {
    const window = this.#log;
    if (window === undefined) return undefined;
    const { stage, epoch } = window.log;
    return window.saveCopy(`${folder}/${window.dataset}.${stage}.${formatEpoch(epoch)}.log`);
  }

  /** What an error means to the user; undefined: it is a fault of the dashboard itself. */
  explain(error: unknown): string | undefined {
    if (error instanceof BoardError || isSystemError(error)) return faultText(error);
    return error instanceof Error && error.name === 'DefinitionError' ? error.message : undefined;
  }

  #fail(error: unknown): void {
    const text = this.explain(error);
    if (text === undefined) throw error;
    this.#onFault(text);
  }

  #followLog(): void {
    clearTimeout(this.#logTimer);
    const window = this.#log;
    if (window === undefined) return;
    this.#logTimer = setTimeout(() => {
      window.poll().then(
        (isNew) => {
          if (this.#log !== window) return;
          if (isNew) this.#onChange();
          this.#followLog();
        },
        (error: unknown) => this.#fail(error),
      );
    }, LOG_MS);
  }
}

function isClaimedOrWaiting(letters: string): boolean {
  return /[pewg1-9]/.test(letters);
}

function waitingAt(letters: ReadonlyMap<string, number> | undefined): number {
  let sum = 0;
  for (const [letter, number] of letters ?? []) if (isWaiting(letter as Letter)) sum += number;
  return sum;
}
