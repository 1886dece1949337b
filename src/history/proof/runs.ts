/**
 * What the journals say of each run of a dataset, and what no two of their lines may say together. Pure; lines may come in
 * any order, since the clocks of hosts differ, and some may be missing: a process that died took its last ones along.
 */
import type { JournalLine } from '../../board/journal.ts';

/** What a line tells of one claim. Process ids are four characters. */
interface Told {
  readonly t: string;
  readonly stage: string;
  readonly process: string;
}

/** How a claim ended, by the line that says so. */
interface Ended extends Told {
  readonly event: 'finish' | 'lost' | 'giveback';
  /** Of a finish: the letter that the column got. */
  readonly outcome: string;
}

/** One run: a dataset and its posted time. */
export interface Run {
  readonly dataset: string;
  readonly posted: string;
  isPosted: boolean;
  /** Day, and the folder that the last line names: where it should stand if nobody has touched it since. */
  last: { t: string; folder: string };
  /** By epoch, all that were told of it. */
  readonly claims: Map<number, Told[]>;
  readonly ends: Map<number, Ended[]>;
  /** Of tries that have passed the fence, by whom they were made official: two that meet may both tell of it. */
  readonly publishes: Map<number, Told[]>;
  /** Who took a running try over, by epoch. */
  readonly adopted: Map<number, Told[]>;
  readonly discards: Set<number>;
  /** By epoch, claims that found the entry to be none that may run, and held it: no step began. */
  readonly heldAtOnce: Map<number, Told[]>;
  highestEpoch: number;
}

/** Something that must never be. */
export interface Violation {
  /** As in docs/internals.md, `I2`. */
  readonly invariant: string;
  /** An entry, a file below the board's folder, or a run: `dataset posted`. */
  readonly where: string;
  readonly message: string;
}

const ENDS: ReadonlySet<string> = new Set(['finish', 'lost', 'giveback']);

export class Runs {
  readonly #runs = new Map<string, Run>();
  readonly violations: Violation[] = [];
  claims = 0;
  finishes = 0;
  posts = 0;

  [Symbol.iterator](): IterableIterator<Run> {
    return this.#runs.values();
  }

  get(dataset: string, posted: string): Run | undefined {
    return this.#runs.get(`${dataset} ${posted}`);
  }

  add(line: JournalLine): void {
    const { dataset, posted, event } = line;
    if (typeof dataset !== 'string' || typeof posted !== 'string') return;
    const run = this.#run(dataset, posted);
    if (typeof line.folder === 'string' && line.t >= run.last.t) run.last = { t: line.t, folder: line.folder };
    if (event === 'post' || event === 'landed' || event === 'rebuild') {
      if (event === 'post') this.posts++;
      run.isPosted = true;
    }
    const { epoch } = line;
    if (typeof epoch !== 'number') return;
    run.highestEpoch = Math.max(run.highestEpoch, epoch);
    if (event === 'claim') {
      this.claims++;
      put(run.claims, epoch, toldBy(line));
    } else if (event === 'publish') put(run.publishes, epoch, toldBy(line));
    else if (event === 'adopt') put(run.adopted, epoch, toldBy(line));
    else if (event === 'discard') run.discards.add(epoch);
    else if (event === 'duplicate') put(run.heldAtOnce, epoch, toldBy(line));
    else if (ENDS.has(event)) {
      if (event === 'finish') this.finishes++;
      put(run.ends, epoch, {
        ...toldBy(line),
        event: event as Ended['event'],
        outcome: typeof line.outcome === 'string' ? line.outcome : '',
      });
    }
  }

  /** What can only be said once all lines are there. */
  close(): void {
    for (const run of this.#runs.values()) {
      for (const [epoch, claims] of run.claims) this.#judgeClaims(run, epoch, claims);
      for (const [epoch, ends] of run.ends) this.#judgeEnds(run, epoch, ends);
    }
  }

  #run(dataset: string, posted: string): Run {
    const key = `${dataset} ${posted}`;
    let run = this.#runs.get(key);
    if (run === undefined) {
      run = {
        dataset,
        posted,
        isPosted: false,
        last: { t: '', folder: '' },
        claims: new Map(),
        ends: new Map(),
        publishes: new Map(),
        adopted: new Map(),
        discards: new Set(),
        heldAtOnce: new Map(),
        highestEpoch: 0,
      };
      this.#runs.set(key, run);
    }
    return run;
  }

  /**
   * An epoch that a person turned back is claimed once more and given back at once; of two files that a person made of one run each
   * is claimed, and one held at once as the other's duplicate: docs/internals.md, Claim.
   */
  #judgeClaims(run: Run, epoch: number, claims: readonly Told[]): void {
    const givenBack = (run.ends.get(epoch) ?? []).filter(({ event }) => event === 'giveback').length;
    const heldAtOnce = run.heldAtOnce.get(epoch)?.length ?? 0;
    if (claims.length - givenBack - heldAtOnce > 1)
      this.#say('I2', run, `epoch ${epoch} was claimed by ${claims.map(who).join(', by ')}`);
  }

  #judgeEnds(run: Run, epoch: number, ends: readonly Ended[]): void {
    const claims = run.claims.get(epoch) ?? [];
    const owners = [...claims, ...(run.adopted.get(epoch) ?? [])];
    const finishes = ends.filter(({ event }) => event === 'finish');
    if (finishes.length > 1) this.#say('I2', run, `epoch ${epoch} was finished ${finishes.map(howEnded).join(', ')}`);
    // Two that meet at one entry may both tell of the rename that one of them made: any number of `lost` is one, and a try
    // that is to run again gets the same name from its own process as from who returns it.
    else if (ends.some(({ event }) => event === 'lost') && finishes.some(({ outcome }) => !/^[1-9]$/.test(outcome)))
      this.#say(
        'I2',
        run,
        `epoch ${epoch} was finished by process ${finishes[0]?.process} and returned as lost as well`,
      );
    for (const end of finishes) {
      const isOwners = owners.some(({ process, stage }) => process === end.process && stage === end.stage);
      if (claims.length > 0 && !isOwners)
        this.#say('I2', run, `epoch ${epoch} was claimed by ${owners.map(who).join(', ')} and finished by ${who(end)}`);
      if (end.outcome === 'c' && run.discards.has(epoch))
        this.#say('I6', run, `epoch ${epoch} was finished, and its result was thrown away as well`);
    }
  }

  #say(invariant: string, { dataset, posted }: Run, message: string): void {
    this.violations.push({ invariant, where: `${dataset} ${posted}`, message });
  }
}

/** A line that stands there twice is one: a file server wrote it, and its writer was told that it had not. */
function put<Value extends Told>(map: Map<number, Value[]>, epoch: number, value: Value): void {
  const before = map.get(epoch);
  if (before === undefined) map.set(epoch, [value]);
  else if (!before.some((other) => isSame(other, value))) before.push(value);
}

function isSame(one: Told & Partial<Ended>, other: Told & Partial<Ended>): boolean {
  return (
    one.t === other.t &&
    one.process === other.process &&
    one.stage === other.stage &&
    one.event === other.event &&
    one.outcome === other.outcome
  );
}

function toldBy({ t, stage, process }: JournalLine): Told {
  return { t, stage: String(stage ?? ''), process: String(process ?? '') };
}

function who({ stage, process }: Pick<Told, 'stage' | 'process'>): string {
  return `process ${process} for stage ${stage}`;
}

function howEnded({ outcome, process }: Ended): string {
  return `as '${outcome}' by process ${process}`;
}
