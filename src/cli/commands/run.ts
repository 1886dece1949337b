/** `slate run`: a stage process in the foreground. The process itself is `process/`'s. */
import type { Command } from 'commander';
import { act, collect, type Run, subcommand, wholeOption } from '../command.ts';
import { type RunOptions, runStageProcess } from '../stage-process.ts';

export function registerRun(program: Command, run: Run): void {
  const command = subcommand(program, 'run', 'serve the stages of a board, in the foreground')
    .option('--stage <stage>', 'serve this stage only; may be given again', collect)
    .option('--slots <number>', 'steps at a time; 1 unless told', wholeOption(1, 1024))
    .option('--until-idle', 'end when nothing that it serves could become runnable without a person')
    .option('--no-landing', 'leave landing zones to other processes')
    .option('--no-timers', 'leave timers to other processes');
  act<RunOptions>(command, run, (session, _, options) => {
    session.refuseIfReadOnly();
    return runStageProcess(session, options);
  });
}
