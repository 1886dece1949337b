/** `slate log`: what a step printed, also while it prints it. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { isGone } from '../../board/errors.ts';
import { jobRowOf, jobSentence } from '../../board/job-rows.ts';
import { Tail } from '../../board/lines.ts';
import { rfc3339 } from '../../board/rows.ts';
import { type LogEntry, listLogs } from '../../board/tries.ts';
import { LOG_RUNNING, type TryName } from '../../model/name.ts';
import { plainLines } from '../../model/text.ts';
import { act, type Run, subcommand, wholeOption } from '../command.ts';
import { CliError, EXIT } from '../exit.ts';
import { postedOption, refuseBadName, runsNamed } from '../select.ts';
import { type Session, stageNamed } from '../session.ts';

interface LogOptions {
  readonly follow?: boolean;
  readonly epoch?: number;
  readonly posted?: string;
  readonly path?: boolean;
}

const POLL_MS = 250;
/** Between two looks at the job of a step that has not said anything. */
const JOB_MS = 1_000;

export function registerLog(program: Command, run: Run): void {
  const command = subcommand(program, 'log', "print a try's log: the latest one's unless told")
    .argument('<dataset>', 'the dataset')
    .argument('[stage]', 'the latest try of this stage')
    .option('-f, --follow', 'go on printing until the try ends')
    .option('--epoch <number>', 'the try with this epoch', wholeOption(1, 999_999_999))
    .option('--posted <time>', 'of the run posted at that time')
    .option('--path', 'print where the log is instead');
  act<LogOptions>(command, run, log);
}

async function log(session: Session, [dataset = '', stage]: string[], options: LogOptions): Promise<number> {
  const board = session.board();
  refuseBadName(dataset);
  if (stage !== undefined) stageNamed(board, stage);
  const posted = options.posted === undefined ? undefined : postedOption(options.posted);
  const chosen = choose(board, dataset, stage, posted, options.epoch);
  if (chosen === undefined) {
    const isKnown = runsNamed(board, dataset, posted).length > 0;
    throw new CliError(
      EXIT.absent,
      isKnown ? `dataset ${dataset} has no such log yet` : `no such dataset on board ${board.name}: ${dataset}`,
    );
  }
  if (session.json) {
    const { posted: run, stage: of, epoch, outcome, file } = chosen;
    const path = board.path(file);
    session.out.json({
      schemaVersion: 1,
      board: board.name,
      dataset,
      posted: rfc3339(run),
      stage: of,
      epoch,
      outcome,
      path,
    });
  } else if (options.path) session.out.line(board.path(chosen.file));
  else await print(session, board, dataset, chosen, options.follow === true);
  return EXIT.ok;
}

function choose(
  board: Board,
  dataset: string,
  stage: string | undefined,
  posted: string | undefined,
  epoch: number | undefined,
): LogEntry | undefined {
  return listLogs(board, dataset).findLast(
    (log) =>
      (stage === undefined || log.stage === stage) &&
      (posted === undefined || log.posted === posted) &&
      (epoch === undefined || log.epoch === epoch),
  );
}

/** The same try's log, whatever it is called by now. */
function nowOf(board: Board, dataset: string, log: LogEntry): LogEntry | undefined {
  const same = listLogs(board, dataset).filter(({ posted, epoch }) => posted === log.posted && epoch === log.epoch);
  // A log gets its outcome by a link: for an instant it has both names.
  return same.find(({ outcome }) => outcome !== LOG_RUNNING) ?? same[0];
}

function open(board: Board, dataset: string, log: LogEntry): Tail {
  for (let now: LogEntry | undefined = log, round = 0; now !== undefined && round < 5; round++) {
    try {
      return new Tail(board.path(now.file));
    } catch (error) {
      if (!isGone(error)) throw error;
      now = nowOf(board, dataset, log);
    }
  }
  throw new CliError(EXIT.absent, `the log is gone: ${log.file}`);
}

async function print(
  session: Session,
  board: Board,
  dataset: string,
  log: LogEntry,
  isFollowed: boolean,
): Promise<void> {
  const { out, world } = session;
  const tail = open(board, dataset, log);
  // A step may print anything: what it sends to a terminal must not move the cursor.
  const clean = world.isTTY.stdout ? plainLines : (text: string) => text;
  const job = new JobWords(board, { ...log, dataset });
  let isSilent = true;
  try {
    for (;;) {
      // Asked before reading, so that what it wrote last is read as well.
      const now = isFollowed ? nowOf(board, dataset, log) : undefined;
      for (const piece of tail.pieces()) {
        isSilent = false;
        out.write(clean(piece));
        await out.drained();
        if (out.isClosed) return;
      }
      const words = isSilent && log.outcome === LOG_RUNNING ? job.news() : undefined;
      if (words !== undefined) session.say(words);
      if (now === undefined || now.outcome !== LOG_RUNNING) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    tail.close();
  }
}

/** Why a log is still empty, where its step is a job of an engine: told when it has changed. */
class JobWords {
  readonly #board: Board;
  readonly #try: TryName;
  #told: string | undefined;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(board: Board, of: TryName) {
    this.#board = board;
    this.#try = of;
  }

  news(): string | undefined {
    if (performance.now() - this.#askedMs < JOB_MS) return undefined;
    this.#askedMs = performance.now();
    const row = jobRowOf(this.#board, this.#try);
    const text = row === undefined ? undefined : jobSentence(row);
    if (text === this.#told) return undefined;
    this.#told = text;
    return text;
  }
}
