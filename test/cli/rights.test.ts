/** What the commands do for a group's board, by whatever account runs the tests and a group of its own. */
import fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modeText } from '../../src/model/rights.ts';
import { Bench, type Result } from './helper.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.make();
}, 60_000);
afterAll(() => bench.remove());

const group = String(process.getegid?.() ?? 0);

/** Under that umask, whatever this process's own is. */
function under(umask: string, args: readonly string[], cwd: string): Promise<Result> {
  const script = `umask ${umask}; exec "$0" "$@"`;
  return bench.shell(['/bin/sh', '-c', script, process.execPath, bench.command, ...args], { cwd });
}

const mode = (path: string): string => modeText(fs.lstatSync(path).mode & 0o7777);

describe('a home for a group', () => {
  it('has boards that are the group’s, and definitions that it may read', async () => {
    const home = join(bench.folder, 'shared');
    expect((await under('077', ['init', 'shared', '--group', group], bench.folder)).code).toBe(0);
    expect([mode(home), mode(join(home, 'stages')), mode(join(home, 'stages/work.yaml'))]).toEqual([
      'rwxr-s---',
      'rwxr-s---',
      'rw-r-----',
    ]);
    expect(mode(join(home, 'blackboard'))).toBe('rwxrws---');
    expect((await under('077', ['create', 'b', '-p', 'example'], home)).code).toBe(0);
    const board = join(home, 'blackboard/b');
    expect([mode(board), mode(join(board, 'queue')), mode(join(board, 'board.yaml'))]).toEqual([
      'rwxrws---',
      'rwxrws---',
      'rw-rw----',
    ]);
    expect((await under('077', ['post', 'x'], home)).code).toBe(0);
    const [posted = ''] = fs.readdirSync(join(board, 'queue'));
    expect(mode(join(board, 'queue', posted))).toBe('rw-rw----');
    expect((await under('077', ['run', '--until-idle'], home)).code).toBe(0);
    const checked = await under('077', ['check'], home);
    expect([checked.code, checked.stdout]).toEqual([0, '']);
  });

  it('is refused for a group that there is none of', async () => {
    const home = bench.home();
    const args = ['create', 'demo', '-p', 'line', '--group', 'no-such-group'];
    const { code, stderr } = await home.slate(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining("this host knows no group 'no-such-group'")]);
    expect(fs.readdirSync(join(home.root, 'blackboard'))).toEqual([]);
  });

  it('a board of one’s own changes nobody’s umask', async () => {
    const home = await bench.home().create();
    expect((await under('077', ['post', 'x'], home.root)).code).toBe(0);
    expect(mode(home.path(`queue/${home.names('queue')[0]}`))).toBe('rw-------');
    expect((await under('027', ['post', 'y'], home.root)).code).toBe(0);
    expect(
      home
        .names('queue')
        .map((file) => mode(home.path(`queue/${file}`)))
        .sort(),
    ).toEqual(['rw-------', 'rw-r-----']);
  });
});

describe('a world-writable board', () => {
  it('is warned about by run and check', async () => {
    const home = await bench.home().create();
    fs.chmodSync(home.path(''), 0o777);
    const { code, stderr } = await home.slate('run', '--until-idle');
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/ warn world-writable: board demo: .* every account of this host may change it/),
    ]);
    const checked = await home.slate('check');
    expect([checked.code, checked.stdout]).toEqual([
      1,
      expect.stringMatching(
        /^blackboard\/demo: every account of this host may change the board \(rwxrwxrwx\): 'chmod o-w'/,
      ),
    ]);
  });
});

describe('slate check', () => {
  it('tries nothing for an account that only looks, and tells what lies beside the boards', async () => {
    const home = await bench.home().create();
    fs.chmodSync(join(home.root, 'stages'), 0o777);
    const before = fs.statSync(home.path('tmp')).mtimeMs;
    const { code, stdout } = await bench.run(['check', '--json'], { cwd: home.root, env: { SLATE_READ_ONLY: '1' } });
    expect([code, JSON.parse(stdout).beside]).toEqual([
      1,
      [
        {
          severity: 'fault',
          where: 'stages',
          message: expect.stringContaining('choose what programs run'),
          fixed: false,
        },
      ],
    ]);
    expect(fs.statSync(home.path('tmp')).mtimeMs).toBe(before);
    const tried = await home.slate('check');
    expect(tried.stdout).toMatch(/^stages: every account of this host may choose what programs run here/);
    expect(fs.statSync(home.path('tmp')).mtimeMs).not.toBe(before);
  });
});
