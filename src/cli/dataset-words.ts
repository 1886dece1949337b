/** Datasets as they are named on a command line: by name, by a glob, by /REGEX/. Pure. */
import { globMatches, isGlob } from '../model/filter/glob.ts';
import { usage } from './exit.ts';

const MOST_SOURCE = 200;

/** True if a word names one dataset. */
export function isName(word: string): boolean {
  return !word.startsWith('/') && !isGlob(word);
}

/** @throws CliError */
export function datasetTest(word: string): (dataset: string) => boolean {
  if (!word.startsWith('/'))
    return isGlob(word) ? (dataset) => globMatches(word, dataset) : (dataset) => dataset === word;
  const [, source, flags] = /^\/(.+)\/(i?)$/s.exec(word) ?? [];
  if (source === undefined || source.length > MOST_SOURCE)
    throw usage(`'${word}': write /REGEX/ or /REGEX/i, at most ${MOST_SOURCE} characters`);
  try {
    const regex = new RegExp(source, flags);
    return (dataset) => regex.test(dataset);
  } catch (error) {
    throw usage(`'${word}': ${error instanceof Error ? error.message : String(error)}`);
  }
}
