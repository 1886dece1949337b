/** What the agent says in its file: of each wish, what has become of it. For people, and for the next agent; also a sign of life. */
import { type AgentContent, type KeptWish, stampOfAgent, writeAgent } from '../board/agent-file.ts';
import type { Board } from '../board/board.ts';
import type { ProcessMark } from '../board/host.ts';
import { clockOffset } from '../board/host-facts.ts';
import type { Wishes } from '../board/wishes.ts';
import { loadNow, OwnFacts } from '../process/own-facts.ts';
import { VERSION } from '../process/version.ts';
import type { Keeping } from './keeping.ts';

export interface Standing {
  /** Undefined: it could not be read yet. */
  readonly wanted: Wishes | undefined;
  readonly refused: ReadonlyMap<string, string>;
  readonly isRunning: (key: string) => boolean;
  readonly keeping: (key: string) => Keeping;
}

/** A time that lies `ms` (monotonic) ahead, for people. */
function timeAt(ms: number): string {
  return `${new Date(Date.now() + ms - performance.now()).toISOString().slice(0, 19)}Z`;
}

export class Report {
  readonly #board: Board;
  readonly #own: ProcessMark;
  readonly #beatMs: number;
  readonly #started = new Date().toISOString();
  readonly #facts: OwnFacts;
  #written = { text: '', ms: Number.NEGATIVE_INFINITY };
  /** Of this host beside the board's, as the last write has shown it. */
  #clockMs: number | undefined;

  constructor(board: Board, own: ProcessMark, beatMs: number) {
    this.#board = board;
    this.#own = own;
    this.#beatMs = beatMs;
    this.#facts = new OwnFacts(board);
  }

  /** Writes it if it has changed, or was not written for a while. @throws the system's error */
  write(standing: Standing, trouble: string): void {
    const wishes = shownOf(standing);
    const content: AgentContent = { mark: this.#own, version: VERSION, started: this.#started, trouble, wishes };
    const nowMs = performance.now();
    const text = JSON.stringify(content);
    if (text === this.#written.text && nowMs - this.#written.ms < this.#beatMs) return;
    // Load, disk and clock always change a little: they go along with what is written anyway.
    const clock = this.#clockMs === undefined ? {} : { clockMs: this.#clockMs };
    const facts = { ...this.#facts.read(), load1: loadNow(), ...clock };
    const beforeMs = Date.now();
    writeAgent(this.#board, this.#board.host, { ...content, facts });
    // The first write shows the clock: the next turn tells it.
    this.#written = { text: this.#clockMs === undefined ? '' : text, ms: nowMs };
    this.#clockMs = clockOffset(beforeMs, Date.now(), stampOfAgent(this.#board, this.#board.host)) ?? this.#clockMs;
  }
}

function shownOf({ wanted, refused, isRunning, keeping }: Standing): KeptWish[] {
  if (wanted === undefined) return [];
  const nowMs = performance.now();
  const shown = [...wanted.wishes].flatMap(([key, { slots }]): KeptWish[] => {
    const why = refused.get(key);
    if (why !== undefined) return [{ key, slots, state: 'refused', deaths: 0, why }];
    if ((wanted.isDown || slots === 0) && !isRunning(key)) return [];
    return [keeping(key).shown(slots, isRunning(key), nowMs, timeAt)];
  });
  const unclear = [...wanted.torn].map(([key, files]): KeptWish => {
    return { key, slots: 0, state: 'unclear', deaths: 0, why: `${files.join(' and ')} contradict each other` };
  });
  return [...shown, ...unclear];
}
