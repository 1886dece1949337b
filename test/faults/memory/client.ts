/**
 * One client of the server: its calls, with what may go wrong between it and the disk, and with what it remembers of names.
 * A call is done in pieces, between which others may come: a readdir is read over some time, a file is there before its
 * content is.
 */
import type { MemoryFile } from '../../../bench/pool/memory-disk.ts';
import { DiskLostError } from '../../../src/board/errors.ts';
import type { Fs } from '../../../src/board/fs.ts';
import { systemError } from '../../helpers/faulty-fs.ts';
import { Names } from './names.ts';
import { MOVE_NEW } from './remote-fs.ts';
import type { Server } from './server.ts';
import type { Kind, Tally } from './tally.ts';

/** The client's process is killed: it has no answer. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** One piece of a call, or its end. */
export type Call = Generator<undefined, unknown>;

type Errno = Parameters<typeof systemError>[0];

const CHANGES: ReadonlySet<string> = new Set([
  'rename',
  MOVE_NEW,
  'link',
  'symlink',
  'unlink',
  'mkdir',
  'rmdir',
  'create',
  'createEmpty',
  'overwrite',
  'append',
  'setMtime',
  'removeTree',
]);
/** Need a block, an inode, or room in a folder. */
const GROWS: ReadonlySet<string> = new Set(['create', 'createEmpty', 'mkdir', 'link', 'symlink', 'append']);
/** Said of a request that was sent twice, where the server does not know it again. An exclusive create is known (measured). */
const ASKED_AGAIN: Readonly<Record<string, Errno>> = {
  rename: 'ENOENT',
  unlink: 'ENOENT',
  rmdir: 'ENOENT',
  link: 'EEXIST',
  mkdir: 'EEXIST',
};
const BURST = 6;

/** A refusal that lasts for some calls. */
interface Burst {
  readonly kind: Kind;
  readonly errno: Errno;
  readonly ops: ReadonlySet<string> | 'all';
  left: number;
}

export interface ClientOptions {
  readonly server: Server;
  readonly tally: Tally;
  readonly random: () => number;
  /** How often a kind of fault comes, of a hundred calls. */
  readonly share: (kind: Kind) => number;
  /** Told of a rename that was done. */
  readonly renamed: (from: string, to: string) => void;
  readonly created: (path: string) => void;
}

export class Client {
  readonly #options: ClientOptions;
  readonly #names: Names;
  #burst: Burst | undefined;
  #cutNext = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#names = new Names(options);
  }

  /** Another process on it: what was refused to the one before is another matter. */
  restart(): void {
    this.#burst = undefined;
    this.#cutNext = false;
  }

  *call(op: string, args: readonly unknown[]): Call {
    const path = String(args[0]);
    this.#refuse(op, path);
    if (this.#comes('process killed')) throw new Killed(`before ${op}`);
    const value = yield* this.#perform(op, args, path);
    if (CHANGES.has(op)) this.#loseReply(op, path);
    if (this.#comes('process killed')) throw new Killed(`after ${op}`);
    return value;
  }

  #comes(kind: Kind): boolean {
    const { random, share, tally } = this.#options;
    const comes = random() * 100 < share(kind);
    if (comes) tally.count(kind);
    return comes;
  }

  /** Begins, goes on with, or ends a time in which calls are refused. @throws what the call is told */
  #refuse(op: string, path: string): void {
    this.#burst ??= this.#newBurst(op);
    const burst = this.#burst;
    if (burst === undefined || (burst.ops !== 'all' && !burst.ops.has(op))) return;
    if (--burst.left <= 0) this.#burst = undefined;
    this.#options.tally.count(burst.kind);
    throw systemError(burst.errno, path);
  }

  #newBurst(op: string): Burst | undefined {
    const { random, share } = this.#options;
    const kinds: readonly (readonly [Kind, Errno, ReadonlySet<string> | 'all'])[] = [
      ['full (ENOSPC)', 'ENOSPC', GROWS],
      ['full (EDQUOT)', 'EDQUOT', GROWS],
      ['device (EIO)', 'EIO', 'all'],
      ['stale handle (ESTALE)', 'ESTALE', 'all'],
      ['read-only (EROFS)', 'EROFS', CHANGES],
    ];
    for (const [kind, errno, ops] of kinds) {
      if (ops !== 'all' && !ops.has(op)) continue;
      if (random() * 100 < share(kind)) return { kind, errno, ops, left: 1 + Math.floor(random() * BURST) };
    }
    return undefined;
  }

  #loseReply(op: string, path: string): void {
    // What was written and said to be refused is written again: a line twice. The journal's reader knows.
    if (this.#comes('lost reply')) throw systemError(this.#options.random() < 0.5 ? 'EIO' : 'ETIMEDOUT', path);
    const again = ASKED_AGAIN[op];
    if (again !== undefined && this.#comes('lost reply, asked again')) throw systemError(again, path);
  }

  *#perform(op: string, args: readonly unknown[], path: string): Call {
    const { server } = this.#options;
    switch (op) {
      case 'names':
        return yield* this.#list(path);
      case 'create':
        return yield* this.#create(path, String(args[1]), args[2] === true);
      case 'append':
        return this.#append(path, String(args[1]));
      case 'overwrite':
        return this.#overwrite(path, args);
      case 'sync':
        this.#names.lookUp(path);
        this.#sync(path, () => server.sync(path));
        return undefined;
      case 'rename':
      case MOVE_NEW:
        return this.#rename(path, String(args[1]), op === MOVE_NEW);
      case 'isThere':
      case 'isFolder':
        return this.#names.ask(path, () => server.door[op](path), server.door.isThere(path));
      case 'identify':
        this.#names.lookUp(path);
        return sent(server.door.identify(path));
      case 'read': {
        this.#names.lookUp(path);
        const { content, identity } = server.door.read(path);
        return { content, identity: sent(identity) };
      }
      default:
        return this.#plain(op as keyof Fs, args);
    }
  }

  #plain(op: keyof Fs, args: readonly unknown[]): unknown {
    const { server } = this.#options;
    const [first, second] = args.map(String);
    // What makes a name is always asked of the server; what uses one is looked up first.
    if (op === 'link' || op === 'unlink' || op === 'rmdir' || op === 'setMtime' || op === 'readStart')
      this.#names.lookUp(first ?? '');
    const call = (door: Fs): unknown => (door[op] as (...given: readonly unknown[]) => unknown)(...args);
    if (!CHANGES.has(op)) return call(server.door);
    server.change((_, door) => call(door));
    this.#names.forget(first ?? '', op === 'link' ? (second ?? '') : '');
    if (op === 'createEmpty') this.#options.created(first ?? '');
    return undefined;
  }

  #rename(from: string, to: string, isNew: boolean): undefined {
    const { server, renamed } = this.#options;
    this.#names.lookUp(from);
    if (isNew && server.door.isThere(to)) throw systemError('EEXIST', to);
    server.change((_, door) => door.rename(from, to));
    this.#names.forget(from, to);
    renamed(from, to);
    return undefined;
  }

  /** What changes in a folder while it is read may be seen or not, each name for itself; what does not change is seen. */
  *#list(path: string): Call {
    const { server, random, tally, share } = this.#options;
    const before = server.door.names(path);
    if (random() * 100 < share('listing: missed')) yield;
    const after = new Set(server.door.names(path));
    const seen = before.filter((name) => {
      if (after.delete(name)) return true;
      const shows = random() < 0.5;
      if (shows) tally.count('listing: left over');
      return shows;
    });
    for (const name of after) {
      if (random() < 0.5) seen.push(name);
      else tally.count('listing: missed');
    }
    return seen;
  }

  /** open, write, fsync: three calls, and a disk that refuses the second leaves what `nodeFs` can't remove. */
  *#create(path: string, content: string, sync: boolean): Call {
    const { server, tally, random, share, created } = this.#options;
    server.change((disk, door) => {
      door.createEmpty(path);
      // On both disks: which inodes are used again must not depend on which of them it is.
      (disk.node(path, 'open') as MemoryFile).isOpen = true;
    });
    this.#names.forget(path, '');
    created(path);
    const file = server.disk.node(path, 'open') as MemoryFile;
    if (random() * 100 < share('half-made file')) {
      yield;
      tally.count('half-made file');
      if (this.#comes('process killed')) {
        server.write(file, content.slice(0, Math.floor(random() * content.length)), 0);
        throw new Killed('in the middle of create');
      }
    }
    server.write(file, content, 0);
    if (sync) this.#sync(path, () => server.syncFile(file));
    server.close(file);
    const { ino, links, mtimeMs, size } = file;
    return { ino, links, mtimeMs, size };
  }

  #overwrite(path: string, args: readonly unknown[]): undefined {
    const { server } = this.#options;
    this.#names.lookUp(path);
    server.change((_, door) => door.overwrite(path, String(args[1]), false));
    if (args[2] === true) this.#sync(path, () => server.sync(path));
    return undefined;
  }

  /** What can't be made sure may be there all the same. */
  #sync(path: string, sync: () => void): void {
    if (this.#comes('fsync (EIO)')) throw new DiskLostError(`${path}: fsync failed`);
    sync();
  }

  #append(path: string, content: string): number {
    const { server, random } = this.#options;
    if (this.#cutNext) {
      this.#cutNext = false;
      throw systemError('ENOSPC', path);
    }
    let written = content;
    if (content.length > 1 && this.#comes('torn append')) {
      written = content.slice(0, 1 + Math.floor(random() * (content.length - 1)));
      this.#cutNext = true;
    }
    return server.change((_, door) => door.append(path, written));
  }
}

function sent(identity: ReturnType<Fs['identify']>): unknown {
  return { ...identity, ino: Number(identity.ino) };
}
