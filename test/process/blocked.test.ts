/** The disk refuses while a process works: the outcome is kept, it says so once, and goes on by itself. */
import fs from 'node:fs';
import type { constants } from 'node:os';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Board, createBoard } from '../../src/board/board.ts';
import { post } from '../../src/board/post.ts';
import { loadPipeline } from '../../src/definitions/definitions.ts';
import type { ProcessResult, StepFunction } from '../../src/process/options.ts';
import { StageProcess } from '../../src/process/stage-process.ts';
import { type FaultyFs, faultyFs, systemError } from '../helpers/faulty-fs.ts';
import { boardPath, doubles, entry, journal, makeHome, onCleanup, until } from '../helpers/home.ts';

afterEach(() => vi.restoreAllMocks());

interface Bench {
  readonly home: string;
  readonly faulty: FaultyFs;
  readonly lines: string[];
  readonly process: StageProcess;
  /** Lets the running step end. */
  release(): void;
  readonly started: Promise<void>;
  readonly result: Promise<ProcessResult>;
}

/** A board with one stage whose step waits until it is told to end, and a process that serves it. */
function bench(
  stage = 'command: [unused]',
  leaseMs = 3_000,
  before: (faulty: FaultyFs) => void = () => undefined,
): Bench {
  const home = makeHome({ a: stage });
  const { pipeline } = loadPipeline(home, 'p');
  const faulty = faultyFs();
  createBoard(home, 'b', pipeline, { leaseMs });
  const board = Board.open(home, 'b', { fs: faulty.fs });
  post(board, { dataset: 'one' });
  before(faulty);
  let release = (): void => undefined;
  let begun = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const step: StepFunction = async (task) => {
    if (task.products !== undefined) fs.writeFileSync(`${task.products}/x`, 'x');
    begun();
    await gate;
    return 0;
  };
  const lines: string[] = [];
  const process = new StageProcess({
    board,
    functions: new Map([['a', step]]),
    log: (code, text) => lines.push(`${code}: ${text}`),
  });
  const result = process.run();
  onCleanup(async () => {
    release();
    process.stop('SIGTERM');
    process.stop('SIGTERM');
    await result.catch(() => undefined);
  });
  return { home, faulty, lines, process, release: () => release(), started, result };
}

const said = (lines: readonly string[], code: string): number =>
  lines.filter((line) => line.startsWith(`${code}:`)).length;

describe.each<[keyof typeof constants.errno, RegExp]>([
  ['ENOSPC', /no space left/],
  ['EDQUOT', /no space left/],
  ['EROFS', /not permitted, or the file system is read-only/],
  ['EACCES', /not permitted/],
  ['EIO', /the disk or file server fails/],
  ['ESTALE', /the disk or file server fails/],
])('renames fail with %s', (errno, words) => {
  test('the result is kept, told once, and written when the disk is mended', async () => {
    const { home, faulty, lines, release, started } = bench();
    await started;
    faulty.fail('rename', errno);
    release();
    await until(() => said(lines, 'blocked') === 1, 'the process to be blocked');
    await until(() => faulty.calls.filter(({ op }) => op === 'rename').length >= 4, 'the rename to be tried again');
    expect(lines.find((line) => line.startsWith('blocked:'))).toMatch(words);
    expect(entry(home, 'one')?.name.letters).toBe('p');
    const status = (): { state?: string; message?: string } => {
      const [file = ''] = fs.readdirSync(boardPath(home, 'processes'));
      return JSON.parse(fs.readFileSync(boardPath(home, `processes/${file}`), 'utf8')) as {
        state: string;
        message: string;
      };
    };
    await until(() => status().state === 'blocked' && words.test(status().message ?? ''), 'the status file to say so');
    faulty.fail('rename', undefined);
    await until(() => entry(home, 'one')?.name.letters === 'c', 'the result to be written');
    await until(() => said(lines, 'unblocked') === 1, 'the process to say so');
    expect(said(lines, 'blocked')).toBe(1);
    await until(() => journal(home).some(({ event }) => event === 'finish'), 'the journal');
    expect(doubles(journal(home), 'finish')).toEqual([]);
    expect(journal(home).filter(({ event }) => event === 'claim')).toHaveLength(1);
  });
});

test('nothing new is claimed while blocked, and a halt then leaves after a lease', async () => {
  const { home, faulty, lines, process, release, started, result } = bench(undefined, 1_000);
  await started;
  faulty.fail('rename', 'ENOSPC');
  release();
  await until(() => said(lines, 'blocked') === 1, 'the process to be blocked');
  process.stop('SIGTERM');
  expect(await result).toMatchObject({ reason: 'signal', done: 0 });
  // Its claim stands, with its status file: the next process that looks finds it dead and returns it.
  expect(entry(home, 'one')?.name.letters).toBe('p');
  expect(fs.readdirSync(boardPath(home, 'processes'))).toHaveLength(1);
});

test('a board that vanishes and comes back loses nothing, and is not made anew', async () => {
  const { home, lines, release, started } = bench();
  await started;
  fs.renameSync(boardPath(home).replace(/\/$/, ''), `${home}/away`);
  release();
  await until(() => said(lines, 'blocked') === 1, 'the process to be blocked');
  expect(fs.existsSync(boardPath(home))).toBe(false);
  fs.renameSync(`${home}/away`, boardPath(home).replace(/\/$/, ''));
  await until(() => entry(home, 'one')?.name.letters === 'c', 'the result to be written');
});

test('fsync of products fails with EIO: the process stops, nothing is published', async () => {
  const { home, faulty, lines, release, started, result } = bench('command: [unused]\nproducts: true');
  await started;
  faulty.fail('sync', 'EIO', (path) => path.includes('/products/'));
  release();
  expect(await result).toMatchObject({ reason: 'disk' });
  expect(said(lines, 'fatal')).toBe(1);
  expect(entry(home, 'one')?.name.letters).toBe('p');
  const folder = boardPath(home, `products/one/${entry(home, 'one')?.name.posted}`);
  expect(fs.readdirSync(folder)).toEqual(['a.001']);
});

test.each<[string, (faulty: FaultyFs) => void]>([
  ['the fence p → e', (faulty) => faulty.loseAnswer('rename', 'ENOENT', (path) => path.includes('.p.'))],
  ['the last step e → c', (faulty) => faulty.loseAnswer('rename', 'ENOENT', (path) => path.includes('.e.'))],
  ['the mark .ok', (faulty) => faulty.loseAnswer('create', 'EEXIST', (path) => path.endsWith('.ok'))],
])('a lost answer at %s is found out by a fresh look', async (_, lose) => {
  const { home, faulty, release, started } = bench('command: [unused]\nproducts: true');
  await started;
  lose(faulty);
  release();
  await until(() => entry(home, 'one')?.folder.startsWith('done/') === true, 'the entry to be done');
  expect(fs.readdirSync(boardPath(home, `products/one/${entry(home, 'one')?.name.posted}`)).sort()).toEqual([
    'a.001',
    'a.001.ok',
  ]);
  await until(() => journal(home).some(({ event }) => event === 'publish'), 'the journal');
  expect(journal(home).filter(({ event }) => event === 'finish')).toHaveLength(1);
});

test("a step's files that can not be written block the process, not the entry; it runs when there is room again", async () => {
  const isOurs = (path: string): boolean => path.includes('/scratch/') || path.includes('/.probe-');
  const { home, faulty, lines, release, started } = bench(
    "command: [unused]\nfiles: {deep/a.conf: 'x'}",
    3_000,
    (made) => made.fail('create', 'ENOSPC', isOurs),
  );
  await until(() => said(lines, 'blocked') === 1, 'the process to be blocked');
  faulty.fail('create', undefined);
  await started;
  // No failed try: neither the step nor the entry has done anything.
  const { name } = entry(home, 'one') ?? {};
  expect([name?.letters, name?.tags[0]]).toEqual(['p', expect.objectContaining({ try: 1 })]);
  const [folder = ''] = fs.readdirSync(boardPath(home, 'scratch')).filter((file) => file.startsWith('one.'));
  expect(fs.readFileSync(boardPath(home, `scratch/${folder}/deep/a.conf`), 'utf8')).toBe('x');
  release();
  await until(() => entry(home, 'one')?.name.letters === 'c', 'it to be done');
  expect(doubles(journal(home), 'finish')).toEqual([]);
});

test.each<[string, (faulty: FaultyFs) => void]>([
  ['of its log', (faulty) => faulty.loseAnswer('mkdir', 'EIO', (path) => path.includes('/logs/'))],
  ['of its products', (faulty) => faulty.loseAnswer('mkdir', 'ETIMEDOUT', (path) => path.includes('/products/'))],
])('a lost answer at the folder %s needs no person: it is claimed anew', async (_, lose) => {
  const { home, release, started } = bench('command: [unused]\nproducts: true', 3_000, lose);
  await started;
  release();
  await until(() => entry(home, 'one')?.folder.startsWith('done/') === true, 'the entry to be done');
  expect(doubles(journal(home), 'finish')).toEqual([]);
});

test('what the disk refuses one entry again and again is told of that entry, and the others go on', async () => {
  const { home, faulty, lines } = bench('command: [unused]\nproducts: true', 3_000, (made) =>
    made.fail('mkdir', 'EIO', (path) => path.includes('/products/one')),
  );
  await until(() => entry(home, 'one')?.folder === 'held', 'it to be held', 30_000);
  expect(entry(home, 'one')?.file).toMatch(/@1-n$/);
  expect(said(lines, 'unfit')).toBe(1);
  expect(faulty.calls.filter(({ op, path }) => op === 'mkdir' && path.includes('/products/one'))).toHaveLength(4);
});

describe('a disk that is full when the process starts', () => {
  const isStatus = (path: string): boolean => path.includes('/processes/');

  test('is told with the path and what to do, and waited for', async () => {
    const { home, faulty, lines, release, started } = bench(undefined, 3_000, (made) =>
      made.fail('create', 'ENOSPC', isStatus),
    );
    await until(
      () => faulty.calls.filter(({ op, path }) => op === 'create' && isStatus(path)).length >= 2,
      'two tries',
    );
    const root = boardPath(home).replace(/\/$/, '');
    expect(lines.filter((line) => line.startsWith('blocked:'))).toEqual([
      expect.stringMatching(
        new RegExp(`^blocked: ${root}/processes/\\w{4}\\.run\\..*: no space left .*make some on the disk of ${root} `),
      ),
    ]);
    expect(said(lines, 'registered')).toBe(0);
    faulty.fail('create', undefined);
    await started;
    expect([said(lines, 'registered'), said(lines, 'unblocked')]).toEqual([1, 1]);
    release();
    await until(() => entry(home, 'one')?.name.letters === 'c', 'it to be done');
  });

  test('does not keep it from ending by a signal', async () => {
    const { home, lines, process, result } = bench(undefined, 3_000, (made) => made.fail('create', 'ENOSPC', isStatus));
    await until(() => said(lines, 'blocked') === 1, 'the process to be blocked');
    process.stop('SIGTERM');
    expect(await result).toMatchObject({ reason: 'signal', done: 0 });
    expect(entry(home, 'one')?.folder).toBe('queue');
  });

  test('ends it if an fsync says that data is lost', async () => {
    const { result, lines } = bench(undefined, 3_000, () => {
      vi.spyOn(fs, 'fsyncSync').mockImplementation(() => {
        throw systemError('EIO', '');
      });
    });
    expect(await result).toMatchObject({ reason: 'disk' });
    expect([said(lines, 'fatal'), said(lines, 'registered')]).toEqual([1, 0]);
  });
});
