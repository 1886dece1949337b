/**
 * What is left on a board of what is over: hidden files of programs that died, files of dead processes, logs, products and
 * working folders of runs that nobody knows. Told to a person; with `fix`, what was ours and has been nobody's for a day goes.
 */
import {
  ALL_FOLDERS,
  dayFolder,
  FOLDERS,
  isDay,
  isOwnHidden,
  parseScratchName,
  parseServiceFile,
  parseStatus,
} from '../model/name.ts';
import { count } from '../model/text.ts';
import type { Board } from './board.ts';
import { faultKind, isGone } from './errors.ts';
import type { Finding } from './finding.ts';
import { askKernel, ownMark } from './host.ts';
import { ALL_STATES, folderNames, isHidden, scanBoard } from './scan.ts';
import { giveOrder, readStatuses } from './status.ts';

/** What is younger may be in somebody's hands. */
const OVER_MS = 86_400_000;
/** What an NFS client makes of a file that is removed while somebody has it open. */
const NFS_OPEN = /^\.nfs[0-9a-f]{8,}$/;

export function checkLeftovers(board: Board, fix: boolean): Finding[] {
  return [...checkHidden(board, fix), ...checkProcesses(board, fix), ...checkUnknown(board)];
}

function note(where: string, message: string, fixed = false): Finding {
  return { severity: 'note', where, message, fixed };
}

/** Names that begin with a dot, which nothing else looks at. */
function checkHidden(board: Board, fix: boolean): Finding[] {
  const dated = (['done', 'removed', 'journal'] as const).flatMap((folder) =>
    namesIn(board, folder)
      .filter(isDay)
      .map((day) => dayFolder(folder, day)),
  );
  return [...ALL_FOLDERS, ...dated].flatMap((folder) => {
    const hidden = namesIn(board, folder).filter(isHidden);
    const ours = hidden.filter((file) => isOwnHidden(folder, file));
    const left = ours.flatMap((file) => checkOurs(board, `${folder}/${file}`, fix) ?? []);
    const open = hidden.filter((file) => NFS_OPEN.test(file));
    const foreign = hidden.filter((file) => !isOwnHidden(folder, file) && !NFS_OPEN.test(file));
    if (open.length > 0)
      left.push(
        note(
          folder,
          `${count(open.length, 'file')} .nfs…: removed while a process has ${open.length === 1 ? 'it' : 'them'} open; it goes when that one ends, and is left alone`,
        ),
      );
    if (foreign.length > 0)
      left.push(
        note(folder, `${count(foreign.length, 'hidden file')} that slate does not know (${foreign[0]}): left alone`),
      );
    return left;
  });
}

/** A file of ours: `tmp/`'s have a second name as long as they matter. */
function checkOurs(board: Board, relative: string, fix: boolean): Finding | undefined {
  const path = board.path(relative);
  try {
    const isFolder = board.fs.isFolder(path);
    const { links, mtimeMs } = board.fs.identify(path);
    if ((!isFolder && links > 1) || board.now() - mtimeMs < OVER_MS) return undefined;
    if (fix && isFolder) board.fs.rmdir(path);
    else if (fix) board.fs.unlink(path);
    return note(relative, "is left of a process that died; 'slate check --fix' removes it", fix);
  } catch (error) {
    // Gone meanwhile, or another account's.
    if (!isGone(error) && faultKind(error) !== 'denied') throw error;
    return undefined;
  }
}

/** Status files of processes of this host that have ended, and files in `processes/` that are none. */
function checkProcesses(board: Board, fix: boolean): Finding[] {
  const own = ownMark();
  const dead = readStatuses(board).flatMap(({ file, name, content }): Finding[] => {
    if (name.order === 'lost' || content === undefined || askKernel(content, own) !== 'dead') return [];
    const message = `process ${name.id} (pid ${name.pid}) has ended without a word: its claims go back once it is marked lost, which stage processes and 'slate sweep' do; those whose steps are jobs of an engine go on, and are taken over by who serves the stage`;
    const fixed = fix && giveOrder(board, name.id, 'lost', 'slate check: its process has ended') === 'ordered';
    return [note(`${FOLDERS.processes}/${file}`, message, fixed)];
  });
  const foreign = namesIn(board, FOLDERS.processes).filter(
    (file) => !isHidden(file) && parseStatus(file) === undefined,
  );
  const strange = foreign.map((file) =>
    note(
      `${FOLDERS.processes}/${file}`,
      'is no status file of a stage process: look at it, and move it away; left alone',
    ),
  );
  return [...dead, ...strange];
}

/** Logs, products and working folders of datasets that no entry bears. */
function checkUnknown(board: Board): Finding[] {
  // In this order: what has left something had its entry before.
  const left = {
    logs: namesIn(board, FOLDERS.logs),
    products: namesIn(board, FOLDERS.products),
    scratch: namesIn(board, FOLDERS.scratch),
  };
  const known = new Set(scanBoard(board, ALL_STATES).entries.map(({ name }) => name.dataset));
  for (const dataset of namesIn(board, FOLDERS.ids)) known.add(dataset);
  const { retention } = board.config;
  const tell = (folder: 'logs' | 'products' | 'scratch', names: readonly string[], what: string): Finding[] => {
    const [first] = names;
    if (first === undefined) return [];
    const how =
      retention[`${folder}Ms`] === undefined
        ? "retention keeps them for ever: remove them if nobody wants to know; left alone, for they are that run's last trace"
        : 'they go by retention';
    return [note(folder, `${count(names.length, what)} of datasets that no entry bears (first ${first}): ${how}`)];
  };
  const isUnknown = (dataset: string): boolean => !isHidden(dataset) && !known.has(dataset);
  const serving = new Set(readStatuses(board).flatMap(({ name }) => (name.order === 'lost' ? [] : [name.id])));
  const working = left.scratch.filter((file) => {
    const service = parseServiceFile(file);
    if (service !== undefined) return !serving.has(service.process);
    const own = parseScratchName(file);
    return own !== undefined && isUnknown(own.dataset);
  });
  const strange = left.scratch.filter(
    (file) => !isHidden(file) && parseServiceFile(file) === undefined && parseScratchName(file) === undefined,
  );
  return [
    ...tell('logs', left.logs.filter(isUnknown), 'folder'),
    ...tell('products', left.products.filter(isUnknown), 'folder'),
    ...tell('scratch', working, 'working folder'),
    ...strange.slice(0, 1).map((file) => {
      return note(FOLDERS.scratch, `${count(strange.length, 'name')} that slate does not know (${file}): left alone`);
    }),
  ];
}

/** Empty where it is missing: `checkFolders` tells of that. */
function namesIn(board: Board, folder: string): string[] {
  try {
    return folderNames(board, folder);
  } catch (error) {
    if (!isGone(error) && faultKind(error) !== 'denied') throw error;
    return [];
  }
}
