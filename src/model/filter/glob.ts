/**
 * Globs of `*` (any characters) and `?` (one). Matched by hand rather than by a regular expression: `*a*a*a*a*b` would
 * cost a regular expression seconds a name, this takes at most pattern × text steps.
 */

export function isGlob(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

/** Does the glob match the whole text? */
export function globMatches(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  let star = -1;
  let starText = 0;
  while (t < text.length) {
    if (g < glob.length && glob[g] === '*') {
      star = g++;
      starText = t;
    } else if (g < glob.length && (glob[g] === '?' || glob[g] === text[t])) {
      g++;
      t++;
    } else if (star !== -1) {
      // Let the last star take one character more, and try again behind it.
      g = star + 1;
      t = ++starText;
    } else {
      return false;
    }
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}

/** One of several words or globs. */
export function oneOf(words: readonly string[]): (text: string) => boolean {
  const exact = new Set(words.filter((word) => !isGlob(word)));
  const globs = words.filter(isGlob);
  if (globs.length === 0) return (text) => exact.has(text);
  return (text) => exact.has(text) || globs.some((glob) => globMatches(glob, text));
}
