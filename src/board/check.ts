/**
 * What is wrong with a board, told to a person; and with `fix`, what can be mended without guessing. Slow and thorough:
 * it opens every file of `ids/`.
 */

import { type EntryName, FOLDERS, formatName, LOG_OK, parseName, parsePosted, sentColumn } from '../model/name.ts';
import { arrive, initialLetters, replaceLetter, settle } from '../model/transition.ts';
import type { Board } from './board.ts';
import { checkDatasets } from './check-datasets.ts';
import { checkOwners } from './check-owners.ts';
import { type Content, identityChange, parseContent } from './content.ts';
import { isLive, placeOf } from './copies.ts';
import { faultKind, faultText, isExists, isGone, isNoFile } from './errors.ts';
import type { Finding } from './finding.ts';
import { checkGroups } from './gather/faults.ts';
import { nothingSwept, sweepEntry, sweepPosts, sweepRubbish } from './housekeep.ts';
import { identifyHolder, OverIndex, releaseId } from './ids.ts';
import { isComplete, rollForward } from './post.ts';
import { ALL_STATES, folderNames, isHidden, isLocated, type Located, readName, scanBoard, stateOf } from './scan.ts';
import { BOARD_ROOT, isUnfinished, misfiled } from './strays.ts';
import { highestEpoch, type LogEntry, listLogs } from './tries.ts';

export interface CheckOptions {
  readonly fix?: boolean | undefined;
  /** This account may not change the board: what it can't read may be read by those who may. */
  readonly onlyLooks?: boolean | undefined;
}

/** @throws BoardError or system errors if the board can't be read */
export function checkBoard(board: Board, options: CheckOptions = {}): Finding[] {
  const fix = options.fix === true;
  const scan = scanBoard(board, ALL_STATES);
  const live = scan.entries.filter(isLive);
  return [
    ...scan.foreign.map(
      (file): Finding => ({
        severity: 'fault',
        where: `${file.folder}/${file.file}`,
        message: `is no entry of this board: ${file.why} (at character ${file.at + 1}); it is left alone: rename it, or move it away`,
        fixed: false,
      }),
    ),
    ...checkPlaces(board, [...live, ...misfiled(board), ...unfinished(scan.entries)], fix),
    ...checkDatasets(board, scan.entries, fix),
    ...checkContents(board, live, options.onlyLooks === true),
    ...checkIds(board, fix),
    ...checkTmp(board, fix),
    ...checkGroups(board, scan.entries, fix),
    ...checkOwners(board, live),
  ];
}

/** Entries in `done/` that are not done. */
function unfinished(entries: readonly Located[]): Located[] {
  return entries.filter(({ folder, file }) => stateOf(folder) === 'done' && isUnfinished(file));
}

/** Names that housekeeping would put right: misplaced, unsettled, with tags that do not fit. */
function checkPlaces(board: Board, live: readonly Located[], fix: boolean): Finding[] {
  const findings: Finding[] = [];
  const context = { ownId: '', isDead: () => false, isMine: () => false };
  for (const entry of live) {
    const arrived = arrive(entry.name, board.rules);
    if (
      !arrived.ok ||
      (arrived.folder === stateOf(entry.folder) && entry.folder !== 'done' && formatName(arrived.name) === entry.file)
    )
      continue;
    const fixed = fix && sweepEntry(board, entry, context, nothingSwept()).file !== entry.file;
    const isGone = fixed || (fix && !folderNames(board, entry.folder).includes(entry.file));
    const to = `${arrived.folder}/ as ${formatName(arrived.name)}`;
    findings.push({
      severity: 'note',
      where: entry.folder === BOARD_ROOT ? entry.file : placeOf(entry),
      message: isGone
        ? `moved into ${to}`
        : `belongs into ${to}; a stage process or 'slate sweep' moves it, unless a file of that name stands there`,
      fixed: isGone,
    });
  }
  return findings;
}

function checkContents(board: Board, live: readonly Located[], onlyLooks: boolean): Finding[] {
  const findings: Finding[] = [];
  for (const { folder, file, name } of live) {
    try {
      const parsed = parseContent(board.fs.read(board.path(`${folder}/${file}`)).content);
      const why = typeof parsed === 'string' ? parsed : identityChange(name, parsed.repeated);
      if (why !== undefined)
        findings.push({
          severity: 'fault',
          where: `${folder}/${file}`,
          message: `${why}; it will not run: mend it by hand`,
          fixed: false,
        });
    } catch (error) {
      if (faultKind(error) === 'denied')
        findings.push({
          severity: onlyLooks ? 'note' : 'fault',
          where: `${folder}/${file}`,
          message: `can't be read by this account: whether it could run is not known; have it checked by ${onlyLooks ? "an account of the board's group, or its owner" : 'its owner, or root'}`,
          fixed: false,
        });
      else if (isNoFile(error)) findings.push(noFile(`${folder}/${file}`, error));
      // Moved while we looked.
      else if (!isGone(error)) throw error;
    }
  }
  return findings;
}

function noFile(where: string, error: unknown): Finding {
  const message = `${faultText(error)}; it will not run: put a file in its place, or remove it`;
  return { severity: 'fault', where, message, fixed: false };
}

/** Lost entries and links left behind. Judged on the opened file: one link = lost. */
function checkIds(board: Board, fix: boolean): Finding[] {
  const findings: Finding[] = [];
  const over = new OverIndex(board);
  for (const dataset of folderNames(board, FOLDERS.ids)) {
    if (isHidden(dataset)) continue;
    const holder = identifyHolder(board, dataset);
    if (holder === undefined) continue;
    const where = `${FOLDERS.ids}/${dataset}`;
    const overPath = holder.links < 2 ? undefined : over.find(dataset, holder.ino);
    if (holder.links < 2) {
      const rebuilt = fix ? rebuild(board, dataset) : undefined;
      const how = rebuilt === undefined ? "'slate check --fix' rebuilds it from here" : `rebuilt as ${rebuilt}`;
      findings.push({
        severity: 'fault',
        where,
        message: `the entry of dataset ${dataset} is lost: its file was deleted or overwritten; ${how}`,
        fixed: rebuilt !== undefined,
      });
    } else if (overPath !== undefined) {
      if (fix) releaseId(board, dataset, holder.ino, overPath);
      findings.push({
        severity: 'note',
        where,
        message: 'is the link of an entry that is finished or removed; housekeeping takes it away',
        fixed: fix,
      });
    }
  }
  return findings;
}

/** Undefined: it says nothing that could be used. */
function contentOf(board: Board, path: string): Content | undefined {
  try {
    const parsed = parseContent(board.fs.read(board.path(path)).content);
    return typeof parsed === 'string' ? undefined : parsed;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/**
 * Puts a lost entry back, from the parameters behind `ids/` and what its tries have left: stages whose last try ended
 * well are complete, the others run again.
 * @returns where it stands now; undefined if the content does not tell what it was
 */
function rebuild(board: Board, dataset: string): string | undefined {
  const path = `${FOLDERS.ids}/${dataset}`;
  const parsed = contentOf(board, path);
  if (parsed?.repeated === undefined || parsePosted(parsed.repeated.posted) === undefined) return undefined;
  const { posted, class: cls, rank } = parsed.repeated;
  let letters = '_'.repeat(board.stages.length);
  const logs = listLogs(board, dataset).filter((log) => log.posted === posted);
  const standing = logs.filter((log) => !wasReset(board, log, logs));
  for (const [column, stage] of board.stages.entries()) {
    if (standing.findLast((log) => log.stage === stage)?.outcome === LOG_OK)
      letters = replaceLetter(letters, column, 'c');
  }
  letters = logs.length === 0 ? initialLetters(cls, board.rules) : settle(letters, cls, board.rules);
  const name: EntryName = {
    rank,
    posted,
    letters,
    epoch: highestEpoch(board, dataset, posted),
    class: cls,
    dataset,
    tags: [],
  };
  // Content written by hand may say anything.
  if (!parseName(formatName(name)).ok) return undefined;
  const tmp = board.path(`${FOLDERS.tmp}/${formatName(name)}`);
  try {
    board.fs.link(board.path(path), tmp);
  } catch (error) {
    if (!isExists(error)) throw error;
  }
  // Another post has taken the lost dataset over meanwhile: its file needs no second name.
  if (board.fs.identify(tmp).links > 2) {
    board.fs.unlink(tmp);
    return undefined;
  }
  const at = rollForward(board, name);
  board.journal.write('rebuild', { dataset, posted, class: cls, rank, to: letters, folder: at.folder });
  return `${at.folder}/${at.file}`;
}

/**
 * True if a later try has sent the entry back past this one: to its stage, or to one before it. What was claimed after
 * that was claimed when the stage that it was sent back to had run again.
 */
function wasReset(board: Board, { stage, epoch }: LogEntry, logs: readonly LogEntry[]): boolean {
  const column = board.column(stage);
  return logs.some((sent) => {
    const to = sentColumn(sent.outcome);
    if (to === undefined || (to !== column && board.graph.descendants[to]?.includes(column) !== true)) return false;
    const again = logs.find((log) => log.epoch > sent.epoch && log.stage === board.stages[to]);
    return epoch < (again?.epoch ?? Number.POSITIVE_INFINITY);
  });
}

function checkTmp(board: Board, fix: boolean): Finding[] {
  const seen = new Set(folderNames(board, FOLDERS.tmp).filter((file) => !isHidden(file)));
  if (seen.size === 0) return [];
  const swept = nothingSwept();
  const complete = new Set(fix ? [...seen].filter((file) => isCompletePost(board, file)) : []);
  if (fix) {
    sweepPosts(board, seen, swept);
    sweepRubbish(board);
  }
  const left = new Set(folderNames(board, FOLDERS.tmp));
  return [...seen].map((file) => {
    const fixed = fix && !left.has(file);
    const what = isLocated(readName(board, FOLDERS.tmp, file))
      ? 'is a post in the making; a complete one is carried on, another is removed after a day'
      : 'is no post: look at it, and remove it';
    const done = complete.has(file)
      ? 'was a complete post: carried on'
      : 'was a post that had not taken its dataset: removed';
    return { severity: 'note', where: `${FOLDERS.tmp}/${file}`, message: fixed ? done : what, fixed };
  });
}

function isCompletePost(board: Board, file: string): boolean {
  const read = readName(board, FOLDERS.tmp, file);
  return isLocated(read) && isComplete(board, file, read.name.dataset);
}
