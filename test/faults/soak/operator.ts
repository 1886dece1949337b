/** A person with `mv`: ranks changed, entries held, cancelled, sent back and misplaced, some a second. */
import { execFile } from 'node:child_process';
import { type EntryName, formatName, parseName } from '../../../src/model/name.ts';
import { boardPath, list } from '../../helpers/home.ts';
import type { Chance } from './chance.ts';

interface Act {
  /** One of these letters, chosen at random, becomes another; none: the rank changes. */
  readonly from?: RegExp;
  readonly to?: string;
  readonly folder?: string;
}

const ACTS: Readonly<Record<string, readonly Act[]>> = {
  queue: [{}, { from: /[_w]/, to: 'h' }, { folder: 'failed' }],
  active: [{}, { from: /p/, to: 'h', folder: 'held' }, { from: /w/, to: 'h' }, { folder: 'queue' }],
  held: [{ from: /h/, to: '_', folder: 'active' }],
  failed: [{ from: /f/, to: 'w', folder: 'active' }],
  done: [{ from: /c/, to: 'w', folder: 'active' }, {}],
};

/** A listing is used for so many acts: who types `mv` has looked a while ago. */
const ACTS_A_LOOK = 25;

export class Operator {
  readonly #home: string;
  readonly #chance: Chance;
  readonly #seen = new Map<string, { names: string[]; left: number }>();
  #isOver = false;
  #running: Promise<void> | undefined;
  moved = 0;
  tooLate = 0;

  constructor(home: string, chance: Chance) {
    this.#home = home;
    this.#chance = chance;
  }

  start(perSecond: number): void {
    this.#running = this.#work(1000 / perSecond);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #work(pauseMs: number): Promise<void> {
    while (!this.#isOver) {
      await this.#act();
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  async #act(): Promise<void> {
    const kind = this.#chance.weighted({ queue: 3, active: 4, held: 3, failed: 2, done: 3 });
    const folder = kind === 'done' ? `done/${this.#chance.pick(list(this.#home, 'done')) ?? ''}` : kind;
    const file = this.#chance.pick(this.#names(folder));
    const parsed = file === undefined ? undefined : parseName(file);
    const act = this.#chance.pick(ACTS[kind] ?? []);
    if (file === undefined || parsed?.ok !== true || act === undefined) return;
    const name = this.#changed(parsed.name, act);
    if (name === undefined) return;
    const target = boardPath(this.#home, `${act.folder ?? folder}/${formatName(name)}`);
    if (await mv(boardPath(this.#home, `${folder}/${file}`), target)) this.moved++;
    else this.tooLate++;
  }

  #names(folder: string): string[] {
    const before = this.#seen.get(folder);
    if (before !== undefined && before.left-- > 0) return before.names;
    const names = list(this.#home, folder);
    this.#seen.set(folder, { names, left: ACTS_A_LOOK });
    return names;
  }

  #changed(name: EntryName, { from, to = '' }: Act): EntryName | undefined {
    if (from === undefined) return { ...name, rank: this.#chance.below(100) };
    const columns = [...name.letters].flatMap((letter, column) => (from.test(letter) ? [column] : []));
    const column = this.#chance.pick(columns);
    if (column === undefined) return undefined;
    return { ...name, letters: name.letters.slice(0, column) + to + name.letters.slice(column + 1) };
  }
}

/** @returns false: the name was no longer there */
function mv(from: string, to: string): Promise<boolean> {
  return new Promise((resolve) => execFile('mv', ['-nT', from, to], (error) => resolve(error === null)));
}
