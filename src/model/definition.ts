/**
 * What a pipeline and a stage are, once their YAML has been read and found free of faults.
 * Types only: `definitions/` makes them, everything else reads them. Durations are milliseconds.
 */

import type { EngineDefinition } from './engine.ts';
import type { TransferRule } from './site.ts';

/** What an exit code (or the end of a step) does to its column. */
export type Outcome = (
  | { readonly kind: 'complete' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'fail' }
  /** Complete, and the named descendants become `s`; `rest`: all of them. */
  | { readonly kind: 'skip'; readonly stages: readonly string[] | 'rest' }
  /** Complete, and the named descendants get these letters: `_` not reached, `s` skipped, `h` held ahead. */
  | { readonly kind: 'set'; readonly letters: Readonly<Record<string, '_' | 's' | 'h'>> }
  /** The entry goes back to a stage before this one, at most so many times in a run; then it fails. */
  | { readonly kind: 'back'; readonly stage: string; readonly most: number }
) & {
  /** Why, in one word. */
  readonly reason?: string | undefined;
};

export interface ExitMap {
  readonly codes: ReadonlyMap<number, Outcome>;
  /** For a code that is not named, and for a signal. */
  readonly default: Outcome;
}

export interface Backoff {
  readonly firstMs: number;
  readonly factor: number;
  readonly mostMs: number;
}

/** What happens when a group is not complete at its deadline: go on with what there is, or wait for a person. */
export type AtDeadline = 'run' | 'hold' | 'fail';

/** A stage that waits for others: for the members that the entry was posted with, or for the entries that it posted itself. */
export interface Gather {
  readonly what: 'members' | 'children';
  /** The stage up to which they must be complete, or `done`; undefined: done, unless the entry's needs say otherwise. */
  readonly until: string | undefined;
  /** After the entry was posted; undefined: it waits for ever. */
  readonly deadlineMs: number | undefined;
  readonly atDeadline: AtDeadline;
}

/** What is started: an argv array of templates, or a shell line if the stage asked for one. */
export type Command =
  | { readonly kind: 'argv'; readonly argv: readonly string[] }
  | { readonly kind: 'shell'; readonly line: string };

/** A step that stays up and is given one entry after the other. */
export interface ServiceDefinition {
  /** How long it is left alone after it has died: longer with every death in a row. */
  readonly restart: Backoff;
  /** Entries, age and resident memory after which an instance is replaced by a fresh one; undefined: no limit. */
  readonly most: number | undefined;
  readonly ageMs: number | undefined;
  readonly memoryBytes: number | undefined;
  /** Within which it says that it is ready; undefined: it is taken for ready once it has been started. */
  readonly startMs: number | undefined;
  /** From the end of its input until it is told to end by a signal. */
  readonly stopMs: number;
  /** It wants to be told of an entry that was taken away, instead of being ended. */
  readonly cancel: boolean;
}

/** A file that a step finds in its working folder: what its template comes to for the entry. */
export interface StageFile {
  /** Relative to the working folder; may have folders in it. */
  readonly name: string;
  /** Template. */
  readonly text: string;
  /** The file of the home that the template was read from, and its sha256 (hex): goes into the journal. */
  readonly from?: string;
  readonly sha256?: string;
  readonly executable: boolean;
}

/** Entries that one execution of a step takes together. */
export interface BatchRule {
  /** 1 to 1000. */
  readonly most: number;
  /** Fewer are taken once the first of them has waited so long; 0: at once. */
  readonly withinMs: number;
  /** Fewer are also taken once none has come for so long; undefined: that does not matter. */
  readonly idleMs: number | undefined;
}

/** One step, from `stages/<name>.yaml`. */
export interface StageDefinition {
  readonly name: string;
  /** Column heading. */
  readonly title: string;
  readonly description: string;
  readonly command: Command;
  readonly exits: ExitMap;
  /** 0 to 9: failed tries that go back to waiting. */
  readonly retries: number;
  readonly backoff: Backoff;
  /** Undefined: no limit. */
  readonly timeoutMs: number | undefined;
  /** Most steps of this stage at once in one stage process; undefined: as many as the process has slots. */
  readonly slots: number | undefined;
  readonly products: boolean;
  /** Undefined: its command is started for each entry. */
  readonly service: ServiceDefinition | undefined;
  /** On a transactional board: what is there so far becomes visible when it completes. */
  readonly checkpoint: boolean;
  /** Templates of the cores and the memory that a step needs (`2`, `8g`); undefined: not counted. */
  readonly cpus: string | undefined;
  readonly memory: string | undefined;
  /** How many places of each of the board's limits a step takes. */
  readonly limits: Readonly<Record<string, number>>;
  /** Not started while less is free where its products and working folder are; undefined: the board's. */
  readonly freeBytes: number | undefined;
  /** Undefined: each execution takes one entry. */
  readonly batch?: BatchRule | undefined;
  /** Templates. */
  readonly env: Readonly<Record<string, string>>;
  /** Made in the working folder before the step starts. */
  readonly files: readonly StageFile[];
  /** Undefined: all classes. */
  readonly classes: readonly string[] | undefined;
  readonly scratch: 'keep-failed' | 'keep' | 'remove';
  /** Undefined: it starts as soon as the stages before it are finished. */
  readonly gather?: Gather | undefined;
  /** Where its steps run; undefined: on the host of the stage process. */
  readonly engine?: EngineDefinition | undefined;
  /** Its step is Slateboard's own: bytes that go to a site or come from it. `command` is `slate transfer` with its arguments. */
  readonly transfer?: TransferRule | undefined;
  /** The file it was read from, and its sha256 (hex): goes into the journal. */
  readonly file: string;
  readonly sha256: string;
}

/** One column of a pipeline. */
export interface PipelineStage {
  readonly stage: string;
  readonly title: string;
  /** Names of the parents. */
  readonly after: readonly string[];
}

export type Durability = 'posts' | 'strict' | 'none';

/** How a file in a landing zone is known to be complete. */
export type Completeness =
  | { readonly kind: 'stable'; readonly forMs: number }
  | { readonly kind: 'checksum'; readonly algorithm: 'sha256' | 'md5' }
  | { readonly kind: 'signal'; readonly suffix: string };

/** A folder where others drop files. The strings are nunjucks templates unless said otherwise. */
export interface LandingZone {
  /** Relative to the home, or absolute. Knows `board` and `pipeline`. */
  readonly folder: string;
  /** Glob patterns on the file's name (not templates); a name that none of them matches goes to quarantine. */
  readonly match: readonly string[];
  /** Knows `name` (the file's name) and `groups` (of `pattern`). */
  readonly dataset: string;
  readonly class: string;
  readonly rank: string;
  readonly params: Readonly<Record<string, string>>;
  /** A regular expression whose named groups the templates see as `groups.<name>`. */
  readonly pattern: string | undefined;
  readonly complete: Completeness;
}

/** When a timer comes: every so long since 1970 (UTC), or by a cron expression in a time zone. */
export type Timing =
  | { readonly kind: 'every'; readonly ms: number }
  | { readonly kind: 'cron'; readonly pattern: string; readonly zone: string };

/** Posts an entry whenever its time comes. The strings are nunjucks templates unless said otherwise. */
export interface Timer {
  /** Not a template. */
  readonly name: string;
  readonly timing: Timing;
  /** Knows `timer`, `time`, `date`, `board` and `pipeline`, as the next three do. */
  readonly dataset: string;
  readonly class: string;
  readonly rank: string;
  readonly params: Readonly<Record<string, string>>;
  /** The only stage that the entry is for (not a template); undefined: all. */
  readonly stage: string | undefined;
  /** Which of the times that came while nobody looked are made up for. */
  readonly missed: 'skip' | 'last' | 'all';
  /** What happens at its time while the entry of the last one is still at work. */
  readonly overlap: 'skip' | 'queue';
  /** Posts up to so much later, by a time of its own for each firing. */
  readonly jitterMs: number;
}

export interface Retention {
  /** Undefined: kept for ever. */
  readonly doneMs: number | undefined;
  readonly removedMs: number | undefined;
  readonly logsMs: number | undefined;
  readonly productsMs: number | undefined;
  readonly scratchMs: number | undefined;
  readonly journalMs: number | undefined;
}

/** From `pipelines/<name>.yaml`. */
export interface PipelineDefinition {
  readonly name: string;
  readonly title: string;
  /** In column order; 1 to 32. */
  readonly stages: readonly PipelineStage[];
  readonly inFlight: number;
  readonly durability: Durability;
  readonly landing: readonly LandingZone[];
  readonly timers: readonly Timer[];
  /** Products become visible all together when their entry is done. */
  readonly transaction: boolean;
  readonly retention: Retention;
  /** How many places each limit has, over all hosts; none unless told. */
  readonly limits?: Readonly<Record<string, number>>;
  /** For stages that say nothing else. */
  readonly freeBytes?: number | undefined;
  /** Where steps run of stages that say nothing else: a name of `engines.yaml`. */
  readonly engine?: string | undefined;
  readonly file: string;
}
