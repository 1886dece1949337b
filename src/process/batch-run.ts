/**
 * An execution for several entries, as far as it differs from one for a single entry: the list that its step is given, and
 * what the step says of each of them, as soon as it says it.
 */
import fs from 'node:fs';
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import { isSystemError } from '../board/errors.ts';
import { formatBatchLine } from '../model/batch-line.ts';
import type { StageDefinition } from '../model/definition.ts';
import { BATCH_FILES, LOG_RUNNING, logPath, RESERVED_KEY } from '../model/name.ts';
import { type OutcomeLine, quoteLine, readOutcomeLine } from '../model/outcome-line.ts';
import type { Log } from './log-lines.ts';
import { OutcomesFile } from './outcomes.ts';
import type { StepTask } from './step.ts';

/** A step that writes nothing but nonsense is believed after so many lines. */
const MOST_TOLD = 20;

export interface BatchParts {
  readonly board: Board;
  readonly stage: StageDefinition;
  /** In order of service; the first gives the folder and the log their names. */
  readonly members: readonly Held[];
  /** Process id. */
  readonly process: string;
  readonly log: Log;
}

/** A line of the list. Paths are absolute. */
export function listLine({ held, params: all, inputs, products, members, log }: StepTask): string {
  const { dataset, posted, class: cls, rank } = held.at.name;
  const { epoch, try: nth } = held.claim;
  const { [RESERVED_KEY]: _, ...params } = all;
  const entry = { dataset, posted, class: cls, rank, epoch, try: nth, params };
  return `${JSON.stringify({ ...entry, inputs, products, members, log })}\n`;
}

export class BatchRun {
  readonly size: number;
  readonly #parts: BatchParts;
  readonly #folder: string;
  readonly #outcomes: OutcomesFile;
  /** Datasets that it has said nothing of. */
  readonly #open: Set<string>;
  readonly #all: ReadonlySet<string>;
  #logFd: number | undefined;
  #told = 0;

  /** @param folder the execution's working folder, absolute */
  constructor(parts: BatchParts, folder: string) {
    this.#parts = parts;
    this.#folder = folder;
    this.#all = new Set(parts.members.map((held) => held.try.dataset));
    this.#open = new Set(this.#all);
    this.size = parts.members.length;
    this.#outcomes = new OutcomesFile(`${folder}/${BATCH_FILES.outcomes}`);
  }

  /** Writes the list, and into their common log who is in it. @throws the system's error when the disk refuses */
  prepare(tasks: readonly StepTask[]): void {
    const { board, stage, members } = this.#parts;
    const [first] = members;
    if (first === undefined) throw new Error('an empty batch');
    board.fs.create(`${this.#folder}/${BATCH_FILES.list}`, tasks.map((task) => listLine(task)).join(''), false);
    this.#logFd = fs.openSync(board.path(logPath(first.try, LOG_RUNNING)), 'a');
    const line = formatBatchLine(
      stage.name,
      members.map((held) => held.try.dataset),
    );
    fs.writeSync(this.#logFd, line);
  }

  /** What the step has said since, a line a dataset at most. @param isEnded all of it is read */
  poll(isEnded: boolean): OutcomeLine[] {
    const found: OutcomeLine[] = [];
    for (;;) {
      const { lines, fault, isMore } = this.#outcomes.read(isEnded);
      if (fault !== undefined) this.#tell(`what the step says of its entries can't be read: ${fault}`);
      for (const { number, text } of lines) {
        const line = this.#accept(text);
        if (typeof line === 'string') this.#tell(`outcome line ${number}: ${line}: ${quoteLine(text)}`);
        else found.push(line);
      }
      if (!isEnded || !isMore) return found;
    }
  }

  #accept(text: string): OutcomeLine | string {
    const line = readOutcomeLine(text);
    if (typeof line === 'string') return line;
    if (!this.#all.has(line.dataset)) return 'it names no dataset of this batch';
    return this.#open.delete(line.dataset) ? line : 'the dataset had an outcome before';
  }

  /** For the step to see, if it looks: an entry is no longer its own. */
  tellTaken(held: Held): void {
    try {
      this.#parts.board.fs.append(`${this.#folder}/${BATCH_FILES.taken}`, `${held.try.dataset}\n`);
    } catch (error) {
      // Nobody relies on it: what is taken away is discarded.
      if (!isSystemError(error)) throw error;
    }
  }

  close(): void {
    if (this.#logFd !== undefined) fs.closeSync(this.#logFd);
    this.#logFd = undefined;
  }

  #write(text: string): void {
    try {
      if (this.#logFd !== undefined) fs.writeSync(this.#logFd, text);
    } catch (error) {
      // A full disk: the journal keeps its lines, and says it.
      if (!isSystemError(error)) throw error;
    }
  }

  /** To the log that its entries share, the journal, and the process's own log. */
  #tell(text: string): void {
    this.#told++;
    if (this.#told > MOST_TOLD) return;
    const more = this.#told === MOST_TOLD ? '; further ones are not told' : '';
    const { board, stage, members, process, log } = this.#parts;
    const reason = `${text}${more}`;
    this.#write(`slate: ${reason}\n`);
    board.journal.write('outcome', { stage: stage.name, process, batch: this.size, reason });
    log('batch-outcome', `${stage.name}, batch of ${this.size} from ${members[0]?.try.dataset}: ${reason}`);
  }
}
