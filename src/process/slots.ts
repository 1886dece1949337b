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
import type { Grant, Resources } from './resources.ts';
import { SlotScratch } from './scratch.ts';
import { Sightings } from './sightings.ts';
import { endUnstarted, type StartParts, startStep } from './starting.ts';
import { Telling } from './telling.ts';

export interface SlotsOptions extends StartParts {
  readonly id: string;
  readonly size: number;
  readonly picker: Picker;
  readonly resources: Resources;
  readonly log: Log;
  /** Something has ended: the loop should run. */
  readonly wake: () => void;
}

interface Slot {
  readonly scratch: SlotScratch;
  readonly grant: Grant;
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

  get resources(): Resources {
    return this.#options.resources;
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
    const { picker, resources } = this.#options;
    resources.begin();
    while (this.#idle.length > 0) {
      const choice = this.#ready() ?? picker.next(share, this.#fits);
      if (choice === undefined) break;
      if (!this.#claim(choice)) picker.putBack(choice);
    }
    resources.end();
  }

  /** What has waited longest for room, and has it now. */
  #ready(): Choice | undefined {
    const { picker, resources, stages } = this.#options;
    const choice = resources.ready();
    return choice !== undefined && stages.hasRoom(choice.column) && picker.isDue(choice) ? choice : undefined;
  }

  /** Whether there is room for one more step of a column, or of an entry. */
  readonly #fits = (column: number, entry?: Located): boolean =>
    this.#options.stages.hasRoom(column) && this.#options.resources.fits(column, entry);

  /** Ends the tries whose steps have ended, and goes on with their entries. @throws the system's error when the disk refuses */
  settle(mayClaim: () => boolean): void {
    for (let next = this.#ended.shift(); next !== undefined; next = this.#ended.shift()) {
      const { slot, end } = next;
      const { execution } = slot;
      this.#busy.delete(slot);
      this.#idle.push(slot.scratch);
      this.#options.stages.ended(execution.held.claim.column);
      let settled: Settled | undefined;
      try {
        settled = this.#conclude(slot, end);
      } finally {
        // Whether or not the disk takes the result now: the step has ended.
        this.#options.resources.release(slot.grant);
      }
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
    for (const { scratch, execution, grant } of this.#busy) {
      scratch.release(execution.held.try, 'keep-failed', false);
      this.#options.resources.release(grant);
    }
    for (const { slot } of this.#ended) this.#options.resources.release(slot.grant);
    for (const scratch of [...this.#idle, ...[...this.#busy].map((slot) => slot.scratch)]) scratch.close();
  }

  /** @returns false if there was no room for its step after all */
  #claim(choice: Choice): boolean {
    const { resources } = this.#options;
    const grant = resources.take(choice);
    if (grant === undefined) return false;
    let held: Held | undefined;
    try {
      held = this.#win(choice);
    } finally {
      if (held === undefined) resources.release(grant);
    }
    if (held !== undefined) this.#start(held, grant);
    return true;
  }

  #win({ entry, column }: Choice): Held | undefined {
    const { board, id, stages, picker, log } = this.#options;
    const result = attemptClaim(board, { entry, column, process: id, products: stages.of(column).products });
    if (result.kind === 'unfit') log('unfit', `${entry.file}: ${result.why}`);
    if (result.kind !== 'won') return undefined;
    if (entry.folder === 'queue') picker.count(entry.name.rank, 1);
    return result.held;
  }

  #start(held: Held, grant: Grant): void {
    const { board, stages, resources } = this.#options;
    const scratch = this.#idle.pop();
    if (scratch === undefined) throw new Error('no free slot');
    const { column } = held.claim;
    const stage = stages.of(column);
    let running: Running;
    try {
      if (grant.fault !== undefined) throw grant.fault;
      running = startStep(this.#options, held, stage, scratch.take(held.try), grant.needs);
    } catch (error) {
      scratch.release(held.try, 'remove', false);
      this.#idle.push(scratch);
      resources.release(grant);
      endUnstarted(board, this.finisher, held, error);
      return;
    }
    stages.started(column);
    const execution = new Execution(held, stage, running);
    const slot: Slot = { scratch, grant, execution, at: held.at };
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
    const { picker } = this.#options;
    if (this.#idle.length === 0) return;
    const column = picker.columns(at.name.letters).findLast((one) => this.#fits(one, at));
    if (column === undefined || picker.bestRank(this.#fits) < at.name.rank) return;
    const choice: Choice = { entry: at, column };
    if (picker.isDue(choice)) this.#claim(choice);
  }
}
