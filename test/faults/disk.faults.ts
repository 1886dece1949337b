/** Disks that refuse: full, without inodes, and dead; each again and again under stage processes at work, with `mv` by hand. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import {
  boardPath,
  entries,
  list,
  makeHome,
  onCleanup,
  type Started,
  slate,
  slateOk,
  startRun,
  until,
} from '../helpers/home.ts';
import { leftOver, losses, settle } from './lib/losses.ts';
import { type Image, type Kind, mountImage } from './lib/mounts.ts';
import { isQuick, row } from './lib/rows.ts';
import { startStorm } from './lib/storm.ts';

const ROUNDS = isQuick ? 1 : 6;
const ENTRIES = isQuick ? 60 : 300;
const STAGES = {
  a: 'command: [/bin/true]\nretries: 9\nbackoff: {first: 0s}',
  b: `shell: 'sleep 0.1; echo $SLATE_DATASET > "$SLATE_PRODUCTS/x" || exit 75'
products: true
exits: {75: retry}
retries: 9
backoff: {first: 1s, factor: 1}`,
};

interface Site {
  readonly home: string;
  readonly image: Image;
  readonly names: string[];
}

/** A home whose boards lie on an image of their own. */
async function site(kind: Kind, inodes?: number): Promise<Site> {
  const home = makeHome(STAGES);
  // XFS makes none smaller.
  const image = mountImage(`${home}/blackboard`, kind, kind === 'xfs' ? 300 : 24, inodes);
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', '2s']);
  const names = Array.from({ length: ENTRIES }, (_, index) => `d${String(index).padStart(4, '0')}`);
  await slateOk(home, ['post', '--from', '-', '-q'], names.join('\n'));
  return { home, image, names };
}

const blocks = (runs: readonly Started[]): number =>
  runs.reduce((sum, run) => sum + run.log().split(' blocked: ').length - 1, 0);
const done = (home: string): number => entries(home).filter(({ folder }) => folder.startsWith('done/')).length;

const TAKEN = { space: 'fill', inodes: 'fillInodes', 'the right to write': 'refuse' } as const;

const REFUSALS = [
  { kind: 'ext4' as const, what: 'space' as const },
  { kind: 'ext4' as const, what: 'the right to write' as const },
  { kind: 'ext4' as const, what: 'inodes' as const },
  { kind: 'xfs' as const, what: 'space' as const },
];

test.each(REFUSALS.slice(0, isQuick ? 1 : undefined))('$kind without $what', async ({ kind, what }) => {
  const { home, image, names } = await site(kind, what === 'inodes' ? 6_000 : 20_000);
  const runs = [startRun(home, ['--slots', '2']), startRun(home, ['--slots', '2'])];
  const storm = startStorm(home);
  let periods = 0;
  const refused: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = blocks(runs);
    const step = Math.floor(((round + 1) * ENTRIES) / (2 * ROUNDS));
    await until(() => done(home) >= step || list(home, 'queue').length === 0, 'some to be done', 120_000);
    // Again until somebody has noticed: what ends meanwhile gives a little space back.
    const isNoticed = (): boolean => {
      image[TAKEN[what]]();
      return blocks(runs) > before;
    };
    await until(isNoticed, () => `a process to be blocked\n${runs.map((run) => run.log()).join('\n')}`, 60_000);
    const post = await slate(home, ['post', `late${round}`]);
    if (post.code === 0) names.push(`late${round}`);
    else refused.push(post.stderr);
    image.free();
    periods++;
  }
  const moved = await storm.stop();
  await until(
    () => settle(home),
    () => leftOver(home),
    300_000,
  );
  const lost = await losses(home, { posted: names });
  for (const run of runs) if (run.child.exitCode !== null) lost.push(`a stage process has ended: ${run.log()}`);
  const note = `${blocks(runs)} times blocked, ${refused.length} posts refused`;
  row({ fault: `${kind} without ${what}, and with it again`, injected: periods, lost, note });
  row({ fault: 'mv by hand meanwhile', injected: moved, lost: [] });
  for (const text of refused) expect(text).toMatch(/no space left|not permitted|mounted read-only/);
});

test.each((['xfs', 'ext4'] as const).slice(0, isQuick ? 1 : undefined))(
  '%s dies in the middle and comes back',
  async (kind) => {
    const { home, image, names } = await site(kind);
    const lost: string[] = [];
    const known = new Set(names);
    let cuts = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const runs = [startRun(home, ['--slots', '2']), startRun(home, ['--slots', '2'])];
      const dataset = `late${round}`;
      const step = Math.floor(((round + 1) * ENTRIES) / (2 * ROUNDS));
      await until(() => done(home) >= step || list(home, 'queue').length === 0, 'some to be done', 120_000);
      // Acknowledged: it must survive.
      await slateOk(home, ['post', dataset]);
      known.add(dataset);
      // What is done from here on may be undone.
      const before = done(home);
      await until(() => done(home) > before + 2 || list(home, 'active').length === 0, 'some more', 60_000);
      image.cut();
      cuts++;
      const post = await slate(home, ['post', 'never']);
      if (post.code === 0) lost.push(`a post was acknowledged by a disk that is dead: ${post.stdout}`);
      for (const run of runs) {
        const isTold = (): boolean => / (blocked|fatal): /.test(run.log()) || run.child.exitCode !== null;
        await until(isTold, () => `it to be noticed\n${run.log()}`, 60_000);
        run.child.kill('SIGTERM');
      }
      await Promise.all(runs.map((run) => run.ended));
      await until(() => image.revive(), 'the file system to be unmounted', 60_000);
      const there = new Set(entries(home).map(({ name }) => name.dataset));
      lost.push(...[...known].filter((name) => !there.has(name)).map((name) => `${name} is gone with the disk`));
    }
    const last = startRun(home, ['--slots', '3']);
    onCleanup(() => void last.child.kill('SIGTERM'));
    await until(
      () => settle(home),
      () => leftOver(home),
      300_000,
    );
    lost.push(...(await losses(home, { posted: [...known] })));
    row({ fault: `${kind} dies, loses what it had not written, and comes back`, injected: cuts, lost });
    expect(fs.existsSync(boardPath(home))).toBe(true);
  },
);
