/** `slate wait`: until nothing that is meant is still to be done. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { type Filter, filterOf } from '../../board/filter.ts';
import { Row, rfc3339, runKey } from '../../board/rows.ts';
import { findDatasets, type Located, scanBoard, stateOf } from '../../board/scan.ts';
import { formatDuration } from '../../model/duration.ts';
import { isGlob } from '../../model/filter/glob.ts';
import { FILTER_KEY_NAMES } from '../../model/filter.ts';
import type { State } from '../../model/name.ts';
import { count } from '../../model/text.ts';
import { act, durationOption, type Run, subcommand } from '../command.ts';
import { EXIT } from '../exit.ts';
import { addFilters, type FilterOptions, wordsOf } from '../filters.ts';
import { chooseByName } from '../select.ts';
import type { Session } from '../session.ts';

interface WaitOptions extends FilterOptions {
  readonly timeout?: number;
  readonly failedOk?: boolean;
}

const PENDING: ReadonlySet<State> = new Set(['queue', 'active', 'gather']);
const LEAST_POLL_MS = 200;

export function registerWait(program: Command, run: Run): void {
  const command = subcommand(program, 'wait', 'wait until entries are done, failed or held')
    .argument('[words...]', 'datasets, or words of the filter language; all entries unless told')
    .option('--timeout <duration>', 'exit with 4 when it takes longer', durationOption)
    .option('--failed-ok', 'exit with 0 even if some have failed or are held');
  addFilters(command);
  act<WaitOptions>(command, run, wait);
}

/** A word that can only be one of the filter language; all others are datasets. */
export function isFilterWord(word: string): boolean {
  if (/^[-!/]/.test(word) || /[:<>]/.test(word) || isGlob(word)) return true;
  const [key = '', ...rest] = word.split('=');
  return rest.length > 0 && FILTER_KEY_NAMES.includes(key);
}

async function wait(session: Session, words: string[], options: WaitOptions): Promise<number> {
  const board = session.board();
  const start = performance.now();
  const datasets = words.filter((word) => !isFilterWord(word));
  const filter = filterOf(board, wordsOf(options, words.filter(isFilterWord)));
  if (datasets.length > 0) {
    const { absent } = await chooseByName(board, datasets);
    for (const dataset of absent) session.say(`no such dataset on board ${board.name}: ${dataset}`);
    if (absent.length > 0) return EXIT.absent;
  }
  const watch = new Watch(board, filter, new Set(datasets));
  for (;;) {
    const lookStart = performance.now();
    if (watch.isOver()) return end(session, board, watch, options);
    const now = performance.now();
    const left = options.timeout === undefined ? Number.POSITIVE_INFINITY : options.timeout - (now - start);
    if (left <= 0) return timedOut(session, board, watch, options.timeout ?? 0);
    // A board that takes long to read is looked at less often.
    const pause = Math.min(left, Math.max(LEAST_POLL_MS, 4 * (now - lookStart)));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** What is waited for. An entry that was seen pending must be seen ended: one under rename is missing in a look. */
class Watch {
  readonly #board: Board;
  readonly #filter: Filter;
  readonly #datasets: ReadonlySet<string>;
  /** Seen pending and not yet seen ended: key → dataset. */
  readonly #open = new Map<string, string>();
  readonly #followed = new Set<string>();
  #pending = 0;
  ended: Located[] = [];

  constructor(board: Board, filter: Filter, datasets: ReadonlySet<string>) {
    this.#board = board;
    this.#filter = filter;
    this.#datasets = datasets;
  }

  get pending(): number {
    return Math.max(this.#pending, this.#open.size);
  }

  /** One look. */
  isOver(): boolean {
    const live = this.#look(['queue', 'active', 'gather']);
    this.#pending = live.length;
    for (const entry of live) {
      this.#open.set(runKey(entry), entry.name.dataset);
      this.#followed.add(runKey(entry));
    }
    if (live.length > 0) return false;
    // Twice, so that one that was just between two names does not end the wait.
    const all = [...this.#find(), ...this.#look(['queue', 'active', 'gather', 'failed', 'held', 'done'])];
    const byRun = new Map(all.map((entry) => [runKey(entry), entry]));
    const entries = [...byRun.values()];
    for (const entry of entries) if (!PENDING.has(stateOf(entry.folder))) this.#open.delete(runKey(entry));
    this.#pending = entries.filter((entry) => PENDING.has(stateOf(entry.folder)) && this.#matches(entry)).length;
    this.ended = entries.filter((entry) => this.#followed.has(runKey(entry)) || this.#matches(entry));
    return this.#pending === 0 && this.#open.size === 0;
  }

  /** Where the followed ones are now: what they were chosen for may no longer be true of them. */
  #find(): Located[] {
    if (this.#followed.size === 0) return [];
    const datasets = new Set([...this.#followed].map((key) => key.split(' ')[0] ?? ''));
    const found = findDatasets(this.#board, datasets, [
      'queue',
      'active',
      'gather',
      'failed',
      'held',
      'done',
      'removed',
    ]);
    return found.filter((entry) => this.#followed.has(runKey(entry)));
  }

  #look(states: readonly State[]): Located[] {
    if (this.#datasets.size > 0) {
      return findDatasets(this.#board, this.#datasets, states).filter((entry) => this.#matches(entry));
    }
    return scanBoard(this.#board, states).entries.filter((entry) => this.#matches(entry));
  }

  #matches(entry: Located): boolean {
    if (this.#datasets.size > 0 && !this.#datasets.has(entry.name.dataset)) return false;
    return this.#filter.isEmpty || this.#filter.test(new Row(entry));
  }
}

/** Of runs of one dataset only the latest counts: an earlier one is over anyway. */
function latestRuns(entries: readonly Located[]): Located[] {
  const latest = new Map<string, Located>();
  for (const entry of entries) {
    const known = latest.get(entry.name.dataset);
    if (known === undefined || known.name.posted < entry.name.posted) latest.set(entry.name.dataset, entry);
  }
  return [...latest.values()];
}

function end(session: Session, board: Board, watch: Watch, options: WaitOptions): number {
  const ended = latestRuns(watch.ended);
  // What was named is there: a word of a filter may be misspelt.
  if (ended.length === 0 && !session.json)
    session.say(`nothing on board ${board.name} is like that: there is nothing to wait for`);
  const bad = ended.filter((entry) => stateOf(entry.folder) !== 'done');
  if (session.json) {
    session.out.json({
      schemaVersion: 1,
      board: board.name,
      result: bad.length === 0 ? 'done' : 'failed',
      done: ended.length - bad.length,
      notDone: bad.map(({ name, folder }) => ({
        dataset: name.dataset,
        posted: rfc3339(name.posted),
        state: stateOf(folder),
        letters: name.letters,
      })),
    });
  }
  if (bad.length === 0) return EXIT.ok;
  const told = bad.slice(0, 10).map(({ name, folder }) => `${name.dataset} ${stateOf(folder)}`);
  const more = bad.length > told.length ? `, and ${bad.length - told.length} more` : '';
  session.say(`${count(bad.length, 'entry is', 'entries are')} not done: ${told.join(', ')}${more}`);
  return options.failedOk ? EXIT.ok : EXIT.some;
}

function timedOut(session: Session, board: Board, watch: Watch, timeoutMs: number): number {
  if (session.json) {
    session.out.json({ schemaVersion: 1, board: board.name, result: 'timeout', pending: watch.pending });
  }
  const what = count(watch.pending, 'entry is', 'entries are');
  session.say(`after ${formatDuration(timeoutMs)} ${what} still to be done`);
  return EXIT.timeout;
}
