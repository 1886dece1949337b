/**
 * JSON from outside. It may be nested so deeply that whoever writes or copies it later runs out of stack: that is said when
 * it is read. Pure.
 */

/** Deeper than any honest parameter. */
export const MOST_DEPTH = 200;
/** What holds parameters (an entry, a result, a line of the journal) is a few levels deeper. */
const MOST_HELD_DEPTH = MOST_DEPTH + 10;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/** True if lists and objects stand in one another more than so many deep. Of a text that is no JSON it may say anything. */
export function isDeeper(text: string, most: number): boolean {
  // Each level has two brackets.
  if (text.length <= 2 * most) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at);
    else if (code === LIST || code === OBJECT) {
      if (++depth > most) return true;
    } else if (code === LIST_END || code === OBJECT_END) depth--;
  }
  return false;
}

/** Where the quote stands that ends a text. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

/** What somebody hands in. @throws SyntaxError with what is wrong in words */
export function parseJson(text: string, most = MOST_DEPTH): unknown {
  if (isDeeper(text, most)) throw new SyntaxError(`it is nested more than ${most} deep`);
  return JSON.parse(text);
}

/** What the board keeps: it may hold what was handed in. @throws SyntaxError */
export function parseHeld(text: string): unknown {
  return parseJson(text, MOST_HELD_DEPTH);
}
