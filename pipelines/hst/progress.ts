/** Plain progress: one line for every stage of an entry that ends, from the names alone. */
import type { Located } from '../../src/index.ts';

const ENDED: Readonly<Record<string, string>> = { c: 'done', f: 'FAILED', s: 'skipped', h: 'held' };

export class Progress {
  readonly #stages: readonly string[];
  readonly #say: (line: string) => void;
  readonly #seen = new Map<string, string>();
  readonly #start = performance.now();

  constructor(stages: readonly string[], say: (line: string) => void) {
    this.#stages = stages;
    this.#say = say;
  }

  show(entries: readonly Located[]): void {
    for (const { name } of entries) {
      const before = this.#seen.get(name.dataset) ?? '';
      if (before === name.letters) continue;
      this.#seen.set(name.dataset, name.letters);
      if (before === '') this.#line(name.dataset, name.letters, 'arrived');
      for (const [column, stage] of this.#stages.entries()) {
        const letter = name.letters[column] ?? '';
        const word = ENDED[letter];
        if (word !== undefined && before[column] !== letter) this.#line(name.dataset, name.letters, `${stage} ${word}`);
      }
    }
  }

  #line(dataset: string, letters: string, what: string): void {
    const seconds = ((performance.now() - this.#start) / 1000).toFixed(1).padStart(6);
    this.#say(`${seconds} s  ${dataset.padEnd(16)} ${letters}  ${what}`);
  }
}
