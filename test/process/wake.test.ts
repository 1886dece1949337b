import { expect, it } from 'vitest';
import { Wake } from '../../src/process/wake.ts';

it('does not forget a reason that comes before the sleep', async () => {
  const wake = new Wake();
  wake.now();
  await wake.sleep(1_000_000);
  let isOver = false;
  const asleep = wake.sleep(1_000_000).then(() => {
    isOver = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  wake.now();
  await asleep;
});

it('lets the system tell what there is, though there is always a reason', async () => {
  const wake = new Wake();
  let isTold = false;
  setImmediate(() => {
    isTold = true;
  });
  const deadline = performance.now() + 10_000;
  while (!isTold && performance.now() < deadline) {
    wake.now();
    await wake.sleep(1_000_000);
  }
  expect(isTold).toBe(true);
});
