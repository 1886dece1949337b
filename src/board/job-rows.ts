/** Jobs of engines as rows for people: what the board tells of each, without asking an engine. */
import type { JobFault } from '../model/engine.ts';
import { parseSights, type Sights } from '../model/job-sight.ts';
import type { TryName } from '../model/name.ts';
import {
  endFile,
  JOB_FILES,
  JOB_POINTER,
  parsePointer,
  parseSubmission,
  scratchPath,
  submissionPath,
} from '../model/name.ts';
import type { Board } from './board.ts';
import {
  type JobRecord,
  type JobTry,
  jobOf,
  parseAbout,
  parseEnd,
  readEnd,
  readJobId,
  readSights,
  readSubmission,
  type Submission,
} from './jobs.ts';
import { loadWhole } from './load-text.ts';

/** `submitting`: its engine's number is not known; `gone`: its engine says nothing of it. */
export type JobKind = 'submitting' | 'pending' | 'held' | 'running' | 'ended' | 'gone';

export interface JobRow extends JobTry {
  /** As engines.yaml calls it. */
  readonly engine: string;
  /** The engine's number. */
  readonly job: string | undefined;
  /** The stage process that looks after it: who has submitted it, or has taken it over. */
  readonly process: string;
  readonly kind: JobKind;
  /** Why it waits or was ended, or how it ended. */
  readonly why: string;
  readonly node: string | undefined;
  readonly submittedMs: number;
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
  readonly peakMb: number | undefined;
  /** As a shell has it. */
  readonly code: number | undefined;
  readonly fault: JobFault | undefined;
}

/** What stands in the folder of a submission. */
export interface SubmissionSeen {
  readonly about: Submission;
  readonly id: string | undefined;
  readonly seen: Sights;
  readonly ends: ReadonlyMap<number, JobRecord>;
}

/** The number of one job, as an engine's commands take it. */
function numberOf(id: string | undefined, index: number): string | undefined {
  return id === undefined ? undefined : `${id}_${index}`;
}

export function rowOf({ about, id, seen, ends }: SubmissionSeen, index: number): JobRow | undefined {
  const of = about.tries[index];
  if (of === undefined) return undefined;
  const sight = seen.jobs[index];
  const end = ends.get(index);
  const startedMs = end?.startedMs ?? sight?.startedMs;
  const common = {
    ...of,
    engine: about.engine,
    job: numberOf(id, index),
    process: seen.by ?? parseSubmission(about.name)?.process ?? '',
    submittedMs: Date.parse(about.made),
    startedMs,
    node: sight?.node ?? end?.node,
    peakMb: end?.peakKb === undefined ? sight?.peakMb : Math.round(end.peakKb / 102.4) / 10,
    fault: sight?.fault,
  };
  if (end !== undefined) {
    const endedMs = startedMs === undefined ? undefined : startedMs + end.seconds * 1000;
    return { ...common, kind: 'ended', why: sight?.reason ?? `exit code ${end.code}`, code: end.code, endedMs };
  }
  const open = { ...common, code: undefined, endedMs: undefined };
  if (id === undefined) return { ...open, kind: 'submitting', why: 'its engine has not said its number' };
  if (sight === undefined) return { ...open, kind: 'pending', why: 'submitted' };
  if (sight.kind === 'fault') return { ...open, kind: 'ended', why: sight.reason ?? '' };
  const why = sight.kind === 'gone' ? 'its engine says nothing of it' : (sight.reason ?? '');
  return { ...open, kind: sight.kind, why };
}

/** How a job stands, in a few words: `running on n1`, `pending (Resources)`. */
export function jobText({ kind, node, why }: Pick<JobRow, 'kind' | 'node' | 'why'>): string {
  if (kind === 'running') return node === undefined ? kind : `${kind} on ${node}`;
  return why === '' ? kind : `${kind} (${why})`;
}

/** `job 17_1 of cluster: pending (Resources)` */
export function jobSentence(row: JobRow): string {
  return `${row.job === undefined ? 'its job' : `job ${row.job}`} of ${row.engine}: ${jobText(row)}`;
}

/** The job of one try; undefined: its step is none, as far as the board tells. */
export function jobRowOf(board: Board, name: TryName): JobRow | undefined {
  const pointer = jobOf(board, name);
  const about = pointer === undefined ? undefined : readSubmission(board, pointer.name);
  if (pointer === undefined || about === undefined) return undefined;
  const end = readEnd(board, about.name, pointer.index);
  return rowOf(
    {
      about,
      id: readJobId(board, about.name),
      seen: readSights(board, about.name),
      ends: new Map(end === undefined ? [] : [[pointer.index, end]]),
    },
    pointer.index,
  );
}

/** The same without waiting for the disk. @throws the system's error */
export async function loadJobRow(board: Board, name: TryName): Promise<JobRow | undefined> {
  const pointer = parsePointer((await loadWhole(board.path(`${scratchPath(name)}/${JOB_POINTER}`))) ?? '');
  if (pointer === undefined) return undefined;
  const text = (file: string): Promise<string | undefined> => loadWhole(board.path(submissionPath(pointer.name, file)));
  const about = parseAbout(pointer.name, await text(JOB_FILES.about));
  if (about === undefined) return undefined;
  const end = parseEnd((await text(endFile(pointer.index))) ?? '');
  const id = (await text(JOB_FILES.id))?.trim();
  return rowOf(
    {
      about,
      id: id === '' ? undefined : id,
      seen: parseSights(await text(JOB_FILES.seen)),
      ends: new Map(end === undefined ? [] : [[pointer.index, end]]),
    },
    pointer.index,
  );
}

/** The key of a try's row. */
export function jobRowKey({ dataset, posted, epoch }: Pick<TryName, 'dataset' | 'posted' | 'epoch'>): string {
  return `${dataset} ${posted} ${epoch}`;
}
