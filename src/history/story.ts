/** A dataset's whole story: every run, every try, everything that people did to it. */
import type { Board } from '../board/board.ts';
import { parseContent } from '../board/content.ts';
import { faultKind, faultText, isGone, isNoFile } from '../board/errors.ts';
import { changedMembers, waitLines, waitReports } from '../board/gather/report.ts';
import { gatheredOf } from '../board/groups.ts';
import { jobRowOf } from '../board/job-rows.ts';
import type { JournalLine } from '../board/journal.ts';
import { othersRun } from '../board/live/slices.ts';
import { type Added, addedParams, listTryFiles, officialTries } from '../board/official.ts';
import { findRuns, runsOf } from '../board/runs.ts';
import type { Located } from '../board/scan.ts';
import { type LogEntry, listLogs, officialProducts, productsAmong } from '../board/tries.ts';
import { waitsOf as lacksOf } from '../board/waiting.ts';
import { parseBatchLine } from '../model/batch-line.ts';
import type { Parent } from '../model/child.ts';
import { runnableColumns } from '../model/home.ts';
import { claimsOf, formatEpoch, parsePosted, productFolder } from '../model/name.ts';
import { type ChildSight, childSights, loadChildSights } from './family.ts';
import { type JournalQuery, readJournal } from './journal.ts';
import { loadJournal } from './journal-load.ts';
import { type TriedJob, type Try, triedJob, triesOf } from './tries.ts';

export interface Story {
  readonly posted: string;
  /** Undefined: the entry is no longer there, but its traces are. */
  readonly entry: Located | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  /** Why the parameters can't be told, if they can't. */
  readonly paramsFault: string | undefined;
  /** What official results of its stages add to the parameters, in column order. */
  readonly added?: readonly Added[];
  /** The try that posted it. */
  readonly parent?: Parent | undefined;
  /** What its stages have posted, where that stands. */
  readonly children?: readonly ChildSight[] | undefined;
  readonly tries: readonly Try[];
  /** What it still waits for, and what has become of what it gathered, in sentences: only for who has asked for it. */
  readonly waits?: readonly string[];
  /** What people and housekeeping did: lines of the journal that are no try's. */
  readonly acts: readonly JournalLine[];
}

/** As much of a log as is read to tell who shares it. */
const COMPANY_BYTES = 4096;
/** Events that the tries tell already. */
const OF_TRIES: ReadonlySet<string> = new Set(['claim', 'finish', 'publish', 'giveback', 'lost', 'discard', 'link']);

/** What stories are put together from. */
interface Traces {
  readonly entries: readonly Located[];
  readonly logs: readonly LogEntry[];
  /** Posted times of all runs that are known, sorted. */
  readonly known: readonly string[];
  /** The journal's lines that may be about them. */
  readonly query: JournalQuery;
}

/** The runs of a dataset, oldest first; none: nobody knows it. */
export function storiesOf(board: Board, dataset: string, posted?: string): Story[] {
  const traces = tracesOf(board, dataset, runsOf(board, dataset, posted), posted);
  if (traces.known.length === 0) return [];
  const lines = [...readJournal(board, traces.query)];
  return traces.known.map((run) => {
    const story = storyOf(board, dataset, run, traces, lines);
    const children = story.entry === undefined ? undefined : childSights(board, story.entry.name);
    return children === undefined ? story : { ...story, children };
  });
}

export interface LoadOptions {
  readonly signal?: AbortSignal;
  /** The runs of the dataset that are known to stand on the board; unless told, the whole board is looked through. */
  readonly entries?: readonly Located[];
}

/** The same for a program that has other work to do: in short steps. @throws the signal's reason once it is aborted */
export async function loadStories(board: Board, dataset: string, options: LoadOptions = {}): Promise<Story[]> {
  const { signal } = options;
  const traces = tracesOf(board, dataset, options.entries ?? (await findRuns(board, dataset, signal)));
  if (traces.known.length === 0) return [];
  const lines = await loadJournal(board, traces.query, signal);
  const stories: Story[] = [];
  for (const run of traces.known) {
    await othersRun();
    signal?.throwIfAborted();
    const story = storyOf(board, dataset, run, traces, lines);
    const waits = await waitsOf(board, story.entry);
    const children = story.entry === undefined ? undefined : await loadChildSights(board, story.entry.name, signal);
    stories.push({
      ...story,
      ...(waits.length === 0 ? {} : { waits }),
      ...(children === undefined ? {} : { children }),
    });
  }
  return stories;
}

function tracesOf(board: Board, dataset: string, entries: readonly Located[], posted?: string): Traces {
  const logs = listLogs(board, dataset).filter((log) => posted === undefined || log.posted === posted);
  const known = [...new Set([...entries.map(({ name }) => name.posted), ...logs.map((log) => log.posted)])].sort();
  // What is older than its first run is not about it; a day more, because clocks differ.
  const sinceMs = Math.max(0, (parsePosted(known[0] ?? '') ?? 0) - 86_400_000);
  return { entries, logs, known, query: { dataset, sinceMs } };
}

function storyOf(board: Board, dataset: string, run: string, traces: Traces, lines: readonly JournalLine[]): Story {
  const entry = traces.entries.find(({ name }) => name.posted === run);
  const mine = lines.filter((line) => line.posted === run);
  const files = listTryFiles(board, dataset, run);
  const official = entry === undefined ? new Map<string, string>() : officialProducts(board, entry.name, files);
  const added = entry === undefined ? [] : addedParams(board, entry.name, officialTries(board, entry.name, files));
  const products = productsAmong(files).map((product) => {
    const path = productFolder({ dataset, posted: run, stage: product.stage, epoch: product.epoch });
    return { ...product, path, official: official.get(product.stage) === path };
  });
  const logs = traces.logs.filter((log) => log.posted === run);
  const tries = triesOf({ lines: mine, logs, products, entry, stages: board.stages });
  for (const one of tries) addCompany(board, dataset, one);
  for (const claim of entry === undefined ? [] : claimsOf(entry.name)) {
    const one = tries.find(({ epoch }) => epoch === claim.epoch);
    const job = one === undefined ? undefined : jobOfTry(board, dataset, run, one);
    if (one !== undefined && job !== undefined) one.job = job;
  }
  return {
    posted: run,
    entry,
    ...paramsOf(board, entry),
    ...(added.length === 0 ? {} : { added }),
    tries,
    acts: mine.filter((line) => !OF_TRIES.has(line.event)),
  };
}

/** What a stage gathers, and needs, stands in its file: read here, and only for entries that wait, or have gathered. */
async function waitsOf(board: Board, entry: Located | undefined): Promise<readonly string[]> {
  if (entry === undefined) return [];
  const isWaiting = runnableColumns(entry.name.letters, board.graph).length > 0;
  if (!isWaiting && !entry.name.letters.includes('g') && !hasGathered(board, entry)) return [];
  const { DefinitionError, loadStages } = await import('../definitions/definitions.ts');
  let lacks: readonly string[] = [];
  try {
    const definitions = loadStages(board.home, board.stages);
    board.useStages(definitions);
    if (isWaiting) lacks = lacksOf(board, entry, definitions).map(({ stage, why }) => `${stage}: ${why}`);
  } catch (error) {
    // Then what its stages say of deadlines and the like is not known.
    if (!(error instanceof DefinitionError)) throw error;
  }
  const waits = waitReports(board, entry).flatMap((report) => waitLines(report, board.now()));
  const changed = changedMembers(board, entry).map((member) => `${member.board}:${member.dataset} ${member.text}`);
  return [...lacks, ...waits, ...changed];
}

function hasGathered(board: Board, { name }: Located): boolean {
  return gatheredOf(board, name.dataset).some(({ posted }) => posted === name.posted);
}

/** Which others ran in the same step: the log's first line says it. */
function addCompany(board: Board, dataset: string, one: Try): void {
  if (one.log === undefined || (one.batch === undefined && one.outcome !== 'running')) return;
  try {
    const line = parseBatchLine(board.fs.readStart(board.path(one.log), COMPANY_BYTES));
    if (line === undefined) return;
    one.batch = line.size;
    one.together = line.datasets.filter((other) => other !== dataset);
  } catch (error) {
    // It has just got its outcome, and another name: the next look sees it.
    if (!isGone(error) && faultKind(error) !== 'denied') throw error;
  }
}

/** Of a try that is not over: what the board tells of its job now. */
function jobOfTry(board: Board, dataset: string, posted: string, { stage, epoch }: Try): TriedJob | undefined {
  const row = jobRowOf(board, { dataset, posted, stage, epoch });
  return row === undefined ? undefined : triedJob(row, board.now());
}

function paramsOf(board: Board, entry: Located | undefined): Pick<Story, 'params' | 'paramsFault' | 'parent'> {
  if (entry === undefined) return { params: {}, paramsFault: undefined };
  try {
    const content = parseContent(board.fs.read(board.path(`${entry.folder}/${entry.file}`)).content);
    if (typeof content === 'string') return { params: {}, paramsFault: content };
    const parent = content.repeated?.parent;
    return { params: content.params, paramsFault: undefined, ...(parent === undefined ? {} : { parent }) };
  } catch (error) {
    if (isNoFile(error)) return { params: {}, paramsFault: `it ${faultText(error)}` };
    if (isGone(error)) return { params: {}, paramsFault: 'it has just moved' };
    throw error;
  }
}

/** A parameter as the next stages see it, and where it comes from. */
export interface TracedParam {
  readonly key: string;
  readonly value: unknown;
  /** `calibrate.003`; undefined: the entry was posted with it, or a person set it. */
  readonly source: string | undefined;
}

/** All parameters of a run: what stages have added lies over its own. */
export function paramsWithSources({ params, added = [] }: Pick<Story, 'params' | 'added'>): TracedParam[] {
  const traced = new Map<string, TracedParam>();
  for (const [key, value] of Object.entries(params)) traced.set(key, { key, value, source: undefined });
  for (const { stage, epoch, params: its } of added) {
    const source = `${stage}.${formatEpoch(epoch)}`;
    for (const [key, value] of Object.entries(its)) traced.set(key, { key, value, source });
  }
  return [...traced.values()];
}

/** `split.001 of monday, posted 2026-11-21T12:00:00Z` */
export function parentText(parent: Parent, board: string, time: (posted: string) => string): string {
  const name = parent.board === board ? parent.dataset : `${parent.board}:${parent.dataset}`;
  return `${parent.stage}.${formatEpoch(parent.epoch)} of ${name}, posted ${time(parent.posted)}`;
}
