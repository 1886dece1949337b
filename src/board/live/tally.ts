/** Numbers of a board, kept as entries come, change and go; `countBoard` and `causesOf` give the same. Pure. */
import { letterCode, NameView, type State } from '../../model/name.ts';
import type { Cause } from '../causes.ts';
import type { Tally } from './types.ts';

/** Character codes of letters are below this. */
const CODES = 128;
const FAILED = 'f'.charCodeAt(0);

export class RunningTally {
  readonly #stages: readonly string[];
  readonly #states: Record<State, number> = {
    queue: 0,
    active: 0,
    gather: 0,
    failed: 0,
    held: 0,
    done: 0,
    removed: 0,
  };
  /** By column and letter. */
  readonly #letters: Int32Array;
  /** By column and cause; the cause may be empty. */
  readonly #causes = new Map<string, number>();
  readonly #view = new NameView();
  #foreign = 0;
  #tally: Tally | undefined;
  #causeList: readonly Cause[] | undefined;

  constructor(stages: readonly string[]) {
    this.#stages = stages;
    this.#letters = new Int32Array(stages.length * CODES);
  }

  /** An entry more (1) or less (-1) under this name. */
  count(file: string, state: State, by: 1 | -1): void {
    this.#tally = undefined;
    this.#states[state] += by;
    // As everywhere: removed entries are not spoken of unless somebody asks.
    if (state === 'removed') return;
    let hasFailed = false;
    for (let column = 0; column < this.#stages.length; column++) {
      const code = letterCode(file, column);
      const at = column * CODES + code;
      this.#letters[at] = (this.#letters[at] ?? 0) + by;
      if (code === FAILED) hasFailed = true;
    }
    if (hasFailed) this.#countCauses(file, state, by);
  }

  countForeign(by: number): void {
    if (by === 0) return;
    this.#foreign += by;
    this.#tally = undefined;
  }

  get tally(): Tally {
    this.#tally ??= this.#read();
    return this.#tally;
  }

  get causes(): readonly Cause[] {
    this.#causeList ??= this.#readCauses();
    return this.#causeList;
  }

  #countCauses(file: string, state: State, by: 1 | -1): void {
    this.#causeList = undefined;
    const { causes } = this.#view.read(file, state);
    for (let column = 0; column < this.#stages.length; column++) {
      if (letterCode(file, column) !== FAILED) continue;
      const cause = causes.find((one) => one.column === column)?.cause ?? '';
      const key = `${column} ${cause}`;
      const number = (this.#causes.get(key) ?? 0) + by;
      if (number === 0) this.#causes.delete(key);
      else this.#causes.set(key, number);
    }
  }

  #read(): Tally {
    const states = { ...this.#states };
    const letters = this.#stages.map((_, column) => {
      const map = new Map<string, number>();
      for (let code = 0; code < CODES; code++) {
        const number = this.#letters[column * CODES + code] ?? 0;
        if (number > 0) map.set(String.fromCharCode(code), number);
      }
      return map;
    });
    const total = Object.values(states).reduce((sum, number) => sum + number, 0) - states.removed;
    return { total, states, letters, foreign: this.#foreign };
  }

  #readCauses(): Cause[] {
    const found = [...this.#causes].map(([key, number]) => {
      const space = key.indexOf(' ');
      const column = Number(key.slice(0, space));
      return { column, stage: this.#stages[column] ?? '', cause: key.slice(space + 1), number };
    });
    found.sort((a, b) => b.number - a.number || a.column - b.column || (a.cause < b.cause ? -1 : 1));
    return found.map(({ stage, cause, number }) => ({ stage, cause, number }));
  }
}
