/**
 * The slots of a stage process: claims entries, runs their steps, ends their tries, and hands an entry that it has just
 * advanced straight to its own next stage.
 */
import type { Board } from '../board/board.ts';
import type { Held } from '../board/claim.ts';
import { isSystemError } from '../board/errors.ts';
import { isEntry, judgeSight, locateClaim } from '../board/locate.ts';
import type { Located } from '../board/scan.ts';
import { TemplateError } from '../definitions/definitions.ts';
import { causeText, claimOf, LOG_GIVEN_BACK, LOG_RUNNING, logPath, sameClaim, UNFIT } from '../model/name.ts';
import type { Share } from '../model/order.ts';
import { type StepEnd, verdictOf } from '../model/outcome.ts';
import { attemptClaim, ownTrouble } from './claiming.ts';
import { endingOf } from './ending.ts';
import { Execution, type ExecutionEnd } from './execution.ts';
import { Finisher, type Result, type Settled } from './finisher.ts';
import { runFunction } from './functions.ts';
import type { Launcher, Running } from './launcher.ts';
import type { Log } from './log-lines.ts';
import type { StepFunction } from './options.ts';
import type { Choice, Picker } from './picker.ts';
import { SlotScratch } from './scratch.ts';
import type { ServedStages } from './stages.ts';
import { launchOf, makeTask } from './step.ts';

export interface SlotsOptions {
  readonly board: Board;
  readonly id: string;
  readonly size: number;
  readonly stages: ServedStages;
  readonly picker: Picker;
  readonly launcher: Launcher;
  readonly functions: ReadonlyMap<string, StepFunction>;
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
  done = 0;
  failed = 0;

  constructor(options: SlotsOptions) {
    this.#options = options;
    this.#idle = Array.from({ length: options.size }, () => new SlotScratch(options.board));
    this.finisher = new Finisher(options.board, (result, settled) => this.#tell(result, settled));
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
    const byDataset = new Map<string, Located[]>();
    for (const entry of seen) byDataset.set(entry.name.dataset, [...(byDataset.get(entry.name.dataset) ?? []), entry]);
    for (const slot of this.#busy) {
      const { held } = slot.execution;
      if (slot.execution.stopped !== undefined) continue;
      const sights = (byDataset.get(held.try.dataset) ?? []).filter((entry) => isEntry(entry.name, held.try));
      const standing = sights.find((entry) => judgeSight(entry, held.claim)?.kind === 'stands');
      const sight =
        standing === undefined
          ? locateClaim(this.#options.board, held.try, held.claim)
          : ({ kind: 'stands', at: standing } as const);
      if (sight.kind === 'stands') slot.at = sight.at;
      else if (sight.kind === 'taken') {
        this.#say(
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
    const { stages } = this.#options;
    const scratch = this.#idle.pop();
    if (scratch === undefined) throw new Error('no free slot');
    const { column } = held.claim;
    const stage = stages.of(column);
    let running: Running;
    try {
      running = this.#launch(held, stage, scratch);
    } catch (error) {
      scratch.release(held.try, 'remove', false);
      this.#idle.push(scratch);
      this.#unlaunched(held, error);
      return;
    }
    stages.started(column);
    const execution = new Execution(held, stage, running);
    const slot: Slot = { scratch, execution, at: held.at };
    this.#busy.add(slot);
    this.#say('step-started', held, `try ${held.claim.try}`);
    execution.ended.then((end) => {
      this.#ended.push({ slot, end });
      this.#options.wake();
    });
  }

  #launch(held: Held, stage: ReturnType<ServedStages['of']>, scratch: SlotScratch): Running {
    const { board, stages, functions, launcher } = this.#options;
    const task = makeTask(board, held, stage, scratch.take(held.try), stages.anyProducts);
    const step = functions.get(stage.name);
    return step === undefined ? launcher.start(launchOf(board, task)) : runFunction(step, task);
  }

  /** A template that this entry can't fill fails it, with the name that is missing; trouble with the disk gives it back. */
  #unlaunched(held: Held, error: unknown): void {
    if (error instanceof TemplateError) {
      const { board } = this.#options;
      board.fs.append(board.path(logPath(held.try, LOG_RUNNING)), `${error.message}\n`);
      this.finisher.settle({
        held,
        ending: { kind: 'fail', cause: UNFIT },
        log: UNFIT,
        notes: { reason: error.message },
      });
      return;
    }
    if (!isSystemError(error)) throw error;
    const giveBack = (why: string): void => {
      this.finisher.settle({ held, ending: { kind: 'giveBack' }, log: LOG_GIVEN_BACK, notes: { reason: why } });
    };
    const why = ownTrouble(this.#options.board, error, giveBack);
    this.finisher.settle({ held, ending: { kind: 'hold', cause: UNFIT }, log: UNFIT, notes: { reason: why } });
  }

  #conclude(slot: Slot, { end, stopped, seconds }: ExecutionEnd): Settled | undefined {
    const { execution, at, scratch } = slot;
    const held: Held = { ...execution.held, at };
    const { stage } = execution;
    const giveBack = (reason: string): Settled => {
      this.#say('step-back', held, reason);
      scratch.release(held.try, 'remove', true);
      return this.finisher.settle({
        held,
        ending: { kind: 'giveBack' },
        log: LOG_GIVEN_BACK,
        notes: { reason, seconds },
      });
    };
    if (end.kind === 'unstartable' && end.what === 'program') {
      this.#options.stages.block(held.claim.column, `its program can't be started: ${end.error}`);
      return giveBack('its program is missing');
    }
    if (end.kind === 'unstartable') return giveBack(`its log can't be opened: ${end.error}`);
    if (end.kind === 'broken') {
      this.#options.log(
        'launcher',
        'the program that starts the steps died; its steps were ended, and their entries go back',
      );
      return giveBack('what started it died');
    }
    if (stopped === 'halt') return giveBack('this process is halting');
    const step: StepEnd = stopped === 'timeout' ? { kind: 'timeout' } : end;
    const verdict = verdictOf(step, stage.exits);
    const ending = endingOf(this.#options.board, held, stage, verdict);
    const notes = {
      seconds,
      code: end.kind === 'exit' ? end.code : null,
      signal: end.kind === 'signal' ? end.signal : null,
      stageFile: stage.sha256,
    };
    // Whether or not the disk takes the result now: the folder is no longer needed.
    const release = (): void => scratch.release(held.try, stage.scratch, verdict.kind === 'complete');
    try {
      return this.finisher.settle({ held, ending, log: verdict.log, notes });
    } finally {
      release();
    }
  }

  /** Says what became of a try, and counts it. */
  #tell({ held, ending, notes }: Result, settled: Settled): void {
    if (settled.kind === 'taken') this.#say('step-taken', held, 'its claim was taken away; its result is discarded');
    if (settled.kind !== 'finished' || ending.kind === 'giveBack') return;
    const failed = settled.at.name.letters[held.claim.column] === 'f';
    if (ending.kind === 'complete') this.done++;
    if (failed) this.failed++;
    const code =
      ending.kind === 'complete'
        ? 'step-complete'
        : failed
          ? 'step-failed'
          : ending.kind === 'retry'
            ? 'step-retry'
            : 'step-held';
    const why = ending.kind === 'complete' ? '' : `${String(notes.reason ?? causeText(ending.cause))}, `;
    this.#say(code, held, `${why}after ${Number(notes.seconds ?? 0).toFixed(1)} s`);
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

  #say(code: Parameters<Log>[0], held: Held, text: string): void {
    this.#options.log(code, `${held.try.dataset} ${held.stage}.${held.try.epoch}: ${text}`);
  }
}
