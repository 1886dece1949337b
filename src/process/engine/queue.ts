/**
 * What a stage process has with one engine: jobs that wait to be submitted, those that are submitted, and the one question
 * that is asked of all of them. One turn at a time; nothing here waits for the loop, and the loop for nothing here.
 */
import type { Board } from '../../board/board.ts';
import { isSystemError } from '../../board/errors.ts';
import { type JobTry, readJobId, type Submission, writeJobId } from '../../board/jobs.ts';
import { type Engine, EngineError } from '../../engines/engine.ts';
import { type EngineDefinition, type JobNeeds, type JobState, NO_JOB_NEEDS } from '../../model/engine.ts';
import { submissionName } from '../../model/name.ts';
import type { Launch } from '../launcher.ts';
import type { Log } from '../log-lines.ts';
import { EngineJob } from './engine-job.ts';
import { GATHER_MS, Gathering } from './gathering.ts';
import { GLANCE_MS, Glance } from './glance.ts';
import type { JobDisk } from './job-disk.ts';
import { Leftovers } from './leftovers.ts';
import { prepare } from './preparing.ts';
import { adoptedSent, awaitedOf, newSent, type Sent, settle, toCancel, wasCancelled } from './sent.ts';

/** After the engine has refused something. */
const REFUSED_MS = 30_000;

export interface QueueOptions {
  readonly board: Board;
  /** This life's process id. */
  readonly id: string;
  readonly definition: EngineDefinition;
  readonly engine: Engine;
  /** That its jobs see. */
  readonly disk: JobDisk;
  readonly log: Log;
  readonly nextNumber: () => number;
}

export class EngineQueue {
  readonly #options: QueueOptions;
  readonly #waiting = new Gathering();
  readonly #sent = new Map<string, Sent>();
  readonly #leftovers: Leftovers;
  readonly #glance: Glance;
  #timer: NodeJS.Timeout | undefined;
  #timerMs = Number.POSITIVE_INFINITY;
  #polledMs = Number.NEGATIVE_INFINITY;
  #isBusy = false;
  #isClosed = false;
  #refusedMs = Number.NEGATIVE_INFINITY;
  #down = '';
  #refused = '';

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#glance = new Glance(options.board);
    this.#leftovers = new Leftovers(options.board, options.disk);
  }

  /** Jobs in hand. */
  get size(): number {
    let sum = this.#waiting.size;
    for (const { jobs } of this.#sent.values()) sum += jobs.size;
    return sum;
  }

  get hasRoom(): boolean {
    return this.trouble === '' && this.size < this.#options.definition.most;
  }

  /** It can't be asked. */
  get isDown(): boolean {
    return this.#down !== '';
  }

  /** Why nothing new is given to it, for people; empty if all is well. */
  get trouble(): string {
    if (this.#down !== '') return this.#down;
    return performance.now() - this.#refusedMs < REFUSED_MS ? this.#refused : '';
  }

  run(of: JobTry, needs: JobNeeds, launch: Launch): EngineJob {
    const job = new EngineJob(of, needs, launch, () => this.#soon(0));
    this.#waiting.add(job);
    this.#soon(this.#waiting.size >= this.#options.definition.array ? 0 : GATHER_MS);
    return job;
  }

  /** A job that another process, now dead, has submitted. */
  adopt(about: Submission, index: number): EngineJob | undefined {
    const of = about.tries[index];
    if (of === undefined) return undefined;
    const job = new EngineJob(of, NO_JOB_NEEDS, undefined, () => this.#soon(0));
    let sent = this.#sent.get(about.name);
    if (sent === undefined) {
      const { board } = this.#options;
      sent = adoptedSent(board, about, readJobId(board, about.name));
      this.#sent.set(about.name, sent);
    }
    sent.jobs.set(index, job);
    this.#soon(GATHER_MS);
    return job;
  }

  /** @param isClean the ends of all its tries are written down: nobody has to read them again */
  async close(isClean: boolean): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    if (!isClean) return;
    try {
      await this.#leftovers.removeAll();
    } catch (error) {
      this.#meet(error);
    }
  }

  #soon(ms: number): void {
    const atMs = performance.now() + ms;
    if (this.#isClosed || this.#isBusy || atMs >= this.#timerMs) return;
    clearTimeout(this.#timer);
    this.#timerMs = atMs;
    this.#timer = setTimeout(() => void this.#turn(), ms);
  }

  async #turn(): Promise<void> {
    this.#timerMs = Number.POSITIVE_INFINITY;
    this.#isBusy = true;
    try {
      await this.#submitAll();
      await this.#cancelAll();
      await this.#leftovers.tidy();
      if (performance.now() - this.#polledMs >= this.#options.definition.pollMs) await this.#poll();
      else if (this.#glanceMs <= performance.now()) this.#glance.look(this.#sent.values()).forEach(this.#isOver);
    } catch (error) {
      this.#meet(error);
    } finally {
      this.#isBusy = false;
    }
    if (this.size > 0 || this.#leftovers.size > 0 || this.#down !== '')
      this.#soon(Math.max(0, this.#dueMs() - performance.now()));
  }

  get #hasUnwanted(): boolean {
    return [...this.#sent.values()].some((sent) => sent.id !== undefined && toCancel(sent).length > 0);
  }

  #dueMs(): number {
    if (this.#down === '' && (this.#waiting.size > 0 || this.#hasUnwanted)) return performance.now() + GATHER_MS;
    return Math.min(this.#polledMs + this.#options.definition.pollMs, this.#glanceMs);
  }

  /** When to look for what jobs have told on the board's disk themselves. */
  get #glanceMs(): number {
    const { definition } = this.#options;
    const isUseful = definition.site === undefined && this.#sent.size > 0 && this.#down === '';
    return isUseful ? this.#glance.atMs + GLANCE_MS : Number.POSITIVE_INFINITY;
  }

  /** An engine that can't be asked, or a disk that refuses, is waited for: jobs go on meanwhile. */
  #meet(error: unknown): void {
    if (!(error instanceof EngineError) && !isSystemError(error)) throw error;
    this.#polledMs = performance.now();
    const why = `engine ${this.#options.definition.name}: ${error.message}`;
    if (this.#down === '') this.#options.log('engine-down', `${why}; its jobs are left alone until it answers`);
    this.#down = why;
  }

  #isUp(): void {
    if (this.#down === '') return;
    this.#down = '';
    this.#options.log('engine-up', `engine ${this.#options.definition.name} answers again`);
  }

  async #submitAll(): Promise<void> {
    this.#waiting.dropUnwanted();
    if (this.#waiting.size === 0) return;
    const { definition, engine } = this.#options;
    const most = Math.min(definition.array, (await engine.together?.()) ?? Number.POSITIVE_INFINITY);
    for (let group = this.#waiting.next(most); group !== undefined; group = this.#waiting.next(most))
      await this.#submit(group);
  }

  /** All of it is on the board before the engine is told. */
  async #submit(group: readonly EngineJob[]): Promise<void> {
    const { board, id: process, engine, nextNumber } = this.#options;
    const name = submissionName(process, nextNumber());
    const { about, order, put } = prepare(board, this.#options, name, group);
    const submit = async (): Promise<string> => {
      await put();
      return engine.submit(order);
    };
    const sent = newSent(about, new Map(group.entries()), submit);
    this.#waiting.take(group);
    this.#sent.set(name, sent);
    await this.#tell(sent, submit);
  }

  async #tell(sent: Sent, submit: () => Promise<string>): Promise<void> {
    const { board, definition, log } = this.#options;
    try {
      sent.id = await submit();
    } catch (error) {
      if (!(error instanceof EngineError) || !error.isRefusal) throw error;
      this.#refusedMs = performance.now();
      this.#refused = `engine ${definition.name}: ${error.message}`;
      log('engine-refused', `${this.#refused}; the entries go back, and it is tried again in ${REFUSED_MS / 1000} s`);
      for (const job of sent.jobs.values()) job.giveBack(error.message);
      this.#sent.delete(sent.name);
      await this.#leftovers.remove(sent);
      return;
    }
    writeJobId(board, sent.name, sent.id);
    board.journal.write('submitted', {
      engine: definition.name,
      job: sent.id,
      jobs: sent.jobs.size,
      submission: sent.name,
    });
  }

  async #cancelAll(): Promise<void> {
    const { board, engine, disk } = this.#options;
    for (const sent of this.#sent.values()) {
      const indexes = toCancel(sent);
      if (sent.id === undefined || indexes.length === 0) continue;
      await engine.cancel(sent.id, indexes);
      await wasCancelled(board, disk, sent, indexes);
    }
  }

  async #poll(): Promise<void> {
    const { engine, disk } = this.#options;
    if (this.#sent.size === 0 && this.#down === '') return;
    const all = [...this.#sent.values()];
    const states = await engine.poll(all.flatMap(({ id }) => id ?? []));
    await disk.fetch(all.map(awaitedOf));
    this.#polledMs = performance.now();
    this.#isUp();
    for (const sent of all) {
      if (sent.id === undefined && !(await this.#findId(sent))) continue;
      await this.#settle(sent, states);
      // Thousands of jobs that have ended are thousands of files: the loop goes on meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#isClosed) return;
    }
  }

  /** The answer to the submission was lost: the engine is asked by name, and told again if it has none of that name. */
  async #findId(sent: Sent): Promise<boolean> {
    const { board, engine } = this.#options;
    const known = readJobId(board, sent.name) ?? (await engine.find(sent.jobName));
    if (known !== undefined) {
      sent.id = known;
      writeJobId(board, sent.name, known);
      return true;
    }
    if (sent.submit !== undefined) {
      await this.#tell(sent, sent.submit);
      return sent.id !== undefined;
    }
    // A dead process was about to submit it, or had: what has not begun by now never will.
    await this.#settle(sent, new Map());
    return false;
  }

  async #settle(sent: Sent, states: ReadonlyMap<string, JobState>): Promise<void> {
    const { board, id: by, definition, engine, disk, log } = this.#options;
    await settle(board, sent, states, { pollMs: definition.pollMs, by, engine, disk, log });
    if (sent.jobs.size === 0) this.#isOver(sent);
  }

  readonly #isOver = (sent: Sent): void => {
    this.#glance.forget(sent.name);
    this.#sent.delete(sent.name);
    this.#leftovers.add(sent);
  };
}
