/**
 * Watches one landing zone: elects itself by a lock (to avoid double work, not for safety), reads the folder in rounds,
 * at once on a hint, every moment while files are settling, and ever more seldom when nothing comes.
 */
import { isAbsolute, join } from 'node:path';
import type { Board } from '../board/board.ts';
import { explain, faultText } from '../board/errors.ts';
import { isNetworkFs } from '../board/fs.ts';
import { ownMark } from '../board/host.ts';
import { landingTemplates } from '../definitions/definitions.ts';
import type { LandingZone } from '../model/definition.ts';
import { plain } from '../model/text.ts';
import { ZoneFolder } from './files.ts';
import { Hints } from './hints.ts';
import { lookInterval, PATIENCE, type Patience } from './judge.ts';
import type { LandingLog } from './log.ts';
import { NameReader } from './match.ts';
import { Role, roleRetryMs } from './role.ts';
import { type RoundResult, Rounds } from './round.ts';
import { Taker } from './take.ts';

/** How patient a watcher is; all but tests leave it alone. */
export interface LandingTuning extends Patience {
  /** Milliseconds after which a silent watcher's intent is carried on. Default: the board's lease. */
  readonly graceMs: number;
  /** Milliseconds between two looks while files settle. */
  readonly lookMs: number;
  /** Files from which on chokidar's one watch a file is too many. */
  readonly many: number;
  /** False: works without the lock, as two watchers do that both believe to hold it. */
  readonly lock: boolean;
}

export interface LandingOptions {
  readonly board: Board;
  readonly zone: LandingZone;
  /** The zone's number in its pipeline, from 0. */
  readonly index: number;
  readonly log: LandingLog;
  /** Further zones of the same folder: their files are left alone. */
  readonly others?: readonly LandingZone[];
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  readonly tuning?: Partial<LandingTuning>;
}

export interface LandingState {
  /** True: this process watches the zone; false: another one does. */
  readonly holder: boolean;
  /** Milliseconds UTC of the last round that read the folder. */
  readonly lastScan: number | undefined;
  /** By this watcher, since it was started. */
  readonly taken: number;
  readonly quarantined: number;
  /** Files in the zone at the last round, whatever they wait for. */
  readonly waiting: number;
  /** What the disk refuses at the moment. */
  readonly trouble?: string;
}

const DEBOUNCE_MS = 100;
const MANY = 2_000;
/** Longest pause between two rounds: with hints they are only a precaution. */
const IDLE_HINTED_MS = 30_000;
const IDLE_MS = 5_000;
const MOST_TROUBLE_MS = 60_000;
/** A round may take a twentieth of the time. */
const SHARE = 20;

/** The folder of a zone, absolute. @throws TemplateError */
export function zoneFolder(board: Board, zone: LandingZone): string {
  const folder = landingTemplates(zone).folder({ board: board.name, pipeline: board.config.pipeline });
  return isAbsolute(folder) ? join(folder) : join(board.home, folder);
}

export class LandingWatcher {
  readonly #options: LandingOptions;
  readonly #tuning: LandingTuning;
  readonly #clock: () => number;
  readonly #folder: ZoneFolder;
  readonly #rounds: Rounds;
  readonly #role: Role;
  readonly #hints: Hints;
  readonly #abort = new AbortController();
  #state: LandingState = { holder: false, lastScan: undefined, taken: 0, quarantined: 0, waiting: 0 };
  #pending = 0;
  #pauseMs = 0;
  #troubles = 0;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = 0;
  #round: Promise<void> | undefined;
  #hinted = false;
  #polling = true;

  /** @throws TemplateError if the folder's template can't be filled in */
  constructor(options: LandingOptions) {
    const { board, zone, index } = options;
    // File names are anybody's.
    const log: LandingLog = (level, code, message) => options.log(level, code, plain(message));
    this.#options = options;
    const usual = { ...PATIENCE, graceMs: board.leaseMs, lookMs: lookInterval(zone.complete), many: MANY, lock: true };
    this.#tuning = { ...usual, ...options.tuning };
    this.#clock = options.now ?? (() => performance.now());
    const path = zoneFolder(board, zone);
    this.#folder = new ZoneFolder(path, board.fs, board.config.durability !== 'none');
    const title = `${path} (landing zone ${index + 1} of pipeline ${board.config.pipeline}, board ${board.name})`;
    const owner = { ...ownMark(), host: board.host };
    const taker = new Taker({ board, zone: this.#folder, title, owner, log });
    const names = new NameReader(zone, options.others);
    const { graceMs } = this.#tuning;
    const common = { board, zone, folder: this.#folder, names, taker, owner, log };
    this.#rounds = new Rounds({ ...common, patience: this.#tuning, graceMs, clock: this.#clock });
    this.#role = new Role(board, `landing-${index}`, (why) => {
      log('warn', 'landing-role-lost', `${path} is no longer watched by this process (${why}): it tries again`);
      this.#soon(0);
    });
    this.#hints = new Hints({
      folder: path,
      polling: () => this.#polling,
      onHint: () => this.#onHint(),
      onTrouble: (error) =>
        log(
          'warn',
          'landing-watch',
          `${path} can't be watched for changes: ${faultText(error)}; it is read every ${IDLE_MS / 1000} s instead`,
        ),
    });
  }

  /** Makes the folder if it is missing and runs the first round. Never throws: trouble is told, and tried again. */
  async start(): Promise<void> {
    await this.#run();
  }

  /** Finishes the file in hand and gives the role up. Never throws. */
  async stop(): Promise<void> {
    this.#abort.abort();
    clearTimeout(this.#timer);
    await this.#round;
    await this.#hints.close();
    this.#options.board.journal.flush();
    try {
      await this.#role.release();
    } catch (error) {
      const { log } = this.#options;
      log(
        'warn',
        'landing-role-lost',
        `the lock of ${this.#folder.path} can't be given back: ${faultText(error)}; it ends by itself`,
      );
    }
  }

  /** Files that are still to be judged and need no person; what waits for its sender is not among them. */
  pending(): number {
    return this.#pending;
  }

  state(): LandingState {
    return this.#state;
  }

  get #stopping(): boolean {
    return this.#abort.signal.aborted;
  }

  #isHolder(): boolean {
    return this.#role.held || !this.#tuning.lock;
  }

  /** Where other hosts write, no events tell of it. */
  #isPolling(): boolean {
    const { watch } = this.#options.board.config;
    return watch === 'auto' ? isNetworkFs(this.#folder.path) : watch === 'poll';
  }

  #onHint(): void {
    if (this.#round === undefined) this.#soon(DEBOUNCE_MS);
    else this.#hinted = true;
  }

  /** The next round after `ms`, or earlier if one is due earlier. */
  #soon(ms: number): void {
    if (this.#stopping) return;
    const due = this.#clock() + ms;
    if (this.#timer !== undefined && this.#dueMs <= due) return;
    clearTimeout(this.#timer);
    this.#dueMs = due;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#run();
    }, ms);
  }

  async #run(): Promise<void> {
    if (this.#round !== undefined || this.#stopping) return this.#round;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#hinted = false;
    this.#round = this.#turn();
    await this.#round;
    this.#round = undefined;
    this.#soon(this.#hinted ? Math.min(DEBOUNCE_MS, this.#pauseMs) : this.#pauseMs);
  }

  async #turn(): Promise<void> {
    const { board, log } = this.#options;
    const started = this.#clock();
    try {
      explain(`${this.#folder.path} can't be made`, () => this.#folder.make());
      this.#polling = this.#isPolling();
      const held = this.#isHolder();
      if (this.#tuning.lock && !held && (await this.#role.tryTake()))
        log('info', 'landing-role', `${this.#folder.path} is watched by this process`);
      if (this.#stopping) return;
      if (!this.#isHolder()) {
        this.#pending = explain(`${this.#folder.path} can't be read`, () => this.#rounds.count());
        this.#update({ lastScan: Date.now(), waiting: this.#pending });
        this.#tellOver();
        this.#pauseMs = roleRetryMs(board, Math.random());
        return;
      }
      const result = await this.#rounds.run(() => this.#isHolder() && !this.#stopping, this.#abort.signal);
      this.#note(result);
      if (this.#stopping) return;
      await this.#hints.use(result.files > this.#tuning.many ? 'many' : 'chokidar');
      this.#pauseMs = this.#pause(result, this.#clock() - started);
    } catch (error) {
      this.#tellTrouble(faultText(error), 'landing-folder');
    }
  }

  #note({ pending, waiting, taken, quarantined, trouble }: RoundResult): void {
    const { taken: before, quarantined: wrong } = this.#state;
    this.#pending = pending;
    this.#update({ lastScan: Date.now(), taken: before + taken, quarantined: wrong + quarantined, waiting });
    if (trouble === undefined) this.#tellOver();
    else this.#tellTrouble(trouble, 'landing-trouble');
  }

  #update(changes: Partial<LandingState>): void {
    this.#state = { ...this.#state, ...changes, holder: this.#isHolder() };
  }

  #tellOver(): void {
    this.#troubles = 0;
    const { trouble, ...state } = this.#state;
    if (trouble === undefined) return;
    this.#state = state;
    this.#options.log('info', 'landing-over', `${this.#folder.path}: the trouble is over (${trouble})`);
  }

  /** Told once, until it is over. */
  #tellTrouble(what: string, code: 'landing-trouble' | 'landing-folder'): void {
    const isNew = this.#state.trouble === undefined;
    this.#troubles++;
    this.#update({ trouble: what });
    this.#pauseMs = Math.min(MOST_TROUBLE_MS, 1_000 * 2 ** Math.min(this.#troubles - 1, 10));
    if (!isNew) return;
    const next =
      code === 'landing-folder'
        ? 'make the folder usable for this user'
        : 'see that the disk has space and can be written';
    this.#options.log('error', code, `${this.#folder.path}: ${what}; ${next}: it is tried again until it succeeds`);
  }

  #pause(result: RoundResult, tookMs: number): number {
    if (result.trouble !== undefined) return this.#pauseMs;
    const { lookMs } = this.#tuning;
    const longest = this.#hints.kind === 'none' || this.#polling ? IDLE_MS : IDLE_HINTED_MS;
    const busy = result.pending > 0 || result.taken > 0 || result.quarantined > 0;
    const pause = busy ? lookMs : Math.min(longest, Math.max(lookMs, this.#pauseMs * 2));
    return Math.max(pause, tookMs * (busy && result.taken > 0 ? 0 : SHARE));
  }
}
