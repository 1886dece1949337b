/** Which entries a command means: datasets by name, or all that a filter matches. */
import type { Board } from '../board/board.ts';
import { isGone } from '../board/errors.ts';
import { identifyHolder } from '../board/ids.ts';
import { ALL_STATES, findDatasets, type Located, scanBoard, stateOf } from '../board/scan.ts';
import { datasetFault, parsePosted } from '../model/name.ts';
import { usage } from './exit.ts';
import type { Filter } from './filters.ts';
import { breathe } from './interrupt.ts';
import { Row, sortLocated } from './rows.ts';

export interface Chosen {
  readonly entries: Located[];
  /** Datasets that no entry bears. */
  readonly absent: string[];
  /** Datasets that several live entries bear: which is meant can't be told. */
  readonly unclear: string[];
}

/** `--posted`, as the name has it. RFC 3339 is understood as well. */
export function postedOption(text: string): string {
  const compact = text.replaceAll(/[-:]|\.\d+|Z$/g, '');
  if (parsePosted(compact) === undefined) throw usage(`'${text}' is no posted time: write one like 20261121T120000`);
  return compact;
}

/** A name that no dataset can have is a slip of the hand, not an absent dataset. @throws CliError */
function refuseBadName(dataset: string): void {
  const fault = datasetFault(dataset);
  if (fault !== undefined) throw usage(`'${dataset}': ${fault.why}`);
}

const isLive = (entry: Located): boolean => !['done', 'removed'].includes(stateOf(entry.folder));

/**
 * The entry of each dataset that a name means: the one on the board, else its latest run.
 * An entry under rename may be missing in one look, so a dataset that `ids/` knows is looked for again.
 */
export async function chooseByName(board: Board, datasets: readonly string[], posted?: string): Promise<Chosen> {
  for (const dataset of datasets) refuseBadName(dataset);
  const runs = new Map<string, Located[]>();
  let missing = new Set(datasets);
  for (let look = 0; look < 10 && missing.size > 0; look++) {
    if (look > 0) await breathe();
    for (const entry of findDatasets(board, missing)) {
      if (posted !== undefined && entry.name.posted !== posted) continue;
      const { dataset } = entry.name;
      runs.set(dataset, [...(runs.get(dataset) ?? []), entry]);
    }
    missing = new Set(
      [...missing].filter((dataset) => !runs.has(dataset) && (look === 0 || isHeldById(board, dataset))),
    );
  }
  const chosen: Chosen = { entries: [], absent: [], unclear: [] };
  for (const dataset of datasets) {
    const found = runs.get(dataset) ?? [];
    const live = uniqueRuns(meant(board, dataset, found.filter(isLive)));
    const latest = sortByPosted(found).at(-1);
    if (latest === undefined) chosen.absent.push(dataset);
    else if (live.length > 1) chosen.unclear.push(dataset);
    else chosen.entries.push(live[0] ?? latest);
  }
  return chosen;
}

/** Of several files of a dataset, those that still stand; where one of them is behind `ids/`, the others are copies of it. */
function meant(board: Board, dataset: string, entries: readonly Located[]): readonly Located[] {
  if (entries.length < 2) return entries;
  const holder = identifyHolder(board, dataset)?.ino;
  const there = entries.flatMap((entry) => {
    const ino = inodeOf(board, entry);
    return ino === undefined ? [] : [{ entry, ino }];
  });
  const official = there.find(({ ino }) => ino === holder);
  return official === undefined ? there.map(({ entry }) => entry) : [official.entry];
}

/** Undefined: it stands there no longer; an entry under rename shows under two names. */
function inodeOf(board: Board, { folder, file }: Located): bigint | undefined {
  try {
    return board.fs.identify(board.path(`${folder}/${file}`)).ino;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** An entry seen under two names in one look is one: the later epoch counts. */
function uniqueRuns(entries: readonly Located[]): Located[] {
  const byRun = new Map<string, Located>();
  for (const entry of entries) {
    const known = byRun.get(entry.name.posted);
    if (known === undefined || known.name.epoch < entry.name.epoch) byRun.set(entry.name.posted, entry);
  }
  return [...byRun.values()];
}

function isHeldById(board: Board, dataset: string): boolean {
  return (identifyHolder(board, dataset)?.links ?? 0) > 1;
}

export function sortByPosted(entries: Located[]): Located[] {
  return entries.sort((a, b) => (a.name.posted < b.name.posted ? -1 : a.name.posted > b.name.posted ? 1 : 0));
}

/** All runs of a dataset, wherever they stand, oldest first. */
export function runsOf(board: Board, dataset: string, posted?: string): Located[] {
  refuseBadName(dataset);
  const found = findDatasets(board, new Set([dataset]), ALL_STATES);
  const wanted = found.filter(({ name }) => posted === undefined || name.posted === posted);
  // Copies are shown, names that are no longer there are not.
  const isSeenTwice = new Set(wanted.map(runKey)).size < wanted.length;
  return sortByPosted(isSeenTwice ? wanted.filter((entry) => inodeOf(board, entry) !== undefined) : wanted);
}

export function matching(board: Board, filter: Filter): Located[] {
  return sortLocated(scanBoard(board, filter.states).entries.filter((entry) => filter.test(new Row(entry))));
}

/** Identity of an entry as one text. */
export function runKey(entry: Located): string {
  return `${entry.name.dataset} ${entry.name.posted}`;
}
