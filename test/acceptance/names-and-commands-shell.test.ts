/** What holds for every command: home and board, streams, colours, signals; processes and their orders. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, Home, lines, program, untilGo } from './names-and-commands-home.ts';

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(async () => {
  await home.dispose();
});

describe('home and board', () => {
  it('the home is found upward, by SLATE_HOME, or by --home, which goes first', () => {
    home.plain('one');
    home.ok('post', 'd');
    const deep = join(home.dir, 'tools', 'a', 'b');
    mkdirSync(deep, { recursive: true });
    expect(home.slate(['ls', '-q'], { cwd: deep }).out).toBe('d\n');
    const outside = { cwd: home.root };
    expect(home.slate(['ls', '-q'], outside)).toMatchObject({ code: 2, out: '' });
    expect(home.slate(['ls', '-q'], { ...outside, env: { SLATE_HOME: home.dir } }).out).toBe('d\n');
    expect(home.slate(['ls', '-q', '--home', home.dir], outside).out).toBe('d\n');
    expect(home.slate(['--home', home.dir, 'ls', '-q'], outside).out).toBe('d\n');
    const env = { SLATE_HOME: join(home.root, 'nowhere') };
    expect(home.slate(['ls', '-q', '--home', home.dir], { env }).out).toBe('d\n');
    expect(home.slate(['ls', '-q'], { ...outside, env }).code).toBe(2);
  });

  it('the board is the only one, SLATE_BOARD, or --board, which goes first', () => {
    home.plain('one');
    home.ok('post', 'd');
    home.ok('create', 'c', '--pipeline', 'p');
    expect(home.slate(['ls', '-q'])).toMatchObject({ code: 2, out: '' });
    home.ok('post', 'e', '--board', 'c');
    expect(home.ok('ls', '-q', '--board', 'b')).toBe('d\n');
    expect(home.slate(['ls', '-q'], { env: { SLATE_BOARD: 'c' } }).out).toBe('e\n');
    expect(home.slate(['ls', '-q', '--board', 'b'], { env: { SLATE_BOARD: 'c' } }).out).toBe('d\n');
    expect(home.slate(['ls', '--board', 'nonsense']).code).toBe(2);
    expect(home.slate(['ls', '--board', '../b']).code).toBe(2);
    expect(home.slate(['ls'], { env: { SLATE_BOARD: 'nonsense' } }).code).toBe(2);
  });

  it('several boards run one pipeline', () => {
    home.plain('one');
    home.ok('create', 'c', '--pipeline', 'p');
    home.ok('post', 'd', '--board', 'b');
    home.ok('post', 'd', '--board', 'c');
    home.ok('run', '--until-idle', '--board', 'c');
    expect(home.letters('d')).toBe('w');
    expect(home.ok('ls', '-q', 'state:done', '--board', 'c')).toBe('d\n');
  });
});

describe('streams', () => {
  it('stdout is data, stderr is messages', () => {
    home.plain('one');
    expect(home.ok('post', 'd')).toBe('d\n');
    for (const args of [['post', 'a b'], ['show', 'absent'], ['ls', 'state:nonsense'], ['hold'], ['nonsense']]) {
      const done = home.slate(args);
      expect(done.out, args.join(' ')).toBe('');
      expect(done.err, args.join(' ')).not.toBe('');
      expect(done.err).not.toMatch(/\n {4}at /);
    }
    const help = home.slate(['--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    for (const command of 'init create check post run ls counts show log wait hold release repipe skip rank set remove ps order history stats sweep completion'.split(
      ' ',
    )) {
      expect(help.out).toContain(command);
      expect(home.slate([command, '--help']).code, command).toBe(0);
    }
    expect(home.ok('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([['ls'], ['counts'], ['show', 'd'], ['ps'], ['history'], ['stats']])(
    '--json of %s carries schemaVersion',
    (...args) => {
      home.plain('one');
      home.ok('post', 'd');
      home.ok('run', '--until-idle');
      expect(JSON.parse(home.ok(...args, '--json'))).toMatchObject({ schemaVersion: 1 });
    },
  );

  it('a reader that goes away is no error', async () => {
    home.plain('one', 'two', 'three');
    for (let i = 0; i < 4000; i += 1) home.put(`queue/50.20260101T000000.w__.000.-.some_long_dataset_name_${i}`, '');
    const child = spawn(process.execPath, [program, 'ls', '--json'], {
      cwd: home.dir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(err).toBe('');
    expect(code).toBe(0);
    // And what is read to its end is whole.
    expect(lines(home.ok('ls', '-q'))).toHaveLength(4000);
    expect((JSON.parse(home.ok('ls', '--json')) as { entries: unknown[] }).entries).toHaveLength(4000);
  });

  it('NO_COLOR means no colours, and a pipe has none', () => {
    home.plain('one');
    home.put('failed/50.20260101T000000.f.001.-.bad@1-x2');
    for (const args of [['ls'], ['counts'], ['ls', 'state:nonsense']]) {
      for (const env of [{}, { NO_COLOR: '1' }, { NO_COLOR: '1', FORCE_COLOR: '1' }]) {
        const done = home.slate(args, { env });
        expect(`${done.out}${done.err}`).not.toContain('\u001b');
      }
    }
  });

  it('slate alone that is not on a terminal is usage', () => {
    home.plain('one');
    expect(home.slate([]).code).toBe(2);
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s', (shell) => {
    const script = home.ok('completion', shell);
    expect(script).toContain('slate');
    const read = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' });
    if (read.error === undefined) expect(read).toMatchObject({ status: 0, stderr: '' });
  });

  it('of another shell is usage', () => {
    expect(home.slate(['completion', 'csh'])).toMatchObject({ code: 2, out: '' });
    expect(home.slate(['completion']).code).toBe(2);
  });
});

describe('ps and order', () => {
  function gate(): void {
    home.stage('one', untilGo);
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
  }

  const status = (): string[] => (home.names('processes')[0] ?? '').split('.');

  it('ps tells of the stage processes', async () => {
    gate();
    expect(JSON.parse(home.ok('ps', '--json'))).toMatchObject({ schemaVersion: 1, processes: [] });
    const run = home.start(['run', '--slots', '2']);
    await eventually('it is registered', () => home.names('processes').length === 1);
    const [id] = status();
    const { processes } = JSON.parse(home.ok('ps', '--json')) as { processes: Record<string, unknown>[] };
    expect(processes).toHaveLength(1);
    expect(processes[0]).toMatchObject({ id, pid: run.pid, order: 'run', stages: ['one'] });
    expect(home.ok('ps')).toContain(String(id));
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(143);
  });

  it('pause: nothing more is claimed; run: it goes on', async () => {
    gate();
    home.file('go', '');
    const run = home.start(['run']);
    await eventually('it is registered', () => home.names('processes').length === 1);
    const [id] = status();
    home.ok('order', String(id), 'pause');
    expect(status()[1]).toBe('pause');
    await eventually('it obeys', () => /order: .*pause/.test(run.err()));
    home.ok('post', 'd');
    expect(home.slate(['wait', 'd', '--timeout', '400ms']).code).toBe(4);
    expect(home.entry('d').name).toMatch(/\.w\.000\./);
    home.ok('order', String(id), 'run');
    expect(home.slate(['wait', 'd', '--timeout', '30s']).code).toBe(0);
    run.child.kill('SIGTERM');
    await run.ended;
  });

  it('drain: finishes what runs, and exits', async () => {
    gate();
    home.ok('post', 'd', 'e');
    const run = home.start(['run']);
    await eventually('the step is at work', () => run.err().includes('step-started'));
    home.ok('order', '--all', 'drain');
    await eventually('it obeys', () => /order: .*drain/.test(run.err()));
    home.file('go', '');
    expect((await run.ended).code).toBe(0);
    expect([home.letters('d'), home.letters('e')]).toEqual(['c', 'w']);
    expect(home.names('processes')).toEqual([]);
  });

  it('halt: stops what runs, gives it back, and exits', async () => {
    gate();
    home.ok('post', 'd');
    const run = home.start(['run']);
    await eventually('the step is at work', () => run.err().includes('step-started'));
    home.ok('order', String(status()[0]), 'halt');
    expect((await run.ended).code).toBe(0);
    expect(home.entry('d').name).toMatch(/\.w\.001\.-\.d$/);
    expect(home.names('processes')).toEqual([]);
  });

  it('suspend: its steps stand still, the claim stays; run: they go on', async () => {
    home.stage(
      'one',
      `[/bin/sh, -c, 'echo $$ > "$SLATE_HOME/pid"; while [ ! -e "$SLATE_HOME/go" ]; do sleep 0.05; done']`,
    );
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    home.ok('post', 'd');
    const run = home.start(['run']);
    await eventually(
      'the step is at work',
      () => existsSync(join(home.dir, 'pid')) && run.err().includes('step-started'),
    );
    const group = (): string => spawnSync('ps', ['-o', 'stat=', '-p', step()], { encoding: 'utf8' }).stdout.trim();
    const step = (): string => spawnSync('cat', [join(home.dir, 'pid')], { encoding: 'utf8' }).stdout.trim();
    home.ok('order', '--all', 'suspend');
    await eventually('it stands still', () => group().startsWith('T'));
    const { name } = home.entry('d');
    expect(name).toMatch(/\.p\.001\.-\.d@1-/);
    home.ok('order', '--all', 'run');
    await eventually('it goes on', () => !group().startsWith('T'));
    expect(home.entry('d').name).toBe(name);
    home.file('go', '');
    expect(home.slate(['wait', 'd', '--timeout', '30s']).code).toBe(0);
    run.child.kill('SIGTERM');
    await run.ended;
  });

  it('reload: reads stage files anew, then runs', async () => {
    home.stage('one', '[echo, before]');
    home.pipeline('p', ['stage: one']);
    home.ok('create', 'b', '--pipeline', 'p');
    const run = home.start(['run']);
    await eventually('it is registered', () => home.names('processes').length === 1);
    home.stage('one', '[echo, after]');
    home.ok('order', '--all', 'reload');
    await eventually('it has read them', () => run.err().includes('reloaded'));
    await eventually('it runs again', () => status()[1] === 'run');
    home.ok('post', 'd');
    expect(home.slate(['wait', 'd', '--timeout', '30s']).code).toBe(0);
    expect(home.ok('log', 'd')).toBe('after\n');
    run.child.kill('SIGTERM');
    await run.ended;
  });

  it('an order by mv of the status file is one as well', async () => {
    gate();
    const run = home.start(['run']);
    await eventually('it is registered', () => home.names('processes').length === 1);
    const [name] = home.names('processes');
    const moved = String(name).replace('.run.', '.halt.');
    spawnSync('mv', ['-n', home.path('processes', String(name)), home.path('processes', moved)]);
    expect((await run.ended).code).toBe(0);
  });

  it('an unknown id is 3, an unknown order is usage', async () => {
    gate();
    expect(home.slate(['order', 'zzzz', 'pause']).code).toBe(3);
    expect(home.slate(['order', '--all', 'dance']).code).toBe(2);
    expect(home.slate(['order', 'pause']).code).toBe(2);
    expect(home.slate(['order']).code).toBe(2);
  });

  it('--stage serves that stage only; an unknown stage is usage', () => {
    home.plain('one', 'two');
    home.ok('post', 'd');
    home.ok('run', '--until-idle', '--stage', 'one');
    expect(home.letters('d')).toBe('cw');
    home.ok('run', '--until-idle', '--stage', 'two');
    expect(home.letters('d')).toBe('cc');
    expect(home.slate(['run', '--until-idle', '--stage', 'nonsense']).code).toBe(2);
    expect(home.slate(['run', '--until-idle', '--slots', '0']).code).toBe(2);
  });
});
