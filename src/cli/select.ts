/** Which entries a command means: datasets by name, or all that a filter matches. */
import type { Board } from '../board/board.ts';
import { identifyHolder } from '../board/ids.ts';
import { inodeOf, runsOf, sortByPosted } from '../board/runs.ts';
import { findDatasets, type Located, stateOf } from '../board/scan.ts';
import { datasetFault, parsePosted } from '../model/name.ts';
import { usage } from './exit.ts';
import { breathe } from './interrupt.ts';

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
export function refuseBadName(dataset: string): void {
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

/** All runs of a dataset, oldest first. @throws CliError for a name that no dataset can have */
export function runsNamed(board: Board, dataset: string, posted?: string): Located[] {
  refuseBadName(dataset);
  return runsOf(board, dataset, posted);
}
