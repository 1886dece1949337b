/** Disks that hang: nothing answers, and no call fails. What waits can be ended, says so, and goes on afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import {
  boardPath,
  entries,
  journal,
  list,
  makeHome,
  onCleanup,
  SLATE,
  type Started,
  slateOk,
  startRun,
  until,
} from '../helpers/home.ts';
import { openDashboard, pidOf } from '../terminal/dashboard.ts';
import { Tmux } from '../terminal/tmux.ts';
import { startHost } from './lib/hosts.ts';
import { leftOver, losses, settle } from './lib/losses.ts';
import { mountFuse, mountImage } from './lib/mounts.ts';
import { isQuick, row } from './lib/rows.ts';
import { startStorm } from './lib/storm.ts';

const ROUNDS = isQuick ? 1 : 6;
const ENTRIES = isQuick ? 80 : 200;
const LEASE_MS = 2_000;
const WORKS = {
  a: `shell: 'sleep 0.3; echo x > "$SLATE_PRODUCTS/x"'\nproducts: true\nretries: 9\nbackoff: {first: 0s}`,
  b: 'command: [/bin/true]\nretries: 9\nbackoff: {first: 0s}',
};
const names = Array.from({ length: ENTRIES }, (_, index) => `d${String(index).padStart(4, '0')}`);

async function fill(home: string): Promise<void> {
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', `${LEASE_MS}ms`]);
  await slateOk(home, ['post', '--from', '-', '-q'], names.join('\n'));
}

const done = (home: string): number => entries(home).filter(({ folder }) => folder.startsWith('done/')).length;
const over = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Where in the kernel a process waits. */
function waits(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/wchan`, 'latin1');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return 'ended';
  }
}

const ended = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.once('exit', (code, signal) => resolve(String(signal ?? code))));

/** It has ended, or been killed and is kept by the system alone: what a server has taken on is waited for even by the dead. */
async function isLeft(screen: Tmux, pid: number): Promise<void> {
  const isOver = (): boolean => {
    const status = fs.existsSync(`/proc/${pid}/status`) ? fs.readFileSync(`/proc/${pid}/status`, 'latin1') : '';
    const isGone = status === '' || /^State:\s*[ZX]/m.test(status);
    return isGone || /^SigPnd:\s*[0-9a-f]*[13579bdf]..$/m.test(status);
  };
  await screen.until(isOver, 'the dashboard to be left');
}

test('a FUSE file system whose server is stopped', async () => {
  const home = makeHome(WORKS);
  // The server's side is not asked for while it hangs: it would answer, and prove nothing.
  const fuse = await mountFuse(`${home}/server`, `${home}/blackboard`);
  await fill(home);
  const runs: Started[] = [startRun(home, ['--slots', '2']), startRun(home, ['--slots', '2'])];
  await Promise.all(runs.map((run) => run.id()));
  // One that nobody works on, for the dashboard to look at.
  await slateOk(home, ['post', '--hold', 'shown']);
  const screen = new Tmux({
    command: `${process.execPath} ${SLATE} --home ${home} --board b board state:held; echo ended; cat`,
  });
  onCleanup(() => screen.kill());
  await screen.shows('shown');
  await screen.shows('LIVE');
  let hangs = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = done(home);
    await until(() => done(home) > before || list(home, 'queue').length === 0, 'some to be done', 60_000);
    fuse.hang();
    hangs++;
    await screen.shows('STALE');
    // As long as it takes for everybody to be taken for dead, were there anybody to see it.
    await over(2 * LEASE_MS);
    fuse.goOn();
    await screen.until((text) => !text.includes('STALE'), 'the dashboard to go on');
  }
  const commands = [['ls'], ['counts'], ['ps'], ['status'], ['check'], ['post', 'late'], ['hold', 'd0001'], ['sweep']];
  fuse.hang();
  hangs++;
  const interrupted: string[] = [];
  const killed: string[] = [];
  for (const words of commands) {
    const child = spawn(process.execPath, [SLATE, '--home', home, '--board', 'b', ...words], { stdio: 'ignore' });
    const pid = child.pid ?? -1;
    const end = ended(child);
    onCleanup(() => void child.kill('SIGKILL'));
    await until(
      () => /fuse|request_wait/.test(waits(pid)),
      () => `slate ${words.join(' ')} to wait: ${waits(pid)}`,
    );
    child.kill('SIGINT');
    const first = await Promise.race([end, over(1_000).then(() => 'waits')]);
    if (first !== 'waits') interrupted.push(`${words[0]}: ${first}`);
    else {
      // Those that would end tidily can't, but as the terminal's own last word.
      child.kill('SIGQUIT');
      await end;
      killed.push(words[0] ?? '');
    }
  }
  const dashboard = await pidOf(screen);
  screen.keys('q');
  await isLeft(screen, dashboard);
  expect(screen.modes).toBe('001');
  // A stage process in the middle of it can be killed as well.
  const [victim] = runs;
  victim?.child.kill('SIGKILL');
  // A request that the server has taken on is waited for even by the dead.
  await Promise.race([victim?.ended, over(2_000)]);
  fuse.goOn();
  await victim?.ended;
  await screen.shows(/^ended/m);
  const posted = entries(home).some(({ name }) => name.dataset === 'late') ? ['late'] : [];
  await until(
    () => settle(home),
    () => leftOver(home),
    300_000,
  );
  const lost = await losses(home, { posted: [...names, 'shown', ...posted] });
  for (const run of runs.slice(1))
    if (run.child.exitCode !== null) lost.push(`a stage process has ended: ${run.log()}`);
  const note = `dashboard: STALE, and q ends it; Ctrl-C ends ${interrupted.length} of ${commands.length} commands, Ctrl-\\ ${killed.join(', ')}`;
  row({ fault: 'a FUSE file system hangs for two leases', injected: hangs, lost, note });
});

test('dashboards whose main threads wait for a disk that hangs', async () => {
  const home = makeHome(WORKS);
  const fuse = await mountFuse(`${home}/server`, `${home}/blackboard`);
  await slateOk(home, ['create', 'b', '--pipeline', 'p']);
  // The first is left alone, the others are left: by keys, by `kill`.
  const ways = ['stays', 'q', 'C-c', 'SIGTERM'];
  await slateOk(home, ['post', ...ways]);
  const screens = ways.map((way) => [way, openDashboard(home, { args: way })] as const);
  for (const [, screen] of screens) {
    await screen.shows(/1 of 4/);
    await screen.shows('LIVE');
    screen.keys('H', 'Enter');
    await screen.shows('[y/N]');
  }
  fuse.hang();
  // What is done to an entry is done in the main thread.
  for (const [, screen] of screens) screen.keys('y');
  for (const [way, screen] of screens) {
    await screen.shows(/^ STALE \d+ s: the disk does not answer/);
    if (way === 'stays') continue;
    const pid = await pidOf(screen);
    if (way === 'SIGTERM') process.kill(pid, way);
    else screen.keys(way);
    await isLeft(screen, pid);
  }
  fuse.goOn();
  for (const [way, screen] of screens) {
    if (way === 'stays') {
      await screen.until((text) => /LIVE/.test(text) && !/STALE/.test(text), 'the dashboard to go on');
      continue;
    }
    const text = await screen.shows('over');
    expect(text).toContain('the disk has not answered');
    expect(text).toContain('exit=137');
    expect(text).toMatch(/^icanon echo over$/m);
    expect(screen.modes).toBe('001');
  }
  await until(() => list(home, 'held').length === 1, 'what was asked for to be done');
  const stood = entries(home).map(({ name }) => name.dataset);
  const lost = ways.filter((dataset) => stood.filter((other) => other === dataset).length !== 1);
  const note = 'they say STALE; q, Ctrl-C and SIGTERM end them and give the terminal back';
  row({ fault: 'a FUSE file system hangs in a call of a dashboard', injected: ways.length, lost, note });
});

test.skipIf(isQuick)('the mount of one host hangs, and the others go on', async () => {
  const home = makeHome(WORKS);
  await fill(home);
  const fuse = await mountFuse(`${home}/blackboard`, `${home}/mounted`);
  const mount = `mount --bind ${home}/mounted ${home}/blackboard`;
  const hung = startHost({ name: 'hung', home, processes: 2, before: mount });
  startHost({ name: 'steady', home });
  await hung.ids();
  const storm = startStorm(home);
  const lostOrders = (): number => list(home, 'processes').filter((file) => file.includes('.lost.')).length;
  let hangs = 0;
  for (let round = 0; round < ROUNDS && list(home, 'queue').length > 2; round++) {
    const before = lostOrders();
    fuse.hang();
    hangs++;
    await until(() => lostOrders() >= before + 2, 'both to be found dead', 60_000);
    fuse.goOn();
    const renewed = (): boolean => (hung.log().match(/registered: as process/g)?.length ?? 0) >= 2 * (hangs + 1);
    await until(renewed, () => `both to come back under new ids\n${hung.log()}`, 60_000);
  }
  const moved = await storm.stop();
  await until(
    () => settle(home),
    () => leftOver(home),
    300_000,
  );
  const lost = await losses(home, { posted: names });
  const discards = journal(home).filter(({ event }) => event === 'discard').length;
  const note = `2 stage processes each; ${discards} results thrown away`;
  row({ fault: "one host's mount hangs past the lease", injected: hangs, lost, note });
  row({ fault: 'mv by hand meanwhile', injected: moved, lost: [] });
});

test.skipIf(isQuick)('an ext4 that is frozen', async () => {
  const home = makeHome(WORKS);
  const image = mountImage(`${home}/blackboard`, 'ext4', 24, 20_000);
  await fill(home);
  const runs = [startRun(home, ['--slots', '2']), startRun(home, ['--slots', '2'])];
  await Promise.all(runs.map((run) => run.id()));
  let hangs = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = done(home);
    await until(() => done(home) > before || list(home, 'queue').length === 0, 'some to be done', 60_000);
    image.freeze();
    hangs++;
    await over(2 * LEASE_MS);
    image.thaw();
  }
  await until(
    () => settle(home),
    () => leftOver(home),
    300_000,
  );
  const lost = await losses(home, { posted: names });
  for (const run of runs) if (run.child.exitCode !== null) lost.push(`a stage process has ended: ${run.log()}`);
  row({ fault: 'an ext4 is frozen for two leases', injected: hangs, lost });
  expect(fs.existsSync(boardPath(home))).toBe(true);
});
