/** Ends the tries of slots: those of which a running step has told the outcome, those whose claims were taken away, and all at its end. */
import { isAdopted } from '../board/adopt.ts';
import type { Located } from '../board/scan.ts';
import { LOG_GONE } from '../model/name.ts';
import type { OutcomeLine } from '../model/outcome-line.ts';
import { type Conclusion, conclude, concludeLine } from './conclusion.ts';
import type { Finisher } from './finisher.ts';
import { type HandIn, NOTHING_HANDED_IN, readHandIn } from './hand-in.ts';
import type { Log } from './log-lines.ts';
import { heldNow, type Member, type Members } from './members.ts';
import { Sightings } from './sightings.ts';
import type { Slot } from './slot.ts';
import type { StartParts } from './starting.ts';
import { ADOPTED, type Telling } from './telling.ts';
import { entryFault } from './unstartable.ts';

export interface EndingParts extends Pick<StartParts, 'board' | 'stages'> {
  readonly log: Log;
  readonly finisher: Finisher;
  readonly telling: Telling;
  readonly members: Members;
}

export class Endings {
  readonly #parts: EndingParts;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /**
   * Ends what can be ended of a slot: all, once its step has ended; before that, what the step has said the outcome of.
   * @returns false if there was no time for all of it
   * @throws the system's error when the disk refuses: what it was about is kept, and the rest is still to be done
   */
  end(slot: Slot, untilMs: number): boolean {
    if (slot.readEnd()) this.#sayTrouble(slot);
    // Its claim stands, and its job runs: whoever takes it over ends the try. What had ended before is ended here.
    if (slot.goesOn) slot.members.clear();
    for (const [dataset, member] of slot.members) {
      const line = slot.lines.get(dataset);
      if (line === undefined && slot.end === undefined) continue;
      this.#endMember(slot, member, this.#judge(slot, member, line));
      if (performance.now() > untilMs && !slot.isThrough) return false;
    }
    slot.lines.clear();
    return true;
  }

  /** Compares what was seen in `active/` with what runs here: a claim that was taken away stops its step. */
  check(busy: Iterable<Slot>, seen: readonly Located[]): void {
    const sightings = new Sightings(this.#parts.board, seen);
    for (const slot of busy) {
      if (slot.execution.stopped !== undefined || slot.end !== undefined) continue;
      for (const member of slot.members.values()) {
        const sight = sightings.of(member.held);
        if (sight.kind === 'stands') this.#parts.members.move(member, sight.at);
        else if (sight.kind === 'taken') this.taken(slot, member, sight.at);
      }
    }
  }

  /** A claim that was taken away: a step for that one alone is stopped, others go on without it. */
  taken(slot: Slot, member: Member, at: Located): void {
    const { telling, finisher, members } = this.#parts;
    if (isAdopted(member.held, at)) {
      // Another has taken this process for dead: the try is its now, with its log and all.
      telling.say('step-taken', member.held, ADOPTED);
      slot.members.delete(member.held.try.dataset);
      members.remove(member);
      slot.execution.leave();
      return;
    }
    const isLast = slot.members.size === 1;
    const rest = isLast ? 'the step is stopped' : `the ${slot.members.size - 1} others of its batch go on`;
    const text = `its claim was taken away (it stands in ${at.folder}/ as ${at.name.letters}); ${rest}`;
    telling.say('step-taken', member.held, text);
    slot.batch?.tellTaken(member.held);
    if (isLast) {
      slot.execution.stop('taken');
      return;
    }
    slot.members.delete(member.held.try.dataset);
    members.remove(member);
    finisher.settle({ held: heldNow(member), ending: { kind: 'giveBack' }, log: LOG_GONE, notes: {} });
  }

  #judge(slot: Slot, member: Member, line: OutcomeLine | undefined): Conclusion {
    const { facts, end } = slot;
    const held = heldNow(member);
    if (line !== undefined) return concludeLine(this.#parts.board, held, facts, line);
    if (end === undefined) throw new Error('a step that has not ended');
    const { scratch, batch } = slot;
    // A step that took several says of each in its line what one for a single entry hands in.
    const handIn = (): HandIn =>
      batch === undefined ? readHandIn(scratch.path, scratch.contents()) : NOTHING_HANDED_IN;
    return conclude(this.#parts.board, held, facts, end, handIn);
  }

  #endMember(slot: Slot, member: Member, conclusion: Conclusion): void {
    const { finisher, members, telling } = this.#parts;
    const { result } = conclusion;
    slot.members.delete(member.held.try.dataset);
    members.remove(member);
    slot.ended(conclusion);
    if (result.ending.kind === 'giveBack') telling.say('step-back', result.held, String(result.notes.reason));
    // Whether or not the disk takes the result now: it is kept.
    const settled = finisher.settle(result);
    if (settled.kind === 'finished') slot.advanced.push(settled.at);
    else if (settled.kind === 'left') slot.execution.leave();
  }

  /** What is wrong not with one entry's step but with its stage, or with what starts steps. */
  #sayTrouble({ column, end, execution }: Slot): void {
    if (execution.isLeft) return;
    const trouble = end?.end;
    const { stages } = this.#parts;
    const isStages = trouble?.kind === 'unstartable' && entryFault(stages.of(column), trouble) === undefined;
    if (isStages && trouble.what === 'program') stages.block(column, `its program can't be started: ${trouble.error}`);
    if (trouble?.kind === 'broken')
      this.#parts.log(
        'launcher',
        'the program that starts the steps died; its steps were ended, and their entries go back',
      );
  }
}
