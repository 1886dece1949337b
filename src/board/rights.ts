/**
 * May this process do what it is about to do? Asked of the system, folder by folder, before anything is changed: a refusal
 * half-way would leave claims and half-made posts for others to mend.
 */
import { constants } from 'node:os';
import { formatDay, RESERVATIONS_FOLDER } from '../model/name.ts';
import { ownerText, type Refused, refusalText, WORLD_WRITE } from '../model/rights.ts';
import { BOARD_SELF, DATED_FOLDERS, WORK_FOLDERS, type Work } from '../model/rights-wanted.ts';
import type { Board } from './board.ts';
import { RightsError } from './errors.ts';
import { firstSeen, type RightsDoor, systemDoor } from './rights-door.ts';

/**
 * Makes sure that this process may do such work on the board: one question to the system for each folder that it writes to.
 * @param more further folders that it writes to, relative to the board's
 * @throws RightsError: what it may not write, whose that is, and what to do
 */
export function requireRights(board: Board, work: Work, more: readonly string[] = [], door = systemDoor()): void {
  const folders = [...WORK_FOLDERS[work], ...more];
  refuse(board, door, folders);
  // By this host's clock: at worst another day is looked at. The board's own would want a file written there.
  const today = formatDay(Date.now());
  const dated = DATED_FOLDERS.filter((folder) => folders.includes(folder));
  refuse(
    board,
    door,
    dated.map((folder) => `${folder}/${today}`),
  );
}

function refuse(board: Board, door: RightsDoor, folders: readonly string[]): void {
  const refused = folders.flatMap((folder) => refusedIn(board, folder, door) ?? []);
  const [first] = refused;
  if (first === undefined) return;
  const others = new Set(refused.map(({ path }) => path)).size - 1;
  const rest = others === 0 ? '' : ` (and ${others} more of its folders)`;
  const { EACCES, EROFS } = constants.errno;
  throw new RightsError(
    `board ${board.name} can't be changed by ${door.names.user(door.account.uid)}, and nothing was done: ${refusalText(first, door.account, door.names)}${rest}`,
    { cause: Object.assign(new Error(first.path), { errno: -(first.isReadOnlyDisk ? EROFS : EACCES) }) },
  );
}

/** Before something is made in a folder that is no board's. @throws RightsError */
export function requireFolder(path: string, what: string, door = systemDoor()): void {
  const first = refusedAt(path, door, door.access(path, 'write'));
  if (first !== undefined)
    throw new RightsError(`${what}, and nothing was done: ${refusalText(first, door.account, door.names)}`);
}

/** A folder that is not there is made in the one above it. */
function refusedIn(board: Board, folder: string, door: RightsDoor): Refused | undefined {
  const path = folder === BOARD_SELF ? board.root : board.path(folder);
  const said = door.access(path, 'write');
  if (said !== 'gone') return refusedAt(path, door, said);
  const isBeside = folder === RESERVATIONS_FOLDER;
  // What is missing below one of the folders is made in that one, which has been asked.
  if (folder === BOARD_SELF || (folder.includes('/') && !isBeside)) return undefined;
  const above = isBeside ? `${board.home}/blackboard` : board.root;
  return refusedAt(above, door, door.access(above, 'write'));
}

function refusedAt(path: string, door: RightsDoor, said: ReturnType<RightsDoor['access']>): Refused | undefined {
  if (said !== 'denied' && said !== 'read-only') return undefined;
  const seen = firstSeen(path, door);
  return seen === undefined ? undefined : { ...seen, wanted: 'write', isReadOnlyDisk: said === 'read-only' };
}

/** What to say of a board that every account of the host may change. Undefined: it is not. */
export function worldWritable(board: Board, door = systemDoor()): string | undefined {
  const rights = door.look(board.root);
  if (rights === undefined || (rights.mode & WORLD_WRITE) === 0) return undefined;
  return `board ${board.name}: ${board.root} ${ownerText(rights, door.names)}: every account of this host may change it, and so choose what its steps work on; 'chmod o-w ${board.root}', and 'slate check ${board.name} --fix' for what lies in it`;
}
