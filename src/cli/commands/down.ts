/** `slate down`: a host is to run nothing until `slate up`. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { orderDown } from '../../board/down.ts';
import { type ProcessRow, processRows } from '../../board/processes.ts';
import { leavingText, standingStill, standingText } from '../../board/standing.ts';
import { isRead, listHosts, markDown, readWishes } from '../../board/wishes.ts';
import { formatDuration } from '../../model/duration.ts';
import { count } from '../../model/text.ts';
import { act, durationOption, type Run, subcommand } from '../command.ts';
import { EXIT, usage } from '../exit.ts';
import { boardsMeant, type HostOptions, hostsMeant, prepareHosts } from '../hosts.ts';
import { Interrupt } from '../interrupt.ts';
import type { Session } from '../session.ts';

interface DownOptions extends HostOptions {
  readonly now?: boolean;
  readonly wait?: boolean;
  readonly timeout?: number;
  readonly dryRun?: boolean;
  readonly reason?: string;
}

interface Told {
  readonly board: string;
  readonly host: string;
  /** False: it was down already. */
  readonly marked: boolean;
  /** True: the board has never heard of it. */
  readonly unknown: boolean;
  /** Ids of what still runs there. */
  readonly processes: readonly string[];
}

const LOOK_EVERY_MS = 200;
const TELL_FIRST_MS = 5_000;
const TELL_EVERY_MS = 30_000;

export function registerDown(program: Command, run: Run): void {
  const command = subcommand(program, 'down', 'let a host run nothing until it is told to: what runs there is drained')
    .option('--host <host>', 'the host; this one unless told')
    .option('--all', 'all hosts')
    .option('--now', 'stop the steps, and give their entries back')
    .option('--wait', 'until nothing runs there any more')
    .option('--timeout <duration>', 'with --wait: exit with 4 when it takes longer', durationOption)
    .option('-n, --dry-run', 'change nothing, say what would change')
    .option('--reason <text>', 'why, for the journal');
  act<DownOptions>(command, run, down);
}

async function down(session: Session, _: string[], options: DownOptions): Promise<number> {
  const isDry = options.dryRun === true;
  if (options.timeout !== undefined && options.wait !== true)
    throw usage('--timeout is how long --wait waits: say both');
  if (!isDry) session.refuseIfReadOnly();
  const boards = boardsMeant(session, options);
  // Of all boards before the first is changed.
  if (!isDry) for (const board of boards) prepareHosts(session, board, options);
  const told = boards.flatMap((board) => hostsMeant(board, options).map((host) => downOn(board, host, options)));
  for (const board of boards) board.journal.flush();
  if (session.json) session.out.json({ schemaVersion: 1, dryRun: isDry, hosts: told });
  for (const { board, host, marked, processes } of told) {
    const what = options.now === true ? 'halted' : 'drained';
    const left = `${count(processes.length, 'process', 'processes')} ${isDry ? 'would be' : 'being'} ${what}`;
    if (!session.json) session.out.line(`${board}\t${host}\t${marked ? 'down' : 'down already'}\t${left}`);
  }
  for (const { board, host, unknown } of told)
    if (unknown)
      session.say(`board ${board} has not heard of a host ${host} before: 'slate ps' lists those that it knows`);
  if (told.length === 0) session.say('no host runs anything');
  if (options.wait !== true || isDry) return EXIT.ok;
  return untilNothing(session, options.timeout, () =>
    boards.flatMap((board) => hostsMeant(board, options).flatMap((host) => liveOn(board, host))),
  );
}

/** Says now and then what it waits for; at once of one that would never end by itself. */
async function untilNothing(
  session: Session,
  timeoutMs: number | undefined,
  look: () => readonly ProcessRow[],
): Promise<number> {
  const interrupt = new Interrupt();
  const start = performance.now();
  let tellAt = TELL_FIRST_MS;
  let known = '';
  const exit = await interrupt.during(async () => {
    while (!interrupt.isSet) {
      const left = look();
      if (left.length === 0) return EXIT.ok;
      const ms = performance.now() - start;
      const text = leavingText(left);
      const stuck = standingStill(left).map(standingText).join('; ');
      if (timeoutMs !== undefined && ms >= timeoutMs) {
        const what = count(left.length, 'stage process has', 'stage processes have');
        session.say(`after ${formatDuration(timeoutMs)} ${what} not ended: ${text}`);
        return EXIT.timeout;
      }
      if (ms >= tellAt || (stuck !== '' && stuck !== known)) {
        session.say(`waiting for ${text}`);
        tellAt = ms + TELL_EVERY_MS;
      }
      known = stuck;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return EXIT.ok;
  });
  return interrupt.exit ?? exit;
}

function liveOn(board: Board, host: string): ProcessRow[] {
  return processRows(board).filter(({ status: { name }, isDead }) => !isDead && name.host === host);
}

function downOn(board: Board, host: string, { now, dryRun, reason }: DownOptions): Told {
  const isKnown = listHosts(board).includes(host);
  const read = readWishes(board, host);
  const isDown = isRead(read) && read.isDown;
  const marked = dryRun === true ? !isDown : markDown(board, host, reason);
  const live = liveOn(board, host);
  if (dryRun !== true) orderDown(board, live, { now, reason });
  const unknown = !isKnown && live.length === 0;
  return { board: board.name, host, marked, unknown, processes: live.map(({ status }) => status.name.id) };
}
