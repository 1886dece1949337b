/** The built command, run as people run it. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bench, type Home } from './helper.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.make();
});
afterAll(() => bench.remove());

const POSTED = '20261121T120000';
const FAILED = `50.${POSTED}.cf_.002.-.bad@2-x2`;

describe('init and the first run', () => {
  it('makes a home that works at once', async () => {
    const script = [
      'set -e',
      'slate() { "$NODE" "$SLATE" "$@"; }',
      'slate init x; cd x',
      'slate create demo --pipeline example',
      'slate post a b c',
      'slate run --until-idle 2>/dev/null',
      'slate ls -q state:done | sort',
      'slate check',
      'slate wait',
    ].join('\n');
    const { code, stdout, stderr } = await bench.shell(['/bin/sh', '-c', script]);
    expect(stderr).toContain('no fault');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(-4)).toEqual(['a', 'b', 'c', '']);
    const home = path.join(bench.folder, 'x');
    const again = await bench.run(['init', home]);
    expect([again.code, again.stdout]).toEqual([5, '']);
    expect(again.stderr).toContain('nothing is written over');
    // What the last stage printed came from what the one before it published.
    const log = await bench.run(['log', 'b', 'report', '--home', home]);
    expect(log.stdout).toBe('made from b\n');
    const show = JSON.parse((await bench.run(['show', 'b', '--json', '--home', home])).stdout);
    const [work] = show.runs[0].tries.filter((one: { stage: string }) => one.stage === 'work');
    expect(work).toMatchObject({ epoch: 2, try: 1, outcome: 'complete', code: 0, published: true, official: true });
    expect(fs.existsSync(path.join(home, 'blackboard/demo', work.products, 'result.txt'))).toBe(true);
    const stats = JSON.parse((await bench.run(['stats', '--json', '--home', home])).stdout);
    expect(stats.stages.map(({ stage, done }: { stage: string; done: number }) => [stage, done])).toEqual([
      ['check', 3],
      ['work', 3],
      ['report', 3],
    ]);
  });
});

describe('post', () => {
  it('puts entries on the board with class, rank and parameters', async () => {
    const home = await bench.home().create();
    const out = await home.json(
      'post',
      'a',
      'b',
      '--class',
      'acs',
      '--rank',
      '7',
      '--param',
      'k=v',
      '--param',
      'n:=[1]',
    );
    expect(
      out.entries.map((entry: { dataset: string; rank: number; class: string }) => [
        entry.dataset,
        entry.rank,
        entry.class,
      ]),
    ).toEqual([
      ['a', 7, 'acs'],
      ['b', 7, 'acs'],
    ]);
    const [name = ''] = home.names('queue');
    expect(name).toMatch(/^07\.\d{8}T\d{6}\.w__\.000\.acs\.a$/);
    expect(JSON.parse(fs.readFileSync(home.path(`queue/${name}`), 'utf8'))).toMatchObject({ k: 'v', n: [1] });
    expect((await home.json('show', 'a')).runs[0].params).toEqual({ k: 'v', n: [1] });
  });

  it('reads lists: lines, JSON lines, NUL-ended, from a file and from a pipe', async () => {
    const home = await bench.home().create();
    const list = path.join(home.root, 'list');
    fs.writeFileSync(list, 'a\r\n\n{"dataset":"b","rank":3}\nc');
    expect(await home.done('post', '--from', list)).toBe('a\nb\nc\n');
    const piped = await bench.run(['post', '--from', '-', '-0', '-q'], { cwd: home.root, input: 'd\0e\0' });
    expect(piped).toMatchObject({ code: 0, stdout: '' });
    expect((await home.done('ls', '-q')).trim().split('\n')).toEqual(['b', 'a', 'c', 'd', 'e']);
  });

  it('posts held, and for later', async () => {
    const home = await bench.home().create();
    await home.done('post', 'a', '--hold', '--reason', 'wait for flats');
    await home.done('post', 'b', '--after', '2099-01-01T00:00:00Z');
    expect(home.names('held')[0]).toContain('.h__.');
    const [name = ''] = home.names('queue');
    expect(fs.statSync(home.path(`queue/${name}`)).mtime.toISOString()).toBe('2099-01-01T00:00:00.000Z');
    const history = await home.done('history', 'a', '--jsonl');
    expect(JSON.parse(history)).toMatchObject({ event: 'post', dataset: 'a', reason: 'wait for flats' });
  });
});

describe('ls, counts and show', () => {
  async function mixed(): Promise<Home> {
    const home = await bench.home().create();
    home.touch('queue', `20.${POSTED}.w__.000.acs.q1`);
    home.touch('queue', `50.${POSTED}.w__.000.-.q2`);
    home.touch('active', `50.${POSTED}.cp_.003.-.run@2-k3f1-3-2`);
    home.touch('failed', FAILED);
    home.touch('held', `50.${POSTED}.ch_.001.-.stop@2-o`);
    home.touch('done/2026-11-21', `50.${POSTED}.ccc.003.-.fine`);
    home.touch('removed/2026-11-21', `50.${POSTED}.w__.000.-.away`);
    return home;
  }

  it('agree with each other', async () => {
    const home = await mixed();
    home.touch('queue', 'README');
    const ls = await home.json('ls');
    const counts = await home.json('counts');
    expect(ls).toMatchObject({ schemaVersion: 1, board: 'demo' });
    expect(counts.total).toBe(ls.entries.length);
    expect(counts.states).toEqual({ queue: 2, active: 1, gather: 0, failed: 1, held: 1, done: 1, removed: 1 });
    expect(counts.foreign).toBe(1);
    expect(counts.stages[1]).toEqual({
      stage: 'two',
      title: 'TWO',
      column: 2,
      letters: { _: 2, p: 1, c: 1, f: 1, h: 1 },
    });
    for (const entry of ls.entries) {
      const { runs } = await home.json('show', entry.dataset);
      expect({ ...runs[0].entry, ageSeconds: 0 }).toEqual({ ...entry, ageSeconds: 0 });
    }
    const run = ls.entries.find(({ dataset }: { dataset: string }) => dataset === 'run');
    expect(run).toMatchObject({
      posted: '2026-11-21T12:00:00Z',
      state: 'active',
      letters: 'cp_',
      folder: 'active',
      epoch: 3,
      stages: [
        { letter: 'c' },
        { stage: 'two', letter: 'p', state: 'running', try: 2, process: 'k3f1' },
        { letter: '_' },
      ],
    });
    expect(ls.entries[0].dataset).toBe('q1');
  });

  it('list for people, for pipes and for xargs', async () => {
    const home = await mixed();
    const human = await home.done('ls', 'state:failed');
    expect(human.split('\n')[0]).toMatch(/^DATASET +STAGES +AT +STATE +AGE +TRY +RANK +CLASS +NOTE$/);
    expect(human.split('\n')[1]).toMatch(/^bad +cf_ +TWO +failed .* exit code 2$/);
    const tsv = (await home.done('ls', '--tsv', '--header', '--state', 'failed')).split('\n');
    expect(tsv[0]?.split('\t').slice(0, 6)).toEqual(['dataset', 'posted', 'class', 'rank', 'state', 'letters']);
    expect(tsv[1]?.split('\t').slice(0, 9)).toEqual([
      'bad',
      '2026-11-21T12:00:00Z',
      '-',
      '50',
      'failed',
      'cf_',
      'two',
      '0',
      'two:x2',
    ]);
    expect(await home.done('ls', '-0', '--class', 'acs')).toBe('q1\0');
    expect(await home.done('ls', '--names', '--where', 'cause:x2')).toBe(`failed/${FAILED}\n`);
    expect(await home.done('ls', '-q', '--where', '-state:queue,active,held,done')).toBe('bad\n');
    expect((await home.done('ls', '-q', '--all')).split('\n')).toContain('away');
    expect(await home.done('ls', '-q', 'state:removed')).toBe('away\n');
    expect(await home.done('ls', '-q', 'nothing-like-this')).toBe('');
    expect(human).not.toContain('\x1b[');
    expect(await home.done('ls', '--color', 'always', 'state:failed')).toContain('\x1b[91;1mfailed');
  });

  it('tell no lies about foreign names', async () => {
    const home = await mixed();
    home.touch('queue', 'evil\x1b]0;title\x07');
    const { stdout, stderr, code } = await home.slate('ls');
    expect(code).toBe(0);
    expect(stderr).toContain("1 file is no entry of this board: 'slate check' lists them");
    const check = await home.slate('check');
    expect(check.stdout).toContain('evil\\x1b]0;title\\x07');
    expect(stdout + stderr + check.stdout).not.toContain('\x1b');
  });

  it('show all runs of a dataset, and verbs take the live one', async () => {
    const home = await mixed();
    home.touch('done/2026-11-20', '50.20261120T000000.ccc.003.-.q2');
    const { runs } = await home.json('show', 'q2');
    expect(runs.map(({ entry }: { entry: { state: string } }) => entry.state)).toEqual(['done', 'queue']);
    await home.done('hold', 'q2');
    expect(home.names('held').some((name) => name.endsWith('.q2@1-o'))).toBe(true);
    await home.done('repipe', 'q2', '--posted', '2026-11-20T00:00:00Z', '--stage', 'three', '-n');
  });

  it('status says it in a few lines', async () => {
    const home = await mixed();
    const text = await home.done('status');
    expect(text).toContain('6 entries: 2 queue, 1 active, 1 failed, 1 held, 1 done, 1 removed');
    expect(text).toContain('failed at two: 1 exit code 2 (x2)');
    expect((await home.slate('status', '--check')).code).toBe(1);
  });
});

describe('verbs', () => {
  it('hold, release, repipe, skip, rank, set and remove', async () => {
    const home = await bench.home().create();
    home.touch('failed', FAILED);
    expect(await home.done('repipe', 'bad', '--reason', 'new flats')).toBe(
      'bad\tcf_ -> cw_\tactive\trerun two, three\n',
    );
    expect(home.names('active')).toEqual([`50.${POSTED}.cw_.002.-.bad`]);
    await home.done('hold', 'bad');
    expect(home.names('held')).toEqual([`50.${POSTED}.ch_.002.-.bad@2-o`]);
    await home.done('release', 'bad');
    await home.done('hold', '--stage', 'three', 'bad');
    await home.done('skip', 'bad', '--stage', 'two');
    expect(home.names('held')[0]).toContain('.csh.');
    await home.done('rank', '05', 'bad');
    expect(home.names('held')[0]).toMatch(/^05\./);
    const inode = fs.statSync(home.path(`held/${home.names('held')[0]}`)).ino;
    await home.done('set', 'k=v', 'n:=3', 'bad');
    await home.done('set', 'k:=null', 'bad');
    expect((await home.json('show', 'bad')).runs[0].params).toEqual({ n: 3 });
    expect(fs.statSync(home.path(`held/${home.names('held')[0]}`)).ino).toBe(inode);
    await home.done('remove', 'bad');
    expect(home.names('held')).toEqual([]);
    const [day = ''] = home.names('removed');
    expect(home.names(`removed/${day}`)).toHaveLength(1);
    const acts = (await home.json('show', 'bad')).runs[0].acts;
    expect(acts.map(({ event }: { event: string }) => event)).toEqual([
      'repipe',
      'hold',
      'release',
      'hold',
      'skip',
      'rank',
      'set',
      'set',
      'remove',
    ]);
    expect(acts[0]).toMatchObject({ reason: 'new flats', from: 'cf_', to: 'cw_' });
  });

  it('in bulk: only with a filter and --yes, and a dry run changes nothing', async () => {
    const home = await bench.home().create();
    for (let number = 0; number < 30; number++) home.touch('failed', `50.${POSTED}.cf_.002.-.d${number}@2-x2`);
    home.touch('queue', `50.${POSTED}.w__.000.-.other`);
    const before = home.names('failed');
    expect((await home.slate('repipe')).code).toBe(2);
    const asked = await home.slate('repipe', '--state', 'failed');
    expect([asked.code, asked.stdout]).toEqual([2, '']);
    expect(asked.stderr).toContain('--yes');
    const dry = await home.slate('repipe', '--where', 'state:failed,queue', '--dry-run');
    expect(dry.stderr).toContain('30 failed at two -> rerun two, three');
    expect(dry.stderr).toContain('1 queue at one refused: nothing of it has failed');
    expect(dry.stdout.split('\n').filter(Boolean)).toHaveLength(30);
    expect(dry.code).toBe(1);
    expect(home.names('failed')).toEqual(before);
    const result = await home.json('repipe', '--state', 'failed', '--yes');
    expect([result.changed, result.refused]).toEqual([30, 0]);
    expect([home.names('failed'), home.names('active').length, home.names('queue').length]).toEqual([[], 30, 1]);
  });

  it('take datasets from a pipe and from NUL-ended lists', async () => {
    const home = await bench.home().create();
    for (const name of ['a', 'b', 'c']) home.touch('queue', `50.${POSTED}.w__.000.-.${name}`);
    expect(await bench.run(['hold', '-'], { cwd: home.root, input: 'a\nb\n' })).toMatchObject({ code: 0 });
    expect(await bench.run(['hold', '--from0', '-', '-q'], { cwd: home.root, input: 'c\0' })).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(home.names('held')).toHaveLength(3);
  });

  it('do nothing where only looking is allowed', async () => {
    const home = await bench.home().create();
    home.touch('queue', `50.${POSTED}.w__.000.-.a`);
    const env = { SLATE_READ_ONLY: '1' };
    for (const args of [
      ['hold', 'a'],
      ['post', 'b'],
      ['remove', 'a'],
      ['create', 'x', '-p', 'line'],
      ['sweep'],
      ['run'],
      ['init', 'y'],
      ['order', '--all', 'run'],
      ['check', '--fix'],
    ]) {
      const { code, stderr } = await bench.run(args, { cwd: home.root, env });
      expect([args[0], code, stderr]).toEqual([args[0], 5, expect.stringContaining('SLATE_READ_ONLY')]);
    }
    expect(home.names('queue')).toEqual([`50.${POSTED}.w__.000.-.a`]);
    expect((await bench.run(['hold', 'a', '-n'], { cwd: home.root, env })).code).toBe(0);
    expect((await bench.run(['ls'], { cwd: home.root, env })).code).toBe(0);
  });
});

describe('wait', () => {
  it('ends when what it waits for has', async () => {
    const home = await bench.home().create();
    await home.done('post', 'a', 'b');
    const waiting = home.slate('wait', 'a', '--json');
    await home.done('run', '--until-idle');
    const { code, stdout } = await waiting;
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ result: 'done', done: 1, notDone: [] })]);
    home.touch('failed', FAILED);
    expect((await home.slate('wait')).code).toBe(1);
    expect((await home.slate('wait', '--failed-ok')).code).toBe(0);
    expect((await home.slate('wait', 'a', 'b')).code).toBe(0);
    expect((await home.slate('wait', 'bad')).code).toBe(1);
  });
});

describe('logs', () => {
  it('are followed until the try ends, also when they get their outcome', async () => {
    const home = await bench.home().create();
    home.touch('active', `50.${POSTED}.p__.001.-.a@1-k3f1-1-1`);
    fs.mkdirSync(home.path('logs/a'));
    const running = home.path(`logs/a/${POSTED}.one.001.run.log`);
    fs.writeFileSync(running, 'first\n');
    const following = home.slate('log', 'a', '-f');
    fs.appendFileSync(running, 'second\n');
    fs.linkSync(running, home.path(`logs/a/${POSTED}.one.001.ok.log`));
    fs.unlinkSync(running);
    expect(await following).toMatchObject({ code: 0, stdout: 'first\nsecond\n' });
    expect((await home.done('log', 'a', '--path')).trim()).toBe(home.path(`logs/a/${POSTED}.one.001.ok.log`));
    expect((await home.slate('log', 'a', 'two')).code).toBe(3);
    expect((await home.slate('log', 'a', 'four')).code).toBe(2);
  });
});

describe('stage processes', () => {
  it('are listed, and take orders by the name of their status file', async () => {
    const home = await bench.home().create();
    expect((await home.slate('order', '--all', 'pause')).code).toBe(3);
    const content = JSON.stringify({
      counter: 7,
      state: 'busy',
      stages: ['one'],
      slots: 2,
      done: 5,
      failed: 1,
      message: '',
      entries: [{ dataset: 'a', stage: 'one', epoch: 1, since: '' }],
      services: [
        { stage: 'one', place: 1, pid: 4712, state: 'busy', served: 40, deaths: 0, rssMb: 81 },
        { stage: 'one', place: 2, pid: null, state: 'waiting', served: 0, deaths: 3, rssMb: null },
      ],
    });
    fs.writeFileSync(home.path('processes/k3f1.run.one.4711.node3'), content);
    const { processes } = await home.json('ps');
    expect(processes).toMatchObject([
      {
        id: 'k3f1',
        host: 'node3',
        pid: 4711,
        order: 'run',
        state: 'busy',
        slots: 2,
        busy: 1,
        done: 5,
        failed: 1,
        silent: false,
        entries: [{ dataset: 'a' }],
        services: [
          { stage: 'one', pid: 4712 },
          { state: 'waiting', deaths: 3 },
        ],
      },
    ]);
    const shown = await home.done('ps');
    expect(shown).toMatch(/k3f1 +node3 +4711 +run +busy +1\/2/);
    expect(shown).toMatch(/k3f1 +one 1 +4712 +busy +40 +0 +81 MB/);
    expect(shown).toMatch(/k3f1 +one 2 +waiting +0 +3$/m);
    expect(shown).toMatch(/^HOST +AGENT +LOAD +FREE +CLOCK +SEEN\nnode3 +- /m);
    await home.done('order', 'k3f1', 'drain', '-n');
    expect(home.names('processes')).toEqual(['k3f1.run.one.4711.node3']);
    await home.done('order', 'k3f1', 'drain', '--reason', 'reboot');
    expect(home.names('processes')).toEqual(['k3f1.drain.one.4711.node3']);
    await home.done('order', '--all', 'pause');
    expect(home.names('processes')).toEqual(['k3f1.pause.one.4711.node3']);
    expect((await home.slate('order', 'zzzz', 'pause')).code).toBe(3);
    const wrong = await home.slate('order', 'k3f1', 'puase');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("did you mean 'pause'?")]);
    const orders = (await home.done('history', '--event', 'order', '--jsonl'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(orders[0]).toMatchObject({ event: 'order', process: 'k3f1', to: 'drain', reason: 'reboot' });
  });
});

describe('sweep and check', () => {
  it('put misplaced entries right', async () => {
    const home = await bench.home().create();
    home.touch('queue', `50.${POSTED}.cw_.001.-.a`);
    expect((await home.json('sweep')).moved).toBe(1);
    expect(home.names('active')).toEqual([`50.${POSTED}.cw_.001.-.a`]);
  });

  it('tell faults of definitions with file, line and column', async () => {
    const home = await bench.home().create();
    fs.writeFileSync(path.join(home.root, 'stages/two.yaml'), 'stage: two\ncommand: [/bin/true]\nretires: 3\n');
    const { code, stdout } = await home.slate('check');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^stages\/two\.yaml:3:1: .*retires/m);
    const json = JSON.parse((await home.slate('check', 'demo', '--json')).stdout);
    expect(json).toMatchObject({
      schemaVersion: 1,
      faults: 1,
      definitions: [{ file: 'stages/two.yaml', line: 3, column: 1 }],
    });
    // A post would not know which classes the stage serves; holding something needs no definition.
    expect((await home.slate('post', 'a')).code).toBe(2);
    home.touch('queue', `50.${POSTED}.w__.000.-.b`);
    expect((await home.slate('hold', 'b')).code).toBe(0);
  });
});
