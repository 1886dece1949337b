/** Boards for `claim.ts`: entries ready to be claimed, and backlogs of a million names that take seconds to make. */
import fs from 'node:fs';
import { join } from 'node:path';
import { formatContent } from '../src/board/content.ts';
import { type Board, createBoard, type Located, loadPipeline, openBoard } from '../src/index.ts';
import { type EntryName, formatEpoch, formatName } from '../src/model/name.ts';

export const STAGES = ['a', 'b', 'c'] as const;
export const PROCESS = 'k001';
const POSTED = '20261121T120000';
/** Names that share a file: ext4 allows 65,000. */
const NAMES_A_FILE = 50_000;

/** A board of three stages whose steps do nothing, in a home of its own. */
export function makeBoard(home: string): Board {
  for (const name of ['pipelines', 'stages', 'blackboard']) fs.mkdirSync(join(home, name), { recursive: true });
  fs.writeFileSync(
    join(home, 'pipelines', 'p.yaml'),
    `pipeline: p\nstages:\n${STAGES.map((stage) => `  - stage: ${stage}\n`).join('')}`,
  );
  for (const stage of STAGES)
    fs.writeFileSync(join(home, 'stages', `${stage}.yaml`), `stage: ${stage}\ncommand: [/bin/true]\n`);
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  return openBoard(home, 'b', { writer: PROCESS });
}

function queued(dataset: string, rank: number): Located {
  const name: EntryName = { rank, posted: POSTED, letters: 'w__', epoch: 0, class: 'acs', dataset, tags: [] };
  return { folder: 'queue', file: formatName(name), name };
}

/** Entries as `post` makes them. */
export function addEntries(board: Board, prefix: string, count: number): Located[] {
  return Array.from({ length: count }, (_, index) => {
    const entry = queued(`${prefix}${String(index).padStart(7, '0')}`, 50);
    const path = board.path(`queue/${entry.file}`);
    fs.writeFileSync(path, formatContent(entry.name, {}));
    fs.linkSync(path, board.path(`ids/${entry.name.dataset}`));
    return entry;
  });
}

/** Names behind all entries of `addEntries`, that nobody will claim: many names of few files. */
export function addBacklog(board: Board, count: number): void {
  let file = '';
  for (let index = 0; index < count; index++) {
    const path = board.path(`queue/${queued(`x${String(index).padStart(7, '0')}`, 60).file}`);
    if (index % NAMES_A_FILE === 0) fs.writeFileSync(path, '{}\n');
    else fs.linkSync(file, path);
    if (index % NAMES_A_FILE === 0) file = path;
  }
}

/** The renames of an entry's way through all stages, two a stage, as claims and finishes do them. */
export function renamesOf(board: Board, entry: Located, day: string): [from: string, to: string][] {
  const { rank, posted, class: cls, dataset } = entry.name;
  const name = (letters: string, epoch: number, claim = ''): string =>
    `${rank}.${posted}.${letters}.${formatEpoch(epoch)}.${cls}.${dataset}${claim}`;
  const path = (relative: string): string => board.path(relative);
  let from = path(`queue/${entry.file}`);
  return STAGES.flatMap((_, column): [string, string][] => {
    const epoch = column + 1;
    const done = 'c'.repeat(column);
    const rest = '_'.repeat(STAGES.length - column - 1);
    const claimed = path(`active/${name(`${done}p${rest}`, epoch, `@${epoch}-${PROCESS}-${epoch}-1`)}`);
    const next =
      rest === '' ? `done/${day}/${name(`${done}c`, epoch)}` : `active/${name(`${done}cw${rest.slice(1)}`, epoch)}`;
    const pair: [string, string][] = [
      [from, claimed],
      [claimed, path(next)],
    ];
    from = path(next);
    return pair;
  });
}
