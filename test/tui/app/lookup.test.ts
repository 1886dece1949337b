import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lookup } from '../../../src/tui/app/lookup.ts';

/** What was asked to be read, and how it is answered. */
function made(costMs = 0) {
  const read: string[] = [];
  const faults: unknown[] = [];
  let changes = 0;
  const lookup = new Lookup<string>(
    async (key, signal) => {
      read.push(key);
      await new Promise((resolve) => setTimeout(resolve, costMs));
      signal.throwIfAborted();
      if (key === 'bad') throw new Error('no such thing');
      return `value of ${key}`;
    },
    () => changes++,
    (error) => faults.push(error),
  );
  return { lookup, read, faults, changes: () => changes };
}

describe('a lookup', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  it('reads what the cursor rests on, not what it passes', async () => {
    const { lookup, read, changes } = made();
    for (const key of ['a', 'b', 'c']) expect(lookup.ask(key, '1')).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1000);
    expect([read, changes(), lookup.ask('c', '1')]).toEqual([['c'], 1, 'value of c']);
  });

  it('shows what it knew while it reads anew', async () => {
    const { lookup, read } = made();
    lookup.ask('a', '1');
    await vi.advanceTimersByTimeAsync(1000);
    expect(lookup.ask('a', '2')).toBe('value of a');
    await vi.advanceTimersByTimeAsync(1000);
    expect(read).toEqual(['a', 'a']);
    lookup.ask('a', '2');
    await vi.advanceTimersByTimeAsync(1000);
    expect(read).toEqual(['a', 'a']);
  });

  it('reads what is dear less often', async () => {
    const { lookup, read } = made(500);
    lookup.ask('a', '1');
    await vi.advanceTimersByTimeAsync(1000);
    lookup.ask('a', '2');
    await vi.advanceTimersByTimeAsync(5000);
    expect(read).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(5000);
    lookup.ask('a', '3');
    await vi.advanceTimersByTimeAsync(1000);
    expect(read).toEqual(['a', 'a']);
  });

  it('tells faults, and may be asked again', async () => {
    const { lookup, read, faults } = made();
    lookup.ask('bad', '1');
    await vi.advanceTimersByTimeAsync(1000);
    expect(faults).toHaveLength(1);
    lookup.ask('bad', '1');
    await vi.advanceTimersByTimeAsync(1000);
    expect(read).toEqual(['bad', 'bad']);
  });

  it('drops what it still reads when another is asked for, and when it stops', async () => {
    const { lookup, read, faults, changes } = made(300);
    lookup.ask('a', '1');
    await vi.advanceTimersByTimeAsync(200);
    lookup.ask('b', '1');
    await vi.advanceTimersByTimeAsync(200);
    lookup.stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect([read, faults, changes()]).toEqual([['a', 'b'], [], 0]);
  });
});
