/** `slate create`: a board, from a pipeline. */
import type { Command } from 'commander';
import { groupId } from '../../board/accounts.ts';
import { createBoard, listBoards } from '../../board/board.ts';
import { LEAST_LEASE_MS } from '../../board/config.ts';
import { requireFolder, worldWritable } from '../../board/rights.ts';
import { requireGroup } from '../../board/sharing.ts';
import { formatDuration } from '../../model/duration.ts';
import { stageNameFault } from '../../model/name.ts';
import { act, durationOption, type Run, subcommand } from '../command.ts';
import { CliError, EXIT, usage } from '../exit.ts';

interface CreateOptions {
  readonly pipeline: string;
  readonly lease?: number;
  readonly engine?: string;
  readonly group?: string;
}

/** The number of a group that is to share something. @throws CliError, RightsError: this account can't give anything to it */
export function groupOption(group: string | undefined): number | undefined {
  if (group === undefined) return undefined;
  const gid = groupId(group);
  if (gid === undefined) throw usage(`this host knows no group '${group}': 'getent group' lists them`);
  requireGroup(gid);
  return gid;
}

export function registerCreate(program: Command, run: Run): void {
  const command = subcommand(program, 'create', 'make a board that runs a pipeline')
    .argument('<name>', 'the new board')
    .requiredOption('-p, --pipeline <pipeline>', 'the pipeline, pipelines/<pipeline>.yaml')
    .option('--lease <duration>', 'after which silence a stage process is taken for dead', durationOption)
    .option('--engine <engine>', 'where steps run of stages that say nothing else, of engines.yaml')
    .option(
      '--group <group>',
      "the group whose members share it; that of blackboard/, where it is a group's, unless told",
    );
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
    requireFolder(`${home}/blackboard`, `board ${name} can't be made`);
    const group = groupOption(options.group);
    const { loadPipeline } = await import('../../definitions/load.ts');
    const loaded = loadPipeline(home, options.pipeline).pipeline;
    const pipeline = options.engine === undefined ? loaded : { ...loaded, engine: options.engine };
    const { engineNamed } = await import('../../definitions/stage-engine.ts');
    const wrong = options.engine === undefined ? undefined : engineNamed(home, options.engine).fault;
    if (wrong !== undefined) throw usage(`--engine ${options.engine}: ${wrong.message}: ${wrong.hint}`);
    const board = createBoard(home, name, pipeline, { leaseMs: options.lease, group });
    const open = worldWritable(board);
    if (open !== undefined) session.say(open);
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
