/** A step that is a job of an engine, from when its entry was claimed until how it ended is known. */
import type { JobRecord, JobTry } from '../../board/jobs.ts';
import { FAULT_CAUSES, type JobFault, type JobNeeds } from '../../model/engine.ts';
import type { JobTrace } from '../../model/job-sight.ts';
import type { Launch, RunEnd, Running } from '../launcher.ts';

/** 128 and the signal: what a shell says of a program that a signal has ended. */
export const SIGNALLED = 128;
const MOST_SIGNAL = 64;
const CANCELLED_BEFORE = 'it was cancelled by the process that had it before';

export class EngineJob implements Running {
  readonly ended: Promise<RunEnd>;
  readonly try: JobTry;
  /** Undefined: it was submitted by another process. */
  readonly launch: Launch | undefined;
  readonly needs: JobNeeds;
  /** What is told of it once it is over. */
  trace: JobTrace | undefined;
  /** Since when the engine has said that it is over, or nothing of it, and it has not told its end itself. */
  goneMs: number | undefined;
  record: JobRecord | undefined;
  /**
   * Its engine may have been told to cancel it, by a process that has ended and wanted its entry to go back: what looks like
   * that is no end of its own.
   */
  mayBeCancelled = false;
  #isOver = false;
  #isLeft = false;
  #isUnwanted = false;
  #resolve: (end: RunEnd) => void = () => undefined;
  readonly #onUnwanted: (job: EngineJob) => void;

  /** @param onUnwanted told once that it is to be cancelled */
  constructor(of: JobTry, needs: JobNeeds, launch: Launch | undefined, onUnwanted: (job: EngineJob) => void) {
    this.try = of;
    this.needs = needs;
    this.launch = launch;
    this.#onUnwanted = onUnwanted;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Its end is another process's to write down. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  get isUnwanted(): boolean {
    return this.#isUnwanted;
  }

  /** To end it is to cancel it. Engines end what they cancel by force after a while themselves; none can be suspended from here. */
  signal(signal: NodeJS.Signals): void {
    if (signal !== 'SIGTERM' || this.#isUnwanted || this.#isOver) return;
    this.#isUnwanted = true;
    this.#onUnwanted(this);
  }

  /** It goes on, and is another process's from here on. */
  leave(): void {
    this.#isLeft ||= !this.#isOver;
    this.end({ kind: 'broken' });
  }

  /** By what it has written itself. */
  endBy(record: JobRecord): void {
    this.record = record;
    if (record.isUnstarted === true) {
      this.giveBack(`its node ${record.node} could not open its log, or enter its working folder`);
      return;
    }
    if (this.mayBeCancelled && record.code !== 0) {
      this.giveBack(CANCELLED_BEFORE);
      return;
    }
    const signal = record.code - SIGNALLED;
    this.end(signal > 0 && signal <= MOST_SIGNAL ? { kind: 'signal', signal } : { kind: 'exit', code: record.code });
  }

  /** By what its engine says. */
  endByFault(fault: JobFault, reason: string): void {
    const cause = FAULT_CAUSES[fault];
    const isOwn = !this.mayBeCancelled || (fault !== 'cancelled' && fault !== 'launch');
    if (!isOwn) this.giveBack(`${CANCELLED_BEFORE} (${reason})`);
    else if (cause === undefined) this.giveBack(reason);
    else this.end({ kind: 'broke', cause, reason, code: null, signal: null });
  }

  /** Nothing that its step did has brought this about. */
  giveBack(reason: string): void {
    this.end({ kind: 'returned', reason });
  }

  end(end: RunEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#resolve(end);
  }
}
