/** The board that the actors are at: four stages, two of them branches, two with products. */
import type { MemoryDisk } from '../../../bench/pool/memory-disk.ts';
import { memoryFs } from '../../../bench/pool/memory-fs.ts';
import { configOf, formatColumns, formatConfig } from '../../../src/board/config.ts';
import type { Durability, StageDefinition } from '../../../src/model/definition.ts';
import { ALL_FOLDERS, BOARD_FILE, COLUMNS_FILE } from '../../../src/model/name.ts';

export const HOME = '/home';
export const ROOT = `${HOME}/blackboard/b`;
export const LEASE_MS = 1_000;
/** Columns whose stages make products. */
export const PRODUCTS: ReadonlySet<number> = new Set([0, 2]);
export const DATASETS = ['x', 'y', 'z'] as const;

const AFTER: Readonly<Record<string, readonly string[]>> = { a: [], b: ['a'], c: ['a'], d: ['b', 'c'] };
export const STAGES = Object.keys(AFTER);

export function definitionsOf(stages: readonly string[]): ReadonlyMap<string, StageDefinition> {
  const one = (name: string): StageDefinition => ({ name, retries: 3 }) as unknown as StageDefinition;
  return new Map(stages.map((name) => [name, one(name)]));
}

/** As `createBoard` leaves it: that one makes its folders on the real disk. */
export function makeBoard(disk: MemoryDisk, durability: Durability): void {
  for (const folder of ALL_FOLDERS) disk.makeFolders(`${ROOT}/${folder}`);
  const never = { doneMs: undefined, removedMs: undefined, logsMs: undefined, productsMs: undefined };
  const config = configOf(
    'b',
    {
      name: 'p',
      title: 'faults',
      stages: STAGES.map((stage) => ({ stage, title: stage, after: AFTER[stage] ?? [] })),
      inFlight: 1_000,
      durability,
      landing: [],
      timers: [],
      transaction: false,
      retention: { ...never, scratchMs: undefined, journalMs: undefined },
      file: 'pipelines/p.yaml',
    },
    LEASE_MS,
  );
  const fs = memoryFs(disk);
  fs.create(`${ROOT}/${COLUMNS_FILE}`, formatColumns(config.stages), false);
  fs.create(`${ROOT}/${BOARD_FILE}`, formatConfig(config), false);
}
