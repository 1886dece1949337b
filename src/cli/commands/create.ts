/** `slate create`: a board, from a pipeline. */
import type { Command } from 'commander';
import { createBoard, listBoards } from '../../board/board.ts';
import { LEAST_LEASE_MS } from '../../board/config.ts';
import { formatDuration } from '../../model/duration.ts';
import { stageNameFault } from '../../model/name.ts';
import { act, durationOption, type Run, subcommand } from '../command.ts';
import { CliError, EXIT, usage } from '../exit.ts';

interface CreateOptions {
  readonly pipeline: string;
  readonly lease?: number;
}

export function registerCreate(program: Command, run: Run): void {
  const command = subcommand(program, 'create', 'make a board that runs a pipeline')
    .argument('<name>', 'the new board')
    .requiredOption('-p, --pipeline <pipeline>', 'the pipeline, pipelines/<pipeline>.yaml')
    .option('--lease <duration>', 'after which silence a stage process is taken for dead', durationOption);
  act<CreateOptions>(command, run, async (session, args, options) => {
    session.refuseIfReadOnly();
    const [name = ''] = args;
    const fault = stageNameFault(name, 'board name');
    if (fault !== undefined) throw usage(`'${name}': ${fault.why}`);
    if (options.lease !== undefined && options.lease < LEAST_LEASE_MS) {
      throw usage(`a lease is at least ${formatDuration(LEAST_LEASE_MS)}`);
    }
    const home = session.home();
    if (listBoards(home).includes(name)) {
      throw new CliError(EXIT.refused, `there is a board '${name}' already: choose another name, or post to it`);
    }
    const { loadPipeline } = await import('../../definitions/load.ts');
    const { pipeline } = loadPipeline(home, options.pipeline);
    const board = createBoard(home, name, pipeline, { leaseMs: options.lease });
    if (session.json) {
      session.out.json({
        schemaVersion: 1,
        board: name,
        pipeline: pipeline.name,
        path: board.root,
        stages: board.stages,
      });
    } else {
      session.out.line(board.root);
      session.say(`board ${name} runs ${pipeline.name}: ${board.stages.join(', ')}`);
    }
    return EXIT.ok;
  });
}
