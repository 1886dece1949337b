/**
 * Splits what a terminal sends into keys, reports and pastes, one token each, however the bytes were cut into reads.
 * No clock in here: `flush` says that nothing more came for a while, and then an escape was the key. Pure.
 */
import { StringDecoder } from 'node:string_decoder';

export type Token =
  /** One character, or one whole escape sequence. */
  { readonly kind: 'sequence'; readonly text: string } | { readonly kind: 'paste'; readonly text: string };

const ESC = '\x1b';
const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';
/** Nobody pastes more on purpose; the rest is dropped. */
const MOST_PASTE = 1_000_000;

// Each says the same of a text and of the same text with more behind it: else it would matter where reads are cut.
/** Linux F1 to F5; mouse in the old form; rxvt's shifted keys, which end in `$`; the standard's form, at a sane length. */
const CSI = /^\x1b\[(?:\[[A-E]|M[\s\S]{3}|\d{1,3}\$|(?![[M])[0-?]{0,60}[ -/]{0,3}[@-~])/;
const CSI_BEGUN = /^\x1b\[(?:\[|M[\s\S]{0,2}|[0-?]{0,60}[ -/]{0,3})$/;
const SS3 = /^\x1bO[0-9;]{0,8}[ -/:<-~]/;
const SS3_BEGUN = /^\x1bO[0-9;]{0,8}$/;
const BROKEN = /^\x1b(?:\[(?:\[|M[\s\S]{0,2}|[0-?]{0,60}[ -/]{0,3})|O[0-9;]{0,8})/;

export class Tokenizer {
  readonly #decoder = new StringDecoder('utf8');
  #text = '';
  /** What was pasted so far, while a paste is coming in. */
  #paste: string | undefined;
  #isAfterReturn = false;

  /** What is complete now. */
  push(bytes: Uint8Array): Token[] {
    this.#text += this.#decoder.write(bytes);
    return this.#tokens(false);
  }

  /** What waits for more is a paste whose end has not come. */
  get isInPaste(): boolean {
    return this.#paste !== undefined;
  }

  /** Something waits for more. */
  get isPending(): boolean {
    return this.#text !== '' || this.#paste !== undefined;
  }

  /** Nothing more will come: what waits is all there is. */
  flush(): Token[] {
    const tokens = this.#tokens(true);
    if (this.#paste === undefined) return tokens;
    const text = this.#paste + this.#text;
    this.#paste = undefined;
    this.#text = '';
    return [...tokens, pasteOf(text)];
  }

  #tokens(isAll: boolean): Token[] {
    const tokens: Token[] = [];
    while (this.#text !== '') {
      if (this.#paste !== undefined) {
        const paste = this.#pasted();
        if (paste === undefined) break;
        tokens.push(pasteOf(paste));
        continue;
      }
      const text = sequenceOf(this.#text, isAll);
      if (text === undefined) break;
      this.#text = this.#text.slice(text.length);
      // Some send both for one press of Enter.
      const isSecond = text === '\n' && this.#isAfterReturn;
      this.#isAfterReturn = text === '\r';
      if (text === PASTE_BEGIN) this.#paste = '';
      else if (!isSecond) tokens.push({ kind: 'sequence', text });
    }
    return tokens;
  }

  /** The whole paste once its end is there; what can't be part of that end is put aside before. */
  #pasted(): string | undefined {
    const end = this.#text.indexOf(PASTE_END);
    const kept = end >= 0 ? end : Math.max(0, this.#text.length - PASTE_END.length + 1);
    const paste = ((this.#paste ?? '') + this.#text.slice(0, kept)).slice(0, MOST_PASTE);
    this.#text = this.#text.slice(end >= 0 ? end + PASTE_END.length : kept);
    this.#paste = end >= 0 ? undefined : paste;
    return end >= 0 ? paste : undefined;
  }
}

/** Line ends as they were before they were pasted: terminals make returns of them. */
function pasteOf(text: string): Token {
  return { kind: 'paste', text: text.slice(0, MOST_PASTE).replace(/\r\n?/g, '\n') };
}

/** The first sequence of a text; undefined while more may belong to it. */
function sequenceOf(text: string, isAll: boolean): string | undefined {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0);
  if (first !== ESC) return first;
  const whole = CSI.exec(text) ?? SS3.exec(text);
  if (whole !== null) return whole[0];
  if (!isAll && (text === ESC || CSI_BEGUN.test(text) || SS3_BEGUN.test(text))) return undefined;
  // What breaks off in the middle types nothing; only `[` or `O` is Alt with that key.
  const broken = BROKEN.exec(text);
  if (broken !== null) return broken[0];
  // Escape pressed twice is no key with Alt.
  const second = text.slice(1);
  if (second === '' || second.startsWith(ESC)) return ESC;
  return ESC + String.fromCodePoint(second.codePointAt(0) ?? 0);
}
