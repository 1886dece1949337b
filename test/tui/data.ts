/** A board in memory for tests of views and layers: what it holds is told as entries' names. */
import type { Board } from '../../src/board/board.ts';
import { rulesOf } from '../../src/board/board.ts';
import { type Cause, causesOf } from '../../src/board/causes.ts';
import type { BoardConfig } from '../../src/board/config.ts';
import { STATE_ORDER } from '../../src/board/counts.ts';
import type { HostRow, WishRow } from '../../src/board/hosts.ts';
import type { JobRow } from '../../src/board/job-rows.ts';
import type { JournalLine } from '../../src/board/journal.ts';
import type { EntrySets } from '../../src/board/live/types.ts';
import type { ProcessRow } from '../../src/board/processes.ts';
import { columnsAt, Row, runKey, sortLocated, tryOf } from '../../src/board/rows.ts';
import { type Located, stateOf } from '../../src/board/scan.ts';
import type { StatusContent } from '../../src/board/status.ts';
import { JobPast } from '../../src/history/job-past.ts';
import type { PipelineStage } from '../../src/model/definition.ts';
import { compileFilter, filterWords } from '../../src/model/filter.ts';
import { graphOfStages } from '../../src/model/graph.ts';
import { isWaiting, type Letter } from '../../src/model/letters.ts';
import { formatStatus, parseName, type State, type StatusOrder } from '../../src/model/name.ts';
import type {
  Data,
  Entries,
  EntryFile,
  Health,
  OpenLog,
  Past,
  Range,
  Rates,
  Series,
  SortKey,
  StoryState,
  Tally,
} from '../../src/tui/data.ts';
import { Look, type LookOptions } from '../../src/tui/look.ts';
import { Canvas, Surface } from '../../src/tui/surface.ts';
import type { Common, Context, View } from '../../src/tui/view.ts';

/** 2026-11-21 14:02:31 UTC */
export const NOW_MS = Date.UTC(2026, 10, 21, 14, 2, 31);

/** The stages of the HST demo: detect and preview both come after calibrate. */
export const HST: readonly PipelineStage[] = [
  { stage: 'verify', title: 'VER', after: [] },
  { stage: 'calibrate', title: 'CAL', after: ['verify'] },
  { stage: 'detect', title: 'DET', after: ['calibrate'] },
  { stage: 'preview', title: 'PRV', after: ['calibrate'] },
  { stage: 'archive', title: 'ARC', after: ['detect', 'preview'] },
];

export interface FakeOptions {
  /** Folder and name: `failed/50.20261121T120000.ccf__.003.acs.j8a20101q@3-x2`. */
  readonly entries?: readonly string[];
  /** Names follow one another, titled by their first three letters; default: those of `HST`. */
  readonly stages?: ReadonlyArray<string | PipelineStage>;
  readonly name?: string;
  /** The filter in force, as a line, and the order. */
  readonly filter?: string;
  readonly sort?: Common['sort'];
  readonly isSorting?: boolean;
  readonly processes?: ReadonlyArray<FakeProcess | ProcessRow>;
  readonly timers?: Data['timers'];
  /** Undefined: not read yet. */
  readonly hosts?: readonly FakeHost[];
  /** Undefined: not read yet. */
  readonly jobs?: readonly JobRow[];
  readonly events?: readonly JournalLine[];
  readonly nowMs?: number;
  readonly health?: Partial<Health>;
  /** What is not told is empty or unknown. */
  readonly past?: Partial<Past>;
  readonly stories?: Readonly<Record<string, StoryState>>;
  /** By the entry's key, as the others below. */
  readonly files?: Readonly<Record<string, readonly EntryFile[]>>;
  readonly logTails?: Readonly<Record<string, readonly string[]>>;
  readonly openLog?: OpenLog;
  readonly foreign?: number;
}

export interface FakeData extends Data {
  readonly entries: FakeEntries;
  readonly filter: string;
  readonly sort: Common['sort'];
}

/** An entry from its folder and name. @throws if it is none */
export function located(path: string): Located {
  const at = path.lastIndexOf('/');
  const [folder, file] = [path.slice(0, at), path.slice(at + 1)];
  const parsed = parseName(file);
  if (!parsed.ok) throw new Error(`${path}: character ${parsed.at + 1}: ${parsed.why}`);
  return { folder, file, name: parsed.name };
}

/** The key of an entry, from its folder and name. */
export function keyOf(path: string): string {
  return runKey(located(path));
}

/** Only what views and the pure parts of board/ ask of a board: there is no disk behind it. */
export function fakeBoard(options: Pick<FakeOptions, 'stages' | 'name' | 'nowMs'> = {}): Board {
  const { name = 'hst', nowMs = NOW_MS } = options;
  const given = options.stages ?? HST;
  const nameOf = (stage: string | PipelineStage): string => (typeof stage === 'string' ? stage : stage.stage);
  const stages = given.map((stage, column): PipelineStage => {
    if (typeof stage !== 'string') return stage;
    const before = given[column - 1];
    return { stage, title: stage.slice(0, 3).toUpperCase(), after: before === undefined ? [] : [nameOf(before)] };
  });
  const config: BoardConfig = {
    format: 1,
    board: name,
    pipeline: name,
    stages,
    leaseMs: undefined,
    durability: 'posts',
    inFlight: 2000,
    watch: 'auto',
    transaction: false,
    retention: {
      doneMs: undefined,
      removedMs: undefined,
      logsMs: undefined,
      productsMs: undefined,
      scratchMs: undefined,
      journalMs: undefined,
    },
    limits: {},
    freeBytes: undefined,
    engine: undefined,
  };
  const names = stages.map(({ stage }) => stage);
  const graph = graphOfStages(stages);
  const root = `/data/blackboard/${name}`;
  const fake = {
    home: '/data',
    name,
    root,
    config,
    stages: names,
    graph,
    host: 'node1',
    isNetwork: false,
    leaseMs: 15_000,
    rules: rulesOf({ graph, stages: names }, new Map()),
    path: (relative: string) => `${root}/${relative}`,
    column: (stage: string) => names.indexOf(stage),
    now: () => nowMs,
    today: () => new Date(nowMs).toISOString().slice(0, 10),
  };
  return fake as unknown as Board;
}

type Order = (a: Located, b: Located) => number;

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The oldest, and the most tries, first. */
const ORDERS: Readonly<Record<Exclude<SortKey, 'rank'>, Order>> = {
  age: (a, b) => compare(a.name.posted, b.name.posted),
  entry: (a, b) => compare(a.name.dataset, b.name.dataset),
  state: (a, b) => STATE_ORDER.indexOf(new Row(a).state) - STATE_ORDER.indexOf(new Row(b).state),
  stage: (a, b) => compare(columnsAt(new Row(a))[0] ?? 99, columnsAt(new Row(b))[0] ?? 99),
  try: (a, b) => tryOf(new Row(b)) - tryOf(new Row(a)),
  class: (a, b) => compare(a.name.class, b.name.class),
};

let versions = 0;

export class FakeEntries implements Entries {
  /** Another board, another version. */
  readonly version = ++versions;
  readonly tally: Tally;
  readonly causes: readonly Cause[];
  readonly isSorting: boolean;
  /** How often rows were read, by `at` or `keyAt`: a test sets it to 0 and looks. */
  reads = 0;
  readonly #all: readonly Located[];
  readonly #byKey = new Map<string, Located>();
  readonly #shown: readonly Located[];
  readonly #indexes = new Map<string, number>();
  readonly #wantsRemoved: boolean;

  constructor(board: Board, options: FakeOptions, nowMs: number) {
    this.#all = (options.entries ?? []).map(located);
    for (const entry of this.#all) this.#byKey.set(runKey(entry), entry);
    const words = filterWords(options.filter ?? '');
    this.#wantsRemoved = words.some((word) => word.includes('removed'));
    const test = compileFilter(words, { stages: board.stages, nowMs });
    const shown = sortLocated(
      this.#all.filter((entry) => {
        const row = new Row(entry);
        return (row.state !== 'removed' || this.#wantsRemoved) && test(row);
      }),
    );
    const { key, reverse } = options.sort ?? { key: 'rank', reverse: false };
    if (key !== 'rank') shown.sort(ORDERS[key]);
    if (reverse) shown.reverse();
    this.#shown = shown;
    for (const [index, entry] of shown.entries()) this.#indexes.set(runKey(entry), index);
    this.tally = tallyOf(board, this.#all, options.foreign ?? 0);
    this.causes = causesOf(board, this.#all);
    this.isSorting = options.isSorting ?? false;
  }

  get length(): number {
    return this.#shown.length;
  }

  keyAt(index: number): string {
    this.reads++;
    const entry = this.#shown[index];
    return entry === undefined ? '' : runKey(entry);
  }

  indexOf(key: string): number {
    return this.#indexes.get(key) ?? -1;
  }

  at(index: number): Located | undefined {
    this.reads++;
    return this.#shown[index];
  }

  stateAt(index: number): State | undefined {
    return this.#shown[index] && stateOf(this.#shown[index].folder);
  }

  find(key: string): Located | undefined {
    return this.#byKey.get(key);
  }

  readonly sets: EntrySets = {
    range: (first, last, more) => new Set([...more, ...this.#shown.slice(first, last + 1).map(runKey)]),
    toggled: (keys, key) => new Set(keys.has(key) ? [...keys].filter((one) => one !== key) : [...keys, key]),
    kept: (keys) => {
      const left = [...keys].filter((key) => this.#isThere(key));
      return left.length === keys.size ? keys : new Set(left);
    },
    isAll: (keys) => keys.size === this.length && this.#shown.every((entry) => keys.has(runKey(entry))),
    select: (keys, test = () => true) =>
      [...keys].filter((key) => {
        const entry = this.#byKey.get(key);
        return entry !== undefined && this.#isThere(key) && test(new Row(entry));
      }),
  };

  #isThere(key: string): boolean {
    const entry = this.#byKey.get(key);
    return entry !== undefined && (this.#wantsRemoved || stateOf(entry.folder) !== 'removed');
  }

  oldestWaiting(column: number): Located | undefined {
    const waiting = this.#all.filter(({ folder, name }) => {
      return (folder === 'queue' || folder === 'active') && isWaiting(name.letters[column] as Letter);
    });
    return waiting.sort(ORDERS.age)[0];
  }
}

function tallyOf(board: Board, all: readonly Located[], foreign: number): Tally {
  const states = { queue: 0, active: 0, gather: 0, failed: 0, held: 0, done: 0, removed: 0 };
  const letters = board.stages.map(() => new Map<string, number>());
  let total = 0;
  for (const entry of all) {
    const { state } = new Row(entry);
    states[state]++;
    if (state === 'removed') continue;
    total++;
    for (const [column, letter] of [...entry.name.letters].entries())
      letters[column]?.set(letter, (letters[column]?.get(letter) ?? 0) + 1);
  }
  return { total, states, letters, foreign };
}

/** A stage process in few words; what is not told is ordinary. */
export interface FakeProcess {
  readonly id: string;
  readonly host?: string;
  readonly pid?: number;
  readonly order?: StatusOrder;
  readonly stages?: readonly string[];
  readonly content?: Partial<StatusContent>;
  /** Its status file could not be read. */
  readonly isUnread?: boolean;
  readonly beatMs?: number | undefined;
  readonly isSilent?: boolean;
  readonly isDead?: boolean;
}

export function fakeProcess(fake: FakeProcess): ProcessRow {
  const { id, host = 'node1', pid = 4711, order = 'run', stages = ['verify'] } = fake;
  const name = { id, order, stages, pid, host };
  const content: StatusContent = {
    counter: 17,
    host,
    pid,
    bootId: 'boot',
    pidSpace: 'space',
    startTicks: '1',
    started: '2026-11-21T12:00:00.000Z',
    version: '0.1.0',
    stages,
    slots: 1,
    state: 'idle',
    message: '',
    done: 0,
    failed: 0,
    rssMb: 80,
    load1: 0.5,
    entries: [],
    ...fake.content,
  };
  return {
    status: { file: formatStatus(name), name, content: fake.isUnread === true ? undefined : content },
    beatMs: 'beatMs' in fake ? fake.beatMs : 1_000,
    isSilent: fake.isSilent ?? false,
    isDead: fake.isDead ?? false,
  };
}

/** A host in few words: a quiet one with an agent, unless told otherwise. Its files are those of its wishes. */
export type FakeHost = Partial<HostRow> & Pick<HostRow, 'host'>;

export function fakeHost(fake: FakeHost): HostRow {
  const { wishes = [], foreign = [], isDown = false } = fake;
  const files = [
    ...(isDown ? ['down'] : []),
    ...wishes.flatMap(({ wish }) => wish.split(' ')),
    ...foreign.map(([file]) => file),
  ];
  return {
    isListed: true,
    agent: 'up',
    agentPid: 4001,
    agentStarted: '2026-11-21T09:00:00.000Z',
    agentVersion: '0.1.0',
    isUnread: false,
    trouble: '',
    facts: { load1: 0.5, cpus: 8, freeMb: 122_880, clockMs: 0 },
    seenMs: 2_000,
    files,
    ...fake,
    wishes,
    foreign,
    isDown,
  };
}

/** A wish that is served, unless told otherwise: `detect=4`. */
export function fakeWish(wish: string, more: Partial<WishRow> = {}): WishRow {
  const [stages = '', slots] = wish.split('=');
  const key = stages.split('+').sort().join('+');
  const none = { processes: [], deaths: 0, why: '', next: undefined };
  return { key, wish, slots: Number(slots), state: 'running', ...none, ...more };
}

const RANGE_MS: Readonly<Record<Range, number>> = {
  '15m': 900_000,
  '1h': 3_600_000,
  '6h': 21_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
};
const POINTS = 60;
const NO_RATES: Rates = {
  claimed: 0,
  done: 0,
  failed: 0,
  retried: 0,
  lost: 0,
  p50Seconds: undefined,
  p95Seconds: undefined,
};

/** A board's data in memory. */
export function fakeData(options: FakeOptions = {}): FakeData {
  const { nowMs = NOW_MS, filter = '', sort = { key: 'rank' as const, reverse: false } } = options;
  const board = fakeBoard(options);
  const past: Past = {
    isComplete: true,
    progress: 1,
    series: (range): Series => ({
      stepMs: RANGE_MS[range] / POINTS,
      endMs: nowMs,
      points: new Array<undefined>(POINTS).fill(undefined),
    }),
    rates: () => NO_RATES,
    events: options.events ?? [],
    jobs: new JobPast(),
    donePerMinute: undefined,
    etaMs: () => undefined,
    ...options.past,
  };
  return {
    board,
    entries: new FakeEntries(board, options, nowMs),
    filter,
    sort,
    health: { phase: 'live', ageMs: 0, fault: undefined, everyMs: 1_000, ...options.health },
    processes: (options.processes ?? []).map((fake) => ('status' in fake ? fake : fakeProcess(fake))),
    timers: options.timers ?? [],
    hosts: options.hosts?.map(fakeHost),
    jobs: options.jobs,
    past,
    nowMs,
    story: (key) => options.stories?.[key.split(' ')[0] ?? ''] ?? { kind: 'loading' },
    files: (key) => options.files?.[key],
    logTail: (key) => options.logTails?.[key],
    openLog: options.openLog,
  };
}

export interface FakeContextOptions extends Partial<Common> {
  readonly look?: Partial<LookOptions>;
}

/** Lines of the app above the body, and below it. */
export const HEAD_ROWS = 3;
export const FOOT_ROWS = 1;

/** A context of 80x24 unless told otherwise; the filter and the order are those of the data. */
export function fakeContext(data: FakeData, options: FakeContextOptions = {}): Context {
  const { look, ...changes } = options;
  const common: Common = {
    cols: 80,
    rows: 24,
    filter: { text: data.filter, fault: undefined },
    sort: data.sort,
    isReadOnly: false,
    isPaused: false,
    hasMouse: true,
    hostFilter: '',
    jobFilter: '',
    zone: 'utc',
    ...changes,
  };
  return {
    data,
    look: new Look({ isAscii: false, hasColor: true, showLetters: false, ...look }),
    common,
    body: { x: 0, y: HEAD_ROWS, width: common.cols, height: common.rows - HEAD_ROWS - FOOT_ROWS },
  };
}

/** The same context on a screen of another size. */
export function resized(context: Context, cols: number, rows: number): Context {
  const body = { x: 0, y: HEAD_ROWS, width: cols, height: rows - HEAD_ROWS - FOOT_ROWS };
  return { ...context, common: { ...context.common, cols, rows }, body };
}

/** Paints the body of a screen of this size. */
export function paintSurface<S>(
  view: Pick<View<S>, 'paint'>,
  state: S,
  context: Context,
  cols = context.common.cols,
  rows = context.common.rows,
): Surface {
  const surface = new Surface(cols, rows);
  const sized = resized(context, cols, rows);
  view.paint(new Canvas(surface, sized.body), state, sized);
  return surface;
}

/** The lines of the body on a screen of this size, without trailing space. Layers are painted as well. */
export function paintLines<S>(
  view: Pick<View<S>, 'paint'>,
  state: S,
  context: Context,
  cols = context.common.cols,
  rows = context.common.rows,
): string[] {
  return paintSurface(view, state, context, cols, rows)
    .lines()
    .slice(HEAD_ROWS, rows - FOOT_ROWS);
}
