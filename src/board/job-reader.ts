/** Reads all jobs of a board again and again: what can't change is read once. Never waits for a disk that hangs. */
import { parseSights, type Sights } from '../model/job-sight.ts';
import {
  claimsOf,
  endFile,
  JOB_FILES,
  JOBS_FOLDER,
  parseEndFile,
  parseName,
  parseSubmission,
  submissionPath,
} from '../model/name.ts';
import type { Board } from './board.ts';
import { type JobRow, rowOf } from './job-rows.ts';
import { type JobRecord, type JobTry, parseAbout, parseEnd, type Submission } from './jobs.ts';
import { loadNames, loadWhole } from './load-text.ts';
import { isHidden } from './scan.ts';

interface Held {
  readonly about: Submission;
  id: string | undefined;
  readonly ends: Map<number, JobRecord>;
}

export class JobReader {
  readonly #board: Board;
  #held = new Map<string, Held>();
  /** By the name of an entry, the claims that it tells of. */
  #claims = new Map<string, readonly string[]>();

  constructor(board: Board) {
    this.#board = board;
  }

  /**
   * By dataset. A job whose end is written down, as the outcome of its try, is no job any more: the journal tells of it.
   * @throws the system's error
   */
  async read(): Promise<JobRow[]> {
    const names = (await loadNames(this.#board.path(JOBS_FOLDER))) ?? [];
    const held = new Map<string, Held>();
    const rows: JobRow[] = [];
    for (const name of names) {
      if (parseSubmission(name) === undefined) continue;
      const look = await this.#look(name);
      if (look === undefined) continue;
      held.set(name, look.held);
      for (const index of look.held.about.tries.keys()) {
        const row = rowOf({ ...look.held, seen: look.seen }, index);
        if (row !== undefined) rows.push(row);
      }
    }
    this.#held = held;
    return (await this.#open(rows)).sort(byTry);
  }

  /** Names are looked at after all that jobs have told, and only if some have ended. */
  async #open(rows: readonly JobRow[]): Promise<JobRow[]> {
    if (rows.every(({ kind }) => kind !== 'ended')) return [...rows];
    const claims = new Map<string, readonly string[]>();
    for (const file of (await loadNames(this.#board.path('active'))) ?? [])
      if (!isHidden(file)) claims.set(file, this.#claims.get(file) ?? claimsIn(file));
    this.#claims = claims;
    const standing = new Set([...claims.values()].flat());
    return rows.filter((row) => row.kind !== 'ended' || standing.has(claimKey(row, row)));
  }

  async #look(name: string): Promise<{ held: Held; seen: Sights } | undefined> {
    const about = this.#held.get(name)?.about ?? parseAbout(name, await this.#text(name, JOB_FILES.about));
    if (about === undefined) return undefined;
    const held = this.#held.get(name) ?? { about, id: undefined, ends: new Map() };
    if (held.id === undefined) {
      const id = (await this.#text(name, JOB_FILES.id))?.trim();
      held.id = id === '' ? undefined : id;
    }
    for (const file of (await loadNames(this.#board.path(submissionPath(name)))) ?? []) {
      const index = parseEndFile(file);
      if (index === undefined || held.ends.has(index)) continue;
      const end = parseEnd((await this.#text(name, endFile(index))) ?? '');
      if (end !== undefined) held.ends.set(index, end);
    }
    return { held, seen: parseSights(await this.#text(name, JOB_FILES.seen)) };
  }

  #text(name: string, file: string): Promise<string | undefined> {
    return loadWhole(this.#board.path(submissionPath(name, file)));
  }
}

function claimKey(
  { dataset, posted }: Pick<JobTry, 'dataset' | 'posted'>,
  { column, epoch }: Pick<JobTry, 'column' | 'epoch'>,
): string {
  return `${dataset} ${posted} ${column} ${epoch}`;
}

function claimsIn(file: string): string[] {
  const parsed = parseName(file);
  return parsed.ok ? claimsOf(parsed.name).map((claim) => claimKey(parsed.name, claim)) : [];
}

function byTry(a: JobRow, b: JobRow): number {
  if (a.dataset !== b.dataset) return a.dataset < b.dataset ? -1 : 1;
  return a.posted === b.posted ? a.epoch - b.epoch : a.posted < b.posted ? -1 : 1;
}
