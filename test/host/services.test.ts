/** A service follows the wish of its host: as many instances as there are slots, at most. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { expectProved, slateOk, until } from '../helpers/home.ts';
import { makeHostBoard, mvWish, ps, startAgent, untilServed, wish } from './helper.ts';

const ECHO = `import { createInterface } from 'node:readline';
for await (const line of createInterface({ input: process.stdin })) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.stdout.write(JSON.stringify({ id: JSON.parse(line).id, exit: 0 }) + '\\n');
}
`;

test('instances that are too many end, and come again with a larger wish', async () => {
  const home = await makeHostBoard({ a: "command: [node, '{{ home }}/tools/echo.mjs']\nservice: true" });
  fs.writeFileSync(`${home}/tools/echo.mjs`, ECHO);
  wish(home, 'a=3');
  startAgent(home);
  const { id } = await untilServed(home, 'a', 3);
  const names = Array.from({ length: 400 }, (_, at) => `d${at}`);
  await slateOk(home, ['post', ...names]);
  const instances = async (): Promise<number> => {
    const row = (await ps(home)).processes.find((one) => one.id === id) as unknown as
      | { services: unknown[] }
      | undefined;
    return row?.services.length ?? 0;
  };
  await until(async () => (await instances()) === 3, 'three instances');
  mvWish(home, 'a=3', 'a=1');
  await until(async () => (await instances()) === 1, 'one instance');
  mvWish(home, 'a=1', 'a=2');
  await until(async () => (await instances()) === 2, 'two instances');
  await slateOk(home, ['down', '--now', '--wait']);
  expect((await ps(home)).processes).toEqual([]);
  await expectProved(home);
});
