/** The files that belong to an entry, and the end of its latest log. Asynchronous: products may lie on a slow disk. */
import { lstat, readdir, readlink } from 'node:fs/promises';
import {
  batchScratchPath,
  causeText,
  LOG_GIVEN_BACK,
  LOG_GONE,
  LOG_OK,
  LOG_RUNNING,
  parseViewTarget,
  productFolder,
  productsFolder,
  publishedLink,
  scratchPath,
  sidecarPath,
} from '../model/name.ts';
import type { Board } from './board.ts';
import { faultKind, isGone, isNoLink } from './errors.ts';
import { findLogs, LogWindow } from './log-window.ts';
import { officialTries, tryFilesAmong, tryName } from './official.ts';
import { namesOf } from './pieces.ts';
import type { Located } from './scan.ts';
import { type LogEntry, officialProducts, productsAmong } from './tries.ts';

/** A file that belongs to an entry: a log, a product, what a failed step left. */
export interface EntryFile {
  /** Relative to the board. */
  readonly path: string;
  readonly bytes: number;
  readonly kind: 'log' | 'product' | 'scratch' | 'entry';
  readonly note: string;
}

/** A step may leave any number of them. */
export const MOST_FILES = 2_000;
/** Enough for the lines of a pane. */
const TAIL_BYTES = 16 * 1024;

const OUTCOMES: Readonly<Record<string, string>> = {
  [LOG_RUNNING]: 'running',
  [LOG_OK]: 'complete',
  [LOG_GIVEN_BACK]: 'given back',
  [LOG_GONE]: 'its claim was taken away',
};

function logNote({ stage, epoch, outcome }: LogEntry): string {
  return `${stage}, claim ${epoch}: ${OUTCOMES[outcome] ?? causeText(outcome)}`;
}

/** What is being listed, at most `MOST_FILES` of it. */
class Listing {
  readonly files: EntryFile[] = [];
  readonly #board: Board;
  readonly #signal: AbortSignal | undefined;

  constructor(board: Board, signal: AbortSignal | undefined) {
    this.#board = board;
    this.#signal = signal;
  }

  /** A file, or all files below a folder; links are not followed. What has gone meanwhile is left out. */
  async add(path: string, kind: EntryFile['kind'], note: string): Promise<void> {
    this.#signal?.throwIfAborted();
    if (this.files.length >= MOST_FILES) return;
    try {
      const stat = await lstat(this.#board.path(path));
      if (stat.isDirectory()) await this.#addFolder(path, kind, note);
      else this.files.push({ path, bytes: stat.size, kind, note: stat.isSymbolicLink() ? `${note}; a link` : note });
    } catch (error) {
      if (isGone(error)) return;
      if (faultKind(error) !== 'denied') throw error;
      this.files.push({ path, bytes: 0, kind, note: `${note}; may not be read` });
    }
  }

  async #addFolder(path: string, kind: EntryFile['kind'], note: string): Promise<void> {
    for (const name of (await readdir(this.#board.path(path))).sort()) await this.add(`${path}/${name}`, kind, note);
  }
}

/**
 * Files of one run: its own, logs, products with what they are, what its steps left in their working folders.
 * @throws the system's error, or the signal's reason
 */
export async function filesOfEntry(board: Board, entry: Located, signal?: AbortSignal): Promise<EntryFile[]> {
  const { dataset, posted } = entry.name;
  const listing = new Listing(board, signal);
  await listing.add(`${entry.folder}/${entry.file}`, 'entry', 'the entry: its parameters');
  const logs = (await findLogs(board, dataset)).filter((log) => log.posted === posted);
  for (const log of logs) await listing.add(log.file, 'log', logNote(log));
  const files = tryFilesAmong(await namesOf(board.path(productsFolder(dataset, posted))));
  const products = productsAmong(files);
  const ofStages = new Set(officialTries(board, entry.name, files));
  const official = officialProducts(board, entry.name, files);
  for (const { stage, epoch, published } of products) {
    const path = productFolder({ dataset, posted, stage, epoch });
    const what = official.get(stage) === path ? 'official' : published ? 'published' : 'not published';
    await listing.add(path, 'product', `${stage}, claim ${epoch}: ${what}`);
  }
  if (board.config.transaction && (await isShown(board, dataset, posted)))
    await listing.add(publishedLink(dataset), 'product', 'what readers see');
  for (const one of files) {
    const name = tryName(entry.name, one);
    const what = ofStages.has(one) ? 'official' : 'not official';
    const { stage, epoch } = one;
    if (one.result)
      await listing.add(sidecarPath(name, 'result'), 'product', `${stage}, claim ${epoch}: its result, ${what}`);
    if (one.post)
      await listing.add(sidecarPath(name, 'post'), 'product', `${stage}, claim ${epoch}: what it posts, ${what}`);
  }
  // Tries have logs: the folder of all scratch folders, which may be large, need not be read.
  for (const { stage, epoch, outcome } of logs) {
    const what = outcome === LOG_RUNNING ? 'working folder' : 'left in its working folder';
    const name = { dataset, posted, stage, epoch };
    for (const path of [scratchPath(name), batchScratchPath(name)])
      await listing.add(path, 'scratch', `${stage}, claim ${epoch}: ${what}`);
  }
  return listing.files;
}

/** True if readers of a transactional board see this run. */
async function isShown(board: Board, dataset: string, posted: string): Promise<boolean> {
  try {
    return parseViewTarget(await readlink(board.path(publishedLink(dataset))))?.posted === posted;
  } catch (error) {
    if (isGone(error) || isNoLink(error)) return false;
    throw error;
  }
}

/** The last lines of the latest log of an entry's run; none if it has no log. What can't be read is told as a line. */
export async function logTailOf(board: Board, entry: Located, most: number): Promise<readonly string[]> {
  const { dataset, posted } = entry.name;
  const window = await LogWindow.open(board, dataset, { posted }, { tailBytes: TAIL_BYTES });
  if (window === undefined) return [];
  await window.close();
  return window.fault === undefined ? window.lines.slice(-most) : [window.fault];
}
