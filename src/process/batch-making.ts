/** The batch that a stage process is making: begun where a step has room, claimed in several turns, started, or given back. */
import type { Held } from '../board/claim.ts';
import { LOG_GIVEN_BACK } from '../model/name.ts';
import type { Share } from '../model/order.ts';
import type { Finisher } from './finisher.ts';
import { Forming } from './forming.ts';
import { heldNow, type Member, type Members } from './members.ts';
import type { Choice, Picker } from './picker.ts';
import type { Grant, Resources } from './resources.ts';

export interface BatchMakingParts {
  readonly picker: Picker;
  readonly resources: Resources;
  readonly members: Members;
  readonly finisher: Finisher;
  readonly wake: () => void;
  /** Claims one. @param first of the same batch */
  attempt(choice: Choice, first: Held | undefined): Held | undefined;
  start(members: readonly Member[], grant: Grant): void;
}

export class BatchMaking {
  readonly #parts: BatchMakingParts;
  #forming: Forming | undefined;

  constructor(parts: BatchMakingParts) {
    this.#parts = parts;
  }

  /** One is being made: a slot is spoken for. */
  get isOpen(): boolean {
    return this.#forming !== undefined;
  }

  /** Room for one step is taken, then entries for it. @returns false if there was none of either */
  begin(choice: Choice, share: Share): boolean {
    const { picker, resources } = this.#parts;
    const grant = resources.take(choice);
    if (grant === undefined) return false;
    // What it needs can't be worked out: that is a fault of this one entry, which fails alone.
    const choices = grant.fault === undefined ? picker.block(choice.column, share) : [choice];
    if (grant.fault !== undefined) picker.take(choice);
    if (choices.length > 0) this.#forming = new Forming(choices, grant, share);
    else resources.release(grant);
    return choices.length > 0;
  }

  /** Claims what goes together, and starts it. @returns false if there was no time for all of it */
  goOn(untilMs: number): boolean {
    const { picker, resources, members, wake, attempt, start } = this.#parts;
    const forming = this.#forming;
    if (forming === undefined) return true;
    for (let choice = forming.next(); choice !== undefined; choice = forming.next()) {
      const held = attempt(choice, forming.members[0]?.held);
      if (held !== undefined) forming.members.push(members.add(held));
      // Whoever was faster with the first of them is after the others as well.
      else if (forming.members.length === 0 && forming.isContended) picker.leaveToOthers(forming.finish());
      if (performance.now() <= untilMs || forming.isOver) continue;
      wake();
      return false;
    }
    this.#forming = undefined;
    if (forming.members.length > 0) start(forming.members, forming.grant);
    else resources.release(forming.grant);
    return true;
  }

  /** It is given back: nothing may be claimed now. */
  giveBack(): void {
    const forming = this.#forming;
    if (forming === undefined) return;
    const { members, finisher } = this.#parts;
    this.drop();
    const notes = { reason: 'its batch was not begun: this process claims nothing now' };
    for (const member of forming.members) {
      members.remove(member);
      finisher.keep({ held: heldNow(member), ending: { kind: 'giveBack' }, log: LOG_GIVEN_BACK, notes });
    }
    finisher.again();
  }

  /** Its claims are no longer this process's to end. */
  drop(): void {
    if (this.#forming !== undefined) this.#parts.resources.release(this.#forming.grant);
    this.#forming = undefined;
  }
}
