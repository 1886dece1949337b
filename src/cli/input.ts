/** Datasets and lines from arguments, standard input and files. */
import { faultText, isSystemError } from '../board/errors.ts';
import { linesOfFile } from '../board/lines.ts';
import { usage } from './exit.ts';
import type { World } from './session.ts';

/** All of standard input. @throws CliError when it is a terminal and nobody is asked for anything */
async function readStdin(world: World): Promise<string> {
  if (world.isTTY.stdin) throw usage("'-' reads standard input, which is the terminal: pipe the list in");
  const pieces: Buffer[] = [];
  for await (const piece of world.stdin) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}

/** The lines of a file, or of standard input for `-`. A carriage return before the newline is no part of a line. */
export async function linesOf(world: World, from: string, separator: '\n' | '\0'): Promise<string[]> {
  const lines: string[] = [];
  const add = (line: string): void => {
    const text = separator === '\n' && line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text !== '') lines.push(text);
  };
  if (from === '-') for (const line of (await readStdin(world)).split(separator)) add(line);
  else {
    try {
      for (const line of linesOfFile(resolvePath(world, from), { separator: separator.charCodeAt(0) })) add(line);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      throw usage(`the list ${from} can't be read: ${faultText(error)}`);
    }
  }
  return lines;
}

/** All of a file, or of standard input for `-`. @throws CliError */
export async function textOf(world: World, from: string): Promise<string> {
  return (await linesOf(world, from, '\0')).join('\0');
}

function resolvePath(world: World, path: string): string {
  return path.startsWith('/') ? path : `${world.cwd}/${path}`;
}

/** Datasets named on the command line: words, `-` for lines of standard input, and a file with NUL-ended names. */
export async function datasetsOf(world: World, words: readonly string[], from0: string | undefined): Promise<string[]> {
  const named: string[] = [];
  for (const word of words) {
    if (word !== '-') named.push(word);
    else for (const line of await linesOf(world, '-', '\n')) named.push(line.trim());
  }
  if (from0 !== undefined) for (const line of await linesOf(world, from0, '\0')) named.push(line);
  return [...new Set(named)];
}
