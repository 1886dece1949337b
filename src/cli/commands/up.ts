/** `slate up`: the host agent, in the foreground or in the background; and the end of `slate down`, on any host. */
import { constants } from 'node:os';
import type { Command } from 'commander';
import { readAgent } from '../../board/agent-file.ts';
import type { Board } from '../../board/board.ts';
import { RightsError } from '../../board/errors.ts';
import { makeBelow } from '../../board/fs.ts';
import { askKernel, ownMark } from '../../board/host.ts';
import { requireRights } from '../../board/rights.ts';
import { systemDoor } from '../../board/rights-door.ts';
import { resetUmask, useUmaskOf } from '../../board/sharing.ts';
import { isRead, makeHostFolder, readWishes, unmarkDown } from '../../board/wishes.ts';
import { AGENT_LOG, agentLogFile, HOST_LOGS, hostLogPath, wishFolder } from '../../model/name.ts';
import { plain } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { CliError, EXIT, usage } from '../exit.ts';
import { boardNames, boardsMeant, type HostOptions, hostsMeant, prepareHosts, thisHost } from '../hosts.ts';
import type { Session } from '../session.ts';
import { cpusOption, memoryOption } from './run.ts';

interface UpOptions extends HostOptions {
  readonly detach?: boolean;
  readonly unlessDown?: boolean;
  readonly ifNeeded?: boolean;
  /** Thousandths. */
  readonly cpus?: number;
  /** MB. */
  readonly memory?: number;
  readonly reason?: string;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** So long a new agent may take until it has said so. */
const UP_MS = 15_000;
/** And so long until it keeps a board, where others may be enough. */
const NEEDED_MS = 12_000;
const LOOK_EVERY_MS = 50;
const LOG_BYTES = 4_000_000;

export function registerUp(program: Command, run: Run): void {
  const command = subcommand(program, 'up', 'keep on this host what is wanted there: the host agent, in the foreground')
    .option('--detach', 'in the background; where an agent runs already, do nothing')
    .option('--unless-down', "leave the mark of 'slate down' where it stands: for units and cron lines")
    .option('--if-needed', 'end after 12 s if it keeps no board by then, for another agent does or the disks refuse')
    .option('--cpus <number>', 'cores that steps may use on this host; all unless told', cpusOption)
    .option('--memory <size>', 'memory that steps may use on this host, such as 16g; all unless told', memoryOption)
    .option('--host <host>', 'start nothing: only end that host being down')
    .option('--all', 'start nothing: only end all hosts being down')
    .option('--reason <text>', 'why, for the journal');
  act<UpOptions>(command, run, up);
}

async function up(session: Session, _: string[], options: UpOptions): Promise<number> {
  session.refuseIfReadOnly();
  if (options.host !== undefined || options.all === true) return onlyUnmark(session, options);
  if (session.json) throw usage("the agent runs on and on: 'slate ps --json' tells of it");
  const boards = boardsToKeep(session, options);
  if (options.unlessDown !== true) unmark(session, boards, options);
  return options.detach === true ? detach(session, options) : foreground(session, options);
}

/**
 * Boards that this account may keep. Others are somebody else's, which is said; where there are no others, it ends with it.
 * @throws RightsError
 */
function boardsToKeep(session: Session, options: UpOptions): Board[] {
  const refused: RightsError[] = [];
  const boards = boardsMeant(session, options).filter((board) => {
    try {
      requireRights(board, 'keep', [wishFolder(board.host)]);
      return true;
    } catch (error) {
      if (!(error instanceof RightsError)) throw error;
      refused.push(error);
      return false;
    }
  });
  const [first] = refused;
  if (first !== undefined && boards.length === 0) throw first;
  for (const { message } of refused) session.say(message);
  return boards;
}

function unmark(
  session: Session,
  boards: readonly Board[],
  options: UpOptions,
): { board: string; host: string; was: boolean }[] {
  const told = boards.flatMap((board) => {
    useUmaskOf(board);
    const hosts = hostsMeant(board, options).map((host) => ({
      board: board.name,
      host,
      was: unmarkDown(board, host, options.reason),
    }));
    board.journal.flush();
    return hosts;
  });
  // An agent that is started now serves others, too.
  resetUmask();
  for (const { board, host, was } of told) if (was) session.say(`board ${board}: ${host} is no longer down`);
  return told;
}

function onlyUnmark(session: Session, options: UpOptions): number {
  if (options.detach === true || options.unlessDown === true)
    throw usage('--host and --all start nothing: they go with --reason only');
  const boards = boardsMeant(session, options);
  for (const board of boards) prepareHosts(session, board, options);
  const told = unmark(session, boards, options);
  if (session.json) session.out.json({ schemaVersion: 1, hosts: told });
  for (const board of boards) {
    for (const host of hostsMeant(board, options))
      if (readAgent(board, host) === undefined)
        session.say(`board ${board.name}: no agent keeps ${host}: 'slate up' there starts one`);
  }
  return EXIT.ok;
}

/** As the stage processes are told. */
function budgetOf({ cpus, memory }: UpOptions): string[] {
  return [
    ...(cpus === undefined ? [] : ['--cpus', String(cpus / 1000)]),
    ...(memory === undefined ? [] : ['--memory', `${memory}m`]),
  ];
}

async function foreground(session: Session, options: UpOptions): Promise<number> {
  const { HostAgent } = await import('../../host/agent.ts');
  const { env } = session.world;
  const isOne = options.board !== undefined || (env.SLATE_BOARD ?? '') !== '';
  const agent = new HostAgent({
    home: session.home(),
    boards: isOne ? boardNames(session, options) : undefined,
    launch: { script: process.argv[1] ?? '', cwd: session.home(), env, options: budgetOf(options) },
    log: (level, code, message) =>
      session.world.say(`${new Date().toISOString()} ${level} ${code}: ${plain(message)}\n`),
    neededMs: options.ifNeeded === true ? NEEDED_MS : undefined,
  });
  const stop = (signal: NodeJS.Signals): void => agent.stop(signal);
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    const signal = await agent.run();
    return signal === undefined ? EXIT.some : 128 + constants.signals[signal];
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

/** The pid of the agent that keeps a board here, if one does. */
function agentOf(board: Board): number | undefined {
  const mark = readAgent(board, thisHost())?.content?.mark;
  return mark !== undefined && askKernel(mark, ownMark()) === 'alive' ? mark.pid : undefined;
}

/** Boards that no agent keeps here, and the pid of one that keeps others. */
function keptOf(boards: readonly Board[]): { without: string[]; pid: number | undefined } {
  const pids = boards.map(agentOf);
  return {
    without: boards.flatMap(({ name }, at) => (pids[at] === undefined ? [name] : [])),
    pid: pids.find((pid) => pid !== undefined),
  };
}

/** Beside the boards; where this account may not write there, with the logs of what the agent keeps on the first board. */
function agentLog(home: string, boards: readonly Board[]): string {
  const beside = `${home}/blackboard`;
  const [board] = boards;
  if (board === undefined || systemDoor().access(beside, 'write') === 'allowed')
    return `${beside}/${agentLogFile(thisHost())}`;
  const log = board.path(hostLogPath(board.host, AGENT_LOG));
  useUmaskOf(board);
  makeHostFolder(board, board.host);
  makeBelow(board.fs, board.root, `${wishFolder(board.host)}/${HOST_LOGS}`);
  board.fs.append(log, '');
  resetUmask();
  return log;
}

async function detach(session: Session, options: UpOptions): Promise<number> {
  const boards = boardsToKeep(session, options);
  if (boards.length === 0)
    throw usage(`there is no board in ${session.home()} yet: make one with 'slate create BOARD --pipeline P'`);
  const before = keptOf(boards);
  if (before.without.length === 0) {
    session.say(`an agent runs already, pid ${before.pid}`);
    const down = boards.filter((board) => {
      const read = readWishes(board, board.host);
      return isRead(read) && read.isDown;
    });
    for (const { name, host } of down)
      session.say(`board ${name}: ${host} is down: 'slate up --host ${host}' ends that`);
    return EXIT.ok;
  }
  const { startDetached, boundLog, lastLine } = await import('../../process/detached.ts');
  const home = session.home();
  const log = agentLog(home, boards);
  boundLog(log, LOG_BYTES);
  const named = options.board === undefined ? [] : ['--board', options.board];
  // An agent that can't say on a board that it keeps it is not seen here: cron would add one each time.
  const needed = options.unlessDown === true || before.pid !== undefined ? ['--if-needed'] : [];
  const child = startDetached({
    args: ['--home', home, 'up', '--unless-down', ...needed, ...named, ...budgetOf(options)],
    cwd: home,
    env: session.world.env,
    script: process.argv[1] ?? '',
    log,
  });
  let why: string | undefined;
  child.ended.then((text) => {
    why = text;
  });
  const deadline = performance.now() + UP_MS;
  for (;;) {
    const { without, pid } = keptOf(boards);
    if (without.length === 0) {
      session.say(`the agent runs, pid ${pid ?? child.pid}; its log is ${log}`);
      return EXIT.ok;
    }
    const others = pid === undefined || pid === child.pid ? '' : `; an agent, pid ${pid}, keeps the others`;
    const unkept = `no agent says that it keeps board ${without.join(', ')}${others}`;
    if (why !== undefined) throw new CliError(EXIT.some, `${unkept}; a new one has ended (${why}): ${lastLine(log)}`);
    if (performance.now() > deadline) {
      session.say(`${unkept}; one is started, pid ${child.pid}: ${log} tells more`);
      return EXIT.some;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
