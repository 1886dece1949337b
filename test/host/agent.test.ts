/** The host agent, with real processes: what is wanted, what is killed, and what two of them do. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { boardPath, expectProved, journal, slate, slateOk, until, untilEntry } from '../helpers/home.ts';
import {
  HOST,
  hostPath,
  kill,
  makeHostBoard,
  mvWish,
  ps,
  rmWish,
  serving,
  startAgent,
  untilNone,
  untilServed,
  wish,
} from './helper.ts';

test('keeps what the names say: made, renamed and removed by hand', async () => {
  const home = await makeHostBoard();
  wish(home, 'a=2');
  const beganMs = Date.now();
  const agent = startAgent(home);
  const first = await untilServed(home, 'a', 2);
  expect(first.kept).toBe(true);
  wish(home, 'b=1');
  await untilServed(home, 'b', 1);
  // What the host is, the agent tells: of this one, whose clock is the disk's.
  const told = JSON.parse(await slateOk(home, ['ps', '--json'])).hosts[0];
  expect(told).toMatchObject({ load1: expect.any(Number), cpus: expect.any(Number), freeMb: expect.any(Number) });
  // Since it last wrote: not before it was started.
  expect(told.seenSeconds).toBeLessThanOrEqual((Date.now() - beganMs) / 1000 + 1);
  await slateOk(home, ['post', 'one']);
  await untilEntry(home, 'one', 'done');
  mvWish(home, 'a=2', 'a=5');
  expect((await untilServed(home, 'a', 5)).id).toBe(first.id);
  mvWish(home, 'a=5', 'a=1');
  expect((await untilServed(home, 'a', 1)).id).toBe(first.id);
  rmWish(home, 'b=1');
  mvWish(home, 'a=1', 'a=0');
  await untilNone(home);
  mvWish(home, 'a=0', 'a=3');
  expect((await untilServed(home, 'a', 3)).id).not.toBe(first.id);
  expect(agent.log()).not.toMatch(/ (warn|error) /);
  expect(fs.readdirSync(hostPath(home)).sort()).toEqual(['a=3', 'agent', 'logs']);
  expect(fs.readdirSync(hostPath(home, 'logs')).sort()).toEqual(['a.log', 'b.log']);
  await expectProved(home);
});

test('a smaller wish lets the steps that are too many end, and claims no more than it says', async () => {
  const waits = `shell: 'while ! test -e {{ home }}/go-{{ dataset | raw }}; do sleep 0.05; done'`;
  const home = await makeHostBoard({ a: waits });
  wish(home, 'a=3');
  startAgent(home);
  const { id } = await untilServed(home, 'a', 3);
  await slateOk(home, ['post', 'd1', 'd2', 'd3', 'd4', 'd5']);
  const busy = async (): Promise<string[]> => {
    const { processes } = await ps(home);
    const row = processes.find((one) => one.id === id) as unknown as { entries: { dataset: string }[] } | undefined;
    return (row?.entries ?? []).map(({ dataset }) => dataset).sort();
  };
  await until(async () => (await busy()).length === 3, 'three steps');
  mvWish(home, 'a=3', 'a=1');
  await untilServed(home, 'a', 1);
  const [one = '', two = '', three = ''] = await busy();
  for (const dataset of [one, two]) fs.writeFileSync(`${home}/go-${dataset}`, '');
  await until(async () => (await busy()).length === 1, 'one step');
  fs.writeFileSync(`${home}/go-${three}`, '');
  await until(async () => (await busy()).every((dataset) => dataset !== three), 'the next step');
  await until(async () => (await busy()).length === 1, 'one step');
  rmWish(home, 'a=1');
  await until(async () => (await serving(home, 'a'))[0]?.state === 'draining', 'it to let its step end');
  for (const dataset of await busy()) fs.writeFileSync(`${home}/go-${dataset}`, '');
  await untilNone(home);
  await expectProved(home);
});

test('kill -9 of the agent leaves what runs; the next one adopts it and starts no other', async () => {
  const home = await makeHostBoard();
  wish(home, 'a=2');
  wish(home, 'b=1');
  const first = startAgent(home);
  const [a, b] = [await untilServed(home, 'a', 2), await untilServed(home, 'b', 1)];
  kill(first.pid);
  await first.ended;
  // Without an agent wishes still change what runs.
  mvWish(home, 'a=2', 'a=4');
  expect((await untilServed(home, 'a', 4)).id).toBe(a.id);
  expect((await ps(home)).hosts).toMatchObject([{ host: HOST, agent: 'none' }]);
  const second = startAgent(home);
  await until(() => second.log().includes(`process ${b.id} (pid ${b.pid}) serves b already`), second.log);
  wish(home, 'a+b=1');
  await until(async () => (await ps(home)).processes.length === 3, 'one more');
  expect((await ps(home)).processes.map(({ id }) => id)).toEqual(expect.arrayContaining([a.id, b.id]));
  expect(second.log().match(/host-started/g)).toHaveLength(1);
});

test('kill -9 of a stage process: another one is started, and its claims go back', async () => {
  const home = await makeHostBoard({ a: `shell: 'test $SLATE_TRY -gt 1 || sleep 1000'\nretries: 3` });
  wish(home, 'a=1');
  startAgent(home);
  const first = await untilServed(home, 'a', 1);
  await slateOk(home, ['post', 'one']);
  await untilEntry(home, 'one', 'active', 'p');
  kill(first.pid);
  await untilServed(home, 'a', 1, first.id);
  await untilEntry(home, 'one', 'done');
  expect(journal(home).filter(({ event }) => event === 'died')).toMatchObject([
    { onHost: HOST, stages: ['a'], deaths: 1 },
  ]);
  await expectProved(home);
});

test('kill -9 of the agent and of what it keeps: the next agent starts it anew', async () => {
  const home = await makeHostBoard();
  wish(home, 'a=2');
  const agent = startAgent(home);
  const first = await untilServed(home, 'a', 2);
  kill(agent.pid);
  kill(first.pid);
  startAgent(home);
  const second = await untilServed(home, 'a', 2, first.id);
  expect(second.pid).not.toBe(first.pid);
});

test('two agents on one host do no harm, and the second takes over', async () => {
  const home = await makeHostBoard();
  wish(home, 'a=2');
  const agents = [startAgent(home), startAgent(home)];
  const holder = (): number => agents.findIndex((agent) => agent.log().includes('host-agent:'));
  await until(() => holder() >= 0 && agents.some((agent) => agent.log().includes('host-standby')), 'both to be up');
  const { id } = await untilServed(home, 'a', 2);
  kill(agents[holder()]?.pid ?? -1);
  const other = agents[1 - holder()];
  await until(() => other?.log().includes(`process ${id}`) === true, 'the other to adopt it');
  expect(await untilServed(home, 'a', 2)).toMatchObject({ id });
  expect(other?.log()).not.toContain('host-started');
});

test('of two processes that serve one wish the younger is drained', async () => {
  const home = await makeHostBoard();
  wish(home, 'a=2');
  const first = startAgent(home);
  const { id } = await untilServed(home, 'a', 2);
  // As two agents do that both believe to be the one.
  const run = slate(home, ['run', '--stage', 'a', '--slots', '2', '--kept']);
  await until(() => first.log().includes('host-surplus'), first.log);
  expect((await run).code).toBe(0);
  expect(await untilServed(home, 'a', 2)).toMatchObject({ id });
});

test('a crash loop is seen, and it goes on trying; mended, it runs', async () => {
  const home = await makeHostBoard();
  fs.renameSync(`${home}/stages/a.yaml`, `${home}/a.yaml`);
  fs.writeFileSync(`${home}/stages/a.yaml`, 'stage: a\ncommand: 7\n');
  wish(home, 'a=1');
  wish(home, 'b=1');
  const agent = startAgent(home);
  await until(() => agent.log().includes('3 times in a row'), agent.log);
  expect(agent.log()).toMatch(/ warn host-died: .*exit code 2; hosts\/\S+\/logs\/a\.log: /);
  expect(agent.log()).toMatch(/ error host-died: /);
  // The agent says it first, then writes it down for others.
  const crashing = /up +a=1 +crashing +died \d times in a row; (?:again at 20\S+Z; )?exit code 2/;
  let shown = '';
  await until(
    async () => {
      shown = await slateOk(home, ['ps']);
      return crashing.test(shown);
    },
    () => shown,
  );
  const row = (await ps(home)).hosts[0]?.wishes.find(({ wish: name }) => name === 'a=1');
  expect(row?.deaths).toBeGreaterThanOrEqual(3);
  await until(
    async () => {
      shown = (await slate(home, ['check', 'b'])).stdout;
      return /hosts\/\S+\/a=1: note: has died \d times in a row/.test(shown);
    },
    () => shown,
  );
  fs.renameSync(`${home}/a.yaml`, `${home}/stages/a.yaml`);
  await untilServed(home, 'a', 1);
  await untilServed(home, 'b', 1);
  expect((await ps(home)).hosts[0]?.wishes.map(({ state }) => state)).toEqual(['running', 'running']);
});

test('an order to leave is obeyed, and what has left is started anew', async () => {
  const home = await makeHostBoard();
  wish(home, 'a=1');
  const agent = startAgent(home);
  const first = await untilServed(home, 'a', 1);
  await slateOk(home, ['order', first.id, 'drain']);
  await untilServed(home, 'a', 1, first.id);
  expect(agent.log()).not.toContain('host-died');
});

test('a board that goes, and one that comes', async () => {
  const home = await makeHostBoard();
  const agent = startAgent(home);
  await until(() => fs.existsSync(hostPath(home, 'agent')), 'the agent to be up');
  await slateOk(home, ['create', 'c', '--pipeline', 'p']);
  await until(() => fs.existsSync(`${home}/blackboard/c/hosts/${HOST}/agent`), 'the agent to see the other board');
  fs.renameSync(boardPath(home), `${home}/aside`);
  await until(() => agent.log().includes('host-board: board b is no longer there'), agent.log);
  fs.renameSync(`${home}/aside`, boardPath(home));
  wish(home, 'a=1');
  const ofBoard = async (): Promise<string> => slateOk(home, ['ps', '--board', 'b', '--json']);
  await until(async () => /"kept": ?true/.test(await ofBoard()), 'the board to be kept again');
});

test('a crash loop goes on as one over restarts of the agent', async () => {
  const home = await makeHostBoard();
  fs.writeFileSync(`${home}/stages/a.yaml`, 'stage: a\ncommand: 7\n');
  wish(home, 'a=1');
  const first = startAgent(home);
  await until(() => first.log().includes('2 times in a row'), first.log);
  const said = (): string => fs.readFileSync(hostPath(home, 'agent'), 'utf8');
  await until(() => said().includes('"deaths":2'), said);
  kill(first.pid);
  await first.ended;
  const second = startAgent(home);
  await until(() => second.log().includes('host-died'), second.log);
  expect(second.log()).toContain('has died, 3 times in a row');
  await until(() => said().includes('"deaths":3'), said);
  second.child.kill('SIGINT');
  await second.ended;
  // One that is told to end leaves the row behind as well.
  expect(said()).toContain('"deaths":3');
  expect((await ps(home)).hosts).toMatchObject([{ agent: 'none' }]);
});

test('an agent that was frozen while another took its place: of each wish one process is left', async () => {
  const home = await makeHostBoard();
  wish(home, 'a=2');
  const first = startAgent(home);
  const { id } = await untilServed(home, 'a', 2);
  first.child.kill('SIGSTOP');
  const second = startAgent(home);
  await until(() => second.log().includes(`process ${id}`), second.log);
  wish(home, 'b=1');
  const b = await untilServed(home, 'b', 1);
  first.child.kill('SIGCONT');
  await until(() => /host-role-lost|host-standby/.test(first.log()), first.log);
  mvWish(home, 'a=2', 'a=3');
  expect(await untilServed(home, 'a', 3)).toMatchObject({ id });
  expect(await untilServed(home, 'b', 1)).toMatchObject({ id: b.id });
  await expectProved(home);
});

test('kill -9 of both agents of a host, and of what they keep', async () => {
  const home = await makeHostBoard({ a: `shell: 'test $SLATE_TRY -gt 1 || sleep 1000'\nretries: 3` });
  wish(home, 'a=2');
  const agents = [startAgent(home), startAgent(home)];
  const first = await untilServed(home, 'a', 2);
  await slateOk(home, ['post', 'one']);
  await untilEntry(home, 'one', 'active', 'p');
  for (const { pid } of [...agents, first]) kill(pid);
  await Promise.all(agents.map(({ ended }) => ended));
  startAgent(home);
  await untilServed(home, 'a', 2, first.id);
  await untilEntry(home, 'one', 'done');
  await expectProved(home);
});
