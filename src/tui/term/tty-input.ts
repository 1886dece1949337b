/**
 * The terminal's input: raw bytes become keys, clicks and pastes, one event each. An escape that nothing follows for a
 * moment was the key itself; a paste whose end never comes ends by itself.
 */
import type { KeyPress, MouseEvent } from '../binding.ts';
import { eventOf } from './keys.ts';
import { type Token, Tokenizer } from './tokens.ts';

/** Long enough for a sequence that was cut in two on its way, too short to be felt. */
const ESCAPE_MS = 30;
const PASTE_MS = 1000;

/** What is used of `process.stdin`. */
export interface InputStream {
  setRawMode?(isRaw: boolean): unknown;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  on(event: 'error' | 'end' | 'close', listener: () => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  off(event: 'end' | 'close', listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface InputHandlers {
  key(press: KeyPress): void;
  mouse(event: MouseEvent): void;
  paste(text: string): void;
  focus(isFocused: boolean): void;
  /** Nothing more will come: the terminal has gone. */
  gone(): void;
}

export class TtyInput {
  readonly #stream: InputStream;
  readonly #handlers: InputHandlers;
  #tokens = new Tokenizer();
  #timer: NodeJS.Timeout | undefined;
  #isOn = false;

  constructor(stream: InputStream, handlers: InputHandlers) {
    this.#stream = stream;
    this.#handlers = handlers;
    // Stays for good: a terminal that hangs up may say so late, and there is nobody else to hear it.
    stream.on('error', this.#gone);
  }

  /** Raw mode: each key at once, none echoed, none a signal. */
  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    const stream = this.#stream;
    stream.setRawMode?.(true);
    stream.on('data', this.#hear);
    stream.on('end', this.#gone);
    stream.on('close', this.#gone);
    stream.resume();
  }

  /** The terminal as it was; half a sequence is forgotten. */
  stop(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    clearTimeout(this.#timer);
    this.#tokens = new Tokenizer();
    const stream = this.#stream;
    stream.off('data', this.#hear);
    stream.off('end', this.#gone);
    stream.off('close', this.#gone);
    stream.pause();
    stream.setRawMode?.(false);
  }

  readonly #gone = (): void => {
    if (this.#isOn) this.#handlers.gone();
  };

  readonly #hear = (bytes: Uint8Array): void => {
    clearTimeout(this.#timer);
    this.#emit(this.#tokens.push(bytes));
    if (!this.#isOn || !this.#tokens.isPending) return;
    this.#timer = setTimeout(() => this.#emit(this.#tokens.flush()), this.#tokens.isInPaste ? PASTE_MS : ESCAPE_MS);
  };

  #emit(tokens: readonly Token[]): void {
    for (const token of tokens) {
      // A key may have ended it, or lent the terminal to a pager: what was typed behind it is not for us.
      if (!this.#isOn) return;
      if (token.kind === 'paste') this.#handlers.paste(token.text);
      else this.#tell(token.text);
    }
  }

  #tell(sequence: string): void {
    const event = eventOf(sequence);
    if (event?.kind === 'key') this.#handlers.key(event.press);
    else if (event?.kind === 'mouse') this.#handlers.mouse(event.event);
    else if (event?.kind === 'focus') this.#handlers.focus(event.isFocused);
  }
}
