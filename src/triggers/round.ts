/**
 * One round of a landing zone: what crashes left is carried on, the folder is read, every file is judged, the complete
 * ones are taken. Level-triggered: it depends on what lies there now, not on what was notified.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Board } from '../board/board.ts';
import { faultKind, faultText } from '../board/errors.ts';
import { askKernel } from '../board/host.ts';
import type { LandingZone } from '../model/definition.ts';
import { checkChecksum } from './checksum.ts';
import { companionBase, companionSuffix } from './companion.ts';
import { glance, type Listed, lookInside, SLATE, sameLook, showName, type ZoneFolder } from './files.ts';
import { type FoundIntent, listIntents, type Owner } from './intent.ts';
import {
  type Age,
  type ChecksumVerdict,
  judgeFile,
  judgeOrphan,
  judgeUnmatched,
  Looks,
  type Patience,
  type Verdict,
} from './judge.ts';
import type { LandingLog } from './log.ts';
import type { NameReader, ReadName } from './match.ts';
import type { Reason } from './quarantine.ts';
import type { Taker, Took } from './take.ts';

export interface RoundOptions {
  readonly board: Board;
  readonly zone: LandingZone;
  readonly folder: ZoneFolder;
  readonly names: NameReader;
  readonly taker: Taker;
  readonly owner: Owner;
  readonly patience: Patience;
  /** Another's intent that has not changed for so long (on `clock`) is carried on. */
  readonly graceMs: number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly log: LandingLog;
}

/** What a round found. `pending`: to be judged without a person's help; `waiting`: all that lies in the zone. */
export interface RoundResult {
  readonly files: number;
  readonly pending: number;
  /** Companions of a file that is there are not counted. */
  readonly waiting: number;
  readonly taken: number;
  readonly quarantined: number;
  /** What the disk refused, if it did: the round ended early after a few. */
  readonly trouble: string | undefined;
}

/** A disk that refuses this many files refuses the others as well. */
const MOST_TROUBLES = 3;
/** Files between two pauses for the other work of the process. */
const STRETCH = 50;

interface Tally {
  pending: number;
  waiting: number;
  taken: number;
  quarantined: number;
  troubles: string[];
}

export class Rounds {
  readonly #options: RoundOptions;
  readonly #suffix: string;
  readonly #looks = new Looks();
  readonly #intents = new Map<string, { key: string; sinceMs: number }>();
  readonly #read = new Map<string, ReadName>();
  readonly #checksums = new Map<string, { key: string; verdict: ChecksumVerdict }>();
  readonly #told = new Set<string>();

  constructor(options: RoundOptions) {
    this.#options = options;
    this.#suffix = companionSuffix(options.zone.complete) ?? '';
  }

  /** Counts what a holder elsewhere has to do, from names alone. @throws the system's error if the folder can't be read. */
  count(): number {
    const { folder } = this.#options;
    const listed = folder.list().filter(({ kind }) => kind === 'file');
    const all = new Set(listed.map(({ name }) => name));
    const ready = listed.filter(
      ({ name }) => !this.#isCompanion(name) && (this.#suffix === '' || all.has(name + this.#suffix)),
    );
    return ready.filter(({ name }) => this.#readName(name).ok).length + listIntents(folder).length;
  }

  /**
   * @param mayGoOn asked before every file: false once the role is lost or the watcher is to stop
   * @throws the system's error if the folder can't be read
   */
  async run(mayGoOn: () => boolean, signal: AbortSignal): Promise<RoundResult> {
    const { folder } = this.#options;
    const tally: Tally = { pending: 0, waiting: 0, taken: 0, quarantined: 0, troubles: [] };
    this.#carryOn(tally, mayGoOn);
    const listed = folder.list().filter(({ kind }) => kind !== 'folder');
    const kinds = new Map(listed.map(({ name, kind }) => [name, kind]));
    this.#forget(kinds);
    let count = 0;
    for (const file of listed) {
      tally.waiting++;
      if (!mayGoOn() || tally.troubles.length >= MOST_TROUBLES) {
        tally.pending++;
        continue;
      }
      if (++count % STRETCH === 0) await nextTurn();
      try {
        await this.#one(file, kinds, tally, signal);
      } catch (error) {
        if (signal.aborted) tally.pending++;
        else this.#trouble(file.name, error, tally);
      }
    }
    return { ...tally, files: listed.length, trouble: tally.troubles[0] };
  }

  #trouble(name: string, error: unknown, tally: Tally): void {
    const { folder, log } = this.#options;
    if (faultKind(error) === 'denied' && this.#isUnreadable(name)) {
      // One file's rights are its sender's business; the others go on.
      this.#tellOnce(name, () =>
        log(
          'warn',
          'landing-unreadable',
          `${folder.file(name)} can't be read: ${faultText(error)}; give this user the right to read it`,
        ),
      );
      return;
    }
    tally.pending++;
    tally.troubles.push(`${showName(name)}: ${faultText(error)}`);
  }

  #isUnreadable(name: string): boolean {
    try {
      lookInside(this.#options.folder.file(name));
      return false;
    } catch (error) {
      return faultKind(error) === 'denied';
    }
  }

  #tellOnce(what: string, tell: () => void): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    tell();
  }

  #forget(kinds: ReadonlyMap<string, unknown>): void {
    this.#looks.keep(new Set(kinds.keys()));
    for (const kept of [this.#read, this.#checksums, this.#told]) {
      for (const name of kept.keys()) if (!kinds.has(name)) kept.delete(name);
    }
  }

  /** Finishes what was begun: this watcher's own after trouble, others' when they are dead or silent for the grace. */
  #carryOn(tally: Tally, mayGoOn: () => boolean): void {
    const { board, taker, folder } = this.#options;
    const found = listIntents(folder);
    const files = new Set(found.map(({ file }) => file));
    for (const file of this.#intents.keys()) if (!files.has(file)) this.#intents.delete(file);
    for (const intent of found) {
      // Another board's watcher shares the folder: its intents are its own.
      if (intent.intent !== undefined && intent.intent.board !== board.name) continue;
      if (!mayGoOn() || tally.troubles.length >= MOST_TROUBLES || !this.#isOurs(intent)) {
        tally.pending++;
        continue;
      }
      try {
        this.#count(taker.resume(intent), tally);
      } catch (error) {
        tally.pending++;
        tally.troubles.push(`${SLATE}/${intent.file}: ${faultText(error)}`);
      }
    }
  }

  #isOurs({ file, key, intent }: FoundIntent): boolean {
    const { taker, owner, clock, graceMs } = this.#options;
    if (intent !== undefined && (taker.isOwn(intent) || askKernel(intent.owner, owner) === 'dead')) return true;
    const seen = this.#intents.get(file);
    if (seen?.key !== key) {
      this.#intents.set(file, { key, sinceMs: clock() });
      return false;
    }
    return clock() - seen.sinceMs >= graceMs;
  }

  async #one(
    { name, kind }: Listed,
    kinds: ReadonlyMap<string, string>,
    tally: Tally,
    signal: AbortSignal,
  ): Promise<void> {
    const { taker, zone, clock, folder, names } = this.#options;
    const base = companionBase(name, zone.complete);
    const mine = this.#readName(base ?? name);
    if (!mine.ok && mine.reason === 'unmatched' && names.isOthers(name)) return void tally.waiting--;
    if (kind !== 'file') {
      const why = kind === 'link' ? 'it is a symbolic link' : 'it is no regular file (a pipe, socket or device)';
      return this.#countHere(taker.reject(name, [], kind === 'link' ? 'link' : 'special', why), tally);
    }
    // Judged together with its file.
    if (base !== undefined && kinds.has(base)) return void tally.waiting--;
    const companion = this.#suffix !== '' && kinds.get(name + this.#suffix) === 'file' ? [this.#suffix] : [];
    const read = base === undefined ? mine : this.#readName(name);
    // Nothing to look at before the sender is done.
    if (base === undefined && read.ok && this.#suffix !== '' && companion.length === 0) return;

    const look = glance(folder.file(name));
    if (look === undefined) return this.#unseen(name, tally);
    const age = this.#looks.note(name, look, clock());
    let verdict: Verdict;
    let reason: Reason;
    let why = '';
    if (base !== undefined) {
      verdict = judgeOrphan(age, this.#options.patience);
      [reason, why] = ['orphan', `the file that it belongs to, ${showName(base)}, has not come`];
    } else if (!read.ok && read.reason === 'unmatched') {
      verdict = judgeUnmatched(name, zone.complete, age, this.#options.patience);
      [reason, why] = ['unmatched', read.why];
    } else {
      verdict = await this.#judge(name, age, companion, signal);
      reason = 'checksum';
    }
    if (verdict.do === 'wrong')
      return this.#countHere(taker.reject(name, companion, reason, why || verdict.why), tally);
    if (verdict.do !== 'take') return void (verdict.do === 'wait' && verdict.on === 'self' && tally.pending++);
    this.#countHere(
      read.ok ? taker.take(name, look, companion, read.named) : taker.reject(name, companion, read.reason, read.why),
      tally,
    );
  }

  async #judge(name: string, age: Age, companion: readonly string[], signal: AbortSignal): Promise<Verdict> {
    const { zone, folder, patience, clock } = this.#options;
    const { complete } = zone;
    if (complete.kind !== 'checksum')
      return judgeFile(complete, age, companion.length > 0 ? age : undefined, undefined, patience);
    const path = folder.file(name);
    const [look, other] = [glance(path), glance(path + this.#suffix)];
    if (look === undefined || other === undefined) return { do: 'wait', on: 'self' };
    const otherAge = this.#looks.note(name + this.#suffix, other, clock());
    const key = [look, other].map(({ ino, size, mtimeMs }) => `${ino}:${size}:${mtimeMs}`).join(' ');
    const known = this.#checksums.get(name);
    const first = judgeFile(complete, age, otherAge, known?.key === key ? known.verdict : undefined, patience);
    if (first.do !== 'hash') return first;
    const verdict = await checkChecksum(path, path + this.#suffix, name, complete.algorithm, signal);
    const after = lookInside(path);
    // It was written to while it was read.
    if (after === undefined || !sameLook(after, look)) return { do: 'wait', on: 'self' };
    this.#checksums.set(name, { key, verdict });
    return judgeFile(complete, age, otherAge, verdict, patience);
  }

  /** Listed, but not to be found: taken by another, or its bytes are no UTF-8 and no call can name it. */
  #unseen(name: string, tally: Tally): void {
    tally.waiting--;
    if (!name.includes('\uFFFD')) return;
    this.#tellOnce(name, () =>
      this.#options.log(
        'warn',
        'landing-name',
        `${this.#options.folder.path} holds ${showName(name)}, whose name is no UTF-8: it is left alone; rename it`,
      ),
    );
  }

  #count(took: Took, tally: Tally): void {
    if (took === 'landed') tally.taken++;
    else if (took === 'quarantined') tally.quarantined++;
    else tally.pending++;
  }

  #countHere(took: Took, tally: Tally): void {
    this.#count(took, tally);
    if (took !== 'elsewhere') tally.waiting--;
  }

  #isCompanion(name: string): boolean {
    return companionBase(name, this.#options.zone.complete) !== undefined;
  }

  #readName(name: string): ReadName {
    let read = this.#read.get(name);
    if (read === undefined) {
      read = this.#options.names.read(name);
      this.#read.set(name, read);
    }
    return read;
  }
}
