/** `slate sweep`, now and then. */
import { DiskLostError, isBlocking } from '../../../src/board/errors.ts';
import { sweepBoard } from '../../../src/board/sweep.ts';
import type { World } from './world.ts';

export async function sweeper(world: World): Promise<void> {
  const board = world.open('sweeper');
  for (;;) {
    const pause = (ms: number): Promise<boolean> => {
      world.sleep(ms);
      return Promise.resolve(true);
    };
    try {
      await sweepBoard(board, { wait: world.chance(0.5), pause });
    } catch (error) {
      if (!isBlocking(error) && !(error instanceof DiskLostError)) throw error;
    }
    board.journal.flush();
    world.sleep(500 + world.below(1_500));
  }
}
