/**
 * What the steps of one host have reserved of it, over all stage processes and boards of the home: a file each, whose name
 * says all. It is announced first and counted then, so that of two that start at the same moment each sees the other's: the
 * budget is never exceeded, and at worst both wait for a moment. Who made a file is known by its pid: the kernel knows at
 * once who has died, and no lease is needed.
 */
import { createHash } from 'node:crypto';
import { addNeeds, isWithin, type Needs } from '../model/demand.ts';
import { formatReservation, hostFolder, parseReservation, type ReservationName } from '../model/name.ts';
import type { Board } from './board.ts';
import { isExists, isGone } from './errors.ts';
import { askKernel, exists, ownMark, type ProcessMark, seemsGone } from './host.ts';

/** The number of the one that only keeps room free. */
const KEPT = 0;
/** Exclusive: only one step of a host has room kept for it; two would wait for each other. */
const NEXT = 'next';

/** The steps of a process that has died are killed when its pipe closes: so long they may take. */
export const STEPS_DIE_MS = 1_000;

export interface Reservation {
  readonly file: string;
  readonly needs: Needs;
}

export class Reservations {
  readonly #board: Board;
  readonly #process: string;
  readonly #own: ProcessMark;
  readonly #folder: string;
  readonly #clock: () => number;
  /** Files of the dead, and when they were first seen to be. */
  #dead = new Map<string, number>();
  #number = KEPT;
  #kept: Reservation | undefined;

  constructor(
    board: Board,
    process: string,
    own: ProcessMark = ownMark(),
    clock: () => number = () => performance.now(),
  ) {
    this.#board = board;
    this.#process = process;
    this.#own = own;
    this.#clock = clock;
    this.#folder = hostFolder(board.host, hostMark(own));
  }

  /** Relative to the board's folder. */
  get folder(): string {
    return this.#folder;
  }

  /** What others and this process have reserved, what is kept for a step that waits included, but for `except`. */
  taken(except?: Reservation): Needs {
    return addNeeds(this.#names().flatMap((file) => (file === except?.file ? [] : (parseReservation(file) ?? []))));
  }

  /** @param who for people: what it is for. @returns undefined if there is no room */
  reserve(needs: Needs, budget: Needs, who: string): Reservation | undefined {
    const reservation = this.#announce(needs, ++this.#number, who);
    if (this.#fits(reservation, budget)) return reservation;
    this.release(reservation);
    return undefined;
  }

  release(reservation: Reservation): void {
    this.#remove(reservation.file);
  }

  /** Keeps room free for a step, unless that is done for another one. */
  keep(needs: Needs, who: string): Reservation | undefined {
    if (this.#kept !== undefined) return this.#kept;
    const reservation = this.#announce(needs, KEPT, who);
    if (this.#lock(reservation)) this.#kept = reservation;
    else this.release(reservation);
    return this.#kept;
  }

  /** What room is kept for. */
  get kept(): Reservation | undefined {
    return this.#kept;
  }

  unkeep(): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    this.#kept = undefined;
    this.#remove(NEXT);
    this.release(kept);
  }

  /** The step for which room was kept takes it. Undefined: there is not enough yet. */
  takeKept(budget: Needs): Reservation | undefined {
    const kept = this.#kept;
    if (kept === undefined || !this.#fits(kept, budget)) return undefined;
    const file = this.#name(kept.needs, ++this.#number);
    try {
      this.#board.fs.rename(this.#path(kept.file), this.#path(file));
    } catch (error) {
      // Somebody has removed it: it is reserved anew.
      if (!isGone(error)) throw error;
      this.unkeep();
      return undefined;
    }
    this.#kept = undefined;
    this.#remove(NEXT);
    return { file, needs: kept.needs };
  }

  /** Removes what processes of this host have left that were found dead a while ago. */
  prune(): void {
    const dead = new Map<string, number>();
    for (const file of this.#names()) {
      const name = parseReservation(file) ?? (file === NEXT ? this.#holderOfNext() : undefined);
      if (name === undefined || !this.#isDead(name)) continue;
      const sinceMs = this.#dead.get(file) ?? this.#clock();
      if (this.#clock() - sinceMs >= STEPS_DIE_MS) this.#remove(file);
      else dead.set(file, sinceMs);
    }
    this.#dead = dead;
  }

  #fits(reservation: Reservation, budget: Needs): boolean {
    if (isWithin(reservation.needs, budget, this.taken(reservation))) return true;
    this.prune();
    return isWithin(reservation.needs, budget, this.taken(reservation));
  }

  #announce(needs: Needs, number: number, who: string): Reservation {
    const file = this.#name(needs, number);
    for (let round = 0; ; round++) {
      try {
        this.#board.fs.create(this.#path(file), `${file}\n${who}\n`, false);
        break;
      } catch (error) {
        // Left by this very process when the disk refused to remove it.
        if (isExists(error)) break;
        if (!isGone(error) || round > 0) throw error;
        this.#makeFolder();
      }
    }
    return { file, needs };
  }

  #name({ milliCpus, memoryMb }: Needs, number: number): string {
    const { pid, startTicks } = this.#own;
    return formatReservation({ process: this.#process, number, milliCpus, memoryMb, pid, startTicks });
  }

  #lock(reservation: Reservation): boolean {
    for (let round = 0; ; round++) {
      try {
        this.#board.fs.link(this.#path(reservation.file), this.#path(NEXT));
        return true;
      } catch (error) {
        if (!isExists(error)) throw error;
        if (round > 0) return false;
        this.prune();
      }
    }
  }

  /** Its file's first line is the name of the reservation. */
  #holderOfNext(): ReservationName | undefined {
    try {
      const { content } = this.#board.fs.read(this.#path(NEXT));
      return parseReservation(content.split('\n', 1)[0] ?? '');
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  #isDead({ pid, startTicks, process }: ReservationName): boolean {
    if (process === this.#process) return false;
    // Everyone who writes here sees the same pids: the folder is named after that.
    if (startTicks === '') return !exists(pid);
    const mark = { ...this.#own, pid, startTicks };
    return seemsGone(mark, this.#own) || askKernel(mark, this.#own) === 'dead';
  }

  #names(): string[] {
    try {
      return this.#board.fs.names(this.#board.path(this.#folder));
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  }

  #path(file: string): string {
    return this.#board.path(`${this.#folder}/${file}`);
  }

  #remove(file: string): void {
    try {
      this.#board.fs.unlink(this.#path(file));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  #makeFolder(): void {
    for (const folder of [this.#folder.slice(0, this.#folder.lastIndexOf('/')), this.#folder]) {
      try {
        this.#board.fs.mkdir(this.#board.path(folder));
      } catch (error) {
        if (!isExists(error)) throw error;
      }
    }
  }
}

/** The folder in which steps that run here now reserve, relative to a board's. */
export function reservationsHere(host: string): string {
  return hostFolder(host, hostMark(ownMark()));
}

/** The same for all processes that see each other's pids, and for no others: a container is a host of its own. */
function hostMark({ bootId, pidSpace }: ProcessMark): string {
  return createHash('sha256').update(`${bootId} ${pidSpace}`).digest('hex').slice(0, 8);
}
