/** Agents that end where another one is enough: two in this process, at a board of their own. */
import { expect, test } from 'vitest';
import { HostAgent } from '../../src/host/agent.ts';
import { makeBoard, until } from '../helpers/home.ts';

test('of two agents that are to end unless they are needed the one that keeps the board stays', async () => {
  const home = await makeBoard({ a: 'command: [/bin/true]' });
  const said: string[] = [];
  const make = (): HostAgent =>
    new HostAgent({
      home,
      launch: { script: '', cwd: home, env: {}, options: [] },
      log: (_level, code, message) => void said.push(`${code}: ${message}`),
      neededMs: 0,
    });
  const first = make();
  const ended = first.run();
  await until(
    () => said.some((line) => line.startsWith('host-agent')),
    () => said.join(),
  );
  expect(await make().run()).toBeUndefined();
  expect(said.slice(1)).toEqual([
    expect.stringMatching(/^host-standby/),
    expect.stringMatching(/^host-stopped: it keeps no board here/),
  ]);
  first.stop('SIGINT');
  expect(await ended).toBe('SIGINT');
});
