/** `slate jobs`: the jobs that the board has with engines, as the board and their engines know them. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { endedJobs, listSubmissions, readEnd, readJobId, readSubmission, type Submission } from '../../board/jobs.ts';
import { jobKey } from '../../engines/engine.ts';
import type { JobState } from '../../model/engine.ts';
import { formatEpoch, parseSubmission } from '../../model/name.ts';
import { plain } from '../../model/text.ts';
import { act, type Run, subcommand } from '../command.ts';
import { EXIT } from '../exit.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';

interface Job {
  readonly dataset: string;
  readonly posted: string;
  readonly stage: string;
  readonly epoch: number;
  readonly engine: string;
  /** The engine's number; null while it is not known. */
  readonly job: string | null;
  readonly state: string;
  /** The node, the reason that it waits for, or how it ended. */
  readonly detail: string;
  readonly process: string;
  readonly submitted: string;
  readonly seconds: number | null;
  readonly peakKb: number | null;
}

export function registerJobs(program: Command, run: Run): void {
  const command = subcommand(program, 'jobs', 'the jobs that the board has with engines: state, node, reason');
  act(command, run, async (session) => {
    const board = session.board();
    const { jobs, faults } = await jobsOf(board);
    if (session.json) session.out.json({ schemaVersion: 1, board: board.name, jobs, faults });
    else tell(session, board, jobs, faults);
    return faults.length === 0 ? EXIT.ok : EXIT.some;
  });
}

async function jobsOf(board: Board): Promise<{ jobs: Job[]; faults: string[] }> {
  const abouts = listSubmissions(board).flatMap((name) => readSubmission(board, name) ?? []);
  const ids = new Map<string, string[]>();
  for (const { name, engine } of abouts) {
    const id = readJobId(board, name);
    ids.set(engine, [...(ids.get(engine) ?? []), ...(id === undefined ? [] : [id])]);
  }
  const { states, faults } = await askAll(board, ids);
  return { jobs: abouts.flatMap((about) => rowsOf(board, about, states.get(about.engine))), faults };
}

/** Each engine is asked once. @param ids by engine, what it has */
async function askAll(
  board: Board,
  ids: ReadonlyMap<string, readonly string[]>,
): Promise<{ states: Map<string, ReadonlyMap<string, JobState>>; faults: string[] }> {
  const states = new Map<string, ReadonlyMap<string, JobState>>();
  const faults: string[] = [];
  if (ids.size === 0) return { states, faults };
  const [{ readEngines }, { makeEngine }, { EngineError }] = await Promise.all([
    import('../../definitions/engines.ts'),
    import('../../engines/engines.ts'),
    import('../../engines/engine.ts'),
  ]);
  const { engines } = readEngines(board.home);
  for (const [name, own] of ids) {
    const definition = engines.get(name);
    if (definition === undefined) {
      faults.push(`engine ${name}: engines.yaml has none of that name any more`);
      continue;
    }
    try {
      states.set(name, await makeEngine(definition).poll(own));
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      faults.push(`engine ${name}: ${error.message}`);
    }
  }
  return { states, faults };
}

function rowsOf(board: Board, about: Submission, states: ReadonlyMap<string, JobState> | undefined): Job[] {
  const id = readJobId(board, about.name);
  const ended = new Set(endedJobs(board, about.name));
  return about.tries.map((of, index) => {
    const record = ended.has(index) ? readEnd(board, about.name, index) : undefined;
    const seen = id === undefined ? undefined : states?.get(jobKey(id, index));
    const [state, detail] =
      record !== undefined
        ? ['ended', `code ${record.code}${record.node === '' ? '' : ` on ${record.node}`}`]
        : wordsOf(seen, id);
    return {
      dataset: of.dataset,
      posted: of.posted,
      stage: of.stage,
      epoch: of.epoch,
      engine: about.engine,
      job: id === undefined ? null : jobKey(id, index),
      state,
      detail,
      process: parseSubmission(about.name)?.process ?? '',
      submitted: about.made,
      seconds: record?.seconds ?? null,
      peakKb: record?.peakKb ?? null,
    };
  });
}

function wordsOf(state: JobState | undefined, id: string | undefined): [state: string, detail: string] {
  if (state === undefined) return id === undefined ? ['submitting', ''] : ['unknown', 'its engine says nothing of it'];
  switch (state.kind) {
    case 'running':
      return ['running', state.node];
    case 'pending':
    case 'held':
      return [state.kind, state.reason];
    case 'ended':
      return ['ended', ''];
    case 'fault':
      return [state.fault, state.reason];
  }
}

function tell(session: Session, board: Board, jobs: readonly Job[], faults: readonly string[]): void {
  for (const fault of faults) session.say(plain(fault));
  if (jobs.length === 0) {
    session.say(`board ${board.name} has no jobs with engines`);
    return;
  }
  const heads = ['DATASET', 'STAGE', 'EPOCH', 'ENGINE', 'JOB', 'STATE', 'DETAIL', 'PROCESS'];
  const lines = formatTable(
    heads.map((head) => ({ head })),
    jobs.map((job) => [
      job.dataset,
      job.stage,
      formatEpoch(job.epoch),
      job.engine,
      job.job ?? '-',
      job.state,
      plain(job.detail),
      job.process,
    ]),
  );
  for (const line of lines) session.out.line(line);
}
