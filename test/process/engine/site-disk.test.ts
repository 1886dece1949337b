/** What is asked of a site's disk, by a real shell on a folder that stands for it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { JobTry } from '../../../src/board/jobs.ts';
import { LOG_RUNNING, logPath, scratchPath } from '../../../src/model/name.ts';
import type { Awaited, JobDisk } from '../../../src/process/engine/job-disk.ts';
import { siteDisk, workFolder } from '../../../src/process/engine/site-disk.ts';
import { isCut, parseFetched, removeFoldersScript, unremovedIn } from '../../../src/process/engine/site-scripts.ts';
import { Bench } from '../../board/bench.ts';

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

function makeRoot(): string {
  const root = fs.mkdtempSync(join(tmpdir(), 'slate-site-'));
  made.push(root);
  return root;
}

/** A board and a site of its own, and jobs of one submission there. */
class Far {
  readonly root = makeRoot();
  readonly bench = new Bench();
  readonly disk: JobDisk;
  readonly all: Awaited;
  readonly tries: readonly JobTry[];

  constructor(count: number) {
    const { board } = this.bench;
    const made = {
      name: 'far',
      host: undefined,
      root: this.root,
      isInHome: false,
      run: [join(this.root, 'run')],
      upload: [],
      download: [],
      resumes: false,
      timeoutMs: 60_000,
      limits: {},
    };
    fs.writeFileSync(join(this.root, 'run'), `#!/bin/sh\necho >>'${this.root}/asked'\nexec "$@"\n`, { mode: 0o755 });
    this.disk = siteDisk(board, made, new AbortController().signal);
    this.tries = Array.from({ length: count }, (_, at) => ({
      dataset: `d${at}`,
      posted: '20261130T080000',
      stage: 'a',
      epoch: 1,
      column: 0,
    }));
    this.all = { name: 'aaaa.1', tries: this.tries, indexes: [...this.tries.keys()] };
    for (const folder of ['jobs', 'jobs/aaaa.1']) board.fs.mkdir(board.path(folder));
    fs.mkdirSync(this.#job(''), { recursive: true });
    for (const of of this.tries) {
      fs.mkdirSync(join(this.root, workFolder(board.name, of)), { recursive: true });
      fs.mkdirSync(board.path(scratchPath(of)), { recursive: true });
      fs.mkdirSync(board.path(logPath(of, LOG_RUNNING).split('/').slice(0, -1).join('/')), { recursive: true });
    }
  }

  #job(file: string): string {
    return join(this.root, 'jobs', `${this.bench.board.name}.aaaa.1`, file);
  }

  /** Commands that the site was given. */
  get asked(): number {
    return fs.readFileSync(join(this.root, 'asked'), 'utf8').length;
  }

  write(index: number, file: string, text: string | Buffer): void {
    fs.appendFileSync(join(this.root, workFolder(this.bench.board.name, this.#try(index)), file), text);
  }

  touch(index: number, at: Date): void {
    fs.utimesSync(join(this.root, workFolder(this.bench.board.name, this.#try(index)), '.log'), at, at);
  }

  end(index: number): void {
    fs.writeFileSync(this.#job(`${index}.end`), `code 0 seconds 1 node n1 peak ${index}\n`);
  }

  begin(index: number): void {
    fs.mkdirSync(this.#job(`${index}.run`));
  }

  log(index: number): string {
    const path = this.bench.board.path(logPath(this.#try(index), LOG_RUNNING));
    return fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : '';
  }

  #try(index: number): JobTry {
    const of = this.tries[index];
    if (of === undefined) throw new Error(`no job ${index}`);
    return of;
  }
}

it('brings all ends in one look, in answers that memory bears', async () => {
  const far = new Far(9);
  const logs = far.tries.map((_, at) => `${at}`.repeat(at < 7 ? 4 * 1024 * 1024 : at - 7));
  for (const [at, text] of logs.entries()) {
    far.write(at, '.log', text);
    if (at === 1) far.write(at, '.result', '{"params":{}}');
    if (at !== 5) far.end(at);
  }
  await far.disk.fetch([far.all]);
  expect(far.bench.names('jobs/aaaa.1')).toEqual([0, 1, 2, 3, 4, 6, 7, 8].map((at) => `${at}.end`));
  for (const [at, text] of logs.entries()) if (at !== 5) expect(far.log(at) === text).toBe(true);
  // 24 MiB of ends in two answers, and what is new in the log of the one that runs.
  expect(far.asked).toBe(3);
  far.begin(5);
  expect(await far.disk.keep({ ...far.all, indexes: [5] })).toEqual(new Map());
  expect(far.log(5) === logs[5]).toBe(true);
});

it('follows logs of jobs that run, those too that were silent long before it came', async () => {
  const far = new Far(3);
  far.write(0, '.log', 'old');
  far.write(2, '.log', 'x'.repeat(100_000));
  const past = new Date(Date.now() - 86_400_000);
  for (const at of [0, 2]) far.touch(at, past);
  await far.disk.fetch([far.all]);
  expect([far.log(0), far.log(1), far.log(2).length]).toEqual(['old', '', 65_536]);
  // The rest of what it had said in a burst, although it says no more.
  far.write(1, '.log', 'new');
  await far.disk.fetch([far.all]);
  expect([far.log(0), far.log(1), far.log(2).length]).toEqual(['old', 'new', 100_000]);
  const before = far.asked;
  await far.disk.fetch([far.all]);
  expect(far.asked - before).toBe(1);
});

it.each<[string, string, [string, number, string][], boolean]>([
  ['nothing', '', [], false],
  [
    'an empty file',
    'job s 3\nfile .log\n.\nfile end\nYQ==\n.\n',
    [
      ['.log', 3, ''],
      ['end', 3, 'a'],
    ],
    false,
  ],
  ['lines of base64', 'job s 3\nfile .log\nYWJj\nZGVm\n.\ncut\n', [['.log', 3, 'abcdef']], true],
  ['a file that is cut off', 'job s 0\nfile .log\nYWJj\n.\nfile end\nYWJ', [['.log', 0, 'abc']], false],
  [
    'two jobs',
    'job s 0\nfile a\nYQ==\n.\njob s 1\nfile b\nYg==\n.\n',
    [
      ['a', 0, 'a'],
      ['b', 1, 'b'],
    ],
    false,
  ],
])('reads %s', (_what, text, files, cut) => {
  const told = [...parseFetched(text)].flatMap(({ index, files }) =>
    [...files].map(([name, content]) => [name, index, content.toString()]),
  );
  expect([told, isCut(text)]).toEqual([files, cut]);
});

/** As an account that rights hold for. */
const PLAIN = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

it('removes folders without rights, says of the rest why, and goes on behind it', () => {
  const root = makeRoot();
  const folders = ['work/b/cache/deep', 'work/closed/x', 'work/b/last', 'work/b/dark'];
  for (const folder of folders) {
    fs.mkdirSync(join(root, folder), { recursive: true });
    fs.writeFileSync(join(root, folder, 'file'), '');
  }
  const [uid, gid] = [PLAIN.uid ?? process.getuid?.() ?? 0, PLAIN.gid ?? process.getgid?.() ?? 0];
  for (const name of ['', ...fs.readdirSync(root, { recursive: true, encoding: 'utf8' })])
    fs.chownSync(join(root, name), uid, gid);
  for (const folder of ['work/b/cache/deep', 'work/b/cache', 'work/closed']) fs.chmodSync(join(root, folder), 0o555);
  fs.chmodSync(join(root, 'work/b/dark'), 0);
  const script = removeFoldersScript(root, [
    'work/b/cache',
    'work/closed/x',
    'work/b/dark',
    'work/b/last',
    'work/b/none',
  ]);
  const { status, stdout } = spawnSync('sh', ['-s'], { input: script, encoding: 'utf8', ...PLAIN });
  fs.chmodSync(join(root, 'work/closed'), 0o755);
  expect([status, fs.readdirSync(join(root, 'work/b')), fs.existsSync(join(root, 'work/closed/x'))]).toEqual([
    0,
    [],
    true,
  ]);
  expect(unremovedIn(stdout)).toMatch(/work\/closed\/x.*denied/);
  expect(unremovedIn('begin\n')).toBe('');
});
