/**
 * What a client remembers of names, as NFS clients do (attribute and dentry caches): for some of its own calls it may
 * believe what it saw, though another client has changed it since. What makes a name is always asked of the server.
 */
import { systemError } from '../../helpers/faulty-fs.ts';
import type { Server } from './server.ts';
import type { Kind, Tally } from './tally.ts';

/** A name is believed for at most so many of the client's look-ups. */
const BELIEVED = 40;

export interface NamesOptions {
  readonly server: Server;
  readonly tally: Tally;
  readonly random: () => number;
  readonly share: (kind: Kind) => number;
}

interface Seen {
  readonly isThere: boolean;
  readonly value: boolean;
  readonly until: number;
}

export class Names {
  readonly #options: NamesOptions;
  readonly #seen = new Map<string, Seen>();
  #looks = 0;

  constructor(options: NamesOptions) {
    this.#options = options;
  }

  /** Its own changes it knows. */
  forget(...paths: readonly string[]): void {
    for (const path of paths) this.#seen.delete(path);
  }

  /** The look-up before a call that uses a name. @throws ENOENT for one that is taken for missing */
  lookUp(path: string): void {
    const { door } = this.#options.server;
    const isThere = door.isThere(path);
    if (!this.#believed(path, isThere, isThere)) throw systemError('ENOENT', path);
  }

  /** A stat. */
  ask(path: string, stat: () => boolean, isThere: boolean): boolean {
    return this.#believed(path, stat(), isThere);
  }

  #believed(path: string, value: boolean, isThere: boolean): boolean {
    const { share, random, tally } = this.#options;
    this.#looks++;
    const seen = this.#seen.get(path);
    if (seen !== undefined && this.#looks <= seen.until && seen.isThere !== isThere) {
      const kind: Kind = seen.isThere ? 'stale: standing' : 'stale: missing';
      if (random() * 100 < share(kind)) {
        tally.count(kind);
        return seen.value;
      }
    }
    this.#seen.set(path, { isThere, value, until: this.#looks + 1 + Math.floor(random() * BELIEVED) });
    return value;
  }
}
