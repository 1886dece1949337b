/**
 * What a stage process has with one engine: jobs that wait to be submitted, those that are submitted, and the one question
 * that is asked of all of them. One turn at a time; nothing here waits for the loop, and the loop for nothing here.
 */
import { isSystemError } from '../../board/errors.ts';
import { type JobTry, readJobId, type Submission, writeJobId } from '../../board/jobs.ts';
import { EngineError } from '../../engines/engine.ts';
import { type JobNeeds, type JobState, NO_JOB_NEEDS } from '../../model/engine.ts';
import type { EngineTrouble } from '../../model/engine-trouble.ts';
import type { Launch } from '../launcher.ts';
import { Cancelling } from './cancelling.ts';
import { idsOf } from './copies.ts';
import { EngineJob } from './engine-job.ts';
import { GATHER_MS, Gathering } from './gathering.ts';
import { GLANCE_MS, Glance } from './glance.ts';
import { Leftovers } from './leftovers.ts';
import type { QueueOptions } from './queue-options.ts';
import { adoptedSent, awaitedOf, type Sent, settleTold } from './sent.ts';
import { settle } from './settling.ts';
import { Submitting } from './submitting.ts';

export class EngineQueue {
  readonly #options: QueueOptions;
  readonly #waiting = new Gathering();
  readonly #sent = new Map<string, Sent>();
  readonly #leftovers: Leftovers;
  readonly #glance: Glance;
  readonly #cancelling: Cancelling;
  readonly #submitting: Submitting;
  /** Names of submissions for which the engine refuses to look. */
  readonly #unfound = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #timerMs = Number.POSITIVE_INFINITY;
  #polledMs = Number.NEGATIVE_INFINITY;
  #isBusy = false;
  #isClosed = false;
  /** In its own words; empty: it answers. */
  #down = '';
  #downSince = '';

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#glance = new Glance(options.board);
    this.#cancelling = new Cancelling(options);
    this.#submitting = new Submitting(options, this.#waiting, this.#sent, (sent) => this.#isOver(sent));
    this.#leftovers = new Leftovers(options.board, options.disk, options.log);
  }

  /** Jobs in hand. */
  get size(): number {
    let sum = this.#waiting.size;
    for (const { jobs } of this.#sent.values()) sum += jobs.size;
    return sum;
  }

  /** For one more of this stage. */
  hasRoom(stage: string): boolean {
    if (this.#down !== '' || this.size >= this.#options.definition.most) return false;
    const room = this.#submitting.refusals.room(stage);
    // While those that show it are with the engine, no more are.
    return room === Number.POSITIVE_INFINITY || (!this.#isBusy && this.#waiting.sizeOf(stage) < room);
  }

  /** It takes nothing of this stage, however often it is asked. */
  isStubborn(stage: string): boolean {
    return this.#submitting.refusals.isStubborn(stage);
  }

  /** It can't be asked. */
  get isDown(): boolean {
    return this.#down !== '';
  }

  /** Why nothing new is given to it, for people; empty if all is well. */
  get trouble(): string {
    const why = this.#down === '' ? this.#submitting.refusals.why : this.#down;
    return why === '' ? '' : `engine ${this.#options.definition.name}: ${why}`;
  }

  /** The same, each by itself, with since when. */
  get troubles(): EngineTrouble[] {
    const { name: engine, kind, site } = this.#options.definition;
    const of = { engine, kind, ...(site === undefined ? {} : { site: site.name }) };
    if (this.#down !== '') return [{ ...of, what: 'down', stages: [], why: this.#down, since: this.#downSince }];
    return this.#submitting.refusals.told.map((told) => ({ ...of, what: 'refused', ...told }));
  }

  /** What was refused is tried again. */
  hurry(): void {
    this.#submitting.refusals.hurry();
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
    job.mayBeCancelled = sent.cancels.has(index);
    sent.jobs.set(index, job);
    sent.own.add(index);
    this.#soon(GATHER_MS);
    return job;
  }

  /** @param isClean the ends of all its tries are written down: nobody has to read them again */
  async close(isClean: boolean): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    // A turn that is still under way submits none of them: they are nobody's from here on.
    this.#waiting.giveAllBack('its stage process has ended');
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
    const beganMs = performance.now();
    try {
      this.#waiting.dropUnwanted();
      const areWell = [
        await this.#part(() => this.#submitAll()),
        await this.#part(() => this.#cancelling.cancelAll(this.#sent.values())),
        await this.#part(() => this.#leftovers.tidy()),
        await this.#part(() => this.#look()),
      ];
      if (this.#polledMs >= beganMs && areWell.every(Boolean)) this.#isUp();
    } finally {
      this.#isBusy = false;
    }
    if (this.size > 0 || this.#leftovers.size > 0 || this.#down !== '')
      this.#soon(Math.max(0, this.#dueMs() - performance.now()));
  }

  /** What fails in one part of a turn keeps no other from its work. @returns false: it has */
  async #part(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      this.#meet(error);
      return false;
    }
  }

  async #look(): Promise<void> {
    if (performance.now() - this.#polledMs >= this.#options.definition.pollMs) await this.#poll();
    else if (this.#glanceMs <= performance.now()) this.#glance.look(this.#sent.values()).forEach(this.#isOver);
  }

  get #hasUnwanted(): boolean {
    return [...this.#sent.values()].some((sent) => this.#cancelling.isDue(sent));
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
    // What was under way was cut off by this process itself.
    if (this.#options.unwanted?.aborted === true) return;
    const { board, definition, log } = this.#options;
    if (this.#down === '') {
      log('engine-down', `engine ${definition.name}: ${error.message}; its jobs are left alone until it answers`);
      this.#downSince = new Date(board.now()).toISOString();
    }
    this.#down = error.message;
  }

  #isUp(): void {
    if (this.#down === '') return;
    this.#down = '';
    this.#options.log('engine-up', `engine ${this.#options.definition.name} answers again`);
  }

  async #submitAll(): Promise<void> {
    if (this.#down !== '') return;
    try {
      await this.#submitting.submitAll();
    } catch (error) {
      // It may have arrived: until it is looked for, what was lost on the way comes to light.
      this.#polledMs = performance.now();
      throw error;
    }
  }

  async #poll(): Promise<void> {
    const { engine, disk } = this.#options;
    if (this.#sent.size === 0 && this.#down === '') return;
    const all = [...this.#sent.values()];
    this.#polledMs = performance.now();
    const states = await engine.poll(all.flatMap(idsOf));
    await disk.fetch(all.map(awaitedOf));
    this.#polledMs = performance.now();
    let failure: unknown;
    let isMute = false;
    for (const sent of all) {
      if (sent.id === undefined && isMute) continue;
      try {
        if (sent.id !== undefined || (await this.#findId(sent))) await this.#settle(sent, states);
      } catch (error) {
        // Those behind it need not wait for it; whom the engine does not answer is not asked for another.
        if (error instanceof EngineError && error.isRefusal) this.#isUnfound(sent, error.message);
        else failure ??= error;
        isMute ||= error instanceof EngineError && !error.isRefusal;
      }
      // Thousands of jobs that have ended are thousands of files: the loop goes on meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#isClosed) return;
    }
    if (failure !== undefined) throw failure;
  }

  /** What its jobs say themselves counts meanwhile. */
  #isUnfound(sent: Sent, why: string): void {
    const { board, definition, log } = this.#options;
    if (!this.#unfound.has(sent.name))
      log('engine-refused', `engine ${definition.name}: ${why}; looking for ${sent.name}`);
    this.#unfound.add(sent.name);
    settleTold(board, sent);
    if (sent.jobs.size === 0) this.#isOver(sent);
  }

  /** The answer to the submission was lost: the engine is asked by name, and told again if it has none of that name. */
  async #findId(sent: Sent): Promise<boolean> {
    const { board, engine } = this.#options;
    const known = readJobId(board, sent.name) ?? (await engine.find(sent.jobName))[0];
    if (known !== undefined) {
      sent.id = known;
      writeJobId(board, sent.name, known);
      return true;
    }
    if (sent.submit !== undefined) {
      await this.#submitting.tellAgain(sent, sent.submit);
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
    this.#unfound.delete(sent.name);
    this.#sent.delete(sent.name);
    this.#leftovers.add(sent);
  };
}
