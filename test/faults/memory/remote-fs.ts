/** The board's door as an actor has it: each call is asked of the stage, which lets others come first and may let it fail. */
import type { Fs, Identity, Kind } from '../../../src/board/fs.ts';

export type Ask = (op: string, args: readonly unknown[]) => unknown;

/** As it is sent: JSON knows no bigint. */
export interface SentIdentity extends Omit<Identity, 'ino'> {
  readonly ino: number;
}

/** `rename` as `mv -n` does it: never onto a name that exists. */
export const MOVE_NEW = 'moveNew';

function received(sent: unknown): Identity {
  const identity = sent as SentIdentity;
  return { ...identity, ino: BigInt(identity.ino) };
}

export function remoteFs(ask: Ask): Fs {
  const names = (path: string): string[] => ask('names', [path]) as string[];
  return {
    rename: (from, to) => void ask('rename', [from, to]),
    link: (existing, path) => void ask('link', [existing, path]),
    symlink: (target, path) => void ask('symlink', [target, path]),
    readlink: (path) => ask('readlink', [path]) as string,
    unlink: (path) => void ask('unlink', [path]),
    mkdir: (path) => void ask('mkdir', [path]),
    rmdir: (path) => void ask('rmdir', [path]),
    names,
    eachName: (path, visit) => {
      for (const name of names(path)) if (visit(name) === false) return;
    },
    kinds: (path) => ask('kinds', [path]) as (readonly [string, Kind])[],
    create: (path, content, sync) => received(ask('create', [path, content, sync])),
    createEmpty: (path) => void ask('createEmpty', [path]),
    identify: (path) => received(ask('identify', [path])),
    read: (path) => {
      const { content, identity } = ask('read', [path]) as { content: string; identity: SentIdentity };
      return { content, identity: received(identity) };
    },
    readStart: (path, bytes) => ask('readStart', [path, bytes]) as string,
    overwrite: (path, content, sync) => void ask('overwrite', [path, content, sync]),
    append: (path, content) => ask('append', [path, content.toString()]) as number,
    setMtime: (path, ms) => void ask('setMtime', [path, ms]),
    sync: (path) => void ask('sync', [path]),
    removeTree: (path) => void ask('removeTree', [path]),
    isFolder: (path) => ask('isFolder', [path]) as boolean,
    isThere: (path) => ask('isThere', [path]) as boolean,
    freeBytes: () => Number.MAX_SAFE_INTEGER,
    changed: () => undefined,
  };
}
