/** File systems that can't bear a board, each by a door that does as they do. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Board } from '../../src/board/board.ts';
import { checkDisk } from '../../src/board/check-disk.ts';
import { type Fs, nodeFs } from '../../src/board/fs.ts';
import { type RightsDoor, systemDoor } from '../../src/board/rights-door.ts';
import { systemError } from '../helpers/faulty-fs.ts';
import { Bench } from './bench.ts';

function told(board: Board, options: Partial<Parameters<typeof checkDisk>[1]> = {}): string[] {
  const found = checkDisk(board, { mayWrite: true, mountinfo: '', ...options });
  return found.map(({ severity, where, message }) => `${severity} ${where}: ${message}`);
}

const refuse = (errno: 'EPERM' | 'ENAMETOOLONG' | 'ENOSPC') => (path: string) => {
  throw systemError(errno, path);
};

describe('checkDisk', () => {
  test('has nothing to say of a disk that is as it is to be, and leaves nothing there', () => {
    const { board } = new Bench({ transaction: true });
    expect(told(board)).toEqual([]);
    expect([fs.readdirSync(board.path('tmp')), fs.readdirSync(board.path('scratch'))]).toEqual([[], []]);
  });

  const seen: Record<string, string> = {};
  test.each<[string, Partial<Fs>, RegExp[]]>([
    [
      'exclusive creation that excludes nobody',
      {
        create: (path, content, sync, mode) => {
          fs.rmSync(path, { force: true });
          return nodeFs.create(path, content, sync, mode);
        },
      },
      [/^fault tmp: a file was created that existed already/],
    ],
    [
      'capitals that are no others',
      { isThere: (path) => /PROBE/.test(path) },
      [/^fault tmp: names that differ in capitals alone are one here/],
    ],
    ['no hard links', { link: refuse('EPERM') }, [/^fault tmp: hard links can not be made/]],
    [
      'links that are copies',
      { link: (from, to) => fs.copyFileSync(from, to) },
      [/^fault tmp: hard links are not counted/],
    ],
    [
      'inode numbers that are made up',
      {
        identify: (path) => {
          const said = nodeFs.identify(path);
          seen[path] = path;
          return { ...said, ino: BigInt(Object.keys(seen).indexOf(path)) };
        },
      },
      [/^fault tmp: hard links are not counted/, /^fault tmp: a file does not keep its inode number/],
    ],
    [
      'renames that find what is gone',
      { rename: (from, to) => (fs.existsSync(from) ? fs.renameSync(from, to) : undefined) },
      [/^fault tmp: a name that is gone could be renamed/],
    ],
    ['a listing that is old', { names: () => [] }, [/^fault tmp: a folder is listed as it was before a rename/]],
    [
      'folders that are made twice',
      { mkdir: (path) => void fs.mkdirSync(path, { recursive: true }) },
      [/^fault tmp: a folder was made that existed already/],
    ],
    [
      'short names',
      {
        create: (path, ...more) =>
          path.length - path.lastIndexOf('/') > 144 ? refuse('ENAMETOOLONG')(path) : nodeFs.create(path, ...more),
      },
      [/^fault tmp: names of 255 bytes/],
    ],
    ['no symbolic links', { symlink: refuse('EPERM') }, [/^fault tmp: symbolic links can not be made/]],
    ['times that are not kept', { setMtime: () => undefined }, [/^fault tmp: times of files are not kept/]],
    [
      'a clock that is ahead',
      {
        create: (path, ...more) => {
          const made = nodeFs.create(path, ...more);
          return { ...made, mtimeMs: made.mtimeMs + 3_600_000 };
        },
      },
      [/^note tmp: the disk's clock is 1h ahead of this host's/],
    ],
    [
      'a clock that is behind',
      {
        create: (path, ...more) => {
          const made = nodeFs.create(path, ...more);
          return { ...made, mtimeMs: made.mtimeMs - 90_000 };
        },
      },
      [/^note tmp: the disk's clock is (1m30s|90s) behind this host's/],
    ],
    ['a disk that is full', { create: refuse('ENOSPC') }, [/^fault tmp: the disk could not be tried: no space left/]],
  ])('%s', (_, door, wanted) => {
    const bench = new Bench({ transaction: true });
    const board = bench.open({ fs: { ...nodeFs, ...door } });
    expect(told(board)).toEqual(wanted.map((pattern) => expect.stringMatching(pattern)));
    expect(fs.readdirSync(board.path('tmp'))).toEqual([]);
  });

  test('new files that are another account’s, or not the group’s', () => {
    const { board } = new Bench();
    const system = systemDoor();
    const door: RightsDoor = {
      ...system,
      account: { uid: 1000, groups: [50] },
      names: { ...system.names, user: (uid) => `user${uid}`, group: (gid) => `group${gid}` },
      look: (path) =>
        path.endsWith('/tmp') ? { uid: 1, gid: 50, mode: 0o2775 } : { uid: 65534, gid: 65534, mode: 0o644 },
    };
    expect(told(board, { door })).toEqual([
      expect.stringMatching(/^note tmp: what user1000 makes here is user65534's: the server takes one for the other/),
      expect.stringMatching(/^fault tmp: a new file gets group group65534 though its folder is group50's/),
    ]);
  });

  test('nothing is made for who may not, or only looks', () => {
    const bench = new Bench();
    const board = bench.open({ fs: { ...nodeFs, create: refuse('EPERM') } });
    expect(told(board, { mayWrite: false })).toEqual([]);
  });

  test('the mount is told with its options', () => {
    const { board } = new Bench();
    const root = fs.realpathSync(board.root);
    const mountinfo = `1 0 0:1 / / rw - ext4 /dev/vda rw\n62 1 0:52 / ${root} rw - nfs4 srv:/export rw,soft,noac`;
    expect(told(board, { mountinfo, mayWrite: false })).toEqual([
      expect.stringMatching(
        /^fault : it lies on .*\/b \(nfs4 from srv:\/export\), mounted with 'soft': a call gives up/,
      ),
      expect.stringMatching(/^note : it lies on .*mounted with 'noac': every look/),
    ]);
  });
});
