/** People: commands of every kind, `mv` by hand, orders to stage processes. What is refused they leave. */
import type { Board } from '../../../src/board/board.ts';
import { BoardError, isSystemError } from '../../../src/board/errors.ts';
import { operate, type Verb } from '../../../src/board/operate.ts';
import { ALL_STATES, type Located, scanBoard } from '../../../src/board/scan.ts';
import { giveOrder, listStatusNames } from '../../../src/board/status.ts';
import { MAY_BECOME, rowOf } from '../../../src/model/cells.ts';
import type { Letter } from '../../../src/model/letters.ts';
import { formatName, LIVE_FOLDERS, type Order } from '../../../src/model/name.ts';
import { replaceLetter } from '../../../src/model/transition.ts';
import type { World } from './world.ts';

const ORDERS: readonly Order[] = ['run', 'run', 'pause', 'drain', 'halt', 'suspend', 'reload'];

export function operator(world: World): void {
  const board = world.open('person');
  const acts = [verb, verb, verb, moveByHand, moveByHand, putBack, order];
  for (;;) {
    try {
      world.pick(acts)?.(world, board);
    } catch (error) {
      if (!isSystemError(error) && !(error instanceof BoardError)) throw error;
    }
    board.journal.flush();
    world.sleep(50 + world.below(400));
  }
}

function verb(world: World, board: Board): void {
  const entry = world.pick(scanBoard(board).entries);
  if (entry === undefined) return;
  const stage = world.chance(0.3) ? undefined : world.pick(board.stages);
  const verbs: readonly Verb[] = [
    { verb: 'hold', stage },
    { verb: 'release', stage },
    { verb: 'release' },
    { verb: 'repipe', stage },
    { verb: 'repipe', stage },
    { verb: 'skip', stage },
    { verb: 'rank', rank: world.below(100) },
    { verb: 'set', params: { said: world.below(10) } },
    { verb: 'remove' },
  ];
  operate(board, entry, world.pick(verbs) ?? { verb: 'remove' });
}

/** Letters as the table allows, a rank, or just another folder. An `e` goes forward only, and with its mark: that is not for `mv`. */
function moveByHand(world: World, board: Board): void {
  const entry = world.pick(scanBoard(board, LIVE_FOLDERS).entries);
  if (entry === undefined) return;
  const { name } = entry;
  const column = world.below(board.stages.length);
  const letter = name.letters[column] as Letter;
  const next = letter === 'e' ? undefined : (world.pick([...MAY_BECOME[rowOf(letter)]]) as Letter | undefined);
  const changed =
    next === undefined || world.chance(0.3)
      ? { ...name, rank: world.below(100) }
      : { ...name, letters: replaceLetter(name.letters, column, next) };
  const folder = world.chance(0.25) ? (world.pick(LIVE_FOLDERS) ?? 'held') : entry.folder;
  move(world, board, entry, `${folder}/${formatName(changed)}`);
}

/** What was removed, or is done, comes back by `mv`, to wait for its first stage. */
function putBack(world: World, board: Board): void {
  const over = scanBoard(board, ALL_STATES).entries.filter(({ folder }) => folder.includes('/'));
  const entry = world.pick(over);
  if (entry === undefined) return;
  const letters = replaceLetter(entry.name.letters, 0, 'w');
  move(world, board, entry, `active/${formatName({ ...entry.name, letters })}`);
}

function move(world: World, board: Board, from: Located, to: string): void {
  world.moveNew(board.path(`${from.folder}/${from.file}`), board.path(to));
}

function order(world: World, board: Board): void {
  const status = world.pick(listStatusNames(board));
  if (status !== undefined) giveOrder(board, status.name.id, world.pick(ORDERS) ?? 'run');
}
