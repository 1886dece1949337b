/** One run of the command line: parse, act, and say how it ended. */
import { CommanderError } from 'commander';
import { plainLines } from '../model/text.ts';
import { refusalOf } from '../tui/term/surroundings.ts';
import type { Run } from './command.ts';
import { dashboard } from './commands/board.ts';
import { status } from './commands/status.ts';
import { CliError, EXIT, endingOf } from './exit.ts';
import { buildProgram } from './program.ts';
import { type Globals, Session, type World } from './session.ts';

/** @param args without node and script @returns the exit code; everything written has been handed to the streams */
export async function runCommandLine(args: readonly string[], world: World): Promise<number> {
  const run: Run = { world, exit: EXIT.ok };
  try {
    const globals = world.isTTY.stdout ? onlyGlobals(args) : undefined;
    if (globals !== undefined) run.exit = await alone(world, globals);
    else await buildProgram(run).parseAsync(args, { from: 'user' });
  } catch (error) {
    run.exit = exitOf(error, world);
  }
  await world.out.drained();
  if (world.out.failure === undefined) return run.exit;
  const { message, exit } = endingOf(world.out.failure);
  world.say(`slate: what was to be printed could not be written: ${plainLines(message)}\n`);
  return run.exit === EXIT.ok ? exit : run.exit;
}

/** `slate` and nothing else, on a terminal: the dashboard; a few plain lines where it can't be painted. */
async function alone(world: World, globals: Globals): Promise<number> {
  const session = new Session(world, globals);
  if (refusalOf(world.env, world.isTTY) === undefined) return dashboard(session);
  const exit = await status(session);
  await world.out.drained();
  session.say("'slate --help' lists the commands");
  return exit;
}

/** The home and the board, if nothing but these is told; undefined: there is more to the line. */
export function onlyGlobals(args: readonly string[]): Globals | undefined {
  const globals: { home?: string; board?: string } = {};
  for (let at = 0; at < args.length; at++) {
    const [, name, joined] = /^--(home|board)(?:=(.*))?$/s.exec(args[at] ?? '') ?? [];
    const value = joined ?? args[++at];
    if ((name !== 'home' && name !== 'board') || value === undefined) return undefined;
    globals[name] = value;
  }
  return globals;
}

function exitOf(error: unknown, world: World): number {
  // Commander has printed its message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const { exit, message } = endingOf(error);
  if (message !== '' || !(error instanceof CliError)) world.say(`slate: ${plainLines(message)}\n`);
  return exit;
}
