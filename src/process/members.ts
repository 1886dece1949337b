/** The tries that are at work here, and where their entries stand: found by their claims, and by the names they were last seen under. */
import type { Held } from '../board/claim.ts';
import { type EntryId, isEntry } from '../board/locate.ts';
import type { Located } from '../board/scan.ts';
import { claimOf, sameClaim } from '../model/name.ts';

export interface Member {
  readonly held: Held;
  /** Where its entry was last seen. */
  at: Located;
}

/** The try, with its entry where it stands now. */
export function heldNow({ held, at }: Member): Held {
  return { ...held, at };
}

/** True if the claim that stands on this column is that of a try. */
export function isClaimOf(held: Held, entry: Located, column: number): boolean {
  const standing = claimOf(entry.name, column);
  return standing !== undefined && isEntry(entry.name, held.try) && sameClaim(standing, held.claim);
}

export class Members {
  readonly #byTry = new Map<string, Member>();
  readonly #files = new Set<string>();

  add(held: Held): Member {
    const member: Member = { held, at: held.at };
    this.#byTry.set(keyOf(held.try, held.claim.epoch), member);
    this.#files.add(member.at.file);
    return member;
  }

  /** It was seen under this name. */
  move(member: Member, at: Located): void {
    this.#files.delete(member.at.file);
    member.at = at;
    this.#files.add(at.file);
  }

  remove(member: Member): void {
    this.#byTry.delete(keyOf(member.held.try, member.held.claim.epoch));
    this.#files.delete(member.at.file);
  }

  /** True if the claim that stands on this column is one of these. */
  has(entry: Located, column: number): boolean {
    const standing = claimOf(entry.name, column);
    if (standing === undefined) return false;
    const held = this.#byTry.get(keyOf(entry.name, standing.epoch))?.held;
    return held !== undefined && isEntry(entry.name, held.try) && sameClaim(standing, held.claim);
  }

  isCurrentName(file: string): boolean {
    return this.#files.has(file);
  }
}

function keyOf({ dataset, posted }: EntryId, epoch: number): string {
  return `${epoch} ${posted} ${dataset}`;
}
