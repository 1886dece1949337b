import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { residentBytes } from '../../../src/process/service/memory.ts';
import { onCleanup, until } from '../../helpers/home.ts';

test.runIf(process.platform === 'linux')('memory of a program with its children', async () => {
  const grow = `const kept = Buffer.alloc(60 * 2 ** 20, 1); console.log(kept.length); setInterval(() => kept, 1000)`;
  const child = spawn('/bin/sh', ['-c', `"$0" -e "$1" & wait`, process.execPath, grow], { detached: true });
  onCleanup(() => {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  });
  await once(child.stdout, 'data');
  await until(() => (residentBytes(child.pid ?? 0) ?? 0) > 60 * 2 ** 20, 'the memory of the child');
  expect(residentBytes(2 ** 22 + 1)).toBeUndefined();
});
