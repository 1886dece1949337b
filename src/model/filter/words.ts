/** One line of a filter, as typed in the dashboard or after `--where`, into its words. */

const SPACE = /\s/;

/**
 * Words are parted by white space; only a `/regex/` may hold spaces. A regex without its closing slash takes the rest of
 * the line, so that the filter can say what is missing.
 */
export function filterWords(line: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (SPACE.test(line[at] ?? '')) {
      at++;
      continue;
    }
    const start = at;
    if (line[at] === '-' || line[at] === '!') at++;
    if (line[at] === '/') at = endOfRegex(line, at);
    while (at < line.length && !SPACE.test(line[at] ?? '')) at++;
    words.push(line.slice(start, at));
  }
  return words;
}

/** @returns the place behind the closing slash, or the end of the line. A slash in `[…]` or behind a backslash closes nothing. */
export function endOfRegex(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at + 1;
  }
  return text.length;
}
