/**
 * One running step: its program or function, its time limit, and how it is stopped (TERM, then KILL). The first reason
 * to stop it wins.
 */
import type { StageDefinition } from '../model/definition.ts';
import type { JobTrace } from '../model/job-sight.ts';
import type { RunEnd, Running } from './launcher.ts';

/** Between TERM and KILL. */
export const STOP_GRACE_MS = 5_000;

/** Why the stage process itself stopped a step. */
export type StopReason = 'timeout' | 'taken' | 'halt';

export interface ExecutionEnd {
  readonly end: RunEnd;
  readonly stopped: StopReason | undefined;
  readonly seconds: number;
  /** Its step was a job of an engine. */
  readonly job?: JobTrace | undefined;
}

export class Execution {
  readonly stage: StageDefinition;
  readonly ended: Promise<ExecutionEnd>;
  readonly #running: Running;
  readonly #startMs = performance.now();
  readonly #sinceMs = Date.now();
  #stopped: StopReason | undefined;
  #limit: NodeJS.Timeout | undefined;
  #kill: NodeJS.Timeout | undefined;
  #isLeft = false;
  #suspendedMs: number | undefined;
  /** Time spent suspended does not count. */
  #pausedMs = 0;

  constructor(stage: StageDefinition, running: Running) {
    this.stage = stage;
    this.#running = running;
    this.#armLimit();
    this.ended = running.ended.then((end) => {
      clearTimeout(this.#limit);
      clearTimeout(this.#kill);
      const { trace: job } = this.#running;
      // Time in a queue is not the step's.
      return { end, stopped: this.#stopped, seconds: job?.run ?? this.seconds, job };
    });
  }

  /** RFC 3339, this host's clock. */
  get since(): string {
    return new Date(this.#sinceMs).toISOString();
  }

  /** So far. */
  get seconds(): number {
    return Math.round(performance.now() - this.#startMs) / 1000;
  }

  get stopped(): StopReason | undefined {
    return this.#stopped;
  }

  /** TERM now (or asked, if that is possible and it may go on), KILL after a while; `atOnce`: KILL now, or left where it can be. */
  stop(reason: StopReason, atOnce = false): void {
    const first = this.#stopped === undefined;
    this.#stopped ??= reason;
    if (atOnce) {
      // Its engine may be down, or hang over what it was asked.
      if (this.#running.leave === undefined) this.#running.signal('SIGKILL');
      else this.leave();
      return;
    }
    if (!first) return;
    const isAsked = reason !== 'timeout' && this.#running.cancel?.() === true;
    if (!isAsked) this.#running.signal('SIGTERM');
    // One that is suspended can't hear it.
    this.#running.signal('SIGCONT');
    this.#kill = setTimeout(() => this.#running.signal('SIGKILL'), STOP_GRACE_MS);
  }

  /** Its step, and its working folder, are not this process's any more. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  /** This process hears no more of it: a step on an engine goes on, others are ended at once. */
  leave(): void {
    if (this.#running.leave === undefined) {
      this.stop('halt', true);
      return;
    }
    this.#isLeft = true;
    this.#running.leave();
  }

  suspend(): void {
    if (this.#suspendedMs !== undefined || this.#stopped !== undefined) return;
    this.#suspendedMs = performance.now();
    clearTimeout(this.#limit);
    this.#running.signal('SIGSTOP');
  }

  resume(): void {
    if (this.#suspendedMs === undefined) return;
    this.#pausedMs += performance.now() - this.#suspendedMs;
    this.#suspendedMs = undefined;
    this.#running.signal('SIGCONT');
    this.#armLimit();
  }

  #armLimit(): void {
    const { timeoutMs, engine } = this.stage;
    // An engine keeps the time of its jobs: not all of this one's is theirs.
    if (timeoutMs === undefined || engine !== undefined) return;
    const left = timeoutMs - (performance.now() - this.#startMs - this.#pausedMs);
    // A timer holds at most 2^31 ms (24 days): longer limits are armed again.
    this.#limit = setTimeout(
      () => (left > 2 ** 31 - 1 ? this.#armLimit() : this.stop('timeout')),
      Math.min(Math.max(left, 0), 2 ** 31 - 1),
    );
  }
}
