/** Which tries of dead processes this one takes over: those whose steps run on engines, of the stages that it serves. */
import { adopt } from '../board/adopt.ts';
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import type { Located } from '../board/scan.ts';
import type { StageDefinition } from '../model/definition.ts';

export interface Adopting {
  readonly board: Board;
  readonly id: string;
  /** Those that are served. */
  readonly stages: {
    readonly names: readonly string[];
    of(column: number): Pick<StageDefinition, 'engine' | 'products'>;
  };
  readonly slots: {
    readonly free: number;
    isMine(entry: Located, column: number): boolean;
    /** @returns false if there is no room, or the try has no job that could be found: then it is given back */
    adopt(held: Held): boolean;
  };
}

/** @returns where the entry stands then; undefined: it is not this process's to take, or not now */
export function takeOver({ board, id, slots, stages }: Adopting, entry: Located, column: number): Located | undefined {
  if (!stages.names.includes(board.stages[column] ?? '') || slots.free <= 0) return undefined;
  const { engine, products } = stages.of(column);
  const held = engine === undefined ? undefined : adopt(board, { entry, column, process: id, products });
  if (held === undefined) return undefined;
  slots.adopt(held);
  return held.at;
}
