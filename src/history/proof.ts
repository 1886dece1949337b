/**
 * The board's promises, proved of a board from its journals and its names: docs/internals.md, Invariants. Journals are read
 * first and the board afterwards, since a line follows its rename: what the journals know must stand on the board. What
 * looks wrong is looked at a second time before it is told, because a scan is no snapshot.
 */
import type { Board } from '../board/board.ts';
import { isGone } from '../board/errors.ts';
import { linesOfFile } from '../board/lines.ts';
import { processRows } from '../board/processes.ts';
import { ALL_STATES, findDatasets, folderNames, type Located, scanBoard } from '../board/scan.ts';
import { FOLDERS } from '../model/name.ts';
import { daysOf, filesOfDay, MOST_LINE_BYTES, parseLine } from './journal.ts';
import {
  judgeCopies,
  judgeEpoch,
  judgeLink,
  judgeMissing,
  judgeOwners,
  judgeProducts,
  runKey,
} from './proof/board-side.ts';
import { type Run, Runs, type Violation } from './proof/runs.ts';
import { Suspicions } from './proof/suspicions.ts';

export type { Violation } from './proof/runs.ts';

export interface Proof {
  readonly violations: readonly Violation[];
  /** Lines of the journals, and those among them that are torn. */
  readonly lines: number;
  readonly torn: number;
  readonly posts: number;
  readonly claims: number;
  readonly finishes: number;
  readonly entries: number;
}

/** Journals are held a part of the datasets at a time: so many bytes of them. */
const PART_BYTES = 256 * 1024 * 1024;

/**
 * @param linesOf reads a journal, by its absolute path: another disk has another way
 * @throws system errors if the board can't be read
 */
export function proveHistory(
  board: Board,
  partBytes = PART_BYTES,
  linesOf: (path: string) => Iterable<string> = (path) => linesOfFile(path, { mostLine: MOST_LINE_BYTES }),
): Proof {
  const files = daysOf(board, undefined).flatMap((day) => filesOfDay(board, day));
  const bytes = files.reduce((sum, file) => sum + sizeOf(board, file), 0);
  const parts = Math.max(1, Math.ceil(bytes / partBytes));
  const sum = { lines: 0, torn: 0, posts: 0, claims: 0, finishes: 0, entries: 0 };
  const violations: Violation[] = [];
  for (let part = 0; part < parts; part++) {
    const isOfPart = (dataset: string): boolean => parts === 1 || hashOf(dataset) % parts === part;
    const { runs, suspicions, lines, torn } = readRuns(board, files, isOfPart, linesOf);
    sum.lines = lines;
    sum.torn = torn;
    sum.posts += runs.posts;
    sum.claims += runs.claims;
    sum.finishes += runs.finishes;
    const entries = scanBoard(board, ALL_STATES).entries.filter(({ name }) => isOfPart(name.dataset));
    sum.entries += entries.length;
    violations.push(
      ...runs.violations,
      ...judgeTwice(board, runs, entries),
      ...suspicions.judge(livingProcesses(board)),
    );
  }
  return { ...sum, violations };
}

function sizeOf(board: Board, file: string): number {
  try {
    return board.fs.identify(board.path(file)).size;
  } catch (error) {
    if (isGone(error)) return 0;
    throw error;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function readRuns(
  board: Board,
  files: readonly string[],
  isOfPart: (dataset: string) => boolean,
  linesOf: (path: string) => Iterable<string>,
): { runs: Runs; suspicions: Suspicions; lines: number; torn: number } {
  const runs = new Runs();
  const suspicions = new Suspicions();
  let lines = 0;
  let torn = 0;
  for (const file of files) {
    try {
      for (const text of linesOf(board.path(file))) {
        lines++;
        const line = parseLine(text);
        if (line === undefined) {
          torn++;
          continue;
        }
        const isJudged = typeof line.dataset === 'string' && isOfPart(line.dataset);
        if (isJudged) runs.add(line);
        suspicions.add(line, isJudged);
      }
    } catch (error) {
      // Retention has just taken it.
      if (!isGone(error)) throw error;
    }
  }
  runs.close();
  return { runs, suspicions, lines, torn };
}

function judgeTwice(board: Board, runs: Runs, entries: readonly Located[]): Violation[] {
  const first = judgeAll(board, runs, entries, [...runs]);
  if (first.length === 0) return [];
  const suspects = new Set(first.map(({ dataset }) => dataset));
  const again = findDatasets(board, suspects, ALL_STATES);
  const runsAgain = [...runs].filter(({ dataset }) => suspects.has(dataset));
  return judgeAll(board, runs, again, runsAgain).map(({ violation }) => violation);
}

function livingProcesses(board: Board): Set<string> {
  return new Set(processRows(board).flatMap(({ isDead, status }) => (isDead ? [] : [status.name.id])));
}

interface Suspicion {
  readonly dataset: string;
  readonly violation: Violation;
}

function judgeAll(board: Board, runs: Runs, entries: readonly Located[], expected: readonly Run[]): Suspicion[] {
  const found: Suspicion[] = [];
  const tell = (dataset: string, violations: readonly Violation[]): void => {
    for (const violation of violations) found.push({ dataset, violation });
  };
  const standing = new Set<string>();
  const byDataset = new Map<string, Located[]>();
  for (const entry of entries) {
    const { dataset, posted } = entry.name;
    standing.add(runKey(dataset, posted));
    const same = byDataset.get(dataset);
    if (same === undefined) byDataset.set(dataset, [entry]);
    else same.push(entry);
  }
  const alive = livingProcesses(board);
  const withProducts = new Set(folderNames(board, FOLDERS.products));
  for (const [dataset, copies] of byDataset) {
    tell(dataset, judgeCopies(copies));
    for (const entry of copies) {
      const run = runs.get(dataset, entry.name.posted);
      const link = judgeLink(board, entry, run);
      const epoch = judgeEpoch(entry, run, copies);
      tell(dataset, [...(link === undefined ? [] : [link]), ...(epoch === undefined ? [] : [epoch])]);
      tell(dataset, judgeOwners(entry, alive));
      if (withProducts.has(dataset)) tell(dataset, judgeProducts(board, entry, run));
    }
  }
  const nowMs = board.now();
  for (const run of expected) {
    if (standing.has(runKey(run.dataset, run.posted))) continue;
    const missing = judgeMissing(board, run, nowMs);
    if (missing !== undefined) tell(run.dataset, [missing]);
  }
  return found;
}
