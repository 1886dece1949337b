/** The `:` line: the command line's own words, and which of them have no place in a dashboard. Pure. */

export type CommandLine =
  | { readonly kind: 'run'; readonly args: readonly string[] }
  | { readonly kind: 'quit' }
  | { readonly kind: 'refused'; readonly why: string };

/** What the exit codes say, for the title of a command's output. */
export const COMMAND_ENDS: ReadonlyMap<number, string> = new Map([
  [1, ', some of it failed'],
  [2, ', wrong usage'],
  [3, ', nothing of that name'],
  [4, ', the time is up'],
  [5, ', refused'],
]);

const QUIT: ReadonlySet<string> = new Set(['q', 'quit', 'exit', 'q!', 'wq']);

/** These run on or take the terminal for themselves. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['run', "a stage process needs a terminal or a service of its own: 'slate run' in a shell starts one"],
  ['board', 'this is the dashboard'],
]);

/**
 * Words of a line as a shell parts them: quotes keep spaces, a backslash keeps the next character. No variables, no
 * globs, no pipes: nothing but words.
 * @returns undefined if a quote is not closed
 */
export function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '\\' && quote !== "'" && at + 1 < line.length) word = (word ?? '') + line.charAt(++at);
    else if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quote !== '') return undefined;
  if (word !== undefined) words.push(word);
  return words;
}

export function commandArgs(line: string): CommandLine {
  const words = shellWords(line);
  if (words === undefined) return { kind: 'refused', why: 'a quote is not closed' };
  const args = words[0] === 'slate' ? words.slice(1) : words;
  const [command] = args;
  if (command === undefined) return { kind: 'refused', why: "a command, such as 'ls state:failed' or 'hold DATASET'" };
  if (QUIT.has(command)) return { kind: 'quit' };
  const why = REFUSED.get(command);
  if (why !== undefined) return { kind: 'refused', why };
  const isFollowing =
    (command === 'log' || command === 'history') && args.some((arg) => arg === '-f' || arg === '--follow');
  if (isFollowing)
    return { kind: 'refused', why: `'${command} --follow' never ends: the log view and the Events view follow` };
  return { kind: 'run', args };
}
