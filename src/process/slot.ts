/** One slot at work: an execution, the tries that it is for, its working folder, and what is known of them so far. */
import type { Located } from '../board/scan.ts';
import type { StageDefinition } from '../model/definition.ts';
import { BATCH_FILES } from '../model/name.ts';
import type { OutcomeLine } from '../model/outcome-line.ts';
import type { BatchRun } from './batch-run.ts';
import type { Conclusion, ExecutionFacts } from './conclusion.ts';
import type { Execution, ExecutionEnd } from './execution.ts';
import { OWN_FILES } from './hand-in.ts';
import type { Member } from './members.ts';
import type { Grant } from './resources.ts';
import type { SlotScratch } from './scratch.ts';

/** How long a step may have said something before it is heard. */
const HEAR_EVERY_MS = 500;

/** What was made for the step, and what was read of it. */
const BATCH_SPENT: ReadonlySet<string> = new Set([...OWN_FILES, ...Object.values(BATCH_FILES)]);

export interface SlotParts {
  readonly scratch: SlotScratch;
  /** What its step has been given. */
  readonly grant: Grant;
  readonly execution: Execution;
  /** At least one; in order of service. */
  readonly members: readonly Member[];
  readonly batch: BatchRun | undefined;
  /** Of those that this process has started. */
  readonly nth: number;
}

export class Slot {
  readonly scratch: SlotScratch;
  readonly grant: Grant;
  readonly execution: Execution;
  readonly batch: BatchRun | undefined;
  readonly nth: number;
  readonly first: Member;
  /** Those whose end is not known. */
  readonly members: Map<string, Member>;
  /** What its step has said and is not written down yet, by dataset. */
  readonly lines = new Map<string, OutcomeLine>();
  /** Entries whose tries have ended here, and which may go on. */
  readonly advanced: Located[] = [];
  end: ExecutionEnd | undefined;
  #heardMs = performance.now();
  #isRead = false;
  #policy: StageDefinition['scratch'];
  #succeeded = true;
  #spent: ReadonlySet<string> = OWN_FILES;

  constructor({ scratch, grant, execution, members, batch, nth }: SlotParts) {
    const [first] = members;
    if (first === undefined) throw new Error('a slot without an entry');
    this.scratch = scratch;
    this.grant = grant;
    this.execution = execution;
    this.batch = batch;
    this.nth = nth;
    this.first = first;
    this.members = new Map(members.map((member) => [member.held.try.dataset, member]));
    this.#policy = execution.stage.scratch;
  }

  get column(): number {
    return this.first.held.claim.column;
  }

  get facts(): ExecutionFacts {
    const { execution, end, batch } = this;
    const seconds = end?.seconds ?? execution.seconds;
    return { stage: execution.stage, seconds, batch: batch?.size, job: end?.job };
  }

  /** Its step is a job that this process has left before it had ended. */
  get goesOn(): boolean {
    return this.execution.isLeft && (this.end === undefined || this.end.end.kind === 'broken');
  }

  /** When what its step says of its entries is to be read; undefined: it says nothing before its end. */
  get hearMs(): number | undefined {
    return this.batch === undefined || this.end !== undefined ? undefined : this.#heardMs + HEAR_EVERY_MS;
  }

  /** Takes up what the step has said since. */
  hear(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#take(false);
  }

  /** Its step has ended: what it has said is read to the end. @returns true once */
  readEnd(): boolean {
    if (this.end === undefined || this.#isRead) return false;
    this.#isRead = true;
    this.#take(true);
    return true;
  }

  /** True if the step has ended, and nothing of it is left to be written down. */
  get isThrough(): boolean {
    return this.end !== undefined && this.members.size === 0;
  }

  #take(isEnded: boolean): void {
    for (const line of this.batch?.poll(isEnded) ?? []) this.lines.set(line.dataset, line);
  }

  ended({ scratch, succeeded, spent }: Conclusion): void {
    this.#spent = spent;
    if (scratch === 'remove') this.#policy = scratch;
    this.#succeeded &&= succeeded;
  }

  /** Gives up its working folder: to whoever takes its job over, if this process has left it. */
  close(): void {
    this.batch?.close();
    if (this.execution.isLeft) {
      this.scratch.forget();
      return;
    }
    const spent = this.batch === undefined ? this.#spent : BATCH_SPENT;
    this.scratch.release(this.#policy, this.#succeeded, spent);
  }
}
