/** What one life of a stage process works with, put together under its id. Nothing here changes the disk. */
import type { Board } from '../board/board.ts';
import { bothGates, Dispatcher } from './engine/dispatcher.ts';
import { Keeper } from './keeper.ts';
import type { Launcher } from './launcher.ts';
import type { Log } from './log-lines.ts';
import type { ProcessOptions } from './options.ts';
import { Picker } from './picker.ts';
import { Resources } from './resources.ts';
import { Services } from './service/services.ts';
import { Slots } from './slots.ts';
import type { ServedStages } from './stages.ts';

export interface Common {
  readonly board: Board;
  readonly id: string;
  /** Slots. */
  readonly size: number;
  readonly log: Log;
  readonly stages: ServedStages;
  readonly wake: () => void;
}

export interface Parts {
  readonly picker: Picker;
  readonly services: Services;
  readonly slots: Slots;
  readonly keeper: Keeper;
}

export function makeParts(
  common: Common,
  launcher: Launcher,
  { functions = new Map(), budget = {} }: Pick<ProcessOptions, 'functions' | 'budget'>,
): Parts {
  const { board, id, log, stages } = common;
  const picker = new Picker(board, stages.columns, undefined, (column) => stages.of(column).batch);
  const services = new Services({ ...common, inProcess: new Set(functions.keys()) });
  const dispatcher = new Dispatcher({ board, id, log, engines: () => stages.engines });
  stages.guard(bothGates(services, dispatcher, stages));
  const resources = new Resources({ ...common, budget });
  const slots = new Slots({ ...common, picker, resources, launcher, functions, services, dispatcher });
  const keeper = new Keeper({ board, id, stages, slots, log });
  return { picker, services, slots, keeper };
}
