/** What can happen to one column of an entry. Types only. */

/** Letters that an exit code may give to a descendant. */
export type SetLetter = '_' | 's' | 'h';

export type Event =
  | { readonly type: 'claim'; readonly column: number; readonly process: string }
  /** The step succeeded. With products the column goes to `e`, else to `c`; `set` names descendants. */
  | {
      readonly type: 'complete';
      readonly column: number;
      readonly products: boolean;
      readonly set?: ReadonlyMap<number, SetLetter> | undefined;
      /** Of those that it holds. */
      readonly cause?: string | undefined;
    }
  | { readonly type: 'publish'; readonly column: number }
  | { readonly type: 'fail'; readonly column: number; readonly cause: string }
  | { readonly type: 'retry'; readonly column: number; readonly cause: string }
  | { readonly type: 'skip'; readonly column: number }
  /** The step sends its entry back to a stage before its own. */
  | { readonly type: 'back'; readonly column: number; readonly to: number }
  | { readonly type: 'hold'; readonly column: number; readonly cause: string }
  | { readonly type: 'release'; readonly column: number }
  | { readonly type: 'repipe'; readonly column: number }
  /** A letter given as such: by a person, or by what another column's exit code says. */
  | { readonly type: 'set'; readonly column: number; readonly letter: '_' | 'w' | 's' | 'h' | 'c' }
  | { readonly type: 'gathered'; readonly column: number }
  | { readonly type: 'lost'; readonly column: number }
  /** A running try goes on as another process's: its step runs on an engine, and its own process is dead. */
  | { readonly type: 'adopt'; readonly column: number; readonly process: string }
  /** A claim returned untried; `epoch` lifts the entry's epoch to at least that (someone had turned it back). */
  | { readonly type: 'giveBack'; readonly column: number; readonly epoch?: number | undefined };

export type EventType = Event['type'];
