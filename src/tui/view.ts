/**
 * What a view and a layer are: state, keys as data, pure functions from one state to the next, and painting. What they
 * want done outside they say as effects; the app does it and answers with messages. Pure.
 */
import type { Planned } from '../board/effect.ts';
import type { Verb } from '../board/operate.ts';
import type { Order } from '../model/name.ts';
import type { Binding, KeyPress, KeyTable, MouseEvent } from './binding.ts';
import type { Data, SortKey } from './data.ts';
import type { Look } from './look.ts';
import type { Area, Canvas } from './surface.ts';

export const VIEWS = ['board', 'stages', 'processes', 'charts', 'events', 'hosts', 'jobs'] as const;
export type ViewName = (typeof VIEWS)[number];

export interface FilterState {
  /** The line as typed, the last one that could be understood. */
  readonly text: string;
  /** Why the line that is being typed can't be understood; the last good one stays in force. */
  readonly fault: string | undefined;
}

/** What all views share. */
export interface Common {
  readonly cols: number;
  readonly rows: number;
  readonly filter: FilterState;
  /** Of the hosts view: words that are parts of what it tells of a host. */
  readonly hostFilter: string;
  /** Of the jobs view: words that are parts of what it tells of a job. */
  readonly jobFilter: string;
  readonly sort: { readonly key: SortKey; readonly reverse: boolean };
  readonly isReadOnly: boolean;
  /** The display stands still; the board goes on. */
  readonly isPaused: boolean;
  readonly hasMouse: boolean;
  /** Times of day in the user's zone or UTC. */
  readonly zone: 'local' | 'utc';
}

export interface Context {
  readonly data: Data;
  readonly look: Look;
  readonly common: Common;
  /** Where the view lies on the screen; a layer may paint all over it. */
  readonly body: Area;
}

/** Entries that an action is asked for: their keys (`runKey`) are fixed when the dialog opens. */
export interface Ask {
  readonly verb: Verb['verb'];
  readonly keys: readonly string[];
  /** How they were chosen: the equivalent command says it the shortest way. */
  readonly scope: 'cursor' | 'marks' | 'filter';
  /** The filter in force, if `scope` is `filter`. */
  readonly filter: string;
  /** The stage that is offered first; undefined: none named. */
  readonly stage?: string | undefined;
}

/** `drain` lets steps end, `stop` stops them; nothing is to run there until `start`. */
export type HostAct = 'start' | 'drain' | 'stop';

/** A host whose wish for a stage is to be changed, as it was shown. */
export interface ScaleTarget {
  readonly host: string;
  /** Slots that were wanted. */
  readonly was: number | 'none' | 'unclear';
  /** Slots that ran. */
  readonly run: number;
  readonly isDown: boolean;
  readonly hasAgent: boolean;
}

export type LayerSpec =
  /** Without tables: only the keys that mean the same everywhere. */
  | { readonly name: 'help'; readonly tables?: readonly KeyTable[] }
  /** All actions that apply to the row of the cursor. */
  | { readonly name: 'menu'; readonly title: string; readonly bindings: readonly Binding[] }
  | {
      readonly name: 'prompt';
      readonly purpose: 'filter' | 'command' | 'hosts' | 'jobs';
      readonly text: string;
      /** Earlier lines of this kind, the latest last: kept by the app, as the prompt closes. */
      readonly history?: readonly string[];
    }
  | { readonly name: 'verb'; readonly ask: Ask }
  | { readonly name: 'order'; readonly ids: readonly string[]; readonly order: Order | undefined }
  /** How many slots of a stage are wanted: so many more or fewer than now; undefined: the number is typed, or told by `to`. */
  | {
      readonly name: 'scale';
      /** The stage's key, several stages in order. */
      readonly key: string;
      readonly targets: readonly ScaleTarget[];
      readonly by: number | undefined;
      readonly to?: number;
    }
  /** @property isAll they are all hosts of the board */
  | { readonly name: 'host'; readonly act: HostAct; readonly hosts: readonly string[]; readonly isAll: boolean }
  /** Text to be read: what a command printed, the entries that were refused. */
  | { readonly name: 'output'; readonly title: string; readonly lines: readonly string[] }
  /** Of the latest try: of one run if it is told, else of all. */
  | { readonly name: 'log'; readonly dataset: string; readonly posted?: string | undefined };

export type Effect =
  | { readonly kind: 'quit' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'repaint' }
  | { readonly kind: 'view'; readonly view: ViewName }
  /** Compiles the line and puts it in force; a faulty one leaves the last good one. `undefined` text: as it is. */
  | { readonly kind: 'filter'; readonly text: string }
  | { readonly kind: 'set'; readonly common: Partial<Common> }
  /** Looks at the board more often (a factor below 1) or less often. */
  | { readonly kind: 'pace'; readonly factor: number }
  | { readonly kind: 'toast'; readonly text: string; readonly isError?: boolean }
  | { readonly kind: 'open'; readonly layer: LayerSpec }
  /** The action of a view, as if its key had been pressed: a menu's choice. */
  | { readonly kind: 'act'; readonly action: string }
  /** What would become of them: answered by `planned`. */
  | { readonly kind: 'plan'; readonly verb: Verb; readonly keys: readonly string[] }
  /** Done one by one, each from its newest name: answered by `progress` and `applied`. `wanted` asks each again. */
  | {
      readonly kind: 'apply';
      readonly verb: Verb;
      readonly keys: readonly string[];
      readonly reason: string | undefined;
    }
  | { readonly kind: 'stopApply' }
  | {
      readonly kind: 'order';
      readonly ids: readonly string[];
      readonly order: Order;
      readonly reason: string | undefined;
    }
  /** Each from what its names say then: where that is not what was shown, it is refused. Answered by a toast. */
  | {
      readonly kind: 'scale';
      readonly key: string;
      readonly changes: ReadonlyArray<{ readonly host: string; readonly was: ScaleTarget['was']; readonly to: number }>;
      readonly reason: string | undefined;
    }
  | {
      readonly kind: 'host';
      readonly act: HostAct;
      readonly hosts: readonly string[];
      readonly reason: string | undefined;
    }
  /** The command line's own words, without `slate`: answered by `output`. */
  | { readonly kind: 'command'; readonly line: string }
  /** Asks what may come next on a command line or filter: answered by `candidates`. */
  | { readonly kind: 'complete'; readonly purpose: 'filter' | 'command'; readonly line: string }
  /** Opens a try's log for the log view: of the latest try unless told. */
  | {
      readonly kind: 'openLog';
      readonly dataset: string;
      readonly posted?: string | undefined;
      readonly stage?: string | undefined;
      readonly epoch?: number | undefined;
    }
  | { readonly kind: 'closeLog' }
  /** More of the open log, backwards: all of it at most. */
  | { readonly kind: 'moreLog' }
  /** Copies the open log's file; answered by a toast with the path. */
  | { readonly kind: 'saveLog' }
  | { readonly kind: 'pager'; readonly path: string }
  | { readonly kind: 'copy'; readonly text: string; readonly what: string };

export type Message =
  /** In the order of the keys that were asked about; those that are gone are left out. */
  | { readonly kind: 'planned'; readonly plans: readonly Planned[]; readonly gone: number }
  | { readonly kind: 'progress'; readonly done: number; readonly of: number }
  | {
      readonly kind: 'applied';
      readonly done: number;
      readonly refused: ReadonlyArray<{ readonly dataset: string; readonly why: string }>;
      readonly absent: readonly string[];
      /** Not looked at: it was stopped, or the disk refused, and why. */
      readonly left: number;
      readonly fault: string | undefined;
    }
  | { readonly kind: 'output'; readonly exit: number; readonly lines: readonly string[] }
  | { readonly kind: 'candidates'; readonly words: readonly string[] };

export interface Result<S> {
  readonly state: S;
  readonly effects?: readonly Effect[];
}

export interface View<S> {
  readonly name: ViewName;
  /** In help and docs: `Board`. */
  readonly title: string;
  readonly bindings: readonly Binding[];
  readonly initial: S;
  /** After data, size, filter or sort have changed: cursors follow what they stand on. */
  follow(state: S, context: Context): S;
  act(state: S, action: string, context: Context): Result<S>;
  mouse(state: S, event: MouseEvent, context: Context): Result<S>;
  /** @param canvas the body: `context.body` */
  paint(canvas: Canvas, state: S, context: Context): void;
}

export interface LayerResult<S> extends Result<S> {
  /** The layer has done its work and goes. */
  readonly isClosed?: boolean;
}

/** Something that lies over a view until it closes: a prompt, a dialog, the log. Keys go to the topmost one only. */
export interface Layer<Spec extends LayerSpec, S> {
  readonly name: Spec['name'];
  /** Title of its section in the help overlay and the docs. */
  readonly title: string;
  /** All of them, for help and docs. */
  readonly bindings: readonly Binding[];
  open(spec: Spec, context: Context): LayerResult<S>;
  /** Keys in force: some states type text and take only a few. Default: all. */
  bindingsIn?(state: S): readonly Binding[];
  act(state: S, action: string, context: Context): LayerResult<S>;
  /** A key that no binding in force has: text that is typed. Escape and q are bindings like others. */
  type?(state: S, press: KeyPress, context: Context): LayerResult<S>;
  paste?(state: S, text: string, context: Context): LayerResult<S>;
  message?(state: S, message: Message, context: Context): LayerResult<S>;
  mouse?(state: S, event: MouseEvent, context: Context): LayerResult<S>;
  follow?(state: S, context: Context): S;
  /** @param canvas the whole screen between header and footer */
  paint(canvas: Canvas, state: S, context: Context): void;
}
