/**
 * A large board that nobody works on, made quickly: entries as files with their ids, logs of some failures, journals of
 * the last hours. Names are made by the module that knows them; the mixture is fixed, so that runs can be compared.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { type Board, createBoard } from '../src/board/board.ts';
import { loadPipeline } from '../src/definitions/load.ts';
import {
  dayFolder,
  type EntryName,
  formatDay,
  formatName,
  formatPosted,
  logPath,
  type Tag,
} from '../src/model/name.ts';

const STAGES = ['verify', 'calibrate', 'detect', 'preview', 'archive'] as const;
const HOUR_MS = 3_600_000;

export interface BigBoardOptions {
  readonly home: string;
  readonly name: string;
  readonly queued: number;
  readonly done: number;
  readonly failed: number;
  /** Waiting to be tried again, running, held, held ahead: in equal parts. */
  readonly mixed: number;
  readonly nowMs: number;
  /** Lines of the journal; none if zero. */
  readonly journalLines: number;
  /** Without the links in `ids/`, which take half of the time and which nothing that only looks reads. */
  readonly ids?: false;
  /** How many of the failures have a log. */
  readonly logs: number;
}

/** A home with the pipeline `hst`, whose steps do nothing. */
export function makeBenchHome(home: string): void {
  for (const folder of ['pipelines', 'stages', 'blackboard', 'tools'])
    fs.mkdirSync(join(home, folder), { recursive: true });
  const after: Readonly<Record<string, string>> = {
    preview: 'after: [calibrate], ',
    archive: 'after: [detect, preview], ',
  };
  const lines = STAGES.map((stage) => `  - {${after[stage] ?? ''}stage: ${stage}}\n`);
  fs.writeFileSync(
    join(home, 'pipelines', 'hst.yaml'),
    `pipeline: hst\ntitle: Hubble exposures\nstages:\n${lines.join('')}`,
  );
  const titles: Readonly<Record<string, string>> = {
    verify: 'VER',
    calibrate: 'CAL',
    detect: 'DET',
    preview: 'PRE',
    archive: 'ARC',
  };
  for (const stage of STAGES) {
    const text = `stage: ${stage}\ntitle: ${titles[stage] ?? stage}\ncommand: ['true']\nretries: 3\n`;
    fs.writeFileSync(join(home, 'stages', `${stage}.yaml`), text);
  }
}

/** `j8a2` and four places of base 36, `q`: nine characters as Hubble's exposures have them. */
export function datasetName(index: number): string {
  return `j${(8 * 36 ** 6 + index * 7).toString(36).slice(-7)}q`;
}

/** Numbers that look like chance and are the same in every run. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

const FAILURES: ReadonlyArray<{ letters: string; column: number; cause: string }> = [
  { letters: 'cf___', column: 1, cause: 'x2' },
  { letters: 'ccfc_', column: 2, cause: 't' },
  { letters: 'ccccf', column: 4, cause: 'x75' },
];

const cause = (column: number, text: string): Tag => ({ kind: 'cause', column, cause: text });
const claim = (column: number, process: string, epoch: number, nth: number): Tag => ({
  kind: 'claim',
  column,
  process,
  epoch,
  try: nth,
});

/** Kinds of the mixed part, in turn. */
const MIXED: ReadonlyArray<
  (index: number) => Pick<EntryName, 'letters' | 'epoch' | 'tags'> & { readonly folder: string }
> = [
  (index) => ({
    folder: 'active',
    letters: 'cp___',
    epoch: 2,
    tags: [claim(1, `k${(index % 40).toString(36).padStart(3, '0')}`, 2, 1)],
  }),
  () => ({ folder: 'active', letters: 'c2___', epoch: 3, tags: [] }),
  () => ({ folder: 'held', letters: 'ch___', epoch: 1, tags: [cause(1, 'o')] }),
  () => ({ folder: 'active', letters: 'cccw_', epoch: 3, tags: [] }),
  () => ({ folder: 'queue', letters: 'w_h__', epoch: 0, tags: [cause(2, 'o')] }),
];

/** Makes the board. @returns it, and how many entries it holds */
export function makeBigBoard(options: BigBoardOptions): { board: Board; entries: number } {
  const { home, name, nowMs } = options;
  const board = createBoard(home, name, loadPipeline(home, 'hst').pipeline);
  const random = chance(20_261_121);
  const today = dayFolder('done', formatDay(nowMs));
  fs.mkdirSync(board.path(today), { recursive: true });
  let index = 0;
  const make = (folder: string, part: Pick<EntryName, 'letters' | 'epoch' | 'tags'>): EntryName => {
    const posted = formatPosted(nowMs - Math.floor(random() * 48 * HOUR_MS));
    const cls = index % 3 === 0 ? 'wfc3' : 'acs';
    const rank = index % 50 === 0 ? 20 : 50;
    const entry: EntryName = { rank, posted, class: cls, dataset: datasetName(index++), ...part };
    const path = board.path(`${folder}/${formatName(entry)}`);
    fs.writeFileSync(path, '');
    if (options.ids !== false && folder !== today) fs.linkSync(path, board.path(`ids/${entry.dataset}`));
    return entry;
  };
  for (let number = 0; number < options.queued; number++) make('queue', { letters: 'w____', epoch: 0, tags: [] });
  for (let number = 0; number < options.done; number++) make(today, { letters: 'ccccc', epoch: 5, tags: [] });
  for (let number = 0; number < options.failed; number++) {
    const {
      letters,
      column,
      cause: text,
    } = FAILURES[number % FAILURES.length] ?? { letters: 'f____', column: 0, cause: 'x1' };
    const entry = make('failed', { letters, epoch: column + 1, tags: [cause(column, text)] });
    if (number < options.logs) writeLog(board, entry, column, text, nowMs);
  }
  for (let number = 0; number < options.mixed; number++) {
    const { folder, ...part } = (MIXED[number % MIXED.length] ?? MIXED[0])?.(number) ?? {
      folder: 'queue',
      letters: 'w____',
      epoch: 0,
      tags: [],
    };
    make(folder, part);
  }
  if (options.journalLines > 0) writeJournals(board, options.journalLines, nowMs, random);
  return { board, entries: index };
}

function writeLog(board: Board, entry: EntryName, column: number, outcome: string, nowMs: number): void {
  const stage = STAGES[column] ?? 'verify';
  const file = board.path(
    logPath({ dataset: entry.dataset, posted: entry.posted, stage, epoch: entry.epoch }, outcome),
  );
  fs.mkdirSync(file.slice(0, file.lastIndexOf('/')), { recursive: true });
  const time = new Date(nowMs).toISOString();
  const lines = Array.from(
    { length: 40 },
    (_, at) => `${time} ${stage}: chip ${(at % 2) + 1}, row block ${at}: background 12.${at}`,
  );
  fs.writeFileSync(
    file,
    `${lines.join('\n')}\n${time} ${stage}: ERROR bad header keyword NAXIS1 in ${entry.dataset}_flt.fits\n`,
  );
}

/** Claims and finishes over the last 24 hours, in two writers' files, more in the middle of each hour than at its ends. */
function writeJournals(board: Board, lines: number, nowMs: number, random: () => number): void {
  const writers = ['k001', 'k002'];
  const texts = new Map<string, string[]>();
  const tries = Math.floor(lines / 2);
  const fields = { class: 'acs', try: 1 };
  for (let number = 0; number < tries; number++) {
    const writer = writers[number % 2] ?? 'k001';
    const stageAt = Math.floor(random() * STAGES.length);
    const stage = STAGES[stageAt] ?? 'verify';
    const startMs = nowMs - 24 * HOUR_MS + Math.floor((number / tries) * 24 * HOUR_MS);
    const seconds = Math.round((0.5 + random() * random() * 40) * 1000) / 1000;
    const isBad = random() < 0.03;
    const common = {
      dataset: datasetName(number),
      posted: formatPosted(startMs - 60_000),
      ...fields,
      stage,
      column: stageAt + 1,
      epoch: stageAt + 1,
      process: writer,
    };
    const before = `${'c'.repeat(stageAt)}p${'_'.repeat(4 - stageAt)}`;
    const outcome = isBad ? 'f' : 'c';
    const after = `${'c'.repeat(stageAt)}${outcome}${'_'.repeat(4 - stageAt)}`;
    const folder = isBad ? 'failed' : stageAt === 4 ? dayFolder('done', formatDay(startMs)) : 'active';
    add(startMs, writer, { event: 'claim', ...common, from: before.replace('p', 'w'), to: before });
    add(startMs + 1, writer, {
      event: 'finish',
      ...common,
      from: before,
      to: after,
      folder,
      outcome,
      seconds,
      code: isBad ? 2 : 0,
      signal: null,
    });
  }
  for (const [file, text] of texts) {
    fs.mkdirSync(board.path(file.slice(0, file.lastIndexOf('/'))), { recursive: true });
    fs.writeFileSync(board.path(file), text.join(''));
  }

  function add(ms: number, by: string, line: Record<string, unknown>): void {
    const host = by === 'k001' ? 'node1' : 'node2';
    const file = `journal/${formatDay(ms)}/${host}.${by}.jsonl`;
    const text = texts.get(file) ?? [];
    texts.set(file, text);
    text.push(`${JSON.stringify({ t: new Date(ms).toISOString(), ...line, host, by })}\n`);
  }
}
