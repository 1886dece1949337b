/** Text that is written at once when the code that runs now has come to its end: a write costs more than what it writes. */

export class Together {
  readonly #write: (text: string) => void;
  #text = '';

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  add(text: string): void {
    if (this.#text === '') queueMicrotask(() => this.flush());
    this.#text += text;
  }

  /** Now, in the order in which it came. */
  flush(): void {
    const text = this.#text;
    this.#text = '';
    if (text !== '') this.#write(text);
  }
}
