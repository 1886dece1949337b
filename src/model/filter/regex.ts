/**
 * Which regular expressions a filter takes. JavaScript's engine tries all ways to match: where a repetition stands inside a
 * repetition their number doubles with each character, and nothing can stop it. A filter is tried on every name at every
 * key that is pressed, so that such a one is refused before it is tried. Pure.
 */

/** More than this, and a long name has too many ways even without nesting. */
const MOST_REPETITIONS = 4;

interface Group {
  /** Something in it is repeated, or there is a choice: it matches one text in several ways. */
  isLoose: boolean;
}

const COUNTED = /^\{(\d+)(,(\d*))?\}/;

/** A quantifier at this place: how long it is written, and whether it repeats (`?` and `{1}` do not). */
function quantifierAt(
  source: string,
  at: number,
): { length: number; isRepeated: boolean; isOpen: boolean } | undefined {
  const char = source[at];
  if (char === '*' || char === '+') return { length: 1, isRepeated: true, isOpen: true };
  if (char === '?') return { length: 1, isRepeated: false, isOpen: false };
  const counted = char === '{' ? COUNTED.exec(source.slice(at)) : null;
  if (counted === null) return undefined;
  const [text, least, range, most] = counted;
  const isOpen = range !== undefined && most === '';
  const end = range === undefined ? Number(least) : isOpen ? Number.POSITIVE_INFINITY : Number(most);
  return { length: text.length, isRepeated: end > 1, isOpen };
}

/** The offset behind a class `[…]` that begins here. */
function endOfClass(source: string, at: number): number {
  for (let index = at + 1; index < source.length; index++) {
    if (source[index] === '\\') index++;
    else if (source[index] === ']') return index + 1;
  }
  return source.length;
}

/** Why the expression may take forever, and what to write instead; undefined if it can't. It has been found well formed. */
export function regexFault(source: string): string | undefined {
  const groups: Group[] = [{ isLoose: false }];
  const top = (): Group => groups.at(-1) ?? { isLoose: false };
  let open = 0;
  for (let at = 0; at < source.length; ) {
    const char = source[at];
    let closed: Group | undefined;
    if (char === '\\') {
      if (/[1-9k]/.test(source[at + 1] ?? ''))
        return 'a reference to an earlier part (\\1) may take forever on a long name';
      at += 2;
    } else if (char === '[') at = endOfClass(source, at);
    else if (char === '(') {
      groups.push({ isLoose: false });
      at++;
      continue;
    } else if (char === ')') {
      closed = groups.length > 1 ? groups.pop() : undefined;
      at++;
    } else {
      if (char === '|') top().isLoose = true;
      at++;
    }
    const quantifier = quantifierAt(source, at);
    if (quantifier === undefined) {
      if (closed?.isLoose) top().isLoose = true;
      continue;
    }
    at += quantifier.length;
    // Lazy or not is all the same here.
    if (source[at] === '?') at++;
    if (quantifier.isRepeated && closed?.isLoose)
      return 'a repetition of a group that holds a repetition or | may take forever on a long name; write it without one of them';
    if (quantifier.isOpen) open++;
    if (quantifier.isRepeated || closed?.isLoose) top().isLoose = true;
  }
  return open > MOST_REPETITIONS
    ? `${open} open repetitions (* + {n,}) may take forever on a long name; at most ${MOST_REPETITIONS} are taken`
    : undefined;
}
