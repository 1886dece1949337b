/**
 * Hosts that are switched off: each a set of namespaces of its own, so that nobody else's kernel knows its pids and only the lease
 * tells that it is dead. Others return its claims.
 */
import { test } from 'vitest';
import { journal, list, makeBoard, slateOk, until } from '../helpers/home.ts';
import { type Host, startHost } from './lib/hosts.ts';
import { leftOver, losses, settle } from './lib/losses.ts';
import { isQuick, row } from './lib/rows.ts';
import { startStorm } from './lib/storm.ts';

const WORKS = `shell: 'sleep 0.2; echo x > "$SLATE_PRODUCTS/x"'\nproducts: true\nretries: 9\nbackoff: {first: 0s}`;
const QUICK_STEP = 'command: [/bin/true]\nretries: 9\nbackoff: {first: 0s}';
const ROUNDS = isQuick ? 2 : 10;
const ENTRIES = isQuick ? 80 : 400;

test('hosts are switched off', async () => {
  const home = await makeBoard({ a: WORKS, b: QUICK_STEP }, undefined, undefined, '2s');
  const names = Array.from({ length: ENTRIES }, (_, index) => `d${String(index).padStart(4, '0')}`);
  await slateOk(home, ['post', '--from', '-', '-q'], names.join('\n'));
  let number = 0;
  const add = (): Host => startHost({ name: `host${++number}`, home, processes: 2 });
  const hosts = [add(), add(), add()];
  const storm = startStorm(home);
  let claims = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const [victim] = hosts.splice(round % hosts.length, 1);
    if (victim === undefined) throw new Error('no host');
    const ids = await victim.ids();
    const holds = (): number =>
      list(home, 'active').filter((file) => ids.some((id) => file.includes(`-${id}-`))).length;
    const busy = (): boolean => holds() > 0 || list(home, 'queue').length === 0;
    await until(busy, () => `${victim.name} to be busy\n${victim.log()}`, 60_000);
    await victim.switchOff();
    claims += holds();
    hosts.push(add());
    const isFound = (): boolean =>
      ids.every((id) => list(home, 'processes').every((file) => !file.startsWith(`${id}.run`))) && holds() === 0;
    await until(
      isFound,
      () => `${victim.name} to be found dead\n${hosts.map((host) => host.log()).join('\n')}`,
      60_000,
    );
  }
  const moved = await storm.stop();
  await until(
    () => settle(home),
    () => leftOver(home),
    300_000,
  );
  const lost = await losses(home, { posted: names });
  const suspected = journal(home).filter(({ event }) => event === 'suspect').length;
  const note = `${2 * ROUNDS} stage processes and ${claims} claims with them; taken for dead ${suspected} times`;
  row({ fault: 'a host is switched off (UTS, network, PID namespace)', injected: ROUNDS, lost, note });
  row({ fault: 'mv by hand meanwhile', injected: moved, lost: [] });
});

test('one host is frozen past its lease, again and again', async () => {
  const home = await makeBoard({ a: WORKS, b: QUICK_STEP }, undefined, undefined, '2s');
  const names = Array.from({ length: ENTRIES / 2 }, (_, index) => `d${String(index).padStart(4, '0')}`);
  await slateOk(home, ['post', '--from', '-', '-q'], names.join('\n'));
  const frozen = startHost({ name: 'frozen', home, processes: 2 });
  startHost({ name: 'steady', home, processes: 2 });
  await frozen.ids();
  const lostOrders = (): number => list(home, 'processes').filter((file) => file.includes('.lost.')).length;
  let freezes = 0;
  for (let round = 0; round < ROUNDS && list(home, 'queue').length > 0; round++) {
    const before = lostOrders();
    frozen.signal('SIGSTOP');
    await until(() => lostOrders() >= before + 2, 'both to be found dead', 60_000);
    frozen.signal('SIGCONT');
    freezes++;
    const renewed = (): boolean => (frozen.log().match(/registered: as process/g)?.length ?? 0) >= 2 * (freezes + 1);
    await until(renewed, () => `both to come back under new ids\n${frozen.log()}`, 60_000);
  }
  await until(
    () => settle(home),
    () => leftOver(home),
    300_000,
  );
  const lost = await losses(home, { posted: names });
  row({ fault: 'a host is frozen past its lease (SIGSTOP, SIGCONT)', injected: 2 * freezes, lost });
});
