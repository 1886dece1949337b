/** The filter options of a command, as words of the filter language. */
import type { Command } from 'commander';
import { filterWords } from '../model/filter.ts';
import { collect } from './command.ts';

export interface FilterOptions {
  readonly where?: string[];
  readonly state?: string;
  /** In hold, release, repipe and skip this names the verb's stage, and is no filter. */
  readonly stage?: string;
  readonly class?: string;
  readonly rank?: string;
  readonly age?: string;
  readonly tries?: string;
  readonly cause?: string;
  readonly match?: string;
}

/** @param withStage false for the verbs whose `--stage` is the stage that they act on */
export function addFilters(command: Command, withStage = true): Command {
  command
    .option('--where <words>', 'words of the filter language, all of which must hold; may be given again', collect)
    .option('--state <states>', 'state:STATES, such as failed,held');
  if (withStage) command.option('--stage <stages>', 'stage:STAGES, entries that are at these stages');
  return command
    .option('--class <classes>', 'class:CLASSES')
    .option('--rank <rank>', 'a rank, or <20, >=50')
    .option('--age <duration>', 'older than this, or >2h, <30m')
    .option('--tries <number>', 'at this try or a later one, or <3, =2')
    .option('--cause <causes>', 'cause:CAUSES, such as x2 (exit code 2), s9, t, l')
    .option('--match <pattern>', 'a part of the dataset, a glob, or /REGEX/');
}

const COMPARED = /^(<=|>=|<|>|=|:)/;

function compared(key: string, operator: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  return [COMPARED.test(value) ? `${key}${value}` : `${key}${operator}${value}`];
}

function named(key: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${key}:${value}`];
}

/** All words that the options and the positional words come to. */
export function wordsOf(options: FilterOptions, positional: readonly string[] = [], withStage = true): string[] {
  return [
    ...positional.flatMap(filterWords),
    ...(options.where ?? []).flatMap(filterWords),
    ...named('state', options.state),
    ...(withStage ? named('stage', options.stage) : []),
    ...named('class', options.class),
    ...compared('rank', '=', options.rank),
    ...compared('age', '>', options.age),
    ...compared('try', '>=', options.tries),
    ...named('cause', options.cause),
    ...(options.match === undefined ? [] : [options.match]),
  ];
}
