/** `slate jobs`: the jobs that boards have with engines, each, or put together as the operators of a batch system do. */
import { type Command, Option } from 'commander';
import { Board, listBoards } from '../../board/board.ts';
import { JobReader } from '../../board/job-reader.ts';
import type { JobRow } from '../../board/job-rows.ts';
import { engineTroubles, processRows } from '../../board/processes.ts';
import { ALL_STATES, findDatasets } from '../../board/scan.ts';
import type { JobGrouping, JobRange } from '../../history/job-groups.ts';
import { aggregatesOf, dayBegan, flowOf, JOB_GROUPINGS, JOB_RANGES, statesOf } from '../../history/job-groups.ts';
import { JOB_REACH_MS, JobPast } from '../../history/job-past.ts';
import { readJournal } from '../../history/journal.ts';
import type { ToldTrouble } from '../../model/engine-trouble.ts';
import { act, collect, type Run, subcommand } from '../command.ts';
import { datasetTest, isName } from '../dataset-words.ts';
import { EXIT, exitOfMany, usage } from '../exit.ts';
import { breathe } from '../interrupt.ts';
import { askedNow } from '../job-asking.ts';
import { type JobTable, tableOfAggregates, tableOfFlow, tableOfJobs, tableOfStates } from '../job-lines.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';
import { troubleJson, troubleText } from '../trouble-lines.ts';

interface JobsOptions {
  readonly by: JobGrouping;
  readonly over: JobRange;
  readonly all?: boolean;
  readonly ask?: boolean;
  readonly state?: string[];
  readonly stage?: string;
  readonly engine?: string;
  readonly node?: string;
  readonly of?: string;
}

/** Lines of the journal between two looks at what else is to be done. */
const BATCH = 20_000;

export function registerJobs(program: Command, run: Run): void {
  const command = subcommand(
    program,
    'jobs',
    'the jobs that the board has with engines: state, node, reason, times, memory',
  )
    .argument('[dataset...]', 'only of these: a dataset, a glob, or /REGEX/; several: any of them')
    .addOption(
      new Option(
        '--by <grouping>',
        'one line a job, or put together: by the entry that posted theirs, by state, over time',
      )
        .choices(JOB_GROUPINGS)
        .default('job'),
    )
    .addOption(new Option('--over <time>', 'with --by time: how far back').choices(JOB_RANGES).default('6h'))
    .option('--all', 'of all boards of the home')
    .option('--ask', 'ask the engines now, instead of telling what their dispatchers were told last')
    .option(
      '--state <states>',
      'only these: pending, running, held, ended, submitting, gone; may be given again',
      collect,
    )
    .option('--stage <stage>', 'only of this stage')
    .option('--engine <name>', 'only with this engine')
    .option('--node <name>', 'only on this node')
    .option('--of <entry>', 'only of entries that this one has posted');
  act<JobsOptions>(command, run, jobs);
}

interface Seen {
  readonly board: Board;
  readonly rows: readonly JobRow[];
  /** Of all its jobs, whether they are asked for or not. */
  readonly datasets: ReadonlySet<string>;
  readonly past: JobPast;
  readonly troubles: readonly ToldTrouble[];
}

async function jobs(session: Session, words: string[], options: JobsOptions): Promise<number> {
  const test = rowTest(words, options);
  const boards =
    options.all === true ? listBoards(session.home()).map((name) => openOf(session, name)) : [session.board()];
  const seen: Seen[] = [];
  const faults: string[] = [];
  for (const board of boards) {
    let rows: readonly JobRow[] = await new JobReader(board).read();
    if (options.ask === true) {
      const asked = await askedNow(board, rows);
      rows = asked.rows;
      faults.push(...asked.faults);
    }
    const troubles = engineTroubles(processRows(board)).filter((told) => isMeant(told, options));
    const datasets = new Set(rows.map(({ dataset }) => dataset));
    seen.push({ board, rows: rows.filter(test), datasets, past: await pastOf(board, options), troubles });
  }
  for (const fault of faults) session.say(fault);
  const isMany = options.all === true;
  const tables = seen.map((one) => ({
    board: one.board.name,
    table: tableFor(one, options),
    told: () => one.troubles.map((told) => troubleJson(told, one.board.now())),
  }));
  if (session.json) {
    const documents = tables.map(({ board, table, told }) => ({ board, [table.name]: table.json(), troubles: told() }));
    const content = isMany ? { boards: documents } : documents[0];
    session.out.json({ schemaVersion: 1, ...content, faults });
  } else {
    await tell(session, tables, isMany);
    for (const { board, troubles } of seen)
      for (const told of troubles)
        session.say(`${isMany ? `board ${board.name}: ` : ''}${troubleText(told, board.now())}`);
  }
  const absent = unheardOf(words, seen);
  for (const dataset of absent) session.say(`no such dataset: ${dataset}`);
  if (absent.length > 0) return exitOfMany(words.length - absent.length, 0, absent.length);
  return faults.length === 0 ? EXIT.ok : EXIT.some;
}

/** Datasets named as such that no board has, and that no job is of. */
function unheardOf(words: readonly string[], seen: readonly Seen[]): string[] {
  const unseen = words.filter((word) => isName(word) && !seen.some(({ datasets }) => datasets.has(word)));
  if (unseen.length === 0) return [];
  const found = seen.flatMap(({ board }) => findDatasets(board, new Set(unseen), ALL_STATES));
  return unseen.filter((word) => !found.some(({ name }) => name.dataset === word));
}

function openOf(session: Session, name: string): Board {
  return Board.open(session.home(), name, { onTrouble: (message) => session.say(message) });
}

async function tell(
  session: Session,
  tables: ReadonlyArray<{ readonly board: string; readonly table: JobTable }>,
  isMany: boolean,
): Promise<void> {
  const first = tables[0]?.table;
  const rows = tables.flatMap(({ board, table }) => table.rows.map((row) => (isMany ? [board, ...row] : [...row])));
  if (first === undefined || rows.length === 0) {
    const where = isMany ? 'the boards of this home have' : `board ${tables[0]?.board ?? ''} has`;
    session.say(`${where} no ${first?.what ?? 'jobs with engines'} like that`);
    return;
  }
  for (const line of formatTable([...(isMany ? [{ head: 'BOARD' }] : []), ...first.columns], rows)) {
    session.out.line(line);
    await session.out.drained();
    if (session.out.isClosed) return;
  }
}

function tableFor({ board, rows, past }: Seen, { by, over }: JobsOptions): JobTable {
  const nowMs = board.now();
  switch (by) {
    case 'job':
      return tableOfJobs(rows, nowMs);
    case 'aggregate':
      return tableOfAggregates(aggregatesOf(rows, past), nowMs);
    case 'state':
      return tableOfStates(statesOf(rows, past, dayBegan(nowMs, 'local')), nowMs);
    case 'time':
      return tableOfFlow(flowOf(rows, past, over, nowMs), nowMs);
  }
}

/** What has ended, as far as it is asked for. */
async function pastOf(board: Board, { by }: JobsOptions): Promise<JobPast> {
  const past = new JobPast();
  if (by === 'job') return past;
  const nowMs = board.now();
  let read = 0;
  for (const line of readJournal(board, { sinceMs: nowMs - JOB_REACH_MS })) {
    past.add(line, Math.min(Date.parse(line.t), nowMs), nowMs);
    if (++read % BATCH === 0) await breathe();
  }
  return past;
}

/** What a stage or an engine is asked for does not tell of others. */
function isMeant({ engine, stages }: ToldTrouble, options: JobsOptions): boolean {
  const isOfStage = options.stage === undefined || stages.length === 0 || stages.includes(options.stage);
  return isOfStage && (options.engine === undefined || options.engine === engine);
}

const STATES: readonly string[] = [
  'pending',
  'running',
  'held',
  'ended',
  'submitting',
  'gone',
] satisfies JobRow['kind'][];

/** @throws CliError */
function rowTest(words: readonly string[], options: JobsOptions): (row: JobRow) => boolean {
  const { stage, engine, node, of } = options;
  const tests = words.map(datasetTest);
  const states = new Set((options.state ?? []).flatMap((list) => list.split(',')));
  for (const state of states)
    if (!STATES.includes(state)) throw usage(`there is no state '${state}' of jobs; there are ${STATES.join(', ')}`);
  const isNarrowed = words.length > 0 || states.size > 0 || [stage, engine, node, of].some((one) => one !== undefined);
  if (isNarrowed && options.by !== 'job')
    throw usage(`--by ${options.by} tells of all jobs: what chooses some goes with one line a job`);
  return (row) =>
    (tests.length === 0 || tests.some((test) => test(row.dataset))) &&
    (states.size === 0 || states.has(row.kind)) &&
    (stage === undefined || row.stage === stage) &&
    (engine === undefined || row.engine === engine) &&
    (node === undefined || row.node === node) &&
    (of === undefined || row.of === of);
}
