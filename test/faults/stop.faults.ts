/** SIGSTOP, for longer than anybody waits, and SIGCONT: of a stage process, its launcher, its step, and of a host agent. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import {
  boardPath,
  entry,
  journal,
  list,
  makeBoard,
  onCleanup,
  type Started,
  slateOk,
  startRun,
  until,
  untilEntry,
} from '../helpers/home.ts';
import { type Agent, kill, makeHostBoard, serving, startAgent, untilServed, wish } from '../host/helper.ts';
import { descendants } from './lib/hosts.ts';
import { leftOver, losses, settle } from './lib/losses.ts';
import { isQuick, row } from './lib/rows.ts';

const ROUNDS = isQuick ? 2 : 10;
/** Runs until the file `go` is there, and leaves a product that tells which try made it. */
const GATED = `shell: 'while ! test -e "$SLATE_HOME/go.$SLATE_DATASET"; do sleep 0.05; done; echo $SLATE_EPOCH > "$SLATE_PRODUCTS/x"'
products: true
retries: 9
backoff: {first: 0s}`;

function stop(pid: number): void {
  kill(pid, 'SIGSTOP');
  onCleanup(() => kill(pid, 'SIGCONT'));
}

/** The pid below a process whose command line holds this. */
async function below(run: Started, words: string): Promise<number> {
  let found = -1;
  await until(() => {
    const isIt = (pid: number): boolean => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(words);
      } catch (error) {
        // It has just ended.
        if (!(error instanceof Error && 'code' in error)) throw error;
        return false;
      }
    };
    found = descendants(run.pid).find(isIt) ?? -1;
    return found > 0;
  }, `a process with '${words}' below ${run.pid}`);
  return found;
}

test('a stage process, past its lease, while its step goes on', async () => {
  const home = await makeBoard({ a: GATED }, undefined, undefined, '1s');
  const lost: string[] = [];
  const names: string[] = [];
  const runs = [startRun(home), startRun(home)];
  for (let round = 0; round < ROUNDS; round++) {
    const dataset = `d${round}`;
    names.push(dataset);
    await slateOk(home, ['post', dataset]);
    const claimed = await untilEntry(home, dataset, 'active', 'p');
    const ids = await Promise.all(runs.map((run) => latestId(run)));
    const owner = runs[ids.findIndex((id) => claimed.file.includes(`-${id}-`))];
    if (owner === undefined) throw new Error(`${claimed.file} is of none of ${ids.join(' ')}`);
    stop(owner.pid);
    // The other takes it, and both steps end while the first one's process stands still.
    const isTaken = (): boolean => (entry(home, dataset)?.name.epoch ?? 0) > claimed.name.epoch;
    await until(isTaken, () => `the claim of ${claimed.file} to be another's`, 60_000);
    fs.writeFileSync(`${home}/go.${dataset}`, '');
    const done = await untilEntry(home, dataset, 'done');
    kill(owner.pid, 'SIGCONT');
    const known = owner.log().length;
    await until(() => owner.log().slice(known).includes('registered'), owner.log);
    const products = list(home, `products/${dataset}/${done.name.posted}`).filter((file) => file.endsWith('.ok'));
    if (products.length !== 1) lost.push(`${dataset}: official are ${products.join(' ')}`);
  }
  lost.push(...(await losses(home, { posted: names })));
  row({ fault: 'SIGSTOP of a stage process past its lease, SIGCONT', injected: ROUNDS, lost });
});

/** A process that was taken for dead goes on under a new id. */
async function latestId(run: Started): Promise<string> {
  await run.id();
  return /^.*registered: as process (\w{4})/s.exec(run.log())?.[1] ?? '';
}

test('its step: it keeps its claim, and a time limit ends it all the same', async () => {
  const limited = `shell: 'test $SLATE_TRY -gt 1 || exec sleep 1000'\ntimeout: 2s\nretries: 9\nbackoff: {first: 0s}`;
  const home = await makeBoard({ a: GATED, b: limited }, undefined, undefined, '1s');
  const run = startRun(home);
  const other = startRun(home, ['--stage', 'b']);
  await run.id();
  const names: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const dataset = `d${round}`;
    names.push(dataset);
    await slateOk(home, ['post', dataset]);
    const claimed = await untilEntry(home, dataset, 'active', 'p_');
    const step = await below(run, `$SLATE_HOME/go.`);
    stop(step);
    fs.writeFileSync(`${home}/go.${dataset}`, '');
    // Two leases of the other's looks: who lives keeps what it holds.
    const [beat, looks] = [counter(home), 3];
    await until(() => counter(home) >= beat + 6 * looks, 'three leases to go by');
    expect(entry(home, dataset)?.file).toBe(claimed.file);
    kill(step, 'SIGCONT');
    await until(() => /^c[p1]$/.test(entry(home, dataset)?.name.letters ?? ''), 'the next stage');
    const sleep = await Promise.race([below(run, 'sleep\x001000'), below(other, 'sleep\x001000')]);
    stop(sleep);
    await untilEntry(home, dataset, 'done');
  }
  const lost = await losses(home, { posted: names });
  row({ fault: 'SIGSTOP of a step, past the lease and its time limit', injected: 2 * ROUNDS, lost });
});

/** The highest heartbeat counter on the board. */
function counter(home: string): number {
  const counts = list(home, 'processes').map((file) =>
    Number(/"counter": *(\d+)/.exec(fs.readFileSync(boardPath(home, `processes/${file}`), 'latin1'))?.[1] ?? 0),
  );
  return Math.max(0, ...counts);
}

test('its launcher: what runs is waited for', async () => {
  const home = await makeBoard({ a: 'command: [/bin/true]' }, undefined, undefined, '1s');
  const run = startRun(home, ['--slots', '2']);
  await run.id();
  // It is started with the first step.
  const names = ['first'];
  await slateOk(home, ['post', 'first']);
  await untilEntry(home, 'first', 'done');
  for (let round = 0; round < ROUNDS; round++) {
    const batch = [0, 1, 2].map((index) => `d${round}-${index}`);
    names.push(...batch);
    const [launcher] = descendants(run.pid);
    if (launcher === undefined) throw new Error('it has no launcher');
    stop(launcher);
    await slateOk(home, ['post', ...batch]);
    await until(() => list(home, 'active').length === 2, 'two claims');
    const beat = counter(home);
    await until(() => counter(home) >= beat + 12, 'two leases to go by');
    kill(launcher, 'SIGCONT');
    for (const dataset of batch) await untilEntry(home, dataset, 'done');
  }
  const lost = await losses(home, { posted: names });
  row({ fault: 'SIGSTOP of a launcher past the lease, SIGCONT', injected: ROUNDS, lost });
});

/** What dies again and again is started after pauses that double: no more rounds than they allow. */
const AGENT_ROUNDS = Math.min(ROUNDS, 4);

/** Whether the agent said last that it keeps the host. */
const isHolder = (agent: Agent): boolean =>
  /.* (host-agent|host-standby|host-role-lost): /s.exec(agent.log())?.[1] === 'host-agent';

test('the host agent: another one takes its place, and gives none up when it wakes', async () => {
  const home = await makeHostBoard({ a: `shell: 'sleep 0.1'\nretries: 9\nbackoff: {first: 0s}` });
  wish(home, 'a=2');
  const agents = [startAgent(home), startAgent(home)];
  onCleanup(() => {
    for (const agent of agents) kill(agent.pid);
  });
  await until(() => agents.some(isHolder), 'an agent to be in charge');
  let served = await untilServed(home, 'a', 2);
  const names = Array.from({ length: 20 * AGENT_ROUNDS }, (_, index) => `d${index}`);
  await slateOk(home, ['post', ...names]);
  for (let round = 0; round < AGENT_ROUNDS; round++) {
    const holder = agents.find(isHolder);
    if (holder === undefined) throw new Error('no agent is in charge');
    stop(holder.pid);
    kill(served.pid);
    served = await untilServed(home, 'a', 2, served.id);
    kill(holder.pid, 'SIGCONT');
    await until(() => !isHolder(holder) && agents.some(isHolder), holder.log, 60_000);
  }
  await until(
    () => settle(home),
    () => leftOver(home),
    120_000,
  );
  const lost = await losses(home, { posted: names });
  const left = await serving(home, 'a');
  if (left.length !== 1) lost.push(`${left.length} stage processes serve one wish`);
  const note = `${journal(home).filter(({ event }) => event === 'suspect').length} stage processes killed meanwhile`;
  row({ fault: 'SIGSTOP of the host agent, SIGCONT', injected: AGENT_ROUNDS, lost, note });
});
