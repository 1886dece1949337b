import { CARD, type Card, type CardValue, joinContinued, makeCard, makeCommentary, parseCard } from './fits-card.ts';
import { FitsError } from './fits-error.ts';

export const BLOCK = 2880;

/** The header of one HDU: cards in file order, found by keyword. Cards that nobody sets keep their image to the byte. */
export class Header {
  /** How messages name this HDU, for example `HDU 1 (SCI)`. */
  readonly where: string;
  #cards: Card[];

  constructor(where: string, cards: readonly Card[]) {
    this.where = where;
    this.#cards = [...cards];
  }

  get cards(): readonly Card[] {
    return this.#cards;
  }

  has(keyword: string): boolean {
    return this.#cards.some((card) => card.keyword === keyword);
  }

  /** The value of the first card with this keyword; `undefined` if there is none or it has no value. */
  get(keyword: string): CardValue {
    return this.#cards.find((card) => card.keyword === keyword)?.value;
  }

  /** Text value, trailing blanks gone (they mean nothing: 4.2.1.1); numbers are not turned into text. */
  text(keyword: string): string | undefined {
    const value = this.get(keyword);
    return typeof value === 'string' ? value.trim() : undefined;
  }

  /**
   * A number, or the fallback if the keyword is absent or has no value.
   * @throws FitsError if the keyword holds something else, or is absent without a fallback
   */
  number(keyword: string, fallback?: number): number {
    const value = this.get(keyword);
    if (typeof value === 'number') return value;
    if (value === undefined && fallback !== undefined) return fallback;
    if (value === undefined) throw new FitsError(`${this.where}: the keyword ${keyword} is missing or has no value`);
    throw new FitsError(`${this.where}: ${keyword} must be a number, but is ${JSON.stringify(value)}`);
  }

  /** A whole number >= 0; otherwise as `number`. */
  count(keyword: string, fallback?: number): number {
    const value = this.number(keyword, fallback);
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw new FitsError(`${this.where}: ${keyword} must be a whole number of at least 0, but is ${value}`);
  }

  /** Sets a value in place, or appends it. The old comment stays unless a new one is given. */
  set(keyword: string, value: CardValue, comment?: string, real = false): this {
    const at = this.#cards.findIndex((card) => card.keyword === keyword);
    const card = makeCard(keyword, value, comment ?? this.#cards[at]?.comment ?? '', real);
    if (at < 0) this.#cards.push(card);
    else this.#cards[at] = card;
    return this;
  }

  delete(keyword: string): this {
    this.#cards = this.#cards.filter((card) => card.keyword !== keyword);
    return this;
  }

  history(text: string): this {
    this.#cards.push(...makeCommentary('HISTORY', text));
    return this;
  }

  clone(): Header {
    return new Header(this.where, this.#cards);
  }

  /** The header as it stands in a file: card images, END, blanks up to a multiple of 2880 bytes (3.3.1). */
  toBuffer(): Buffer {
    const text = `${this.#cards.flatMap((card) => card.images).join('')}${'END'.padEnd(CARD)}`;
    return Buffer.from(text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK), 'latin1');
  }
}

export interface HeaderAt {
  readonly header: Header;
  /** Offset of the first byte behind the header's last block. */
  readonly end: number;
  readonly warnings: readonly string[];
}

/** `HDU 1 (SCI)` from what a header calls itself. */
function describe(index: number, cards: readonly Card[]): string {
  const name = cards.find((card) => card.keyword === 'EXTNAME')?.value;
  if (typeof name === 'string' && name.trim() !== '') return `HDU ${index} (${name.trim()})`;
  return index === 0 ? 'HDU 0 (primary)' : `HDU ${index}`;
}

/**
 * Reads the header that starts at `start`, a block boundary.
 * @throws FitsError if no END card comes before the bytes do; warnings for what can be read in spite of a fault
 */
export function readHeader(bytes: Buffer, start: number, index: number): HeaderAt {
  const cards: Card[] = [];
  const warnings: string[] = [];
  for (let at = start; at + CARD <= bytes.length; at += CARD) {
    const image = bytes.toString('latin1', at, at + CARD);
    const strange = image.search(/[^\x20-\x7e]/);
    if (strange >= 0) {
      const code = image.charCodeAt(strange).toString(16).padStart(2, '0');
      const fault = `HDU ${index}: byte ${at + strange} of the header is 0x${code}, which is not printable ASCII`;
      // In the first eight columns it means that this is no header any more; behind them some archives have let it pass.
      if (strange < 8)
        throw new FitsError(`${fault}: the header is damaged, or has no END card (it starts at byte ${start})`);
      warnings.push(fault);
    }
    if (image === 'END'.padEnd(CARD)) {
      const end = start + Math.ceil((at + CARD - start) / BLOCK) * BLOCK;
      const where = describe(index, cards);
      for (const card of cards) if (card.fault !== undefined) warnings.push(`${where}, ${card.keyword}: ${card.fault}`);
      if (end > bytes.length)
        warnings.push(`${where}: the header's last block ends at byte ${bytes.length}, not ${end}`);
      return { header: new Header(where, joinContinued(cards)), end: Math.min(end, bytes.length), warnings };
    }
    cards.push(parseCard(image));
  }
  throw new FitsError(
    `HDU ${index}: the header that starts at byte ${start} has no END card before the file ends at byte ${bytes.length}: ` +
      'the file is cut off or is not FITS',
  );
}
