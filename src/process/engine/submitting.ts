/** Gives an engine the jobs that wait for it, and deals with what it refuses. */
import { isSystemError } from '../../board/errors.ts';
import { noteToldAgain } from '../../board/job-copies.ts';
import { writeJobId } from '../../board/jobs.ts';
import { settleSubmission } from '../../board/settle-jobs.ts';
import { EngineError } from '../../engines/engine.ts';
import { submissionName } from '../../model/name.ts';
import type { EngineJob } from './engine-job.ts';
import type { Gathering } from './gathering.ts';
import { type Prepared, prepare } from './preparing.ts';
import type { QueueOptions } from './queue-options.ts';
import { Refusals } from './refusals.ts';
import { newSent, type Sent } from './sent.ts';

export class Submitting {
  readonly refusals: Refusals;
  readonly #options: QueueOptions;
  readonly #waiting: Gathering;
  readonly #sent: Map<string, Sent>;
  readonly #isOver: (sent: Sent) => void;

  /**
   * @param sent where what is submitted goes, by name
   * @param isOver told of submissions of which nothing is left
   */
  constructor(options: QueueOptions, waiting: Gathering, sent: Map<string, Sent>, isOver: (sent: Sent) => void) {
    this.#options = options;
    this.refusals = new Refusals(() => options.board.now());
    this.#waiting = waiting;
    this.#sent = sent;
    this.#isOver = isOver;
  }

  /** @throws EngineError if the engine can't be asked */
  async submitAll(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const { definition, engine } = this.#options;
    this.refusals.begin();
    const most = Math.min(definition.array, (await engine.together?.()) ?? Number.POSITIVE_INFINITY);
    for (let group = this.#waiting.next(most); group !== undefined; group = this.#waiting.next(most)) {
      await this.#submit(group);
      if (this.refusals.isEnough) this.#waiting.giveAllBack(this.refusals.why);
    }
  }

  /** All of it is on the board before the engine is told. */
  async #submit(group: readonly EngineJob[]): Promise<void> {
    const { board, id: process, engine, nextNumber } = this.#options;
    const name = submissionName(process, nextNumber());
    this.#waiting.take(group);
    let prepared: Prepared;
    try {
      prepared = prepare(board, this.#options, name, group);
    } catch (error) {
      if (!(error instanceof EngineError) && !isSystemError(error)) throw error;
      this.#goBack(group, error.message);
      return;
    }
    const { about, order, put } = prepared;
    const submit = async (): Promise<string> => {
      await put();
      // Jobs go on over a power cut of the board's disk, and must be found then.
      await settleSubmission(board, about);
      return engine.submit(order);
    };
    const sent = newSent(about, new Map(group.entries()), submit);
    this.#sent.set(name, sent);
    await this.tell(sent, submit);
  }

  #goBack(group: Iterable<EngineJob>, why: string): void {
    const { definition, log } = this.#options;
    const jobs = [...group];
    const ms = this.refusals.refused(stagesOf(jobs), why);
    const next = `the entries go back, and it is tried again in ${ms / 1000} s`;
    log('engine-refused', `engine ${definition.name}: ${why}; ${next}`);
    for (const job of jobs) job.giveBack(why);
  }

  /** What was lost may arrive yet. @throws EngineError if its answer was lost, too */
  async tellAgain(sent: Sent, submit: () => Promise<string>): Promise<void> {
    noteToldAgain(this.#options.board, sent.name);
    sent.copies ??= [];
    await this.tell(sent, submit);
  }

  /** @throws EngineError if its answer was lost */
  async tell(sent: Sent, submit: () => Promise<string>): Promise<void> {
    const { board, definition } = this.#options;
    try {
      sent.id = await submit();
    } catch (error) {
      if (!(error instanceof EngineError) || !error.isRefusal) throw error;
      await this.#wasRefused(sent, error.message);
      return;
    }
    this.refusals.taken(stagesOf(sent.jobs.values()));
    writeJobId(board, sent.name, sent.id);
    board.journal.write('submitted', {
      engine: definition.name,
      job: sent.id,
      jobs: sent.jobs.size,
      submission: sent.name,
    });
  }

  /** It may have arrived for all that: a job that has begun is waited for, and none begins from here on. */
  async #wasRefused(sent: Sent, why: string): Promise<void> {
    const { disk, log } = this.#options;
    const kept = await disk.keep({ ...sent, indexes: [...sent.jobs.keys()] });
    const back = [...sent.jobs].filter(([index]) => kept.has(index));
    for (const [index] of back) sent.jobs.delete(index);
    if (back.length > 0)
      this.#goBack(
        back.map(([, job]) => job),
        why,
      );
    if (sent.jobs.size === 0) this.#isOver(sent);
    else {
      this.#sent.set(sent.name, { ...sent, submit: undefined });
      log('engine-refused', `${why}; but jobs of ${sent.name} have begun, and are waited for: ${sent.jobs.size}`);
    }
  }
}

function stagesOf(jobs: Iterable<EngineJob>): ReadonlySet<string> {
  return new Set([...jobs].map((job) => job.try.stage));
}
