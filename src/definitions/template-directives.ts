/**
 * What a job file says to its batch system in comments of its own (`#SBATCH`, `#PBS`) and can't: jobs would be lost, or run
 * otherwise, or it would be said in vain, for what is said on the command line counts more. Pure.
 */
import type { EngineKind } from '../model/engine.ts';
import { refusedWord } from './engine-words.ts';
import type { Fault } from './fault.ts';

const MAGIC: Readonly<Record<'slurm' | 'pbs', string>> = { slurm: '#SBATCH', pbs: '#PBS' };

export function directiveFaults(
  kind: EngineKind,
  { file, text }: { readonly file: string; readonly text: string },
): Fault[] {
  const lines = withoutTags(text).split('\n');
  if (kind === 'htcondor') return programFaults(file, lines);
  const magic = MAGIC[kind];
  const faults: Fault[] = [];
  for (const [index, line] of lines.entries()) {
    // Both stop reading at the first command.
    if (/^\s*[^\s#]/.test(line)) break;
    const words = line.trimStart().startsWith(magic) ? wordsIn(line, line.indexOf(magic) + magic.length) : [];
    for (const [at, { word, column }] of words.entries()) {
      const refused = refusedWord(kind, word, words[at + 1]?.word);
      if (refused === undefined) continue;
      const { command, option, why, isSaid } = refused;
      const message = isSaid
        ? `'${option}' has no effect here: slateboard itself says it to ${command}, and that counts more`
        : `'${option}' can't be among the options of ${command}`;
      faults.push({ file, line: index + 1, column, message, hint: isSaid ? `take it out: ${why}` : why });
    }
  }
  return faults;
}

/** HTCondor reads nothing in it. */
function programFaults(file: string, lines: readonly string[]): Fault[] {
  if (lines.join('\n').trimStart().startsWith('#!')) return [];
  const message = "HTCondor can't start it: it is the program of the jobs, and does not begin with '#!'";
  const hint = 'begin with #!/bin/sh; lines of a submit description go into options of the engine';
  return [{ file, line: 1, column: 1, message, hint }];
}

/** What stands in tags is not known here; the rest keeps its place. */
function withoutTags(text: string): string {
  return text.replace(/\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}/gs, (tag) =>
    tag.replace(/[^\n]/g, tag.startsWith('{{') ? 'x' : ' '),
  );
}

interface Word {
  /** Without quotes round the whole of it. */
  readonly word: string;
  readonly column: number;
}

function wordsIn(line: string, from: number): Word[] {
  const words: Word[] = [];
  for (const match of line.slice(from).matchAll(/(?:"[^"]*"|'[^']*'|\S)+/g)) {
    const [said] = match;
    if (said.startsWith('#')) break;
    const quoted = /^(["'])(.*)\1$/.exec(said)?.[2];
    // Behind an option it is a text: a comment may be of whatever.
    const isText = quoted !== undefined && /^-[^=]*$/.test(words.at(-1)?.word ?? '');
    words.push({ word: isText ? '' : (quoted ?? said), column: from + match.index + 1 });
  }
  return words;
}
