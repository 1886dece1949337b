/** A dataset's whole story: every run, every try, everything that people did to it. */
import type { Board } from '../board/board.ts';
import { parseContent } from '../board/content.ts';
import { isGone } from '../board/errors.ts';
import type { JournalLine } from '../board/journal.ts';
import { runsOf } from '../board/runs.ts';
import type { Located } from '../board/scan.ts';
import { listLogs, listProducts, officialProducts } from '../board/tries.ts';
import { parsePosted, productFolder } from '../model/name.ts';
import { readJournal } from './journal.ts';
import { type Try, triesOf } from './tries.ts';

export interface Story {
  readonly posted: string;
  /** Undefined: the entry is no longer there, but its traces are. */
  readonly entry: Located | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  /** Why the parameters can't be told, if they can't. */
  readonly paramsFault: string | undefined;
  readonly tries: readonly Try[];
  /** What people and housekeeping did: lines of the journal that are no try's. */
  readonly acts: readonly JournalLine[];
}

/** Events that the tries tell already. */
const OF_TRIES: ReadonlySet<string> = new Set(['claim', 'finish', 'publish', 'giveback', 'lost', 'discard', 'link']);

/** The runs of a dataset, oldest first; none: nobody knows it. */
export function storiesOf(board: Board, dataset: string, posted?: string): Story[] {
  const entries = runsOf(board, dataset, posted);
  const logs = listLogs(board, dataset).filter((log) => posted === undefined || log.posted === posted);
  const known = new Set([...entries.map(({ name }) => name.posted), ...logs.map((log) => log.posted)]);
  if (known.size === 0) return [];
  const earliest = [...known].sort()[0] ?? '';
  // What is older than its first run is not about it; a day more, because clocks differ.
  const sinceMs = Math.max(0, (parsePosted(earliest) ?? 0) - 86_400_000);
  const lines = [...readJournal(board, { dataset, sinceMs })];
  return [...known].sort().map((run) => {
    const entry = entries.find(({ name }) => name.posted === run);
    const mine = lines.filter((line) => line.posted === run);
    const official = entry === undefined ? new Map<string, string>() : officialProducts(board, entry.name);
    const products = listProducts(board, dataset, run).map((product) => {
      const path = productFolder({ dataset, posted: run, stage: product.stage, epoch: product.epoch });
      return { ...product, path, official: official.get(product.stage) === path };
    });
    const runLogs = logs.filter((log) => log.posted === run);
    return {
      posted: run,
      entry,
      ...paramsOf(board, entry),
      tries: triesOf({ lines: mine, logs: runLogs, products, entry, stages: board.stages }),
      acts: mine.filter((line) => !OF_TRIES.has(line.event)),
    };
  });
}

function paramsOf(board: Board, entry: Located | undefined): Pick<Story, 'params' | 'paramsFault'> {
  if (entry === undefined) return { params: {}, paramsFault: undefined };
  try {
    const content = parseContent(board.fs.read(board.path(`${entry.folder}/${entry.file}`)).content);
    if (typeof content === 'string') return { params: {}, paramsFault: content };
    return { params: content.params, paramsFault: undefined };
  } catch (error) {
    if (isGone(error)) return { params: {}, paramsFault: 'it has just moved' };
    throw error;
  }
}
