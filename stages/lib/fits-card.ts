/** A keyword's value; `undefined` stands for "no value" (FITS Standard 4.0, 4.1.2.3) and for commentary cards. */
export type CardValue = string | number | boolean | undefined;

export interface Card {
  /** Keyword without padding; '' for a blank one. HIERARCH cards keep their words: `HIERARCH ESO DET ID`. */
  readonly keyword: string;
  readonly value: CardValue;
  /** Comment of a value card, or the text of a commentary card (COMMENT, HISTORY, blank). */
  readonly comment: string;
  /** The 80-character card images exactly as in the file: one, or more with CONTINUE. */
  readonly images: readonly string[];
  /** What is wrong with the card, in words without place. */
  readonly fault?: string;
}

export const CARD = 80;

/** Numbers as FITS writes them, Fortran's D exponent included (4.2.3, 4.2.4). */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([EeDd][+-]?\d+)?$/;
const COMMENTARY = new Set(['COMMENT', 'HISTORY', '']);

interface Parsed {
  readonly value: CardValue;
  readonly comment: string;
  readonly fault?: string;
}

/** Reads the value field of a card: everything behind the value indicator (4.1.2.3, 4.2). */
export function parseValue(field: string): Parsed {
  const text = field.trimStart();
  if (text.startsWith("'")) return parseString(text);
  const slash = text.indexOf('/');
  const bare = (slash < 0 ? text : text.slice(0, slash)).trim();
  const comment = slash < 0 ? '' : text.slice(slash + 1).trim();
  if (bare === '') return { value: undefined, comment };
  if (bare === 'T' || bare === 'F') return { value: bare === 'T', comment };
  if (NUMBER.test(bare)) return { value: Number(bare.replace(/[Dd]/, 'E')), comment };
  // Complex values and what old programs left unquoted: kept as text, so that nothing is lost.
  const complex = /^\(\s*[^,()]+,[^,()]+\)$/.test(bare);
  return complex ? { value: bare, comment } : { value: bare, comment, fault: `the value ${bare} is not quoted` };
}

function parseString(text: string): Parsed {
  let value = '';
  for (let i = 1; i < text.length; i++) {
    if (text[i] !== "'") {
      value += text[i];
    } else if (text[i + 1] === "'") {
      value += "'";
      i++;
    } else {
      const rest = text.slice(i + 1).trim();
      const comment = rest.startsWith('/') ? rest.slice(1).trim() : rest;
      return { value: value.trimEnd(), comment };
    }
  }
  return { value: value.trimEnd(), comment: '', fault: 'the string has no closing quote' };
}

/** Reads one 80-character card image. Never throws: what is wrong stands in `fault`. */
export function parseCard(image: string): Card {
  const images = [image];
  const keyword = image.slice(0, 8).trimEnd();
  if (keyword === 'HIERARCH') {
    const equals = image.indexOf('=');
    if (equals > 0) return { keyword: image.slice(0, equals).trim(), images, ...parseValue(image.slice(equals + 1)) };
  }
  if (COMMENTARY.has(keyword) || image.slice(8, 10) !== '= ') {
    return { keyword, value: undefined, comment: image.slice(8).trimEnd(), images };
  }
  const parsed = parseValue(image.slice(10));
  if (/^[A-Z0-9_-]*$/.test(keyword)) return { keyword, images, ...parsed };
  return { keyword, images, ...parsed, fault: `the keyword ${JSON.stringify(keyword)} has characters FITS forbids` };
}

/** Joins CONTINUE cards to the long string they belong to (4.2.1.2). */
export function joinContinued(cards: readonly Card[]): Card[] {
  const joined: Card[] = [];
  for (const card of cards) {
    const before = joined.at(-1);
    if (card.keyword === 'CONTINUE' && typeof before?.value === 'string' && before.value.endsWith('&')) {
      const part = parseValue(card.comment);
      if (typeof part.value === 'string') {
        const comment = [before.comment, part.comment].filter((text) => text !== '').join(' ');
        const value = before.value.slice(0, -1) + part.value;
        joined[joined.length - 1] = { ...before, value, comment, images: [...before.images, ...card.images] };
        continue;
      }
    }
    joined.push(card);
  }
  return joined;
}

/** A real as FITS wants it: with a decimal point, exponent E, and never NaN (which has no header form: undefined value). */
function formatNumber(value: number, real: boolean): string {
  if (!Number.isFinite(value)) return '';
  if (Number.isSafeInteger(value) && !real) return String(value);
  const text = String(value).replace('e', 'E').replace('E+', 'E');
  return text.includes('.') ? text : text.includes('E') ? text.replace('E', '.0E') : `${text}.0`;
}

/** Printable ASCII only (4.1.2): everything else becomes `?`. */
const ascii = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');

/**
 * Makes a value card. Strings that do not fit one card go on in CONTINUE cards; comments are cut at column 80.
 * @param real write a number with a decimal point even if it is whole
 */
export function makeCard(keyword: string, value: CardValue, comment = '', real = false): Card {
  if (!/^[A-Z0-9_-]{1,8}$/.test(keyword)) throw new RangeError(`${JSON.stringify(keyword)} is no FITS keyword`);
  const head = `${keyword.padEnd(8)}= `;
  const note = comment === '' ? '' : ` / ${ascii(comment)}`;
  if (typeof value !== 'string') {
    const bare =
      value === undefined ? '' : typeof value === 'boolean' ? (value ? 'T' : 'F') : formatNumber(value, real);
    const image = `${head}${bare.padStart(20)}${note}`.slice(0, CARD).padEnd(CARD);
    return { keyword, value, comment, images: [image] };
  }
  const clean = ascii(value);
  const quoted = clean.replaceAll("'", "''");
  if (quoted.length <= 68) {
    const image = `${`${head}'${quoted.padEnd(8)}'`.padEnd(30)}${note}`.slice(0, CARD).padEnd(CARD);
    return { keyword, value: clean, comment, images: [image] };
  }
  // 67 characters and the `&` fill a card; a pair of quotes is never torn apart.
  const parts = quoted.match(/(?:''|[^']){1,33}/g) ?? [];
  const images = parts.map((part, i) => {
    const more = i < parts.length - 1 ? '&' : '';
    return `${i === 0 ? head : 'CONTINUE  '}'${part}${more}'`.padEnd(CARD);
  });
  return { keyword, value: clean, comment: '', images };
}

/** Commentary cards (COMMENT, HISTORY): long text is broken at 72 characters. */
export function makeCommentary(keyword: 'COMMENT' | 'HISTORY', text: string): Card[] {
  const parts = ascii(text).match(/.{1,72}/g) ?? [''];
  return parts.map((part) => parseCard(`${keyword.padEnd(8)}${part}`.padEnd(CARD)));
}
