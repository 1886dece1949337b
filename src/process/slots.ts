/**
 * The slots of a stage process: claims entries, runs their steps, ends their tries, and hands an entry that it has just
 * advanced straight to its own next stage.
 */
import type { Held } from '../board/claim.ts';
import { isEntry } from '../board/locate.ts';
import type { Located } from '../board/scan.ts';
import { claimOf, sameClaim, scratchPath } from '../model/name.ts';
import type { Share } from '../model/order.ts';
import { attemptClaim } from './claiming.ts';
import { conclude } from './conclusion.ts';
import { Execution, type ExecutionEnd } from './execution.ts';
import { Finisher, type Settled } from './finisher.ts';
import { type HandIn, readHandIn } from './hand-in.ts';
import type { RunEnd, Running } from './launcher.ts';
import type { Log } from './log-lines.ts';
import type { Choice, Picker } from './picker.ts';
import { SlotScratch } from './scratch.ts';
import { Sightings } from './sightings.ts';
import { endUnstarted, type StartParts, startStep } from './starting.ts';
import { Telling } from './telling.ts';

export interface SlotsOptions extends StartParts {
  readonly id: string;
  readonly size: number;
  readonly picker: Picker;
  readonly log: Log;
  /** Something has ended: the loop should run. */
  readonly wake: () => void;
}

interface Slot {
  readonly scratch: SlotScratch;
  execution: Execution;
  at: Located;
}

export class Slots {
  readonly #options: SlotsOptions;
  readonly #busy = new Set<Slot>();
  readonly #idle: SlotScratch[];
  readonly #ended: { slot: Slot; end: ExecutionEnd }[] = [];
  readonly finisher: Finisher;
  readonly telling: Telling;

  constructor(options: SlotsOptions) {
    this.#options = options;
    this.#idle = Array.from({ length: options.size }, () => new SlotScratch(options.board));
    this.telling = new Telling(options.log);
    this.finisher = new Finisher(options.board, (result, settled) => this.telling.ended(result, settled), options.wake);
  }

  get free(): number {
    return this.#idle.length;
  }

  get executions(): Execution[] {
    return [...this.#busy].map(({ execution }) => execution);
  }

  /** True if the claim on this column is one that is being worked on, or whose result is kept. */
  isMine(entry: Located, column: number): boolean {
    const standing = claimOf(entry.name, column);
    const same = (held: Held): boolean =>
      standing !== undefined && isEntry(entry.name, held.try) && sameClaim(standing, held.claim);
    return [...this.#busy].some(({ execution }) => same(execution.held)) || this.finisher.holds(entry, column, same);
  }

  /** True if this is the name under which a running try was last seen. */
  isCurrentName(file: string): boolean {
    for (const { at } of this.#busy) if (at.file === file) return true;
    return false;
  }

  /** Claims and starts while there is room. @throws the system's error when the disk refuses */
  fill(share: Share): void {
    const { picker, stages } = this.#options;
    while (this.#idle.length > 0) {
      const choice = picker.next(share, (column) => stages.hasRoom(column));
      if (choice === undefined) return;
      this.#claim(choice);
    }
  }

  /** Ends the tries whose steps have ended, and goes on with their entries. @throws the system's error when the disk refuses */
  settle(mayClaim: () => boolean): void {
    for (let next = this.#ended.shift(); next !== undefined; next = this.#ended.shift()) {
      const { slot, end } = next;
      const { execution } = slot;
      this.#busy.delete(slot);
      this.#idle.push(slot.scratch);
      this.#options.stages.ended(execution.held.claim.column);
      const settled = this.#conclude(slot, end);
      if (settled?.kind === 'finished' && mayClaim()) this.#handOn(settled.at);
    }
  }

  /** Compares what was seen in `active/` with what runs here: a claim that was taken away stops its step. */
  check(seen: readonly Located[]): void {
    const sightings = new Sightings(this.#options.board, seen);
    for (const slot of this.#busy) {
      const { held } = slot.execution;
      if (slot.execution.stopped !== undefined) continue;
      const sight = sightings.of(held);
      if (sight.kind === 'stands') slot.at = sight.at;
      else if (sight.kind === 'taken') {
        this.telling.say(
          'step-taken',
          held,
          `its claim was taken away (it stands in ${sight.at.folder}/ as ${sight.at.name.letters}); the step is stopped`,
        );
        slot.execution.stop('taken');
      }
    }
  }

  stopAll(atOnce: boolean): void {
    for (const { execution } of this.#busy) execution.stop('halt', atOnce);
  }

  suspendAll(): void {
    for (const { execution } of this.#busy) execution.suspend();
  }

  resumeAll(): void {
    for (const { execution } of this.#busy) execution.resume();
  }

  /** At the end of this life: what still runs has been killed, and its claims are no longer this process's to end. */
  close(): void {
    for (const { scratch, execution } of this.#busy) scratch.release(execution.held.try, 'keep-failed', false);
    for (const scratch of [...this.#idle, ...[...this.#busy].map((slot) => slot.scratch)]) scratch.close();
  }

  #claim(choice: Choice): void {
    const { board, id, stages, picker, log } = this.#options;
    const { entry, column } = choice;
    const result = attemptClaim(board, { entry, column, process: id, products: stages.of(column).products });
    if (result.kind === 'unfit') log('unfit', `${entry.file}: ${result.why}`);
    if (result.kind !== 'won') return;
    if (entry.folder === 'queue') picker.count(entry.name.rank, 1);
    this.#start(result.held);
  }

  #start(held: Held): void {
    const { board, stages } = this.#options;
    const scratch = this.#idle.pop();
    if (scratch === undefined) throw new Error('no free slot');
    const { column } = held.claim;
    const stage = stages.of(column);
    let running: Running;
    try {
      running = startStep(this.#options, held, stage, scratch.take(held.try));
    } catch (error) {
      scratch.release(held.try, 'remove', false);
      this.#idle.push(scratch);
      endUnstarted(board, this.finisher, held, error);
      return;
    }
    stages.started(column);
    const execution = new Execution(held, stage, running);
    const slot: Slot = { scratch, execution, at: held.at };
    this.#busy.add(slot);
    this.telling.say('step-started', held, `try ${held.claim.try}`);
    execution.ended.then((end) => {
      this.#ended.push({ slot, end });
      this.#options.wake();
    });
  }

  #conclude({ execution, at, scratch }: Slot, ended: ExecutionEnd): Settled | undefined {
    const { board } = this.#options;
    const held: Held = { ...execution.held, at };
    this.#sayTrouble(held.claim.column, ended.end);
    const handIn = (): HandIn => readHandIn(board.path(scratchPath(held.try)), scratch.contents(held.try));
    const { result, succeeded, spent, scratch: policy } = conclude(board, held, execution.stage, ended, handIn);
    if (result.ending.kind === 'giveBack') this.telling.say('step-back', held, String(result.notes.reason));
    try {
      return this.finisher.settle(result);
    } finally {
      // Whether or not the disk takes the result now: the folder is no longer needed.
      scratch.release(held.try, policy, succeeded, spent);
    }
  }

  /** What is wrong not with one entry's step but with its stage, or with what starts steps. */
  #sayTrouble(column: number, end: RunEnd): void {
    if (end.kind === 'unstartable' && end.what === 'program')
      this.#options.stages.block(column, `its program can't be started: ${end.error}`);
    if (end.kind === 'broken')
      this.#options.log(
        'launcher',
        'the program that starts the steps died; its steps were ended, and their entries go back',
      );
  }

  /** The next stage of an entry just advanced, unless a better one waits. */
  #handOn(at: Located): void {
    const { picker, stages } = this.#options;
    if (this.#idle.length === 0) return;
    const fits = (column: number): boolean => stages.hasRoom(column);
    const column = picker.columns(at.name.letters).findLast(fits);
    if (column === undefined || picker.bestRank(fits) < at.name.rank) return;
    const choice: Choice = { entry: at, column };
    if (picker.isDue(choice)) this.#claim(choice);
  }
}
