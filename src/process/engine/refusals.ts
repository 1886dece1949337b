/**
 * What an engine refuses goes back, and comes again: by stage, since it is as a rule what the stage asks for that is refused. After a
 * pause a few entries show whether it still is, and as long as it is the pauses grow.
 */
import type { EngineTrouble } from '../../model/engine-trouble.ts';

const FIRST_MS = 30_000;
const MOST_MS = 600_000;
/** Entries that show it, at most. */
const MOST_ROOM = 20;
/** After a pause entries are claimed and submitted again: until that is known, what was said holds. */
const TRYING_MS = 30_000;
/** Refused one after the other in one turn: the rest need not be tried. */
const STRIKES = 3;
/** Turns in a row in which nothing of a stage was taken, a minute and a half: a person is needed. */
const STUBBORN = 3;

interface Refused {
  /** In the engine's words. */
  readonly why: string;
  readonly turn: number;
  readonly untilMs: number;
  /** By the board's clock: since when nothing was taken, and when it is tried again. */
  readonly since: string;
  readonly again: string;
  /** Turns in a row in which nothing of the stage was taken. */
  readonly times: number;
}

export class Refusals {
  readonly #stages = new Map<string, Refused>();
  readonly #taken = new Set<string>();
  readonly #clockMs: () => number;
  readonly #nowMs: () => number;
  #turn = 0;
  #strikes = 0;

  /** @param clockMs the board's clock, for people @param nowMs one that never goes back */
  constructor(clockMs: () => number, nowMs: () => number = () => performance.now()) {
    this.#clockMs = clockMs;
    this.#nowMs = nowMs;
  }

  /** A turn of submitting. */
  begin(): void {
    this.#turn++;
    this.#strikes = 0;
    this.#taken.clear();
  }

  /** @returns how long nothing of these stages is taken, in ms */
  refused(stages: ReadonlySet<string>, why: string): number {
    this.#strikes++;
    let longest = 0;
    for (const stage of stages) {
      const before = this.#stages.get(stage);
      const times = before?.turn === this.#turn ? before.times : (before?.times ?? 0) + 1;
      const ms = this.#taken.has(stage) ? FIRST_MS : Math.min(MOST_MS, FIRST_MS * 2 ** (times - 1));
      longest = Math.max(longest, ms);
      const clockMs = this.#clockMs();
      const since = before?.since ?? new Date(clockMs).toISOString();
      const again = new Date(clockMs + ms).toISOString();
      const record = { why, turn: this.#turn, untilMs: this.#nowMs() + ms, since, again };
      this.#stages.set(stage, { ...record, times: this.#taken.has(stage) ? 0 : times });
    }
    return longest;
  }

  /** Then what is refused of these stages is an entry's own, and the others need not wait for it long. */
  taken(stages: ReadonlySet<string>): void {
    this.#strikes = 0;
    for (const stage of stages) {
      this.#taken.add(stage);
      const before = this.#stages.get(stage);
      if (before === undefined) continue;
      if (before.turn !== this.#turn) this.#stages.delete(stage);
      else
        this.#stages.set(stage, { ...before, times: 0, untilMs: Math.min(before.untilMs, this.#nowMs() + FIRST_MS) });
    }
  }

  /** Somebody says that it is mended: what has waited longest shows whether it is. */
  hurry(): void {
    const untilMs = this.#nowMs();
    for (const [stage, before] of this.#stages)
      this.#stages.set(stage, { ...before, untilMs: Math.min(before.untilMs, untilMs) });
  }

  /** Nothing more is to be tried in this turn. */
  get isEnough(): boolean {
    return this.#strikes >= STRIKES;
  }

  /** Entries of a stage that may wait to be submitted. */
  room(stage: string): number {
    const record = this.#stages.get(stage);
    if (record === undefined) return Number.POSITIVE_INFINITY;
    if (this.#nowMs() < record.untilMs) return 0;
    return record.times === 0 ? Number.POSITIVE_INFINITY : Math.min(MOST_ROOM, 2 ** (record.times - 1));
  }

  /** Nothing of the stage was taken again and again: it is not to be expected that it will be. */
  isStubborn(stage: string): boolean {
    return (this.#stages.get(stage)?.times ?? 0) >= STUBBORN;
  }

  /** By what it says of them; those too that are just being tried again. */
  get told(): Pick<EngineTrouble, 'stages' | 'why' | 'since' | 'again'>[] {
    const groups = new Map<string, Pick<EngineTrouble, 'stages' | 'why' | 'since' | 'again'>>();
    for (const [stage, { why, since, again, untilMs }] of this.#stages) {
      if (this.#nowMs() >= untilMs + TRYING_MS) continue;
      const same = groups.get(why);
      groups.set(why, { why, since: same?.since ?? since, again, stages: [...(same?.stages ?? []), stage] });
    }
    return [...groups.values()];
  }

  /** What was refused, for people; empty: nothing waits for it. */
  get why(): string {
    for (const { why, untilMs } of this.#stages.values()) if (this.#nowMs() < untilMs) return why;
    return '';
  }
}
