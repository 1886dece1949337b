/** Datasets and lines from arguments, standard input and files. */
import { faultText, isSystemError } from '../board/errors.ts';
import { linesOfFile } from '../board/lines.ts';
import { LineSplitter } from '../board/split-lines.ts';
import { usage } from './exit.ts';
import type { World } from './session.ts';

/** A million entries with their parameters; whoever has more gives them in parts. */
const MOST_BYTES = 1024 * 1024 * 1024;

/** @throws CliError for more than can be held */
function checkBytes(bytes: number, from: string): void {
  if (bytes > MOST_BYTES)
    throw usage(`the list ${from} has more than ${MOST_BYTES / 1024 ** 3} GiB: give it in several parts`);
}

/** The lines of standard input. @throws CliError when it is a terminal and nobody is asked for anything */
async function* linesOfStdin(world: World, separator: number): AsyncGenerator<string> {
  if (world.isTTY.stdin) throw usage("'-' reads standard input, which is the terminal: pipe the list in");
  const splitter = new LineSplitter({ separator, onLong: refuseLong, withEmpty: true });
  let bytes = 0;
  for await (const data of world.stdin) {
    const piece = Buffer.from(data);
    bytes += piece.length;
    checkBytes(bytes, '-');
    for (const line of splitter.add(piece)) yield line.toString('utf8');
  }
  const last = splitter.open;
  if (last !== undefined) yield last.toString('utf8');
}

function refuseLong(start: Buffer): never {
  throw usage(`a line of the list is longer than 64 MiB; it begins with '${start.toString('utf8', 0, 40)}'`);
}

/** The lines of a file, or of standard input for `-`. Empty ones count; a carriage return before the newline is no part of a line. */
export async function linesOf(world: World, from: string, separator: '\n' | '\0'): Promise<string[]> {
  const lines: string[] = [];
  const add = (line: string): void => {
    lines.push(separator === '\n' && line.endsWith('\r') ? line.slice(0, -1) : line);
  };
  const code = separator.charCodeAt(0);
  if (from === '-') for await (const line of linesOfStdin(world, code)) add(line);
  else {
    try {
      let bytes = 0;
      // A pipe that somebody names is meant.
      const options = { separator: code, waits: true, onLong: refuseLong, withEmpty: true };
      for (const line of linesOfFile(resolvePath(world, from), options)) {
        bytes += line.length;
        checkBytes(bytes, from);
        add(line);
      }
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
  return [...new Set(named.filter((dataset) => dataset !== ''))];
}
