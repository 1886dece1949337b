/**
 * The slots of a stage process: claims entries, runs their steps, ends their tries, and hands an entry that it has just
 * advanced straight to its own next stage.
 */
import type { Held } from '../board/claim.ts';
import { dropPointer } from '../board/jobs.ts';
import type { Located } from '../board/scan.ts';
import type { StageDefinition } from '../model/definition.ts';
import type { Share } from '../model/order.ts';
import { takeUp } from './adopting.ts';
import { BatchMaking } from './batch-making.ts';
import { attemptClaim } from './claiming.ts';
import { Endings } from './endings.ts';
import type { Dispatcher } from './engine/dispatcher.ts';
import type { LeftJob } from './engine/left-jobs.ts';
import { Execution } from './execution.ts';
import { Finisher } from './finisher.ts';
import type { Running } from './launcher.ts';
import { isClaimOf, type Member, Members } from './members.ts';
import type { Choice } from './picker.ts';
import type { Grant, Resources } from './resources.ts';
import { RunningSteps } from './running-steps.ts';
import { Slot, type SlotParts } from './slot.ts';
import { SlotPools } from './slot-pools.ts';
import type { SlotsOptions } from './slots-options.ts';
import { endUnstarted, type StartedStep, startMembers } from './starting.ts';
import { Telling } from './telling.ts';

/** Claims and endings of one turn take no longer: heartbeat and orders are heard between. */
const SLICE_MS = 100;
/** Batches that others turn out to be at, one after another. */
const MOST_EMPTY = 64;

export class Slots {
  readonly #options: SlotsOptions;
  readonly #busy = new Set<Slot>();
  readonly #spare: SlotPools;
  readonly #endings: Endings;
  readonly #members = new Members();
  readonly #making: BatchMaking;
  #batches = 0;
  readonly finisher: Finisher;
  readonly telling: Telling;
  readonly dispatcher: Dispatcher;
  readonly steps = new RunningSteps(this.#busy);

  constructor(options: SlotsOptions) {
    this.#options = options;
    this.dispatcher = options.dispatcher;
    this.telling = new Telling(options.log);
    this.finisher = new Finisher(options.board, (result, settled) => this.telling.ended(result, settled), options.wake);
    const { finisher, telling } = this;
    this.#endings = new Endings({ ...options, finisher, telling, members: this.#members });
    this.#making = new BatchMaking({
      ...options,
      finisher,
      members: this.#members,
      attempt: (choice, first) => this.#attempt(choice, first),
      start: (members, grant) => this.#start(members, grant),
    });
    this.#spare = new SlotPools(options, this.#making);
  }

  get resources(): Resources {
    return this.#options.resources;
  }

  get free(): number {
    return this.#spare.free;
  }

  /** For jobs that dead processes have left. */
  get freeJobs(): number {
    return this.#spare.freeJobs;
  }

  /** Jobs that are in hand beside what runs in the slots of this host. */
  get jobs(): number {
    return this.#options.stages.places.here ? this.#spare.jobs : 0;
  }

  /** What runs, and what has ended and is not written down yet. */
  get busy(): ReadonlySet<Slot> {
    return this.#busy;
  }

  /** True if it has nothing in hand. */
  get isEmpty(): boolean {
    return this.#busy.size === 0 && !this.#making.isOpen && this.finisher.size === 0;
  }

  /** True if the claim on this column is one that is being worked on, or whose result is kept. */
  isMine(entry: Located, column: number): boolean {
    return this.#members.has(entry, column) || this.finisher.holds(entry, column, isClaimOf);
  }

  /** True if this is the name under which a running try was last seen. */
  isCurrentName(file: string): boolean {
    return this.#members.isCurrentName(file);
  }

  /** Other slots than before, or stages elsewhere, from now on: steps that are too many end as they would. */
  resize(size: number): void {
    this.#spare.resize(size);
  }

  /** Claims and starts while there is room. @throws the system's error when the disk refuses */
  fill(share: Share): void {
    const { picker, stages, resources } = this.#options;
    resources.begin();
    const untilMs = performance.now() + SLICE_MS;
    for (let empty = 0; empty < MOST_EMPTY && performance.now() < untilMs; ) {
      if (!this.#making.goOn(untilMs)) break;
      if (this.free === 0) break;
      const choice = this.#ready() ?? picker.next(share, this.#fits);
      if (choice === undefined) break;
      if (stages.of(choice.column).batch !== undefined) empty += this.#making.begin(choice, share) ? 0 : 1;
      else if (!this.#claim(choice)) picker.putBack(choice);
    }
    // Thousands of slots, as of engines, are filled in several turns: what runs is looked after meanwhile.
    if (performance.now() >= untilMs) this.#options.wake();
    resources.end();
  }

  /** What has waited longest for room, and has it now. */
  #ready(): Choice | undefined {
    const { picker, resources } = this.#options;
    const choice = resources.ready();
    const isServed = choice !== undefined && this.#hasRoom(choice.column) && picker.isReady(choice.column);
    return isServed && picker.isDue(choice) ? choice : undefined;
  }

  /** Whether there is room for one more step of a column, or of an entry. */
  readonly #fits = (column: number, entry?: Located): boolean =>
    this.#hasRoom(column) && this.#options.resources.fits(column, entry);

  #hasRoom(column: number): boolean {
    return this.#spare.hasRoom(column) && this.#options.stages.hasRoom(column);
  }

  /** A batch that is being made is given back: nothing may be claimed now. */
  unform(): void {
    this.#making.giveBack();
  }

  /** Ends the tries whose ends are known, and goes on with their entries. @throws the system's error when the disk refuses */
  settle(mayClaim: () => boolean): void {
    const nowMs = performance.now();
    for (const slot of this.#busy) {
      if (slot.hearMs !== undefined && slot.hearMs <= nowMs) slot.hear(nowMs);
      if (slot.end === undefined && slot.lines.size === 0) continue;
      const isDone = this.#endings.end(slot, nowMs + SLICE_MS);
      if (slot.isThrough) this.#release(slot);
      if (mayClaim()) for (const at of slot.advanced.splice(0)) this.#handOn(at);
      if (isDone && performance.now() < nowMs + SLICE_MS) continue;
      this.#options.wake();
      return;
    }
  }

  #release(slot: Slot): void {
    this.#busy.delete(slot);
    this.#options.resources.release(slot.grant, slot.goesOn);
    slot.close();
    this.#spare.giveBack(slot.scratch);
    this.#options.stages.ended(slot.column);
  }

  /** Compares what was seen in `active/` with what runs here: a claim that was taken away stops its step. */
  check(seen: readonly Located[]): void {
    this.#endings.check(this.#busy, seen);
  }

  /** The job of a try that a dead process has left goes on as this one's. @returns false if there is no room, or no job */
  adopt(held: Held, left: LeftJob | undefined): boolean {
    if (this.freeJobs === 0) return false;
    // What the disk may refuse comes before the slot: the next pass tries it again, and again.
    const adopted = left === undefined ? undefined : takeUp(this.#options, held, left);
    const scratch = adopted === undefined ? undefined : this.#spare.take('job');
    if (adopted === undefined || scratch === undefined) {
      dropPointer(this.#options.board, held.try);
      return false;
    }
    scratch.adopt(held.try);
    const { stage, running, grant } = adopted;
    this.#run(stage, running, { scratch, grant, members: [this.#members.add(held)], batch: undefined });
    this.telling.say('step-started', held, `job of a process that is dead: it goes on`);
    return true;
  }

  /** At the end of this life: what still runs has been killed, and its claims are no longer this process's to end. */
  close(): void {
    for (const slot of this.#busy) {
      slot.close();
      this.#options.resources.release(slot.grant, slot.goesOn);
    }
    this.#making.drop();
    this.#spare.close();
    for (const { scratch } of this.#busy) scratch.close();
  }

  /** @returns false if there was no room for its step after all */
  #claim(choice: Choice): boolean {
    const { resources } = this.#options;
    const grant = resources.take(choice);
    if (grant === undefined) return false;
    let held: Held | undefined;
    try {
      held = this.#attempt(choice);
    } finally {
      if (held === undefined) resources.release(grant);
    }
    if (held !== undefined) this.#start([this.#members.add(held)], grant);
    return true;
  }

  #attempt({ entry, column }: Choice, first?: Held): Held | undefined {
    const { board, id, stages, picker, log } = this.#options;
    const { products } = stages.of(column);
    const result = attemptClaim(board, { entry, column, process: id, products, sharedLog: first?.try });
    if (result.kind === 'unfit') log('unfit', `${entry.file}: ${result.why}`);
    if (result.kind !== 'won') return undefined;
    if (entry.folder === 'queue') picker.count(entry.name.rank, 1);
    return result.held;
  }

  #start(members: readonly Member[], grant: Grant): void {
    const { board, stages, id, resources } = this.#options;
    const [first] = members;
    const scratch = this.#spare.take(stages.isAway(first?.held.claim.column ?? -1) ? 'job' : 'here');
    if (scratch === undefined || first === undefined) throw new Error('no free slot, or no entry');
    const { held } = first;
    const { column } = held.claim;
    const stage = stages.of(column);
    const all = members.map((member) => member.held);
    let step: StartedStep;
    try {
      if (grant.fault !== undefined) throw grant.fault;
      step = startMembers({ ...this.#options, process: id }, all, stage, scratch, grant.needs);
    } catch (error) {
      scratch.release('remove', false);
      this.#spare.giveBack(scratch);
      resources.release(grant);
      for (const member of members) this.#members.remove(member);
      endUnstarted(board, this.finisher, all, error);
      return;
    }
    const { batch, running } = step;
    this.#run(stage, running, { scratch, grant, members, batch });
    const what = batch === undefined ? `try ${held.claim.try}` : `batch of ${members.length}`;
    this.telling.say('step-started', held, what);
  }

  #run(stage: StageDefinition, running: Running, parts: Omit<SlotParts, 'execution' | 'nth'>): void {
    const execution = new Execution(stage, running);
    const slot = new Slot({ ...parts, execution, nth: ++this.#batches });
    this.#options.stages.started(slot.column);
    this.#busy.add(slot);
    execution.ended.then((end) => {
      slot.end = end;
      this.#options.wake();
    });
  }

  /** The next stage of an entry just advanced, unless a better one waits. Stages that take several wait for others to go with it. */
  #handOn(at: Located): void {
    const { picker, stages } = this.#options;
    if (this.free <= 0) return;
    const isAlone = (column: number): boolean => stages.of(column).batch === undefined;
    const column = picker.columns(at.name.letters).findLast((one) => isAlone(one) && this.#fits(one, at));
    if (column === undefined || picker.bestRank(this.#fits) < at.name.rank) return;
    const choice: Choice = { entry: at, column };
    if (picker.isDue(choice)) this.#claim(choice);
  }
}
