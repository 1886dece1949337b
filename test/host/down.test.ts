/** Down and up, scale, and wishes that can't be had: with real processes. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { boardPath, entry, journal, makeBoard, slate, slateOk, startRun, until, untilEntry } from '../helpers/home.ts';
import {
  HOST,
  hostPath,
  kill,
  makeHostBoard,
  pidsOf,
  ps,
  rmWish,
  startAgent,
  untilNone,
  untilSeen,
  untilServed,
  wish,
} from './helper.ts';

const WAITS = `shell: 'while ! test -e {{ home }}/go; do sleep 0.05; done'`;

test('down drains what runs, up goes on with the same wishes; without an agent too', async () => {
  const home = await makeHostBoard({ a: WAITS });
  wish(home, 'a=2');
  const agent = startAgent(home);
  const { id } = await untilServed(home, 'a', 2);
  const byHand = startRun(home, ['--slots', '1']);
  await byHand.id();
  await slateOk(home, ['post', 'one']);
  await untilEntry(home, 'one', 'active', 'p');
  kill(agent.pid);
  const dry = await slateOk(home, ['down', '--dry-run']);
  expect(dry).toMatch(/^b\t\S+\tdown\t2 processes would be drained\n$/);
  expect(await slateOk(home, ['down', '--reason', 'new memory'])).toMatch(/\tdown\t2 processes being drained\n$/);
  expect(await slateOk(home, ['down'])).toContain('down already');
  expect(fs.readdirSync(hostPath(home))).toContain('down');
  const areLeaving = async (): Promise<boolean> =>
    (await ps(home)).processes.every(({ state, order }) => state === 'draining' || order === 'drain');
  await until(areLeaving, 'both to have heard of it');
  await slateOk(home, ['post', 'two']);
  fs.writeFileSync(`${home}/go`, '');
  await slateOk(home, ['down', '--wait']);
  expect(await byHand.ended).toBe(0);
  expect(entry(home, 'one')?.folder).toMatch(/^done/);
  expect(entry(home, 'two')?.folder).toBe('queue');
  expect((await ps(home)).hosts).toMatchObject([{ down: true, wishes: [{ wish: 'a=2', state: 'none' }] }]);
  // A unit or a cron line leaves it down.
  const again = startAgent(home, ['--unless-down']);
  await until(() => again.log().includes('host-down'), again.log);
  expect((await ps(home)).processes).toEqual([]);
  await slateOk(home, ['up', '--host', HOST]);
  await untilEntry(home, 'two', 'done');
  expect((await untilServed(home, 'a', 2)).id).not.toBe(id);
  const told = journal(home).filter(({ event }) => event === 'down' || event === 'up');
  expect(told).toMatchObject([
    { event: 'down', onHost: HOST, reason: 'new memory' },
    { event: 'up', onHost: HOST },
  ]);
});

test('down --now stops the steps and gives their entries back, on all hosts', async () => {
  const home = await makeHostBoard({ a: WAITS });
  wish(home, 'a=1');
  fs.mkdirSync(boardPath(home, 'hosts/elsewhere'), { recursive: true });
  startAgent(home);
  await untilServed(home, 'a', 1);
  await slateOk(home, ['post', 'one']);
  await untilEntry(home, 'one', 'active', 'p');
  const { id } = await untilServed(home, 'a', 1);
  await slateOk(home, ['order', id, 'suspend']);
  // What it says of its steps may be of before the claim.
  const stuck = new RegExp(`${id} on ${HOST}: suspended, .*: 'slate order ${id} run' lets it go on`);
  expect(await slateOk(home, ['status'])).toMatch(stuck);
  expect(await slateOk(home, ['scale'])).toContain(' suspended ');
  const late = await slate(home, ['down', '--wait', '--timeout', '1ms']);
  expect([late.code, late.stderr]).toEqual([4, expect.stringMatching(stuck)]);
  await slateOk(home, ['down', '--all', '--now', '--wait']);
  const seen = await untilEntry(home, 'one', 'queue', 'w');
  expect(seen.name.tags).toEqual([]);
  expect(fs.existsSync(boardPath(home, 'hosts/elsewhere/down'))).toBe(true);
  await slateOk(home, ['up', '--all']);
  expect(fs.existsSync(boardPath(home, 'hosts/elsewhere/down'))).toBe(false);
  await untilServed(home, 'a', 1);
});

test('SIGTERM halts what the agent keeps, SIGINT leaves it', async () => {
  const home = await makeHostBoard({ a: WAITS });
  wish(home, 'a=1');
  const first = startAgent(home);
  const { id } = await untilServed(home, 'a', 1);
  await untilSeen(home, 'a');
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(130);
  expect(first.log()).toContain('1 stage process goes on without it');
  expect(fs.existsSync(hostPath(home, 'agent'))).toBe(false);
  const second = startAgent(home);
  await until(() => second.log().includes(`process ${id}`), second.log);
  await slateOk(home, ['post', 'one']);
  await untilEntry(home, 'one', 'active', 'p');
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(143);
  await untilEntry(home, 'one', 'queue', 'w');
  expect(pidsOf(home)).toEqual([]);
  expect(fs.readdirSync(hostPath(home)).sort()).toEqual(['a=1', 'logs']);
});

test('--detach starts one agent in the background, once', async () => {
  const home = await makeHostBoard();
  wish(home, 'a=1');
  const first = await slate(home, ['up', '--detach']);
  expect(first).toMatchObject({ code: 0, stderr: expect.stringMatching(/the agent runs, pid \d+/) });
  await untilServed(home, 'a', 1);
  const second = await slate(home, ['up', '--detach', '--unless-down']);
  expect(second.stderr).toContain('an agent runs already');
  expect(pidsOf(home, 'up')).toHaveLength(1);
  expect(fs.readFileSync(`${home}/blackboard/.agent-${HOST}.log`, 'utf8')).toContain('host-started');
});

test('wishes that contradict each other, or can not be read, or mean nothing, change nothing that runs', async () => {
  const home = await makeHostBoard();
  wish(home, 'a=2');
  const agent = startAgent(home);
  const { id } = await untilServed(home, 'a', 2);
  for (const file of ['a=4', 'c=1', 'note.txt', 'b=many']) wish(home, file);
  await until(() => agent.log().includes('a=2 and a=4 contradict each other'), agent.log);
  await until(() => agent.log().includes("the board has no stage 'c'"), agent.log);
  expect(agent.log()).toContain('"note.txt" is no wish');
  const log = (): string => fs.readFileSync(hostPath(home, 'logs/a.log'), 'utf8');
  await until(() => log().includes('wish-unclear'), log);
  const { stdout, code } = await slate(home, ['check', 'b']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/hosts\/\S+\/a=2, a=4: contradict each other/);
  expect(stdout).toMatch(/hosts\/\S+\/c=1: the board has no stage 'c'/);
  expect(stdout).toMatch(/hosts\/\S+\/b=many: is no wish/);
  const states = (await ps(home)).hosts[0]?.wishes.map((row) => [row.wish, row.state]);
  expect(states).toEqual([
    ['c=1', 'refused'],
    ['a=2 a=4', 'unclear'],
  ]);
  expect(await untilServed(home, 'a', 2)).toMatchObject({ id });
  rmWish(home, 'a=2');
  expect(await untilServed(home, 'a', 4)).toMatchObject({ id });
  // The folder is away: nothing is said about what is wanted.
  fs.renameSync(hostPath(home), `${home}/aside`);
  const aside = (): string => fs.readFileSync(`${home}/aside/logs/a.log`, 'utf8');
  await until(() => aside().match(/wish-unclear/g)?.length === 2, aside);
  await until(() => agent.log().includes(`${HOST}: is not there`), agent.log);
  expect(await untilServed(home, 'a', 4)).toMatchObject({ id });
  // It is known by its stage process alone.
  expect((await ps(home)).hosts).toMatchObject([{ host: HOST, agent: 'none', trouble: '', wishes: [] }]);
  fs.renameSync(`${home}/aside`, hostPath(home));
  await until(
    async () => (await ps(home)).hosts[0]?.wishes.some(({ state }) => state === 'running') === true,
    'it to be read again',
  );
  expect(await untilServed(home, 'a', 4)).toMatchObject({ id });
  // What can't be read: a loop of links, for rights mean nothing to root.
  fs.renameSync(hostPath(home), `${home}/aside`);
  fs.symlinkSync(HOST, hostPath(home));
  await until(() => agent.log().includes('is no plain file or folder, but a link (ELOOP)'), agent.log);
  expect((await ps(home)).hosts).toMatchObject([
    { host: HOST, trouble: 'is no plain file or folder, but a link (ELOOP)', wishes: [] },
  ]);
  expect((await slate(home, ['check', 'b'])).stdout).toMatch(
    /hosts\/\S+: can't be read: is no plain file or folder, but a link \(ELOOP\)/,
  );
  fs.unlinkSync(hostPath(home));
  fs.renameSync(`${home}/aside`, hostPath(home));
  expect(await untilServed(home, 'a', 4)).toMatchObject({ id });
  const told = agent.log().match(/contradict each other/g);
  expect(told).toHaveLength(1);
  expect(agent.log().match(/is no wish/g)).toHaveLength(2);
});

test('a folder of wishes that can not be read changes nothing that runs: a file in its place, a link to nowhere', async () => {
  const home = await makeHostBoard();
  wish(home, 'a=2');
  const agent = startAgent(home);
  const { id } = await untilServed(home, 'a', 2);
  await untilSeen(home, 'a');
  const aside = `${home}/aside`;
  const unreadable = (): number => agent.log().match(/what runs is left as it is/g)?.length ?? 0;
  const places: (() => void)[] = [
    () => fs.writeFileSync(hostPath(home), 'no folder'),
    () => fs.symlinkSync(hostPath(home), hostPath(home)),
  ];
  for (const [index, put] of places.entries()) {
    fs.renameSync(hostPath(home), aside);
    put();
    await until(() => unreadable() === index + 1, agent.log);
    const { stdout } = await slate(home, ['check', 'b']);
    expect(stdout).toMatch(/hosts\/\S+: can't be read: .*; what runs there is left as it is/);
    expect((await ps(home)).processes).toMatchObject([{ id, slots: 2 + index }]);
    fs.rmSync(hostPath(home));
    fs.renameSync(aside, hostPath(home));
    fs.renameSync(hostPath(home, `a=${2 + index}`), hostPath(home, `a=${3 + index}`));
    await untilServed(home, 'a', 3 + index);
  }
  expect(await untilServed(home, 'a', 4)).toMatchObject({ id });
});

test('scale renames, makes and mends the file of a wish; for another host it does no more', async () => {
  const home = await makeBoard({ a: 'command: [/bin/true]', b: 'command: [/bin/true]' });
  const names = (host: string): string[] => fs.readdirSync(boardPath(home, `hosts/${host}`)).sort();
  const first = await slate(home, ['scale', 'a=4', 'b+a=1', '--host', 'far.example.org', '--reason', 'night']);
  expect(first).toMatchObject({ code: 0, stdout: 'far.example.org\ta=4\tnew\nfar.example.org\tb+a=1\tnew\n' });
  expect(first.stderr).toContain('no agent keeps far.example.org');
  expect(first.stderr).toContain('has not heard of a host far.example.org before');
  const second = await slate(home, ['scale', 'a=8', '--host', 'far.example.org']);
  expect(second.stdout).toContain('was 4');
  expect(second.stderr).not.toContain('has not heard');
  await slateOk(home, ['scale', 'a+b=2', '--host', 'far.example.org']);
  expect(names('far.example.org')).toEqual(['a+b=2', 'a=8']);
  fs.writeFileSync(boardPath(home, 'hosts/far.example.org/a=9'), '');
  await slateOk(home, ['scale', 'a=0', '--host', 'far.example.org']);
  expect(names('far.example.org')).toEqual(['a+b=2', 'a=0']);
  await slateOk(home, ['scale', 'a=1', '--dry-run']);
  expect(fs.existsSync(hostPath(home))).toBe(false);
  expect(await slateOk(home, ['scale'])).toMatch(/^far\.example\.org +- +a\+b=2 +missing/m);
  for (const wrong of ['a', 'a=x', 'c=1', 'a=4096']) expect((await slate(home, ['scale', wrong])).code).toBe(2);
  expect((await slate(home, ['scale', 'a=1', '--host', 'a/b'])).code).toBe(2);
  expect(journal(home).filter(({ event }) => event === 'scale')).toMatchObject([
    { onHost: 'far.example.org', stages: ['a'], slots: 4, reason: 'night' },
    { stages: ['b', 'a'], slots: 1 },
    { stages: ['a'], slots: 8, was: 4 },
    { stages: ['a', 'b'], slots: 2, was: 1 },
    { stages: ['a'], slots: 0 },
  ]);
  await untilNone(home);
});
