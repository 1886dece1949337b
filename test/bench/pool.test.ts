/** The simulated pool: its disk in memory is a disk, and no dataset is lost or done twice on it. */
import fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryDisk } from '../../bench/pool/memory-disk.ts';
import { type DoorCall, memoryFs } from '../../bench/pool/memory-fs.ts';
import { LUSTRE, NFS, Server } from '../../bench/pool/network.ts';
import { type Scenario, simulate } from '../../bench/pool/simulate.ts';
import { isSystemError } from '../../src/board/errors.ts';
import { type Fs, nodeFs } from '../../src/board/fs.ts';
import { parseName } from '../../src/model/name.ts';
import { tempFolder } from '../helpers/home.ts';

const NAMES = ['a', 'b', 'd', 'd/a', 'd/b', 'd/d', 'd/d/a', 'a/x', 'gone/x'] as const;
const path = fc.constantFrom(...NAMES);
const content = fc.constantFrom('', 'x\n', 'some text\n', 'ä longer text than that\n');
const step = fc.oneof(
  fc.tuple(fc.constant('rename' as const), path, path),
  fc.tuple(fc.constant('link' as const), path, path),
  fc.tuple(fc.constantFrom('create' as const, 'overwrite' as const, 'append' as const), path, content),
  fc.tuple(
    fc.constantFrom(
      'unlink' as const,
      'mkdir' as const,
      'rmdir' as const,
      'names' as const,
      'eachName' as const,
      'identify' as const,
      'read' as const,
      'sync' as const,
      'removeTree' as const,
      'isFolder' as const,
    ),
    path,
    fc.constant(''),
  ),
);

/** What a call gives, or the error's number; nothing that two disks may differ in. */
function answer(door: Fs, root: string, [op, first, second]: readonly [keyof Fs, string, string]): unknown {
  const at = `${root}/${first}`;
  try {
    switch (op) {
      case 'rename':
      case 'link':
        return door[op](at, `${root}/${second}`);
      case 'create':
        return door.create(at, second, false).size;
      case 'overwrite':
        return door.overwrite(at, second, false);
      case 'append':
        return door.append(at, second);
      case 'names':
        return door.names(at).sort();
      case 'eachName': {
        const names: string[] = [];
        door.eachName(at, (name) => void names.push(name));
        return names.sort();
      }
      case 'read': {
        const read = door.read(at);
        return [read.content, read.identity.size, read.identity.links];
      }
      case 'identify':
        return door.isFolder(at) || door.identify(at).links;
      default:
        return (door[op] as (path: string) => unknown)(at);
    }
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.errno;
  }
}

test('the disk in memory answers as the real one does', () => {
  const real = tempFolder();
  let run = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const root = join(real, String(run++));
      fs.mkdirSync(root);
      const disk = new MemoryDisk({ now: () => 0 });
      disk.makeFolders(root);
      const door = memoryFs(disk);
      for (const [at, one] of [['mkdir', 'd', ''] as const, ...steps].entries())
        expect(answer(door, root, one), `${at}: ${one.join(' ')}`).toEqual(answer(nodeFs, root, one));
      for (const one of NAMES) {
        for (const op of ['isFolder', 'names', 'read'] as const)
          expect(answer(door, root, [op, one, '']), `${op} ${one}`).toEqual(answer(nodeFs, root, [op, one, '']));
      }
    }),
    { numRuns: 300 },
  );
});

const SMALL: Scenario = {
  model: NFS,
  hosts: 3,
  processes: 6,
  slots: 20,
  boards: 2,
  inFlight: 100,
  batch: 1,
  datasets: 60,
  stepSeconds: [0.2, 2],
  watchSeconds: undefined,
};

function doneOf(scenario: Scenario): { readonly done: string[]; readonly rest: string[] } {
  const home = tempFolder();
  const { disk } = simulate(scenario, home);
  const door = memoryFs(disk);
  const done: string[] = [];
  const rest: string[] = [];
  for (let board = 0; board < scenario.boards; board++) {
    const root = `${home}/blackboard/b${board}`;
    for (const day of door.names(`${root}/done`)) done.push(...door.names(`${root}/done/${day}`));
    for (const folder of ['queue', 'active', 'gather', 'failed', 'held', 'ids', 'tmp'])
      rest.push(...door.names(`${root}/${folder}`));
  }
  return { done, rest };
}

test.each([
  ['NFS', SMALL],
  ['Lustre, alone', { ...SMALL, model: LUSTRE, hosts: 1, processes: 1, boards: 1 }],
  ['more slots than work', { ...SMALL, slots: 200, boards: 1 }],
  ['fewer in flight than slots', { ...SMALL, inFlight: 5 }],
  ['several entries a step', { ...SMALL, batch: 4 }],
])('every dataset is done, each stage once: %s', (_, scenario) => {
  const { done, rest } = doneOf(scenario);
  const names = done.map((file) => {
    const parsed = parseName(file);
    if (!parsed.ok) throw new Error(parsed.why);
    return parsed.name;
  });
  expect(new Set(names.map(({ dataset }) => dataset)).size).toBe(scenario.datasets);
  expect(names).toHaveLength(scenario.datasets);
  // Five claims an entry: none was given twice, and none was given back.
  expect(names.filter(({ letters, epoch }) => letters === 'ccccc' && epoch === 5)).toHaveLength(scenario.datasets);
  expect(rest).toEqual([]);
});

test('the same pool gives the same figures', () => {
  const figures = [0, 1].map(() => {
    const { disk: _, ...outcome } = simulate({ ...SMALL, watchSeconds: 5 }, tempFolder());
    return outcome;
  });
  expect(figures[0]).toEqual(figures[1]);
  expect(Date.now()).toBeGreaterThan(Date.UTC(2000, 0));
});

test('a server that is asked for more than it does makes them wait, whoever came first', () => {
  const call: DoorCall = { op: 'mkdir', path: '/board/logs/x', failed: false, count: 0, bytes: 0, synced: false };
  const server = new Server(NFS);
  const alone = server.charge(call, 1000);
  expect(alone).toBeCloseTo(1000 + NFS.changeMs, 1);
  // A second's worth at once: the last is served a second later.
  let last = 0;
  for (let at = 0; at < NFS.changesPerSecond; at++) last = Math.max(last, server.charge(call, 1000));
  expect(last).toBeGreaterThan(1990);
  expect(last).toBeLessThan(2010);
  // What begins earlier, though it is worked out later, does not wait for those.
  expect(server.charge(call, 500)).toBeCloseTo(500 + NFS.changeMs, 1);
});
