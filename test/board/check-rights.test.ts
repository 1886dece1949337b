/** On a real disk, by the account that runs the tests and a group of its own: no root is needed. */
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createBoard } from '../../src/board/board.ts';
import { checkRights } from '../../src/board/check-rights.ts';
import type { Finding } from '../../src/board/finding.ts';
import { groupOf, shareFolder, shareTree } from '../../src/board/sharing.ts';
import { modeText } from '../../src/model/rights.ts';
import { onCleanup } from '../helpers/home.ts';
import { Bench } from './bench.ts';

const texts = (findings: readonly Finding[]): string[] =>
  findings.map(({ severity, where, message, fixed }) => `${fixed ? 'fixed' : severity} ${where}: ${message}`);
const mode = (path: string): string => modeText(fs.lstatSync(path).mode & 0o7777);
const ownGroup = (): number => process.getegid?.() ?? 0;
/** A user who is not this one, for a door that says so. */
const isWindows = process.platform === 'win32';

/** A board that is its maker's group's, with something in it. */
function groupsBoard(): Bench {
  const before = process.umask(0o002);
  onCleanup(() => void process.umask(before));
  const bench = new Bench();
  const pipeline = { ...bench.board.config, name: 'p', title: 'p', landing: [], timers: [], file: 'p.yaml' };
  fs.rmSync(bench.board.root, { recursive: true });
  createBoard(bench.home, 'b', pipeline, { group: ownGroup(), leaseMs: 3_000 });
  fs.mkdirSync(bench.board.path('logs/x'));
  fs.writeFileSync(bench.board.path('logs/x/20261121T120000.a.001.ok.log'), '');
  fs.mkdirSync(bench.board.path('products/x/20261121T120000/a.001'), { recursive: true });
  fs.writeFileSync(bench.board.path('products/x/20261121T120000/a.001/.hidden'), '');
  fs.mkdirSync(bench.board.path('scratch/x.a.001/inner'), { recursive: true });
  fs.writeFileSync(bench.board.path('scratch/x.a.001/key'), '', { mode: 0o600 });
  return bench;
}

describe.skipIf(isWindows)('a board that is made for a group', () => {
  test('is the group’s, whatever the umask, and is in order', () => {
    const bench = groupsBoard();
    expect(mode(bench.board.root)).toMatch(/^rwxrws/);
    for (const folder of ['queue', 'ids', 'tmp', 'scratch/x.a.001'])
      expect(mode(bench.board.path(folder))).toMatch(/^rwxrws/);
    expect(mode(bench.board.path('board.yaml'))).toMatch(/^rw-rw/);
    expect(groupOf(bench.open())).toBe(ownGroup());
    expect(texts(checkRights(bench.board, false))).toEqual([]);
  });

  test('and so is one in a blackboard/ that is a group’s', () => {
    const before = process.umask(0o077);
    onCleanup(() => void process.umask(before));
    const bench = new Bench();
    expect(groupOf(bench.open())).toBeUndefined();
    shareFolder(`${bench.home}/blackboard`, ownGroup());
    const pipeline = { ...bench.board.config, name: 'p', title: 'p', landing: [], timers: [], file: 'p.yaml' };
    const board = createBoard(bench.home, 'c', pipeline, {});
    expect(mode(board.root)).toBe('rwxrws---');
    expect(mode(board.path('columns'))).toBe('rw-rw----');
  });
});

describe.skipIf(isWindows)('checkRights', () => {
  test('tells of each kind of damage once, with how many, where, and what --fix does; and mends it', () => {
    const bench = groupsBoard();
    const { board } = bench;
    fs.chmodSync(board.path('queue'), 0o755);
    fs.chmodSync(board.path('ids'), 0o3777);
    fs.chmodSync(board.path('logs/x'), 0o2700);
    fs.chmodSync(board.path('logs/x/20261121T120000.a.001.ok.log'), 0o600);
    fs.chmodSync(board.path('products/x/20261121T120000/a.001/.hidden'), 0o600);
    const found = texts(checkRights(board, false)).sort();
    expect(found).toEqual([
      expect.stringMatching(
        /^fault ids: 1 folder can be changed by every account.*'slate check --fix' does 'chmod o-w'/,
      ),
      expect.stringMatching(/^fault ids: 1 folder is sticky: nobody may rename.*'chmod -t'/),
      expect.stringMatching(/^fault logs: 1 file can't be read and written by group .*\(logs\/x\/2026.*'chmod g\+rw'/),
      expect.stringMatching(/^fault logs: 1 folder can't be written to by group .*\(logs\/x\).*'chmod g\+rwxs'/),
      expect.stringMatching(/^fault products: 1 file can't be read by group .*\.hidden\).*'chmod g\+r'/),
      expect.stringMatching(/^fault queue: 1 folder can't be written to/),
      expect.stringMatching(
        /^fault queue: 1 folder has no setgid bit: what is made there is its maker's group's.*'chmod g\+s'/,
      ),
    ]);
    expect(mode(board.path('queue'))).toBe('rwxr-xr-x');
    const fixed = texts(checkRights(board, true));
    expect(fixed.map((line) => line.split(' ')[0])).toEqual(Array.from({ length: found.length }, () => 'fixed'));
    expect(texts(checkRights(board, true))).toEqual([]);
    expect([mode(board.path('queue')), mode(board.path('ids')), mode(board.path('logs/x'))]).toEqual([
      'rwxrwsr-x',
      'rwxrwsr-x',
      'rwxrws---',
    ]);
    // What a step keeps for itself is its own.
    expect(mode(board.path('scratch/x.a.001/key'))).toBe('rw-------');
  });

  test('the board’s own folder is believed, but where most of its folders say otherwise', () => {
    const { board } = groupsBoard();
    fs.chmodSync(board.root, 0o755);
    expect(texts(checkRights(board, false))).toEqual([
      expect.stringMatching(
        /^fault : is .*'s \(group .*, rwxr-xr-x\), and its folders are group .*'slate check --fix' does 'chgrp .*' and 'chmod g\+rwxs'/,
      ),
    ]);
    checkRights(board, true);
    expect(mode(board.root)).toBe('rwxrwsr-x');
    expect(texts(checkRights(board, false))).toEqual([]);
  });

  test('a board of one’s own is made a group’s by its folder and --fix', () => {
    const { board } = new Bench();
    expect(texts(checkRights(board, false))).toEqual([]);
    fs.chmodSync(board.root, 0o2775);
    expect(texts(checkRights(board, true)).every((line) => line.startsWith('fixed'))).toBe(true);
    expect(texts(checkRights(board, false))).toEqual([]);
    expect(mode(board.path('active'))).toMatch(/^rwxrws/);
  });

  test('a world-writable board is told of and left alone, and closed below', () => {
    const { board } = groupsBoard();
    fs.chmodSync(board.root, 0o2777);
    fs.chmodSync(board.path('queue'), 0o2777);
    expect(texts(checkRights(board, true))).toEqual([
      expect.stringMatching(
        /^fault : every account of this host may change the board \(rwxrwsrwx\): 'chmod o-w'; left alone/,
      ),
    ]);
    fs.chmodSync(board.root, 0o2775);
    expect(texts(checkRights(board, true))).toEqual([expect.stringMatching(/^fixed queue: 1 folder can be changed/)]);
    expect(mode(board.path('queue'))).toBe('rwxrwsr-x');
  });
});

describe.skipIf(isWindows)('shareTree', () => {
  test('lets the group read files and use folders, and follows no links', () => {
    const { board } = groupsBoard();
    const folder = board.path('products/x/20261121T120000/a.001');
    fs.mkdirSync(`${folder}/deep`, { mode: 0o700 });
    fs.writeFileSync(`${folder}/deep/f`, '', { mode: 0o600 });
    fs.writeFileSync(board.path('outside'), '', { mode: 0o600 });
    fs.symlinkSync(board.path('outside'), `${folder}/link`);
    shareTree(folder, ownGroup());
    expect([mode(`${folder}/deep`), mode(`${folder}/deep/f`), mode(board.path('outside'))]).toEqual([
      'rwxrws---',
      'rw-r-----',
      'rw-------',
    ]);
  });
});
