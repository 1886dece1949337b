/** `slate run`: a stage process in the foreground. The process itself is `process/`'s. */
import { type Command, InvalidArgumentError } from 'commander';
import { tryParseCpus, tryParseMemory } from '../../model/demand.ts';
import { act, collect, type Run, subcommand, wholeOption } from '../command.ts';
import { type RunOptions, runStageProcess } from '../stage-process.ts';

/** Thousandths of a core. */
export function cpusOption(value: string): number {
  const milliCpus = tryParseCpus(value);
  if (milliCpus === undefined) throw new InvalidArgumentError('Write a number of cores, such as 8 or 0.5.');
  return milliCpus;
}

/** MB. */
export function memoryOption(value: string): number {
  const memoryMb = tryParseMemory(value);
  if (memoryMb === undefined) throw new InvalidArgumentError('Write a size with a unit, such as 512m or 16g.');
  return memoryMb;
}

export function registerRun(program: Command, run: Run): void {
  const command = subcommand(program, 'run', 'serve the stages of a board, in the foreground')
    .option('--stage <stage>', 'serve this stage only; may be given again', collect)
    .option(
      '--slots <number>',
      'steps on this host at a time; 1 unless told. Jobs of engines come beside them, unless it serves nothing else',
      wholeOption(1, 10_000),
    )
    .option('--cpus <number>', 'cores that steps may use on this host; all unless told', cpusOption)
    .option('--memory <size>', 'memory that steps may use on this host, such as 16g; all unless told', memoryOption)
    .option('--kept', 'follow the wish of this host: its slots are those of hosts/<host>/, and without a wish it ends')
    .option('--until-idle', 'end when nothing that it serves could become runnable without a person')
    .option('--no-landing', 'leave landing zones to other processes')
    .option('--no-timers', 'leave timers to other processes');
  act<RunOptions>(command, run, (session, _, options) => {
    session.refuseIfReadOnly();
    return runStageProcess(session, options);
  });
}
