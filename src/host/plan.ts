/** What is to be done on a host, from what is wanted and what runs. Pure: the same facts, the same plan, whoever makes it. */
import type { Wishes } from '../board/wishes.ts';
import type { StatusOrder, Wish } from '../model/name.ts';

/** A stage process of this host that serves a wish and is not known to be dead. */
export interface KeptProcess {
  readonly id: string;
  readonly key: string;
  readonly pid: number;
  readonly order: StatusOrder;
  /** RFC 3339 UTC, of this host's clock. */
  readonly started: string;
}

export interface Facts {
  readonly wanted: Wishes;
  /** Stages that the board has. */
  readonly stages: readonly string[];
  readonly running: readonly KeptProcess[];
  /** Keys of wishes whose process was started, lives, and is not yet on the board. */
  readonly starting: ReadonlySet<string>;
  /** Keys of wishes whose process has died, and is not to be started yet. */
  readonly waiting: ReadonlySet<string>;
}

export interface Plan {
  readonly start: ReadonlyArray<readonly [key: string, wish: Wish]>;
  /** Ids of processes of a wish that another one serves: they are drained. */
  readonly surplus: readonly string[];
  /** What is wrong with wishes, by what it is wrong with. */
  readonly faults: ReadonlyMap<string, string>;
  /** Wishes that can't be had, by key, with why. */
  readonly refused: ReadonlyMap<string, string>;
}

export function planOf({ wanted, stages, running, starting, waiting }: Facts): Plan {
  const faults = new Map<string, string>();
  const refused = new Map<string, string>();
  for (const [file, why] of wanted.foreign) faults.set(file, `${JSON.stringify(file)} is no wish: ${why}`);
  for (const [key, files] of wanted.torn)
    faults.set(key, `${files.join(' and ')} contradict each other: what runs is left as it is; remove one`);
  const start: [string, Wish][] = [];
  for (const [key, wish] of wanted.wishes) {
    const unknown = wish.stages.filter((stage) => !stages.includes(stage));
    if (unknown.length > 0) {
      const why = `the board has no stage '${unknown.join("', '")}'`;
      refused.set(key, why);
      faults.set(key, `${key}=${wish.slots}: ${why}`);
    } else if (!wanted.isDown && wish.slots > 0 && !starting.has(key) && !waiting.has(key)) {
      if (!running.some((process) => process.key === key)) start.push([key, wish]);
    }
  }
  return { start, surplus: surplusOf(running), faults, refused };
}

/** Of several that serve one wish the oldest stays. Those that are leaving by themselves are let go. */
function surplusOf(running: readonly KeptProcess[]): string[] {
  const staying = running.filter(({ order }) => order !== 'drain' && order !== 'halt');
  const isOlder = (a: KeptProcess, b: KeptProcess): boolean =>
    a.started === b.started ? a.id < b.id : a.started < b.started;
  return staying
    .filter((process) => staying.some((other) => other.key === process.key && isOlder(other, process)))
    .map(({ id }) => id);
}
