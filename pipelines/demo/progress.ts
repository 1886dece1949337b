/** Plain progress: one line for every stage of an entry that ends, from the names alone. */
import type { Located } from '../../src/index.ts';
import { say } from './screen.ts';

const ENDED: Readonly<Record<string, string>> = { c: 'done', f: 'FAILED', s: 'skipped', h: 'held' };

export class Progress {
  readonly #stages: readonly string[];
  readonly #startMs: number;
  readonly #seen = new Map<string, string>();

  /** @param startMs times are counted from here (monotonic) */
  constructor(stages: readonly string[], startMs: number) {
    this.#stages = stages;
    this.#startMs = startMs;
  }

  show(entries: readonly Located[]): void {
    for (const { name } of entries) {
      const before = this.#seen.get(name.dataset) ?? '';
      if (before === name.letters) continue;
      this.#seen.set(name.dataset, name.letters);
      if (before === '') this.#line(name.dataset, name.letters, 'arrived');
      for (const [column, stage] of this.#stages.entries()) {
        const [was, is] = [before[column] ?? '', name.letters[column] ?? ''];
        if (was === is) continue;
        if (is === 'g') this.#line(name.dataset, name.letters, `${stage} waits`);
        else if (was === 'g') this.#line(name.dataset, name.letters, `${stage} has all that it waits for`);
        const word = ENDED[is];
        // What another class is skipped by was never to be done.
        if (word !== undefined && !(is === 's' && was !== 'p'))
          this.#line(name.dataset, name.letters, `${stage} ${word}`);
      }
    }
  }

  #line(dataset: string, letters: string, what: string): void {
    const seconds = ((performance.now() - this.#startMs) / 1000).toFixed(1).padStart(6);
    say(`${seconds} s  ${dataset.padEnd(21)} ${letters}  ${what}`);
  }
}
