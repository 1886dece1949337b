import { describe, expect, it } from 'vitest';
import { inodeFault } from '../../bench/machine.ts';

describe('inodeFault', () => {
  it.each([
    ['enough for all', 5_000_000, false],
    ['enough for the quick ones', 300_000, true],
    ['a file system that does not count them', 0, false],
  ])('%s', (_, free, quick) => expect(inodeFault(free, quick)).toBeUndefined());

  it('says how many there are, how many are wanted, and what to do', () => {
    expect(inodeFault(1_572_852, false)).toBe(
      'the disk has room for 1,572,852 files, and the suites make up to 5,000,000: ' +
        'name another with --folder, or make it with more inodes (mkfs.ext4 -N)',
    );
    expect(inodeFault(299_999, true)).toContain('300,000');
  });
});
