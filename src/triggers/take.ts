/**
 * Taking a file, exactly once, in four steps: (1) the intent, created exclusively; (2) the file's rename into `taken/`;
 * (3) the post, with the posted time fixed in the intent, so that posting again changes nothing; (4) the intent removed.
 * `resume` carries on from whatever step a crash left.
 */
import { basename, dirname, join } from 'node:path';
import type { Board } from '../board/board.ts';
import {
  type FileLook,
  fitName,
  glance,
  lookInside,
  QUARANTINE,
  SLATE,
  sameLook,
  showName,
  TAKEN,
  type ZoneFolder,
} from './files.ts';
import {
  createIntent,
  dropIntent,
  type FoundIntent,
  type Intent,
  intentFile,
  isRubbish,
  isStill,
  newToken,
  type Owner,
  type Reject,
  removeRubbish,
  replaceIntent,
} from './intent.ts';
import type { LandingLog } from './log.ts';
import type { NamedFile } from './match.ts';
import { choosePosted, isLive, laterPosted, postIntent } from './posting.ts';
import { formatReason, freeInQuarantine, moveToQuarantine, type Reason, reasonPath } from './quarantine.ts';

/** `elsewhere`: someone else is taking it, or it has changed or gone since it was judged: judge anew. */
export type Took = 'landed' | 'quarantined' | 'elsewhere';

export interface TakerOptions {
  readonly board: Board;
  readonly zone: ZoneFolder;
  /** Which zone of which pipeline, for reasons. */
  readonly title: string;
  readonly owner: Owner;
  readonly log: LandingLog;
}

export class Taker {
  readonly #options: TakerOptions;
  /** Tokens of intents that this taker made and has not finished. */
  readonly #own = new Set<string>();

  constructor(options: TakerOptions) {
    this.#options = options;
  }

  isOwn(intent: Intent): boolean {
    return this.#own.has(intent.token);
  }

  /**
   * Takes a complete file. Synchronous: no other work of this process comes between the steps.
   * @param suffixes of the companions that lie beside it
   * @throws the system's error or BoardError; what was begun is carried on by `resume`.
   */
  take(name: string, look: FileLook, suffixes: readonly string[], named: NamedFile): Took {
    const { board, zone } = this.#options;
    if (isLive(board, named.dataset)) {
      const why = `dataset ${named.dataset} is on the board already: 'slate show ${named.dataset}' tells where`;
      return this.reject(name, suffixes, 'duplicate', why);
    }
    const path = zone.file(name);
    const fresh = lookInside(path);
    if (fresh === undefined || !sameLook(fresh, look)) return 'elsewhere';
    const intent: Intent = {
      ...this.#intent(name, suffixes),
      ...named,
      posted: choosePosted(board, named.dataset),
      input: zone.inside(TAKEN, zone.freeName(TAKEN, name, suffixes)),
    };
    if (!this.#create(intent)) return 'elsewhere';
    const found: FoundIntent = { file: intentFile(name), key: '', intent };
    const now = lookInside(path);
    if (now === undefined || !sameLook(now, look)) return this.#give(found);
    // An acknowledged post survives a power cut: then so must its input.
    if (zone.durable) zone.fs.sync(path);
    // A watcher that slept through its lease finds another's intent here, and takes nothing.
    if (!isStill(zone, found.file, intent.token) || !zone.move(path, intent.input)) return this.#give(found);
    return this.#finish(found, intent, true);
  }

  /** Carries on an intent that a crash, or trouble with the disk, has left. @throws as `take`. */
  resume(found: FoundIntent): Took {
    const { board, zone, log } = this.#options;
    const { intent, file } = found;
    if (isRubbish(found)) {
      removeRubbish(zone, file);
      return 'elsewhere';
    }
    if (intent === undefined) {
      const path = zone.inside(SLATE, file);
      log(
        'warn',
        'landing-damaged-intent',
        `${path} is damaged, as a crash leaves it before the file is moved: it was removed, and the file is judged anew`,
      );
      return this.#give(found);
    }
    if (intent.reject !== undefined) return this.#resumeReject(found, intent, intent.reject);
    if (zone.stands(TAKEN, basename(intent.input))) {
      const own = this.isOwn(intent);
      const took = this.#finish(found, intent, false);
      if (!own)
        log('info', 'landing-recovered', `${showName(intent.name)} was being taken when its watcher ended: carried on`);
      return took;
    }
    if (!zone.stands('', intent.name)) {
      const why = `it is neither in the zone nor at ${intent.input}: someone has moved it while it was being taken`;
      log('warn', 'landing-vanished', `${showName(intent.name)} was not posted: ${why}; move it back into the zone`);
      board.journal.write('quarantined', { dataset: intent.dataset, file: intent.name, reason: 'vanished', why });
    }
    return this.#give(found);
  }

  /**
   * Moves a file of the zone into quarantine. The reason is there before the file; if companions go along, an intent
   * says so, so that no crash leaves them behind for a later file of the name.
   * @throws the system's error.
   */
  reject(name: string, suffixes: readonly string[], reason: Reason, why: string): Took {
    const { zone } = this.#options;
    const free = freeInQuarantine(zone, name, suffixes);
    const input = zone.inside(QUARANTINE, free);
    const nobody = { dataset: '-', class: '-', rank: 0, params: {}, posted: '-' };
    const intent = {
      ...this.#intent(name, suffixes),
      ...nobody,
      input,
      reject: { from: zone.file(name), reason, why },
    };
    const found: FoundIntent = { file: intentFile(name), key: '', intent };
    if (intent.companions.length > 0 && !this.#create(intent)) return 'elsewhere';
    return this.#quarantine(found, intent, intent.reject);
  }

  #intent(
    name: string,
    suffixes: readonly string[],
  ): Pick<Intent, 'token' | 'owner' | 'board' | 'name' | 'companions' | 'since'> {
    const { board, zone, owner } = this.#options;
    const companions = suffixes.flatMap((suffix) => {
      const seen = glance(zone.file(name + suffix));
      return seen === undefined ? [] : [{ suffix, ino: String(seen.ino) }];
    });
    return {
      token: newToken(),
      owner,
      board: board.name,
      name,
      companions,
      since: new Date(board.now()).toISOString(),
    };
  }

  #create(intent: Intent): boolean {
    this.#own.add(intent.token);
    if (createIntent(this.#options.zone, intent)) return true;
    this.#own.delete(intent.token);
    return false;
  }

  #give(found: FoundIntent): 'elsewhere' {
    dropIntent(this.#options.zone, found);
    if (found.intent !== undefined) this.#own.delete(found.intent.token);
    return 'elsewhere';
  }

  /** Steps 3 and 4; the file stands in `taken/`. `fresh`: this very call has moved it, so nothing was posted before. */
  #finish(found: FoundIntent, first: Intent, fresh: boolean): Took {
    const { board, zone, log } = this.#options;
    this.#bringCompanions(first, zone.file(first.name));
    zone.settle(TAKEN, '');
    let intent = first;
    for (;;) {
      const posted = postIntent(board, intent, fresh);
      if (posted.kind === 'other') {
        // Another run of the dataset has this second: the next one is free or is refused as live.
        intent = { ...intent, posted: laterPosted(intent.posted) };
        replaceIntent(zone, found.file, intent);
        continue;
      }
      if (posted.kind === 'posted') break;
      const suffixes = intent.companions.map(({ suffix }) => suffix);
      const input = zone.inside(QUARANTINE, freeInQuarantine(zone, intent.name, suffixes));
      const reject = { from: intent.input, reason: posted.reason, why: posted.why };
      intent = { ...intent, input, reject };
      replaceIntent(zone, found.file, intent);
      return this.#quarantine(found, intent, reject);
    }
    const { name, dataset, posted, class: cls, rank, input } = intent;
    board.journal.write('landed', { dataset, posted, class: cls, rank, file: name, input });
    this.#give(found);
    log('info', 'landing-taken', `${showName(name)} was taken as dataset ${dataset}`);
    return 'landed';
  }

  #resumeReject(found: FoundIntent, intent: Intent, reject: Reject): Took {
    const { zone } = this.#options;
    const { input } = intent;
    if (zone.stands(QUARANTINE, basename(input))) {
      this.#bringCompanions(intent, reject.from);
      this.#give(found);
      return 'quarantined';
    }
    // One that is in the zone still is judged anew: it may be a better copy by now.
    const isTaken = dirname(reject.from) !== zone.path && zone.stands(TAKEN, basename(reject.from));
    return isTaken ? this.#quarantine(found, intent, reject) : this.#give(found);
  }

  /** Companions lie beside `from` and go beside `input`. */
  #bringCompanions(intent: Intent, from: string): void {
    const { zone } = this.#options;
    const beside = (path: string, suffix: string): string => join(dirname(path), fitName(basename(path), suffix));
    for (const { suffix, ino } of intent.companions) {
      const path = beside(from, suffix);
      // Another inode belongs to a later upload of the same name.
      if (String(glance(path)?.ino) === ino) zone.move(path, beside(intent.input, suffix));
    }
  }

  #quarantine(found: FoundIntent, intent: Intent, { from, reason, why }: Reject): Took {
    const { board, zone, title, log } = this.#options;
    const { name, input } = intent;
    const when = new Date(board.now()).toISOString();
    const text = formatReason(name, { reason, why, when, zone: title });
    const moved = moveToQuarantine(zone, from, basename(input), text);
    if (moved) {
      this.#bringCompanions(intent, from);
      zone.settle(QUARANTINE);
      board.journal.write('quarantined', { file: name, reason, why, to: input });
      log(
        'warn',
        'landing-quarantined',
        `${showName(name)} is in quarantine (${reason}): ${why}; ${reasonPath(zone, basename(input))} says what to do`,
      );
    }
    if (intent.companions.length > 0 || from !== zone.file(name)) this.#give(found);
    return moved ? 'quarantined' : 'elsewhere';
  }
}
