/**
 * The board's door to a disk in memory: same results and same errors as the door to the real one (a test compares the
 * two), and an account of each call for whoever charges for it.
 */
import type { Fs, Identity } from '../../src/board/fs.ts';
import { fault, type MemoryDisk, type MemoryFile, type MemoryNode } from './memory-disk.ts';

/** One call through the door, after it was done or refused. */
export interface DoorCall {
  readonly op: keyof Fs;
  readonly path: string;
  readonly failed: boolean;
  /** Names listed, or files removed. */
  readonly count: number;
  /** Bytes written or read. */
  readonly bytes: number;
  readonly synced: boolean;
}

function identityOf(node: MemoryNode): Identity {
  if (node.kind === 'folder') return { ino: BigInt(node.ino), links: 2, mtimeMs: node.mtimeMs, size: 4096 };
  return { ino: BigInt(node.ino), links: node.links, mtimeMs: node.mtimeMs, size: node.size };
}

export function memoryFs(disk: MemoryDisk, onCall: (call: DoorCall) => void = () => undefined): Fs {
  const file = (path: string): MemoryFile => {
    const node = disk.node(path, 'open');
    if (node.kind === 'folder') throw fault('EISDIR', 'open', path);
    return node;
  };
  const write = (path: string, node: MemoryFile, data: Buffer, at: number): void => {
    node.mtimeMs = disk.nowMs;
    node.size = Math.max(node.size, at + data.length);
    if (disk.keepsContent(path)) {
      node.content = Buffer.concat([node.content.subarray(0, at), data, node.content.subarray(at + data.length)]);
    }
  };
  /** Tells of a call, also of one that is refused. */
  const tell = <T>(op: keyof Fs, path: string, act: (account: Account) => T): T => {
    const account: Account = { count: 0, bytes: 0, synced: false };
    let failed = true;
    try {
      const result = act(account);
      failed = false;
      return result;
    } finally {
      onCall({ op, path, failed, ...account });
    }
  };

  return {
    rename: (from, to) => tell('rename', to, () => disk.rename(from, to)),
    link: (existing, path) => tell('link', path, () => disk.link(existing, path)),
    // Nothing here follows a link: it is a file that holds where it points.
    symlink: (target, path) => tell('symlink', path, () => write(path, disk.makeFile(path), Buffer.from(target), 0)),
    readlink: (path) => tell('readlink', path, () => file(path).content.toString()),
    unlink: (path) => tell('unlink', path, () => disk.unlink(path)),
    mkdir: (path) => tell('mkdir', path, () => disk.makeFolder(path)),
    rmdir: (path) => tell('rmdir', path, () => disk.removeFolder(path)),
    names: (path) =>
      tell('names', path, (account) => {
        const names = [...disk.folder(path, 'scandir').children.keys()];
        account.count = names.length;
        return names;
      }),
    eachName: (path, visit) =>
      tell('eachName', path, (account) => {
        for (const name of disk.folder(path, 'opendir').children.keys()) {
          account.count++;
          if (visit(name) === false) return;
        }
      }),
    kinds: (path) =>
      tell('kinds', path, (account) => {
        const children = [...disk.folder(path, 'scandir').children];
        account.count = children.length;
        return children.map(([name, node]) => [name, node.kind] as const);
      }),
    create: (path, content, synced) =>
      tell('create', path, (account) => {
        const node = disk.makeFile(path);
        const data = Buffer.from(content);
        account.bytes = data.length;
        account.synced = synced;
        if (data.length > 0) write(path, node, data, 0);
        return identityOf(node);
      }),
    createEmpty: (path) => tell('createEmpty', path, () => void disk.makeFile(path)),
    identify: (path) => tell('identify', path, () => identityOf(disk.node(path, 'open'))),
    read: (path) =>
      tell('read', path, (account) => {
        const node = disk.node(path, 'open');
        if (node.kind === 'folder') throw fault('ESPIPE', 'read', path);
        account.bytes = node.size;
        return { content: node.content.toString(), identity: identityOf(node) };
      }),
    readStart: (path, bytes) =>
      tell('readStart', path, (account) => {
        const node = file(path);
        account.bytes = Math.min(bytes, node.size);
        return node.content.toString('latin1', 0, bytes);
      }),
    overwrite: (path, content, synced) =>
      tell('overwrite', path, (account) => {
        const node = file(path);
        const bytes = Buffer.byteLength(content);
        const { size } = node;
        const data = Buffer.from(bytes < size ? `${content.trimEnd()}${' '.repeat(size - bytes)}\n` : content);
        account.bytes = data.length;
        account.synced = synced;
        write(path, node, data, 0);
      }),
    append: (path, content) =>
      tell('append', path, (account) => {
        const data = Buffer.from(content);
        const node = disk.find(path) === undefined ? disk.makeFile(path) : file(path);
        account.bytes = data.length;
        write(path, node, data, node.size);
        return data.length;
      }),
    setMtime: (path, ms) =>
      tell('setMtime', path, () => {
        disk.node(path, 'utime').mtimeMs = ms;
      }),
    sync: (path) => tell('sync', path, () => void disk.node(path, 'open')),
    removeTree: (path) =>
      tell('removeTree', path, (account) => {
        account.count = disk.removeTree(path);
      }),
    isFolder: (path) => tell('isFolder', path, () => disk.isFolder(path)),
    isThere: (path) => tell('isThere', path, () => disk.find(path) !== undefined),
    // Asked of local disks only: this one is a file server's.
    freeBytes: (path) => tell('freeBytes', path, () => Number.MAX_SAFE_INTEGER),
    changed: (path) => tell('changed', path, () => undefined),
  };
}

interface Account {
  count: number;
  bytes: number;
  synced: boolean;
}
