/**
 * A batch in the making: its entries are claimed one after another, each by its own rename, for as long as a turn of the
 * loop may take; then the loop hears orders, and goes on. What was claimed belongs to this process all the while.
 */
import type { Share } from '../model/order.ts';
import type { Member } from './members.ts';
import type { Choice } from './picker.ts';
import type { Grant } from './resources.ts';

export class Forming {
  /** What its step has been given. */
  readonly grant: Grant;
  readonly members: Member[] = [];
  /** Other processes are after the same entries. */
  readonly isContended: boolean;
  readonly #choices: readonly Choice[];
  #at = 0;

  /** @param choices in order of service */
  constructor(choices: readonly Choice[], grant: Grant, share: Share) {
    this.grant = grant;
    this.isContended = share.count > 1;
    this.#choices = choices;
  }

  next(): Choice | undefined {
    return this.#choices[this.#at++];
  }

  get isOver(): boolean {
    return this.#at >= this.#choices.length;
  }

  /** Nothing more is claimed. @returns what was not */
  finish(): readonly Choice[] {
    const left = this.#choices.slice(this.#at);
    this.#at = this.#choices.length;
    return left;
  }
}
