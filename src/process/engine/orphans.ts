/**
 * Jobs that nobody waits for: their dispatcher is dead, and their entries were held, repiped or moved before another could take
 * them over. They are cancelled, and what stands of their submissions is removed; so is what a dead dispatcher has left of
 * submissions that are over.
 */
import type { Board } from '../../board/board.ts';
import { isSystemError } from '../../board/errors.ts';
import { type Standing, standingOf, stands } from '../../board/job-claims.ts';
import { endedJobs, listSubmissions, readSubmission, removeSubmission, type Submission } from '../../board/jobs.ts';
import { listStatusNames } from '../../board/status.ts';
import { type Engine, EngineError } from '../../engines/engine.ts';
import { parseSubmission } from '../../model/name.ts';
import type { Log } from '../log-lines.ts';
import { cancelEach, numbersOf } from './copies.ts';
import type { JobDisk } from './job-disk.ts';
import { Removing } from './removing.ts';

const FIRST_MS = 500;
/** Looked at twice before anything is done: a listing may miss a name that is being changed. */
const AGAIN_MS = 3_000;
/** While there are submissions of others: they may die. */
const OTHERS_MS = 10_000;
const PAUSE_MS = 60_000;
/** An engine of no stage that is served here may be out of this host's reach: who fails to ask it does not at each look. */
const ELSEWHERE_MS = 300_000;

export interface OrphanEngine {
  readonly engine: Engine;
  readonly disk: JobDisk;
}

/** `fault`: there is none any more that could be asked. `isServed`: a stage of this process has it. */
export type OrphanOwner = (OrphanEngine & { readonly isServed: boolean }) | { readonly fault: string };

export interface OrphanParts {
  readonly board: Board;
  /** This life's process id. */
  readonly id: string;
  readonly log: Log;
  /** Who has its jobs. */
  ownerOf(about: Submission): OrphanOwner;
}

export class Orphans {
  readonly #parts: OrphanParts;
  #timer: NodeJS.Timeout | undefined;
  /** Names of submissions that seemed to have some at the last look. */
  #suspects: ReadonlySet<string> = new Set();
  /** `<submission> <index>` of those that are cancelled already. */
  readonly #settled = new Set<string>();
  /** Submissions of which an engine has refused something. */
  readonly #refused = new Set<string>();
  readonly #removing: Removing;
  /** Names of engines that are not there any more. */
  readonly #missing = new Set<string>();
  /** When engines of no stage that is served here are asked again. */
  readonly #askMs = new Map<string, number>();
  #isClosed = false;

  constructor(parts: OrphanParts) {
    this.#parts = parts;
    this.#removing = new Removing(parts.board, parts.log);
    this.#later(FIRST_MS);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #later(ms: number): void {
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.#look(), ms).unref();
  }

  async #look(): Promise<void> {
    const { board, id } = this.#parts;
    const suspects = new Set<string>();
    let others: readonly string[] = [];
    try {
      others = listSubmissions(board).filter((name) => parseSubmission(name)?.process !== id);
      await this.#settleAll(others, suspects);
    } catch (error) {
      // Of the disk others tell; what is left to do is seen at the next look.
      if (!isSystemError(error)) throw error;
    }
    this.#suspects = suspects;
    this.#later(suspects.size > 0 ? AGAIN_MS : others.length > 0 ? OTHERS_MS : PAUSE_MS);
  }

  async #settleAll(others: readonly string[], suspects: Set<string>): Promise<void> {
    const { board, log } = this.#parts;
    const all = this.#ofTheDead(others, suspects);
    if (all.length === 0) return;
    // One look at the board for all of them.
    const standing = standingOf(
      board,
      all.flatMap(({ tries }) => tries),
    );
    const mute = new Set<string>();
    for (const about of all) {
      if (mute.has(about.engine) || (this.#askMs.get(about.engine) ?? 0) > performance.now()) continue;
      try {
        await this.#settle(about, standing, suspects);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        const owner = this.#parts.ownerOf(about);
        if ('fault' in owner || !owner.isServed) this.#askMs.set(about.engine, performance.now() + ELSEWHERE_MS);
        // What it refuses of one submission says nothing of the next, and nothing of other engines.
        if (!error.isRefusal) mute.add(about.engine);
        else if (!this.#refused.has(about.name))
          log('engine-refused', `engine ${about.engine}: ${error.message}; jobs of ${about.name}, which are nobody's`);
        if (error.isRefusal) this.#refused.add(about.name);
      }
    }
  }

  /** Those that say what they are; the others have never been submitted, and go. */
  #ofTheDead(names: readonly string[], suspects: Set<string>): Submission[] {
    const { board } = this.#parts;
    if (names.length === 0) return [];
    const alive = new Set(listStatusNames(board).flatMap(({ name }) => (name.order === 'lost' ? [] : [name.id])));
    const dead = names.filter((name) => !alive.has(parseSubmission(name)?.process ?? ''));
    return dead.flatMap((name) => {
      const about = readSubmission(board, name);
      if (about !== undefined) return [about];
      if (this.#suspects.has(name)) removeSubmission(board, name);
      else suspects.add(name);
      return [];
    });
  }

  async #settle(about: Submission, standing: Standing, suspects: Set<string>): Promise<void> {
    const { board, log, ownerOf } = this.#parts;
    const { name, tries } = about;
    const left = tries.flatMap((job, index) => (stands(job, standing) ? [] : [index]));
    const fresh = left.filter((index) => !this.#settled.has(`${name} ${index}`));
    const isOver = left.length === tries.length && this.#removing.isDue(name);
    if (left.length === 0 || (fresh.length === 0 && !isOver)) return;
    if (!this.#suspects.has(name)) {
      suspects.add(name);
      return;
    }
    const owner = ownerOf(about);
    if ('fault' in owner) {
      this.#tellMissing(about, owner.fault);
      return;
    }
    const { engine, disk } = owner;
    const told = new Set(endedJobs(board, name));
    const unwanted = fresh.filter((index) => !told.has(index));
    const kept = await disk.keep({ name, tries, indexes: unwanted, isWanted: false });
    const going = unwanted.filter((index) => !kept.has(index));
    const numbers = await numbersOf(board, about, engine);
    if (unwanted.length > 0) await cancelEach(engine, numbers, unwanted);
    if (numbers.length > 0 && going.length > 0)
      log('jobs-orphaned', `${going.length} jobs of ${numbers.join(' and ')} were nobody's, and are cancelled`);
    for (const index of fresh) this.#settled.add(`${name} ${index}`);
    if (left.length < tries.length) return;
    await this.#removing.remove(disk, about);
  }

  #tellMissing({ name, engine }: Submission, fault: string): void {
    if (this.#missing.has(engine)) return;
    this.#missing.add(engine);
    const how = `put it back into engines.yaml, and they are cancelled; or cancel them yourself: slate check tells of each`;
    this.#parts.log('engine-missing', `${name}: ${fault}, which has jobs that nobody waits for: ${how}`);
  }
}
