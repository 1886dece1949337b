/** A board that is followed, somebody who changes it meanwhile, and what must be seen once that has ended. */
import fs from 'node:fs';
import type { Board } from '../../../src/board/board.ts';
import { causesOf } from '../../../src/board/causes.ts';
import { countBoard } from '../../../src/board/counts.ts';
import { filterOf, matching } from '../../../src/board/filter.ts';
import { type LiveDisk, liveDisk, type Stamp } from '../../../src/board/live/disk.ts';
import { liveFilter } from '../../../src/board/live/filter.ts';
import { LiveBoard, type LiveOptions } from '../../../src/board/live/live-board.ts';
import type { Entries, SortKey } from '../../../src/board/live/types.ts';
import { columnsAt, Row, runKey, tryOf } from '../../../src/board/rows.ts';
import { type Located, scanBoard } from '../../../src/board/scan.ts';
import { onCleanup, until } from '../../helpers/home.ts';
import { Bench, type BenchOptions } from '../bench.ts';

export type Watch = 'watch' | 'poll';

/** A board whose `board.yaml` says how it is to be watched. */
export function makeBench(watch: Watch = 'watch', options: BenchOptions = {}): { bench: Bench; board: Board } {
  const bench = new Bench(options);
  const text = bench.read('board.yaml');
  fs.writeFileSync(bench.path('board.yaml'), text.replace(/^watch: .*$/m, `watch: ${watch}`));
  return { bench, board: bench.open() };
}

/** Makes the folders' last changes as old as they must be to be told from the next. */
export function ageFolders(bench: Bench): void {
  const old = new Date(Date.now() - 60_000);
  for (const folder of fs.readdirSync(bench.board.root)) fs.utimesSync(bench.path(folder), old, old);
}

export function follow(board: Board, options: LiveOptions = {}): LiveBoard {
  const live = new LiveBoard(board, { everyMs: 50, ...options });
  onCleanup(() => live.close());
  live.start();
  return live;
}

const STATES = ['failed', 'held', 'active', 'gather', 'queue', 'done', 'removed'];

type Field = (row: Row) => number | string;
const FIELDS: Readonly<Record<SortKey, Field>> = {
  rank: ({ at }) => at.file,
  age: ({ postedMs }) => postedMs,
  entry: ({ dataset }) => dataset,
  state: ({ state }) => STATES.indexOf(state),
  stage: (row) => columnsAt(row)[0] ?? 99,
  try: (row) => -tryOf(row),
  class: (row) => row.class,
};

const compare = (a: number | string, b: number | string): number => (a === b ? 0 : a < b ? -1 : 1);

/** What the list must hold, in this order. */
export function expected(board: Board, words: readonly string[] = [], key: SortKey = 'rank'): string[] {
  const field = FIELDS[key];
  return matching(board, filterOf(board, words))
    .map((entry) => new Row(entry))
    .sort(
      (a, b) =>
        compare(field(a), field(b)) || compare(a.dataset, b.dataset) || compare(a.at.name.posted, b.at.name.posted),
    )
    .map(({ at }) => placeOf(at));
}

export function placeOf({ folder, file }: Located): string {
  return `${folder}/${file}`;
}

export function listed(entries: Entries): string[] {
  return Array.from({ length: entries.length }, (_, index) => {
    const entry = entries.at(index);
    return entry === undefined ? '-' : placeOf(entry);
  });
}

/** Rows, keys and what stands behind them fit together. */
export function listFaults(entries: Entries): string[] {
  const found: string[] = [];
  for (let index = 0; index < entries.length; index++) {
    const key = entries.keyAt(index);
    const at = entries.at(index);
    if (at === undefined || runKey(at) !== key) found.push(`row ${index} is ${key}, and holds ${at?.file}`);
    if (entries.indexOf(key) !== index) found.push(`${key} is row ${index}, and said to be ${entries.indexOf(key)}`);
    if (entries.find(key)?.file !== at?.file) found.push(`${key} is found as ${entries.find(key)?.file}`);
  }
  if (entries.keyAt(entries.length) !== '' || entries.keyAt(-1) !== '') found.push('there are rows beyond the ends');
  return found;
}

function causeLines(causes: ReturnType<typeof causesOf>): string[] {
  return causes.map(({ stage, cause, number }) => `${number} ${stage} ${cause}`).sort();
}

export function oldestOf(board: Board, column: number): string | undefined {
  const waits = (row: Row): boolean =>
    (row.state === 'queue' || row.state === 'active') && /[w1-9]/.test(row.letters[column] ?? '');
  const rows = scanBoard(board).entries.map((entry) => new Row(entry));
  const [first] = rows.filter(waits).sort((a, b) => a.postedMs - b.postedMs || compare(a.at.file, b.at.file));
  return first && placeOf(first.at);
}

/** What differs between what is shown and what stands on the disk. Empty: nothing. */
export function differences(live: LiveBoard, board: Board, words: readonly string[] = [], key?: SortKey): string[] {
  const { entries } = live;
  const found: string[] = [];
  const same = (what: string, seen: unknown, wanted: unknown): void => {
    const [left, right] = [JSON.stringify(seen), JSON.stringify(wanted)];
    if (left !== right) found.push(`${what}: ${left}, not ${right}`);
  };
  const counts = countBoard(board, filterOf(board, []));
  const { total, states, foreign, letters } = entries.tally;
  const sorted = (maps: ReadonlyArray<ReadonlyMap<string, number>>): unknown => maps.map((map) => [...map].sort());
  same('total', total, counts.total);
  same('states', states, counts.states);
  same('foreign', foreign, counts.foreign);
  same('letters', sorted(letters), sorted(counts.letters));
  same('causes', causeLines([...entries.causes]), causeLines(causesOf(board, scanBoard(board).entries)));
  same('list', listed(entries), expected(board, words, key));
  return found;
}

/** Waits until what is shown is what stands on the disk. */
export async function untilSame(
  live: LiveBoard,
  board: Board,
  words?: readonly string[],
  key?: SortKey,
): Promise<void> {
  let found: string[] = [];
  const isSame = (): boolean => {
    if (live.entries.isSorting || live.health.phase === 'reading') return false;
    found = differences(live, board, words, key);
    return found.length === 0;
  };
  await until(isSame, () => `the list to be what is on the disk\n${found.join('\n').slice(0, 2_000)}`);
}

export function filterBy(live: LiveBoard, board: Board, words: readonly string[], nowMs = () => Date.now()): void {
  live.entries.setFilter(liveFilter(words, board.stages, nowMs));
}

type Ask = keyof LiveDisk;

/** The real disk, which counts what it is asked, and fails or falls silent on command. */
export class SpyDisk implements LiveDisk {
  readonly calls: { readonly ask: Ask; readonly path: string }[] = [];
  /** Questions that were asked before the last one was answered: must stay 1. */
  mostAtOnce = 0;
  fails: (ask: Ask, path: string) => Error | undefined = () => undefined;
  isSilent: (ask: Ask, path: string) => boolean = () => false;
  /** What it says of a folder, whatever has changed there: a clock that ticks seldom. */
  frozen: ((path: string) => Stamp | undefined) | undefined;
  readonly #disk: LiveDisk;
  #open = 0;
  #silent: (() => void)[] = [];

  constructor(isNetwork = false) {
    this.#disk = liveDisk(isNetwork);
  }

  count(ask: Ask, part = ''): number {
    return this.calls.filter((call) => call.ask === ask && call.path.includes(part)).length;
  }

  /** It answers again, and what it was asked meanwhile. */
  speak(): void {
    this.isSilent = () => false;
    for (const answer of this.#silent.splice(0)) answer();
  }

  eachName(path: string, visit: (name: string) => boolean): Promise<void> {
    return this.#ask('eachName', path, () => this.#disk.eachName(path, visit));
  }

  stamp(path: string): Promise<Stamp> {
    return this.#ask('stamp', path, async () => this.frozen?.(path) ?? this.#disk.stamp(path));
  }

  exists(path: string): Promise<boolean> {
    return this.#ask('exists', path, () => this.#disk.exists(path));
  }

  async #ask<T>(ask: Ask, path: string, answer: () => Promise<T>): Promise<T> {
    this.calls.push({ ask, path });
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#open);
    try {
      if (this.isSilent(ask, path)) await new Promise<void>((resolve) => this.#silent.push(resolve));
      const error = this.fails(ask, path);
      if (error !== undefined) throw error;
      return await answer();
    } finally {
      this.#open--;
    }
  }
}

/** Somebody else at work on the board: moves that stage processes and operators make, and some that nobody should. */
export class Mover {
  readonly #bench: Bench;
  readonly #random: () => number;
  #posted = 0;

  constructor(bench: Bench, seed: number) {
    this.#bench = bench;
    let state = seed;
    // Numerical Recipes' generator: the same steps for the same seed.
    this.#random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
  }

  step(): void {
    const kind = this.#random();
    const folder = this.#pick(['queue', 'active', 'failed', 'held', 'gather', 'done/2026-11-20', 'done/2026-11-21']);
    const from = this.#pick(this.#bench.names(folder).filter((file) => !/^[.R]/.test(file)));
    if (from === undefined || kind < 0.25) this.#post();
    else if (kind < 0.28) fs.rmSync(this.#bench.path(`${folder}/${from}`));
    else if (kind < 0.31) this.#bench.put(`${folder}/README${this.#posted++}`);
    else if (kind < 0.33) this.#bench.put(`${folder}/.swp${this.#posted++}`);
    else this.#move(folder, from, kind < 0.6);
  }

  #post(): void {
    const dataset = `d${this.#posted++}${this.#pick(['', '.x', '_Y'])}`;
    const second = String(this.#posted % 7).padStart(2, '0');
    const [rank, cls] = [this.#pick(['50', '40', '99']), this.#pick(['acs', '-'])];
    this.#bench.put(`queue/${rank}.20261121T1200${second}.${this.#letters()}.000.${cls}.${dataset}`);
  }

  #move(folder: string, file: string, isClaim: boolean): void {
    const days = ['done/2026-11-21', 'done/2026-11-19', 'removed/2026-11-21'];
    const to = this.#pick([folder, 'queue', 'active', 'failed', 'held', ...days]);
    const [, , , epoch = '', cls, ...rest] = file.split('.');
    const dataset = rest.join('.').split('@')[0];
    const next = String(Number(epoch) + (isClaim ? 1 : 0)).padStart(3, '0');
    const tag = this.#pick(['', '@1-x2', '@1-x2', '@2-k3f1-1-1', '@1-t+2-s9', '@1-k3f1-2-3']);
    const name = `${file.slice(0, 19)}${this.#letters()}.${next}.${cls}.${dataset}${tag}`;
    fs.mkdirSync(this.#bench.path(to), { recursive: true });
    fs.renameSync(this.#bench.path(`${folder}/${file}`), this.#bench.path(`${to}/${name}`));
  }

  #letters(): string {
    return Array.from(this.#bench.board.stages, () => this.#pick([...'__wwpecsffhg1'])).join('');
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }
}
