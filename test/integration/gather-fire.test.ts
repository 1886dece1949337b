/**
 * 200 groups of 50 members on three processes: members fail and are repiped at random, two processes are killed. Each
 * group goes on once, with exactly its members.
 */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { openBoard, operate, postMany, scanBoard } from '../../src/index.ts';
import { parseNeeds } from '../../src/model/needs.ts';
import { boardPath, doubles, journal, list, makeBoard, startRun, until } from '../helpers/home.ts';

const GROUPS = 200;
const SIZE = 50;
const MEMBERS = 1_000;
/** How long members are sent back that were done already. */
const FIRE_MS = 6_000;

/** A sequence that is the same in every run. */
function random(): () => number {
  let state = 12_345;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const STAGES = {
  // About one in seven fails, and not again when it is repiped.
  work: 'classes: [m]\nretries: 3\nshell: "[ $(( (SLATE_DATASET + SLATE_EPOCH) % 7 )) -ne 0 ]"',
  sum: 'classes: [g]\nretries: 3\ngather: members\nproducts: true\nshell: cp "$SLATE_MEMBERS" "$SLATE_PRODUCTS/members"',
};

test('200 groups of 50 members through failures, repipes and two kills', { timeout: 120_000 }, async () => {
  const home = await makeBoard(STAGES, ['work', '{stage: sum, after: [work]}']);
  const board = openBoard(home, 'b', { writer: 'driver' });
  const next = random();
  const wanted = new Map<string, readonly string[]>();
  for (let group = 0; group < GROUPS; group++) {
    const members = new Set<string>();
    while (members.size < SIZE) members.add(String(1 + Math.floor(next() * MEMBERS)));
    wanted.set(`g${group}`, [...members].sort());
  }
  const needsOf = (members: readonly string[]) => {
    const needs = parseNeeds({ members, until: 'work' }, 0);
    if (typeof needs === 'string') throw new Error(needs);
    return needs;
  };
  const requests = [
    ...[...wanted].map(([dataset, members]) => ({ dataset, class: 'g', needs: needsOf(members) })),
    ...Array.from({ length: MEMBERS }, (_, index) => ({ dataset: String(index + 1), class: 'm' })),
  ];
  await postMany(board, requests, (result) => expect(result).toMatchObject({ ok: true }));

  const runs = [0, 1, 2].map(() => startRun(home, ['--slots', '3']));
  const start = performance.now();
  const kills = [2_000, 4_000];
  let repiped = 0;
  const isDone = (): boolean => {
    const now = performance.now() - start;
    if (now > (kills[0] ?? Number.POSITIVE_INFINITY)) {
      kills.shift();
      runs.shift()?.child.kill('SIGKILL');
      runs.push(startRun(home, ['--slots', '3']));
    }
    for (const entry of scanBoard(board, ['failed']).entries) operate(board, entry, { verb: 'repipe' });
    const done = scanBoard(board, ['done']).entries;
    if (now < FIRE_MS) {
      const members = done.filter(({ name }) => name.class === 'm');
      for (let count = 0; count < 5 && members.length > 0; count++) {
        const entry = members[Math.floor(next() * members.length)];
        if (entry !== undefined && operate(board, entry, { verb: 'repipe', stage: 'work' }).ok) repiped++;
      }
    }
    return kills.length === 0 && now > FIRE_MS && done.length === GROUPS + MEMBERS;
  };
  await until(isDone, () => `all to be done; ${list(home, 'gather').length} groups wait`, 90_000);
  for (const { child } of runs) child.kill('SIGTERM');
  await Promise.all(runs.map(({ ended }) => ended));

  expect(repiped).toBeGreaterThan(50);
  for (const [group, members] of wanted) {
    const logs = list(home, `logs/${group}`);
    expect(
      logs.filter((file) => file.endsWith('.ok.log')),
      `${group} has run once: ${logs.join(' ')}`,
    ).toHaveLength(1);
    const [posted = ''] = list(home, `products/${group}`);
    const [mark = ''] = list(home, `products/${group}/${posted}`).filter((file) => file.endsWith('.ok'));
    const path = boardPath(home, `products/${group}/${posted}/${mark.slice(0, -'.ok'.length)}/members`);
    const lines = fs.readFileSync(path, 'utf8').trim().split('\n');
    const told = lines.map((line) => JSON.parse(line) as { dataset: string; ready: boolean });
    expect(told.map(({ dataset }) => dataset).sort(), group).toEqual(members);
    expect(
      told.every(({ ready }) => ready),
      group,
    ).toBe(true);
  }
  const lines = journal(home);
  expect(doubles(lines, 'claim')).toEqual([]);
  expect(doubles(lines, 'finish')).toEqual([]);
  // Two that meet at an entry may both write the line of one rename.
  const gathered = lines.filter(({ event, class: cls }) => event === 'gathered' && cls === 'g');
  expect(new Set(gathered.map(({ dataset }) => dataset)).size).toBe(GROUPS);
  expect(list(home, 'gather')).toEqual([]);
});
