/** How a board is opened. */
import type { Fs } from './fs.ts';

export interface OpenOptions {
  readonly fs?: Fs;
  /** Who writes the journal: a stage process's id, or a person's user name (the default). */
  readonly writer?: string;
  readonly host?: string;
  readonly onTrouble?: (message: string) => void;
  /** Whether other hosts change the disk, where the door is another than the system's own. Default: as the system says. */
  readonly isNetwork?: boolean;
}
