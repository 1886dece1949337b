/** One run of the command line: parse, act, and say how it ended. */
import { CommanderError } from 'commander';
import { plainLines } from '../model/text.ts';
import { refusalOf } from '../tui/term/surroundings.ts';
import type { Run } from './command.ts';
import { dashboard } from './commands/board.ts';
import { status } from './commands/status.ts';
import { CliError, EXIT, endingOf } from './exit.ts';
import { buildProgram } from './program.ts';
import { Session, type World } from './session.ts';

/** @param args without node and script @returns the exit code; everything written has been handed to the streams */
export async function runCommandLine(args: readonly string[], world: World): Promise<number> {
  const run: Run = { world, exit: EXIT.ok };
  try {
    if (args.length === 0 && world.isTTY.stdout) run.exit = await alone(world);
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
async function alone(world: World): Promise<number> {
  const session = new Session(world, {});
  if (refusalOf(world.env, world.isTTY) === undefined) return dashboard(session);
  const exit = await status(session);
  await world.out.drained();
  session.say("'slate --help' lists the commands");
  return exit;
}

function exitOf(error: unknown, world: World): number {
  // Commander has printed its message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const { exit, message } = endingOf(error);
  if (message !== '' || !(error instanceof CliError)) world.say(`slate: ${plainLines(message)}\n`);
  return exit;
}
