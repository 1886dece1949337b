/** Two hosts with their agents, and one without, kept from the dashboard: real processes, real keys. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, it } from 'vitest';
import { boardPath, expectProved, journal, slateOk, startRun, until, untilEntry } from '../../helpers/home.ts';
import { kill, makeHostBoard, onHost, type Process, ps, startAgent, untilNone } from '../../host/helper.ts';
import { type Shown, show } from './support.ts';

const WAITS = `shell: 'while ! test -e {{ home }}/go; do sleep 0.05; done'`;

interface OnHost extends Process {
  readonly host: string;
}

async function living(home: string, host: string): Promise<OnHost[]> {
  const { processes } = await ps(home);
  return (processes as OnHost[]).filter((one) => one.host === host && one.state !== 'dead');
}

async function untilSlots(home: string, host: string, slots: readonly number[]): Promise<void> {
  let found: number[] = [];
  await until(
    async () => {
      found = (await living(home, host)).map((one) => one.slots).sort();
      return found.join() === slots.join();
    },
    () => `slots ${slots.join()} on ${host}; there are ${found.join()}`,
  );
}

const names = (home: string, host: string): string[] =>
  fs.readdirSync(boardPath(home, `hosts/${host}`)).filter((name) => name !== 'agent' && name !== 'logs');

/** The line of a host in the list. */
const lineOf = (screen: string, host: string): string =>
  screen.split('\n').find((line) => new RegExp(`^[ ▸*]{3}${host} `).test(line)) ?? '';

async function showsLine({ shows }: Shown, host: string, wanted: string): Promise<string> {
  return lineOf(await shows(new RegExp(`^[ ▸*]{3}${host} .*${wanted}`, 'm')), host);
}

it('slots are changed, and hosts drained and started, from the dashboard', async () => {
  const home = await makeHostBoard({ a: WAITS, b: 'command: [/bin/true]' });
  startAgent(home, [], onHost('alpha'));
  startAgent(home, [], onHost('beta'));
  for (const host of ['alpha', 'beta'])
    await until(() => fs.existsSync(boardPath(home, `hosts/${host}/agent`)), `the agent of ${host}`);
  const gamma = startRun(home, ['--stage', 'b', '--slots', '3'], onHost('gamma'));
  await gamma.id();
  const shown = show(home, 'b', { cols: 120, rows: 40 });
  const { tty, shows } = shown;
  await shows('LIVE');
  await tty.type('6');
  const first = await shows(/3 hosts: .*by hand/);
  expect(first).toContain('[6 Hosts]');
  // Load, free disk, and a clock that is the disk's own.
  await showsLine(shown, 'alpha', 'up +\\d+\\.\\d+/\\d+ +\\d\\S*[MGT] +[-+.0-9]+s ');
  // Started by hand, without an agent: it is there as well, with what its stage process says of it.
  expect(lineOf(first, 'gamma')).toMatch(/by hand +\d+\.\d+\/\d+ +\d\S*[MGT] .* 3\/-/);

  await tty.type('+');
  await shows('a=1 on alpha?');
  await tty.type('+');
  expect(await shows('a=2 on alpha?')).toContain('slate scale a=2 --host alpha --board b');
  await tty.type('y');
  await untilSlots(home, 'alpha', [2]);
  expect(names(home, 'alpha')).toEqual(['a=2']);
  await showsLine(shown, 'alpha', '2/2');

  // Both hosts with agents at once.
  await tty.type('  ');
  await shows('2 marked');
  await tty.type('+');
  const dialog = await shows('a on 2 hosts of 2?');
  expect(dialog).toMatch(/alpha {2}2 → 3[\s\S]*beta {2}none → 1/);
  await tty.type('y');
  await untilSlots(home, 'alpha', [3]);
  await untilSlots(home, 'beta', [1]);
  await tty.type('u');
  await tty.type('g');
  await tty.type('-');
  await shows('a=2 on alpha?');
  await tty.type('y');
  await untilSlots(home, 'alpha', [2]);
  expect(names(home, 'alpha')).toEqual(['a=2']);

  // Drained: what runs ends as it would, and nothing is claimed any more.
  await slateOk(home, ['post', 'one', 'two', 'three']);
  for (const dataset of ['one', 'two', 'three']) await untilEntry(home, dataset, 'active', 'p_');
  await tty.type('D');
  await shows('drain host alpha?');
  await tty.type('y');
  await showsLine(shown, 'alpha', 'draining');
  expect(names(home, 'alpha')).toContain('down');
  fs.writeFileSync(`${home}/go`, '');
  await untilSlots(home, 'alpha', []);
  await untilSlots(home, 'beta', [1]);
  await showsLine(shown, 'alpha', 'down');
  for (const dataset of ['one', 'two', 'three']) await untilEntry(home, dataset, 'done');
  await tty.type('R');
  await shows('start host alpha?');
  await tty.type('y');
  await untilSlots(home, 'alpha', [2]);

  // All of them at once, the one without an agent too.
  await tty.type('*');
  await shows('3 marked');
  await tty.type('H');
  expect(await shows('stop 3 hosts?')).toContain('slate down --all --now --board b');
  await tty.type('y');
  await untilNone(home);
  expect(await gamma.ended).toBe(0);

  // Undone in the events, with what was before.
  await tty.type('5oG');
  await shows('down');
  const told = journal(home).filter(({ event, by }) => ['scale', 'down', 'up'].includes(event) && by !== 'agent');
  expect(told.map(({ event, onHost: host, slots }) => [event, host, slots])).toEqual([
    ['scale', 'alpha', 2],
    ['scale', 'alpha', 3],
    ['scale', 'beta', 1],
    ['scale', 'alpha', 2],
    ['down', 'alpha', undefined],
    ['up', 'alpha', undefined],
    ['down', 'alpha', undefined],
    ['down', 'beta', undefined],
    ['down', 'gamma', undefined],
  ]);
  await expectProved(home);
});

it('a crash loop, wishes that contradict each other and what can not be read are shown; what has changed is left alone', async () => {
  const home = await makeHostBoard();
  fs.writeFileSync(`${home}/stages/a.yaml`, 'stage: a\ncommand: 7\n');
  const put = (host: string, ...files: string[]): void => {
    fs.mkdirSync(boardPath(home, `hosts/${host}`), { recursive: true });
    for (const file of files) fs.writeFileSync(boardPath(home, `hosts/${host}/${file}`), '');
  };
  put('alpha', 'a=1');
  put('torn', 'b=2', 'b=3', 'note.txt');
  fs.symlinkSync('unread', boardPath(home, 'hosts/unread'));
  const agent = startAgent(home, [], onHost('alpha'));
  const shown = show(home, 'b', { cols: 200, rows: 50 });
  const { tty, shows } = shown;
  await shows('LIVE');
  await tty.type('6');
  const screen = await shows(/alpha +CRASHING .*a=1 died \d+ times in a row, again [^:]*: exit code 2/);
  expect(lineOf(screen, 'torn')).toMatch(/UNCLEAR .* 0\/\?! .*b=2 b=3 contradict each other/);
  expect(lineOf(screen, 'unread')).toMatch(/UNREAD .*hosts\/unread can't be read: is no plain/);
  expect(screen).toMatch(/died \d\d:\d\d:\d\dZ? +a, \d+ in a row: exit code 2/);
  kill(agent.pid);

  // Somebody else is faster.
  await tty.type('+');
  await shows('a=2 on alpha?');
  fs.renameSync(boardPath(home, 'hosts/alpha/a=1'), boardPath(home, 'hosts/alpha/a=7'));
  await tty.type('y');
  await shows('not on alpha: the wish has changed since it was shown: it is 7 now');
  expect(names(home, 'alpha')).toEqual(['a=7']);

  // Contradictions are mended by saying what is wanted.
  await tty.type('j]=4\r');
  await shows('b=4 on torn?');
  await tty.type('y');
  await until(() => names(home, 'torn').join() === 'b=4,note.txt', 'one wish to be left');
  await tty.type('j+');
  await shows("hosts/unread can't be read");

  // What was done can be undone where it is told of.
  await tty.type('5oG');
  await shows(/scale .*torn/);
  await tty.type('U');
  await shows('b=0 on torn?');
  await tty.type('y');
  await until(() => names(home, 'torn').join() === 'b=0,note.txt', 'the wish to be none');
});

it('hosts are filtered as one types', async () => {
  const home = await makeHostBoard();
  for (const host of ['alpha', 'beta', 'gamma']) fs.mkdirSync(boardPath(home, `hosts/${host}`), { recursive: true });
  const { tty, shows } = show(home, 'b', { cols: 80, rows: 24 });
  await shows('LIVE');
  await tty.type('6');
  await shows('3 hosts');
  await tty.type('/et');
  expect(await shows('1 of 3 hosts')).toContain('beta');
  await tty.type('\r');
  await tty.type('\\');
  expect(await shows(/ 3 hosts: 3 off/)).toContain('gamma');
});

it('a file that can not be opened holds up nothing else', async () => {
  const home = await makeHostBoard();
  await slateOk(home, ['post', 'one']);
  fs.mkdirSync(boardPath(home, 'hosts/alpha'), { recursive: true });
  // A pipe that nobody writes to: who opens it waits, as on a disk that hangs.
  const agent = boardPath(home, 'hosts/alpha/agent');
  execFileSync('mkfifo', [agent]);
  const { tty, shows } = show(home, 'b', { cols: 80, rows: 24 });
  await shows('LIVE');
  await tty.type('6');
  await shows('reading the hosts');
  await tty.type('1');
  await shows('1 of 1');
  await slateOk(home, ['post', 'two']);
  await shows('2 of 2');
  await tty.type('6');
  // It answers, and is gone for who asks next.
  const pipe = fs.openSync(agent, 'r+');
  fs.rmSync(agent);
  fs.closeSync(pipe);
  await shows(/alpha +off/);
});
