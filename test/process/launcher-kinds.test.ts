/** Every kind of launcher starts a step alike, to the byte; one that can't work here is passed over. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { type Launch, Launcher } from '../../src/process/launcher.ts';
import {
  type LauncherKind,
  NODE_LAUNCHER,
  pythonLauncher,
  spawnServiceLauncher,
} from '../../src/process/launcher-kinds.ts';
import { onCleanup, tempFolder, until } from '../helpers/home.ts';

const python = pythonLauncher();
const KINDS: [string, LauncherKind][] = [
  ['node', NODE_LAUNCHER],
  ...(python === undefined ? [] : [['python', python] as [string, LauncherKind]]),
];

function bench(kinds: readonly LauncherKind[]): {
  folder: string;
  start: (launch: Partial<Launch>) => ReturnType<Launcher['start']>;
  shell: (line: string, env?: Record<string, string>) => ReturnType<Launcher['start']>;
  output: () => string;
} {
  const launcher = new Launcher(kinds);
  const folder = tempFolder();
  onCleanup(() => launcher.stop());
  const base = { file: '/bin/true', args: [], cwd: folder, env: {}, log: `${folder}/log` };
  return {
    folder,
    start: (launch) => launcher.start({ ...base, ...launch }),
    shell: (line, env = {}) => launcher.start({ ...base, file: '/bin/sh', args: ['-c', line], env }),
    output: () => fs.readFileSync(`${folder}/log`, 'utf8'),
  };
}

for (const [name, kind] of KINDS) {
  test(`${name}: an exit code above 128 is no signal, and a signal is no exit code`, async () => {
    const { shell } = bench([kind]);
    for (const code of [1, 126, 127, 129, 137, 143, 147, 255])
      expect(await shell(`exit ${code}`).ended).toEqual({ kind: 'exit', code });
    for (const signal of [1, 2, 3, 9, 13, 15])
      expect(await shell(`kill -${signal} $$; sleep 1000`).ended).toEqual({ kind: 'signal', signal });
  });

  test(`${name}: arguments and environment arrive as they are, whatever is in them`, async () => {
    const { start, output } = bench([kind]);
    const odd = ['', ' ', "'", '"', '\\', '$(false)', 'a\nb', '\t', 'é', '\u{1f52d}', '\ud83d', '\u0001', '-n', '*'];
    const line = 'console.log(JSON.stringify([process.argv.slice(1), process.env.ODD, process.env.EMPTY]))';
    await start({
      file: process.execPath,
      args: ['-e', line, '--', ...odd],
      env: { ODD: odd.join('|'), EMPTY: '' },
    }).ended;
    const seen = odd.map((text) => Buffer.from(text).toString());
    expect(JSON.parse(output())).toEqual([seen, seen.join('|'), '']);
  });

  test(`${name}: nothing is added to the environment`, async () => {
    const { start, output } = bench([kind]);
    await start({ file: '/usr/bin/env', args: ['-0'] }).ended;
    const isStale = (pair: string): boolean => /^SLATE_(PRODUCTS|IN_)/.test(pair);
    const own = Object.entries(process.env).map(([key, value]) => `${key}=${value}`);
    expect(output().split('\0').slice(0, -1).sort()).toEqual(own.filter((pair) => !isStale(pair)).sort());
  });

  test(`${name}: no input, a session of its own, no signal ignored or blocked, no file left open`, async () => {
    const { shell, output } = bench([kind]);
    await shell('cat; ps -o pid=,pgid=,sid= -p $$').ended;
    // Asked by the step itself: a shell blocks signals while it starts a child.
    await shell('exec grep ^Sig[BI] /proc/self/status').ended;
    await shell('ls /proc/$$/fd').ended;
    const [ids = '', ...rest] = output().trim().split('\n');
    const [pid, group, session] = ids.trim().split(/\s+/);
    expect([group, session]).toEqual([pid, pid]);
    const mask = (at: number): bigint => BigInt(`0x${rest[at]?.split('\t')[1] ?? ''}`);
    expect(mask(0)).toBe(0n);
    // glibc's own two, 32 and 33, are its posix_spawn's to set: every program started by its system() has them ignored.
    expect(mask(1) & ~(3n << 31n)).toBe(0n);
    // What stands above was open before, whoever started these tests.
    expect(rest.slice(2).filter((fd) => Number(fd) < 20)).toEqual(['0', '1', '2']);
  });

  test(`${name}: a service has its own input and output, nothing else open, and ends with its launcher`, async () => {
    const folder = tempFolder();
    const launcher = new Launcher([kind], spawnServiceLauncher);
    onCleanup(() => launcher.stop());
    const line = 'ls /proc/$$/fd; echo said >&2; while read -r line; do echo "heard $line"; done; exit 5';
    const launch = { file: '/bin/sh', args: ['-c', line], cwd: folder, env: {}, log: `${folder}/log`, service: true };
    let text = '';
    let pid = 0;
    const { ended } = launcher.start(launch, (started, { to, from }) => {
      pid = started;
      from.setEncoding('utf8').on('data', (data: string) => {
        text += data;
      });
      from.resume();
      to.end('one\ntwo\n');
    });
    expect(await ended).toEqual({ kind: 'exit', code: 5 });
    await until(() => text.includes('heard two'), 'the answers');
    const lines = text.trim().split('\n');
    expect(lines.slice(-2)).toEqual(['heard one', 'heard two']);
    expect(lines.slice(0, -2).filter((fd) => Number(fd) < 20)).toEqual(['0', '1', '2']);
    expect(fs.readFileSync(`${folder}/log`, 'utf8')).toBe('said\n');
    expect(pid).toBeGreaterThan(0);
  });

  test(`${name}: a program is found as execvp finds it`, async () => {
    const { start, output, folder } = bench([kind]);
    for (const part of ['none', 'denied', 'good']) fs.mkdirSync(`${folder}/${part}`);
    fs.writeFileSync(`${folder}/denied/tool`, '', { mode: 0o644 });
    const PATH = `${folder}/none:${folder}/tool/no-folder:${folder}/denied:${folder}/good`;
    const tool = (): ReturnType<Launcher['start']>['ended'] =>
      start({ file: 'tool', args: ['x'], env: { PATH } }).ended;
    expect(await tool()).toMatchObject({ kind: 'unstartable', what: 'program', error: 'EACCES', errno: -13 });
    // Without a line that says whose script it is: the shell's.
    fs.writeFileSync(`${folder}/good/tool`, 'echo "$0 $1"; exit 7\n', { mode: 0o755 });
    expect(await tool()).toEqual({ kind: 'exit', code: 7 });
    expect(output()).toBe(`${folder}/good/tool x\n`);
    expect(await start({ file: 'tool', env: { PATH: '/none' } }).ended).toMatchObject({ error: 'ENOENT', errno: -2 });
    expect(await start({ file: '' }).ended).toMatchObject({ kind: 'unstartable', what: 'program' });
  });

  test(`${name}: a folder that is gone, a list that is too long, a zero byte: said of the program`, async () => {
    const { start, folder } = bench([kind]);
    const program = { kind: 'unstartable', what: 'program' };
    expect(await start({ cwd: `${folder}/none` }).ended).toMatchObject({ ...program, error: 'ENOENT' });
    expect(await start({ args: ['x'.repeat(1_000_000)] }).ended).toMatchObject({ ...program, error: 'E2BIG' });
    expect(await start({ args: ['a\0b'] }).ended).toMatchObject({ ...program, error: 'ERR_INVALID_ARG_VALUE' });
    expect(await start({}).ended).toEqual({ kind: 'exit', code: 0 });
  });

  test(`${name}: a step that is stopped goes on where it was`, async () => {
    const { shell, folder } = bench([kind]);
    const state = (pid: string): string =>
      /^State:\t(.)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
    // Nothing but builtins: a shell that waits for a child's start does not show that it is stopped.
    const step = shell('echo $$ > pid; while ! test -e go; do :; done; exit 5');
    await until(() => fs.existsSync(`${folder}/pid`) && fs.readFileSync(`${folder}/pid`, 'utf8') !== '', 'the step');
    const pid = fs.readFileSync(`${folder}/pid`, 'utf8').trim();
    step.signal('SIGSTOP');
    await until(() => state(pid) === 'T', 'the step to stop');
    fs.writeFileSync(`${folder}/go`, '');
    step.signal('SIGCONT');
    expect(await step.ended).toEqual({ kind: 'exit', code: 5 });
  });

  test(`${name}: many steps at once, each with its own end`, async () => {
    const { shell } = bench([kind]);
    const ends = await Promise.all(Array.from({ length: 40 }, (_, code) => shell(`exit ${code}`).ended));
    expect(ends).toEqual(Array.from({ length: 40 }, (_, code) => ({ kind: 'exit', code })));
  });
}

test('a launcher that can not work here is passed over, and nothing is lost', async () => {
  for (const broken of [
    { file: '/bin/false', args: [] },
    { file: '/no/such/python3', args: [] },
    // Its table can't be opened.
    { file: '/bin/sh', args: ['-c', `echo '{"ready":true,"pids":"/no/such/table"}'; read line`] },
  ]) {
    const { shell } = bench([broken, NODE_LAUNCHER]);
    const ends = await Promise.all([shell('exit 3').ended, shell('exit 4').ended]);
    expect(ends).toEqual([
      { kind: 'exit', code: 3 },
      { kind: 'exit', code: 4 },
    ]);
  }
});
