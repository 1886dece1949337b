import fs from 'node:fs';
import { hostname, uptime } from 'node:os';
import { describe, expect, test } from 'vitest';
import { checkHome } from '../../src/board/check-home.ts';
import { checkLeftovers } from '../../src/board/check-leftovers.ts';
import type { Finding } from '../../src/board/finding.ts';
import { ownMark } from '../../src/board/host.ts';
import { post } from '../../src/board/post.ts';
import { reservationsHere } from '../../src/board/reservations.ts';
import { systemDoor } from '../../src/board/rights-door.ts';
import { createStatus } from '../../src/board/status.ts';
import { formatReservation, hostField } from '../../src/model/name.ts';
import { Bench } from './bench.ts';

const OLD = new Date(Date.now() - 2 * 86_400_000);
const texts = (findings: readonly Finding[]): string[] =>
  findings.map(({ severity, where, message, fixed }) => `${fixed ? 'fixed' : severity} ${where}: ${message}`);

function make(path: string, when?: Date): void {
  fs.writeFileSync(path, '');
  if (when !== undefined) fs.utimesSync(path, when, when);
}

/** A pid that is no process (any longer). */
const DEAD = 4_194_303;

describe('checkLeftovers', () => {
  test('has nothing to say of a board at work', () => {
    const { board } = new Bench();
    post(board, { dataset: 'x' });
    fs.mkdirSync(board.path('logs/x'));
    fs.mkdirSync(board.path('scratch/x.a.001'));
    make(board.path('tmp/.clock-0011'));
    expect(texts(checkLeftovers(board, true))).toEqual([]);
    expect(fs.readdirSync(board.path('tmp'))).toEqual(['.clock-0011']);
  });

  test('hidden files: ours go after a day, a second name saves them, others are left alone', () => {
    const { board } = new Bench();
    for (const name of ['probe', 'clock', 'token', 'group', 'board']) make(board.path(`tmp/.${name}-01`), OLD);
    fs.mkdirSync(board.path('scratch/.probe-01'));
    fs.utimesSync(board.path('scratch/.probe-01'), OLD, OLD);
    post(board, { dataset: 'x' });
    fs.linkSync(board.path('ids/x'), board.path('tmp/.stale-01'));
    fs.utimesSync(board.path('tmp/.stale-01'), OLD, OLD);
    make(board.path('queue/.nfs000000000012ab3400000001'));
    make(board.path('held/.swp'));
    fs.mkdirSync(board.path('done/2001-01-01'));
    make(board.path('done/2001-01-01/.DS_Store'));
    const ours = ['board', 'clock', 'group', 'probe', 'token'].map((name) =>
      expect.stringMatching(new RegExp(`^note tmp/\\.${name}-01: is left of a process that died`)),
    );
    const others = [
      expect.stringMatching(/^note done\/2001-01-01: 1 hidden file .*\(\.DS_Store\): left alone/),
      expect.stringMatching(/^note held: 1 hidden file that slate does not know \(\.swp\)/),
      expect.stringMatching(/^note queue: 1 file \.nfs…: removed while a process has it open/),
    ];
    const probe = expect.stringMatching(/^note scratch\/\.probe-01/);
    expect(texts(checkLeftovers(board, false)).sort()).toEqual([...others, probe, ...ours]);
    checkLeftovers(board, true);
    expect(texts(checkLeftovers(board, false)).sort()).toEqual(others);
    expect(fs.readdirSync(board.path('tmp'))).toEqual(['.stale-01']);
  });

  test('processes of this host that have ended are marked lost', () => {
    const { board } = new Bench();
    const own = ownMark();
    const common = { host: 'here', started: '', version: '1', stages: ['a'], slots: 1, state: 'idle' as const };
    const content = { ...common, message: '', done: 0, failed: 0, load: 0, rssMb: 0, entries: [] };
    const status = (id: string, pid: number, startTicks: string): void => {
      const made = { ...content, ...own, pid, startTicks } as unknown as Parameters<typeof createStatus>[2];
      createStatus(board, { id, order: 'run', stages: ['a'], pid, host: 'here' }, made);
    };
    status('dead', DEAD, '1');
    status('live', own.pid, own.startTicks);
    make(board.path('processes/notes.txt'));
    const strange = expect.stringMatching(/^note processes\/notes\.txt: is no status file/);
    expect(texts(checkLeftovers(board, false))).toEqual([
      expect.stringMatching(/^note processes\/dead\.run\..*has ended without a word: its claims go back/),
      strange,
    ]);
    expect(texts(checkLeftovers(board, true))[0]).toMatch(/^fixed processes\/dead\.run/);
    expect(fs.readdirSync(board.path('processes')).filter((file) => file.includes('.lost.'))).toHaveLength(1);
    expect(texts(checkLeftovers(board, false))).toEqual([strange]);
  });

  test('what datasets have left that no entry bears', () => {
    const { board } = new Bench({ retention: { logsMs: 1_000 } });
    post(board, { dataset: 'x' });
    for (const path of [
      'logs/x',
      'logs/y',
      'logs/z',
      'products/y',
      'scratch/y.a.001',
      'scratch/x.a.001',
      'scratch/odd',
    ])
      fs.mkdirSync(board.path(path));
    fs.mkdirSync(board.path('scratch/@a.dead.1'));
    expect(texts(checkLeftovers(board, true))).toEqual([
      'note logs: 2 folders of datasets that no entry bears (first y): they go by retention',
      expect.stringMatching(/^note products: 1 folder of datasets .*\(first y\): retention keeps them for ever/),
      expect.stringMatching(/^note scratch: 2 working folders of datasets/),
      expect.stringMatching(/^note scratch: 1 name that slate does not know \(odd\)/),
    ]);
    // An entry that is off the board is known as long as it stands in removed/.
    fs.mkdirSync(board.path('removed/2026-11-21'));
    make(board.path('removed/2026-11-21/50.20261121T120000.ccc.000.-.y'));
    expect(texts(checkLeftovers(board, true))[0]).toMatch(/^note logs: 1 folder .*first z/);
  });
});

describe('checkHome', () => {
  test('has nothing to say of a home that is its owner’s', () => {
    const bench = new Bench();
    for (const folder of ['pipelines', 'stages']) fs.mkdirSync(`${bench.home}/${folder}`);
    expect(texts(checkHome(bench.home, true))).toEqual([]);
  });

  test('definitions that every account may write, or that the boards’ group can not read', () => {
    const bench = new Bench();
    for (const folder of ['pipelines', 'stages']) fs.mkdirSync(`${bench.home}/${folder}`);
    make(`${bench.home}/pipelines/p.yaml`);
    const system = systemDoor();
    const modes: Record<string, number> = { blackboard: 0o2775, pipelines: 0o755, stages: 0o777, 'p.yaml': 0o600 };
    const door = {
      ...system,
      names: { ...system.names, group: () => 'pipeline' },
      look: (path: string) => ({ uid: 1, gid: 50, mode: modes[path.split('/').at(-1) ?? ''] ?? 0o755 }),
    };
    expect(texts(checkHome(bench.home, true, door))).toEqual([
      expect.stringMatching(
        /^fault stages: every account of this host may choose what programs run here \(rwxrwxrwx\)/,
      ),
      expect.stringMatching(/^fault pipelines: 1 file can't be read by group pipeline.*\(p\.yaml\).*chmod g\+r/),
    ]);
    modes.stages = 0o700;
    expect(texts(checkHome(bench.home, true, door))[1]).toMatch(/^fault stages: group pipeline.*can't read it/);
  });

  test('what was reserved before this host was started, and by processes that have died', () => {
    const bench = new Bench();
    const host = hostField(hostname());
    const boot = Date.now() - uptime() * 1000;
    const at = (folder: string, when: number): string => {
      const path = `${bench.home}/blackboard/.hosts/${folder}`;
      fs.mkdirSync(path, { recursive: true });
      make(`${path}/k3f1.1.1000mcpu.0mb.1-1`, new Date(when));
      fs.utimesSync(path, new Date(when), new Date(when));
      return path;
    };
    const before = at(`${host}.00000000`, boot - 3_600_000);
    // A container of the same name, perhaps.
    const beside = at(`${host}.00000001`, Date.now());
    at('other.00000002', Date.now() - 30 * 86_400_000);
    at('other.00000003', Date.now());
    const here = `${bench.board.root}/${reservationsHere(host)}`;
    fs.mkdirSync(here);
    const own = ownMark();
    const name = (process: string, pid: number, startTicks: string): string =>
      formatReservation({ process, number: 1, milliCpus: 1, memoryMb: 1, pid, startTicks });
    make(`${here}/${name('dead', DEAD, '1')}`, OLD);
    make(`${here}/${name('newd', DEAD, '1')}`);
    make(`${here}/${name('live', process.ppid, '')}`, OLD);
    make(`${here}/${name('mine', own.pid, own.startTicks)}`, OLD);
    const other = expect.stringMatching(
      /^note blackboard\/\.hosts\/other\.00000002: has not been touched for a week.*left alone/,
    );
    const found = texts(checkHome(bench.home, false));
    expect(found).toHaveLength(3);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/\.00000000: is of an earlier start of this host/),
        expect.stringMatching(/: 1 reservation of dead processes \(dead\.1\./),
        other,
      ]),
    );
    expect(texts(checkHome(bench.home, true)).filter((line) => line.startsWith('fixed'))).toHaveLength(2);
    expect([fs.existsSync(before), fs.existsSync(beside)]).toEqual([false, true]);
    expect(
      fs
        .readdirSync(here)
        .map((file) => file.slice(0, 4))
        .sort(),
    ).toEqual(['live', 'mine', 'newd']);
    expect(texts(checkHome(bench.home, false))).toEqual([other]);
  });
});
