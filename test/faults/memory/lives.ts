/** What the actors do with their lives. */
import type { Role } from './messages.ts';
import { operator } from './operator.ts';
import { poster } from './poster.ts';
import { sweeper } from './sweeper.ts';
import { worker } from './worker.ts';
import type { World } from './world.ts';

export const LIVES: Readonly<Record<Role, (world: World) => Promise<void> | void>> = {
  worker,
  poster,
  sweeper,
  operator,
};
