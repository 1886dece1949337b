/** What the slots of a stage process work with. */
import type { Log } from './log-lines.ts';
import type { Picker } from './picker.ts';
import type { Resources } from './resources.ts';
import type { StartParts } from './starting.ts';

export interface SlotsOptions extends StartParts {
  readonly id: string;
  readonly size: number;
  readonly picker: Picker;
  readonly resources: Resources;
  readonly log: Log;
  /** Something has ended: the loop should run. */
  readonly wake: () => void;
}
