/**
 * What a call costs on a shared file system: the requests that a client sends for it, the way there and back, and the
 * queue at one metadata server, which serves so many changes and so many reads a second and the changes of one folder
 * one after another. Where a figure comes from stands beside it; what was found nowhere is called assumed.
 */
import type { Fs } from '../../src/board/fs.ts';
import type { DoorCall } from './memory-fs.ts';

/** Requests to the metadata server. */
export type Request =
  | 'lookup'
  | 'open'
  | 'close'
  | 'read'
  | 'readdir'
  | 'write'
  | 'commit'
  | 'create'
  | 'rename'
  | 'link'
  | 'remove'
  | 'mkdir'
  | 'setattr';

const CHANGES: ReadonlySet<Request> = new Set(['create', 'rename', 'link', 'remove', 'mkdir', 'setattr', 'commit']);
/** Changes that hold their folder's lock. */
const IN_FOLDER: ReadonlySet<Request> = new Set(['create', 'rename', 'link', 'remove', 'mkdir']);

export interface NetworkModel {
  readonly name: string;
  /** From the client's request to the answer, with nobody before it. */
  readonly readMs: number;
  readonly changeMs: number;
  /** What the server gets done with many clients. */
  readonly readsPerSecond: number;
  readonly changesPerSecond: number;
  /** Changes in one folder. */
  readonly folderChangesPerSecond: number;
  /** Names an answer to readdir holds, and names a second that the server lists. */
  readonly namesPerReaddir: number;
  readonly namesPerSecond: number;
}

/**
 * One Linux NFS server. A round trip of 0.3 ms, 0.8 ms for a change that must reach stable storage, and 60,000 reads a
 * second are assumed. Changes: creates on one such server with 1 to 512 clients stay below 18,000 a second (Dell HPC NFS
 * Storage Solution NSS7.0-HA, figure 5); 12,000 is taken. One folder: an ext4 folder takes 35,000 to 47,000 renames a
 * second without any network, so that the server as a whole is the narrower place. Readdir: 32 KB an answer.
 */
export const NFS: NetworkModel = {
  name: 'NFS',
  readMs: 0.3,
  changeMs: 0.8,
  readsPerSecond: 60_000,
  changesPerSecond: 12_000,
  folderChangesPerSecond: 12_000,
  namesPerReaddir: 256,
  namesPerSecond: 2_000_000,
};

/**
 * Lustre with one metadata target: one thread alone creates 1,100 files a second and stats 2,000, so 0.9 and 0.5 ms a
 * request; with 240 threads 27,000 creates and 500,000 stats a second (Dell HPC Lustre Storage with Intel Omni-Path,
 * figure 13, mdtest). Renames of files in one folder wait for the lock on that folder (LU-18843; before 2.15 all renames
 * waited for one lock, LU-12125); no figure was found, 10,000 a second is assumed. Readdir comes in pages of 1 MB.
 */
export const LUSTRE: NetworkModel = {
  name: 'Lustre',
  readMs: 0.5,
  changeMs: 0.9,
  readsPerSecond: 300_000,
  changesPerSecond: 27_000,
  folderChangesPerSecond: 10_000,
  namesPerReaddir: 8_000,
  namesPerSecond: 2_000_000,
};

/**
 * The requests of a call. A rename looks its source up (its target is not: Linux leaves that out) and one that is
 * refused has got no further; to open is one request, attributes come with it; closing is one more.
 */
function requestsOf({ op, failed, count, bytes, synced }: DoorCall, model: NetworkModel): readonly Request[] {
  const table: Readonly<Record<keyof Fs, readonly [done: readonly Request[], refused: readonly Request[]]>> = TABLE;
  const [done, refused] = table[op];
  if (failed) return refused;
  const requests = [...done];
  if (op === 'names' || op === 'kinds' || op === 'eachName')
    for (let left = count; left > 0; left -= model.namesPerReaddir) requests.push('readdir');
  if (op === 'removeTree') for (let left = count; left > 0; left--) requests.push('remove');
  if (op === 'create' && bytes > 0) requests.push('write');
  if (synced) requests.push('commit');
  return requests;
}

const TABLE = {
  rename: [['lookup', 'rename'], ['lookup']],
  link: [
    ['lookup', 'link'],
    ['lookup', 'link'],
  ],
  symlink: [['create'], ['create']],
  readlink: [['lookup', 'read'], ['lookup']],
  unlink: [['lookup', 'remove'], ['lookup']],
  mkdir: [['mkdir'], ['mkdir']],
  rmdir: [['lookup', 'remove'], ['lookup']],
  names: [['open'], ['lookup']],
  kinds: [['open'], ['lookup']],
  eachName: [['open'], ['lookup']],
  create: [['create', 'close'], ['create']],
  createEmpty: [['create', 'close'], ['create']],
  identify: [['open', 'close'], ['lookup']],
  read: [['open', 'read', 'close'], ['lookup']],
  readStart: [['open', 'read', 'close'], ['lookup']],
  overwrite: [['open', 'write', 'close'], ['lookup']],
  append: [['open', 'write', 'close'], ['lookup']],
  setMtime: [['lookup', 'setattr'], ['lookup']],
  sync: [['commit'], ['lookup']],
  removeTree: [['lookup'], ['lookup']],
  isFolder: [['lookup'], ['lookup']],
  isThere: [['lookup'], ['lookup']],
  freeBytes: [['lookup'], ['lookup']],
  changed: [['lookup'], ['lookup']],
} as const;

const SLICE_MS = 2;

/**
 * A place that serves one after another. Time is cut into slices that fill up, because calls do not come in the order
 * of their times: one process's turn is worked out before another's that begins a little earlier.
 */
class Counter {
  readonly #used = new Map<number, number>();

  /** @returns when the service is over */
  serve(atMs: number, serviceMs: number): number {
    let slice = Math.floor(atMs / SLICE_MS);
    let left = serviceMs;
    for (;;) {
      const used = this.#used.get(slice) ?? 0;
      const taken = Math.min(left, SLICE_MS - used);
      if (taken > 0) this.#used.set(slice, used + taken);
      left -= taken;
      if (left <= 1e-9) return Math.max(atMs, slice * SLICE_MS);
      slice++;
    }
  }

  forget(beforeMs: number): void {
    const before = Math.floor(beforeMs / SLICE_MS);
    for (const slice of this.#used.keys()) if (slice < before) this.#used.delete(slice);
  }
}

export class Server {
  readonly model: NetworkModel;
  readonly #all = new Counter();
  readonly #folders = new Map<string, Counter>();
  readonly byRequest = new Map<Request, number>();
  readonly bySecond = new Map<number, number>();
  /** Requests before this are not counted. */
  countFromMs = 0;

  constructor(model: NetworkModel) {
    this.model = model;
  }

  /** @returns when the client has the answer to the last request */
  charge(call: DoorCall, atMs: number): number {
    let at = atMs;
    for (const request of requestsOf(call, this.model)) at = this.#serve(request, call, at);
    return at;
  }

  /** What is long past is not needed any more. */
  forget(beforeMs: number): void {
    this.#all.forget(beforeMs);
    for (const folder of this.#folders.values()) folder.forget(beforeMs);
  }

  #serve(request: Request, call: DoorCall, atMs: number): number {
    const { model } = this;
    const isChange = CHANGES.has(request);
    if (atMs >= this.countFromMs) {
      this.byRequest.set(request, (this.byRequest.get(request) ?? 0) + 1);
      const second = Math.floor(atMs / 1000);
      this.bySecond.set(second, (this.bySecond.get(second) ?? 0) + 1);
    }
    const listed = request === 'readdir' ? Math.min(call.count, model.namesPerReaddir) / model.namesPerSecond : 0;
    const serviceMs = 1000 * (1 / (isChange ? model.changesPerSecond : model.readsPerSecond) + listed);
    let at = this.#all.serve(atMs, serviceMs);
    if (IN_FOLDER.has(request)) at = this.#folder(call.path)?.serve(at, 1000 / model.folderChangesPerSecond) ?? at;
    return at + (isChange ? model.changeMs : model.readMs) + 1000 * listed;
  }

  /** Folders of one dataset are nobody else's to wait for. */
  #folder(path: string): Counter | undefined {
    if (path.includes('/logs/') || path.includes('/products/')) return undefined;
    const folder = path.slice(0, path.lastIndexOf('/'));
    const counter = this.#folders.get(folder) ?? new Counter();
    this.#folders.set(folder, counter);
    return counter;
  }
}
