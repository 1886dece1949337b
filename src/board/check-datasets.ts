/**
 * Datasets that stand more than once, and entries without their link in `ids/`, told to a person; with `fix`, an entry that is alone
 * gets its link. A scan is no snapshot: what looks wrong is looked at again before it is told.
 */
import { FOLDERS, idPath, LIVE_FOLDERS } from '../model/name.ts';
import { count } from '../model/text.ts';
import type { Board } from './board.ts';
import { byDatasetTwice, isHeldCopy, isLive, placeOf, runsTwice } from './copies.ts';
import type { Finding } from './finding.ts';
import { identifyFile, identifyHolder } from './ids.ts';
import { ALL_STATES, findDatasets, folderNames, type Located } from './scan.ts';
import { bareInode, giveLink } from './unlinked.ts';

/** @param entries all of the board, removed ones as well */
export function checkDatasets(board: Board, entries: readonly Located[], fix: boolean): Finding[] {
  return [...checkTwice(board, entries), ...checkLinks(board, entries.filter(isLive), fix)];
}

function checkTwice(board: Board, entries: readonly Located[]): Finding[] {
  const isSuspect = (same: readonly Located[]): boolean => same.filter(isLive).length > 1 || runsTwice(same).length > 0;
  const suspects = [...byDatasetTwice(entries)].flatMap(([dataset, same]) => (isSuspect(same) ? [dataset] : []));
  if (suspects.length === 0) return [];
  const again = findDatasets(board, new Set(suspects), ALL_STATES);
  const standing = again.filter((entry) => identifyFile(board, placeOf(entry)) !== undefined);
  return [...byDatasetTwice(standing)].flatMap(([dataset, same]) => {
    const live = same.filter(isLive);
    const found = live.length > 1 ? [liveTwice(board, dataset, live)] : [];
    for (const run of runsTwice(same).filter((files) => !files.every(isLive))) found.push(runTwice(dataset, run));
    return found;
  });
}

/** Which one runs is said by its inode, not by its name. */
function liveTwice(board: Board, dataset: string, live: readonly Located[]): Finding {
  const holder = identifyHolder(board, dataset);
  const own = live.find((entry) => identifyFile(board, placeOf(entry))?.ino === holder?.ino);
  const which =
    own === undefined
      ? `none of them is behind ${idPath(dataset)}, so that whichever is claimed first runs: leave the right one`
      : `only ${placeOf(own)}, the one behind ${idPath(dataset)}, runs`;
  const others = live.filter((entry) => entry !== own);
  const [other] = others;
  const isAlone = own !== undefined && others.length === 1 && other?.name.posted !== own.name.posted;
  const how = isAlone
    ? `remove the other: 'slate remove ${dataset} --posted ${other?.name.posted}'`
    : `remove the other${live.length > 2 ? 's' : ''}: 'mv -n' out of the board's folder`;
  return {
    severity: 'fault',
    where: live.map(placeOf).join(', '),
    message: `dataset ${dataset} stands ${live.length} times: ${which}; ${how}`,
    fixed: false,
  };
}

function runTwice(dataset: string, files: readonly Located[]): Finding {
  return {
    severity: 'fault',
    where: files.map(placeOf).join(', '),
    message: `one run of dataset ${dataset} stands ${files.length} times: look at both, and take the wrong one away: 'mv -n' out of the board's folder`,
    fixed: false,
  };
}

/**
 * Until its next claim makes the link, such a dataset can be posted a second time. One that was made by `touch` has none before its first
 * claim, which is how that knows it; a link that is another's is `checkTwice`'s.
 */
function checkLinks(board: Board, live: readonly Located[], fix: boolean): Finding[] {
  const linked = new Set(folderNames(board, FOLDERS.ids));
  const twice = byDatasetTwice(live);
  const bare = live.filter((entry) => {
    const { dataset } = entry.name;
    return !linked.has(dataset) && !twice.has(dataset) && !isHeldCopy(entry) && bareInode(board, entry) !== undefined;
  });
  return LIVE_FOLDERS.flatMap((folder): Finding[] => {
    const here = bare.filter((entry) => entry.folder === folder);
    const [first] = here;
    if (first === undefined) return [];
    const fixed = fix && here.map((entry) => giveLink(board, entry)).every(Boolean);
    const what =
      here.length === 1
        ? fixed
          ? 'had no link'
          : 'has no link'
        : `${count(here.length, 'entry', 'entries')} like this without a link`;
    const how = fixed
      ? 'made'
      : "until the next claim makes it, the dataset can be posted twice: 'slate check --fix' makes it";
    return [{ severity: 'note', where: placeOf(first), message: `${what} in ids/: ${how}`, fixed }];
  });
}
