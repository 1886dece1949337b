/**
 * Each host that submits has a queue of its own, with numbers of its own. A dispatcher has its jobs with one of them, and those
 * that it has taken over from a dead one on another host with that host's.
 */
import type { JobState } from '../model/engine.ts';
import { EngineError, jobKey } from './engine.ts';
import { scheddOf, scheddOfKey } from './htcondor-queue.ts';

/**
 * Jobs of a queue that does not answer are left alone for as long as HTCondor itself lets them run without it (its default of
 * `job_lease_duration`).
 */
const LEASE_MS = 2_400_000;
/** One that has not answered is not asked again for. */
const AGAIN_MS = 60_000;

type States = ReadonlyMap<string, JobState>;

export class Schedds {
  readonly #ask: (schedd: string | undefined) => Promise<States>;
  readonly #now: () => number;
  /** The names of this host's own. */
  readonly #own = new Set<string>();
  /** Those that do not answer: since when, and when they were asked last. */
  readonly #silent = new Map<string, { readonly sinceMs: number; readonly askedMs: number; readonly why: string }>();

  /** @param ask undefined: this host's own @param now milliseconds */
  constructor(ask: (schedd: string | undefined) => Promise<States>, now = (): number => performance.now()) {
    this.#ask = ask;
    this.#now = now;
  }

  /** This host's own has said so. */
  isOwn(id: string): void {
    this.#own.add(scheddOf(id));
  }

  /** One command, and one more for each other host whose jobs are among these. */
  async poll(ids: readonly string[]): Promise<States> {
    const own = await this.#ask(undefined);
    for (const key of own.keys()) this.#own.add(scheddOfKey(key));
    const others = [...new Set(ids.map(scheddOf))].filter((schedd) => !this.#own.has(schedd));
    if (others.length === 0) return own;
    const theirs = await Promise.all(others.map((schedd) => this.#askOther(schedd)));
    return new KnownStates(
      [own, ...theirs.map(({ states }) => states)],
      new Map(theirs.map((one) => [one.schedd, one.silent])),
    );
  }

  async #askOther(schedd: string): Promise<{ schedd: string; states: States; silent: string }> {
    const before = this.#silent.get(schedd);
    const nowMs = this.#now();
    const none: States = new Map();
    const silent = ({ sinceMs, why }: { sinceMs: number; why: string }): string =>
      nowMs - sinceMs < LEASE_MS ? why : '';
    if (before !== undefined && this.#isAskedLately(schedd)) return { schedd, states: none, silent: silent(before) };
    try {
      const states = await this.#ask(schedd);
      this.#silent.delete(schedd);
      return { schedd, states, silent: '' };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      const now = { sinceMs: before?.sinceMs ?? nowMs, askedMs: nowMs, why: error.message };
      this.#silent.set(schedd, now);
      return { schedd, states: none, silent: silent(now) };
    }
  }

  /**
   * Another host's queue may not answer, or not let itself be told: it is asked then whether there is anything left to cancel. What
   * there is goes on, and that is a refusal: this host's own queue is none the worse for it.
   */
  async cancel(
    id: string,
    indexes: readonly number[],
    cancel: (schedd: string | undefined) => Promise<void>,
  ): Promise<void> {
    const schedd = scheddOf(id);
    if (this.#own.has(schedd)) return cancel(undefined);
    let why = '';
    if (!this.#isAskedLately(schedd)) {
      try {
        return await cancel(schedd);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        why = error.message;
      }
    }
    const { states, silent } = await this.#askOther(schedd);
    if (silent !== '') throw new EngineError(`${schedd} does not answer: ${silent}`, true);
    if (indexes.some((index) => goesOn(states.get(jobKey(id, index))))) throw new EngineError(why, true);
  }

  /** It did not answer. */
  #isAskedLately(schedd: string): boolean {
    const silent = this.#silent.get(schedd);
    return silent !== undefined && this.#now() - silent.askedMs < AGAIN_MS;
  }
}

function goesOn(state: JobState | undefined): boolean {
  return state !== undefined && state.kind !== 'ended' && state.kind !== 'fault';
}

/** What is with a queue that does not answer waits for it. */
class KnownStates extends Map<string, JobState> {
  readonly #silent: ReadonlyMap<string, string>;

  /** @param silent why, by name; empty: it has answered, or has not for too long */
  constructor(all: readonly States[], silent: ReadonlyMap<string, string>) {
    super(all.flatMap((states) => [...states]));
    this.#silent = silent;
  }

  override get(key: string): JobState | undefined {
    const state = super.get(key);
    if (state !== undefined) return state;
    const schedd = scheddOfKey(key);
    const why = this.#silent.get(schedd) ?? '';
    return why === '' ? undefined : { kind: 'pending', reason: `${schedd} does not answer: ${why}` };
  }
}
