/** How a subcommand is made: every one has the global options, and an action that gives an exit code. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { tryParseDuration } from '../model/duration.ts';
import type { Globals, World } from './session.ts';
import { Session } from './session.ts';
import { COLOR_WISHES } from './style.ts';

/** What the command line came to. */
export interface Run {
  readonly world: World;
  exit: number;
}

export function addGlobals(command: Command): Command {
  return command
    .option('--home <dir>', 'the home; else $SLATE_HOME, else the nearest folder upward that is one')
    .option('--board <name>', 'the board; else $SLATE_BOARD, else the only board')
    .option('--json', 'one JSON document with schemaVersion instead of text')
    .addOption(new Option('--color <when>', 'colours').choices(COLOR_WISHES).default('auto'));
}

/** @param usage name and arguments, such as `show <dataset>` */
export function subcommand(program: Command, usage: string, summary: string): Command {
  return addGlobals(program.command(usage).description(summary));
}

export type Action<Options> = (session: Session, args: string[], options: Options, command: Command) => Promise<number>;

/** Gives a command its action. Arguments are handed over flat, in order, the optional ones that are missing left out. */
export function act<Options>(command: Command, run: Run, action: Action<Options>): void {
  command.action(async () => {
    const own = command.opts<Options & Globals>();
    const above = command.parent?.opts<Globals>() ?? {};
    const isOwn = (key: string): boolean => command.getOptionValueSource(key) === 'cli';
    // Options before the command's name count as well, those behind it more.
    const globals: Globals = { ...own, ...Object.fromEntries(Object.entries(above).filter(([key]) => !isOwn(key))) };
    const session = new Session(run.world, globals);
    try {
      run.exit = await action(session, command.args, { ...own, ...globals }, command);
    } catch (error) {
      throw session.explained(error);
    }
  });
}

/** An option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

export function durationOption(value: string): number {
  const ms = tryParseDuration(value);
  if (ms === undefined) throw new InvalidArgumentError(`Write a number and s, m, h, d or w, such as 30m or 1h30m.`);
  return ms;
}

export function wholeOption(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most))
      throw new InvalidArgumentError(`Write a number from ${least} to ${most}.`);
    return number;
  };
}

export function rankOption(value: string): number {
  if (!/^\d{1,2}$/.test(value)) throw new InvalidArgumentError('Write a rank from 00 (first) to 99 (last).');
  return Number(value);
}
