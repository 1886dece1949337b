/** The command line as one table: commander's program, which help, completion and the docs' test read. */
import { Command } from 'commander';
import { plainLines } from '../model/text.ts';
import { VERSION } from '../process/version.ts';
import { addGlobals, type Run } from './command.ts';
import { registerBoard } from './commands/board.ts';
import { registerCheck } from './commands/check.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerCounts } from './commands/counts.ts';
import { registerCreate } from './commands/create.ts';
import { registerDown } from './commands/down.ts';
import { registerHistory } from './commands/history.ts';
import { registerInit } from './commands/init.ts';
import { registerJobs } from './commands/jobs.ts';
import { registerLimit } from './commands/limit.ts';
import { registerLog } from './commands/log.ts';
import { registerLs } from './commands/ls.ts';
import { registerOrder } from './commands/order.ts';
import { registerPost } from './commands/post.ts';
import { registerProducts } from './commands/products.ts';
import { registerPs } from './commands/ps.ts';
import { registerRender } from './commands/render.ts';
import { registerRun } from './commands/run.ts';
import { registerScale } from './commands/scale.ts';
import { registerShow } from './commands/show.ts';
import { registerStats } from './commands/stats.ts';
import { registerStatus } from './commands/status.ts';
import { registerSweep } from './commands/sweep.ts';
import { registerTimers } from './commands/timers.ts';
import { registerTransfer } from './commands/transfer.ts';
import { registerUp } from './commands/up.ts';
import { registerVerbs } from './commands/verbs.ts';
import { registerWait } from './commands/wait.ts';

/** In the order of help. */
const REGISTER: ReadonlyArray<(program: Command, run: Run) => void> = [
  registerInit,
  registerCreate,
  registerCheck,
  registerPost,
  registerRun,
  registerLs,
  registerCounts,
  registerStatus,
  registerBoard,
  registerShow,
  registerLog,
  registerProducts,
  registerRender,
  registerWait,
  registerVerbs,
  registerJobs,
  registerPs,
  registerOrder,
  registerUp,
  registerDown,
  registerScale,
  registerTimers,
  registerTransfer,
  registerLimit,
  registerSweep,
  registerHistory,
  registerStats,
  registerCompletion,
];

export function buildProgram(run: Run): Command {
  const program = new Command('slate')
    .description('A pipeline runner whose whole state is a directory of file names.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => run.world.out.write(text),
      writeErr: (text) => run.world.say(text),
      // It quotes what was given, as it was given.
      outputError: (text, write) => write(`slate: ${plainLines(text.replace(/^error: /, ''))}`),
    });
  addGlobals(program);
  for (const register of REGISTER) register(program, run);
  for (const command of program.commands) {
    command.showHelpAfterError(`'slate ${command.name()} --help' shows what it takes`);
  }
  program.showHelpAfterError("'slate --help' lists the commands");
  return program;
}
