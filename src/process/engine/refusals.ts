/**
 * What an engine refuses goes back, and comes again: by stage, since it is as a rule what the stage asks for that is refused. After a
 * pause a few entries show whether it still is, and as long as it is the pauses grow.
 */
const FIRST_MS = 30_000;
const MOST_MS = 600_000;
/** Entries that show it, at most. */
const MOST_ROOM = 20;
/** Refused one after the other in one turn: the rest need not be tried. */
const STRIKES = 3;

interface Refused {
  readonly why: string;
  readonly turn: number;
  readonly untilMs: number;
  /** Turns in a row in which nothing of the stage was taken. */
  readonly times: number;
}

export class Refusals {
  readonly #stages = new Map<string, Refused>();
  readonly #taken = new Set<string>();
  readonly #nowMs: () => number;
  #turn = 0;
  #strikes = 0;

  constructor(nowMs: () => number = () => performance.now()) {
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
      const record = { why, turn: this.#turn, untilMs: this.#nowMs() + ms };
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

  /** What was refused, for people; empty: nothing waits for it. */
  get why(): string {
    for (const { why, untilMs } of this.#stages.values()) if (this.#nowMs() < untilMs) return why;
    return '';
  }
}
