import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { absence, expectAll, expectFiles, isProgram, timeRun } from '../../bench/peers/peer.ts';
import { FAST, SLOW } from '../../bench/peers/programs.ts';
import { slurm } from '../../bench/peers/slurm.ts';

const PEERS = [...FAST, ...SLOW, slurm];

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'slate-peers-'));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('the peers', () => {
  it('are those that the targets name', () => {
    expect(Object.fromEntries(PEERS.map(({ name, target }) => [name, target]))).toEqual({
      ninja: 1,
      make: 1.3,
      nq: 2,
      jug: 2,
      parallel: 2,
      luigi: 20,
      snakemake: 20,
      slurm: 100,
    });
  });

  it('that are not there say which program, and where it would come from', () => {
    for (const peer of PEERS) {
      expect(absence(peer, () => true)).toBeUndefined();
      const reason = absence(peer, () => false);
      expect(reason).toContain(`no program ${peer.programs.join(', ')}`);
      expect(reason).toContain(peer.package ?? 'no package');
    }
  });

  // Of the fast ones those that the machine has: what they are told to do has to be done.
  it.each(FAST.map((peer) => [peer.name, peer] as const))(
    '%s does the whole job, if it is there',
    async (_, peer) => {
      if (absence(peer) !== undefined) return;
      expect(await peer.time(folder, 4)).toBeGreaterThan(0);
    },
    60_000,
  );
});

describe('timeRun', () => {
  it('throws what a program said last if it fails', async () => {
    await expect(timeRun(['sh', '-c', 'echo why; exit 3'], folder)).rejects.toThrow(
      'sh -c echo why; exit 3 ended with 3: why',
    );
  });

  it('throws if there is no such program', async () => {
    await expect(timeRun(['no-such-program'], folder)).rejects.toThrow('ENOENT');
  });
});

describe('what has to be done', () => {
  it('is counted as files', async () => {
    fs.writeFileSync(join(folder, 'd1.a'), '');
    await expectFiles(folder, /\.a$/, 1);
  });

  it('is waited for, and thrown about if it never is', async () => {
    let done = 0;
    await expectAll(3, () => done++);
    await expect(expectAll(2, () => 1, 0)).rejects.toThrow('1 of 2 done');
  });
});

describe('isProgram', () => {
  it('looks on the path', () => {
    expect(isProgram('sh')).toBe(true);
    expect(isProgram('no-such-program')).toBe(false);
  });
});
