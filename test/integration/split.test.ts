/** `$SLATE_POST`: entries that a step posts, with real processes that are killed. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { parseContent } from '../../src/board/content.ts';
import {
  boardPath,
  doubles,
  entries,
  entry,
  journal,
  list,
  makeBoard,
  type Started,
  slate,
  slateOk,
  startRun,
  until,
} from '../helpers/home.ts';

async function runIdle(home: string): Promise<void> {
  const { code, stderr } = await slate(home, ['run', '--until-idle', '--slots', '2']);
  expect([0, 1], stderr).toContain(code);
}

/** Parents are split in the first stage, children go on to the second. */
const SPLIT = (line: string, more: Record<string, string> = {}): Record<string, string> => ({
  split: `shell: |\n  ${line}\nclasses: [night]\nretries: 9\nbackoff: {first: 0s}`,
  work: 'command: [/bin/true]\nclasses: [chunk]\nretries: 9\nbackoff: {first: 0s}',
  ...more,
});

test('what a step writes is posted once it has succeeded, with rank and class of the parent unless told', async () => {
  const home = await makeBoard(
    SPLIT(
      `printf '{"dataset":"{{ dataset | raw }}-a","class":"chunk","params":{"part":1}}\\n{"dataset":"{{ dataset | raw }}-b","class":"chunk","rank":70}\\n' > "$SLATE_POST"; ls -A`,
    ),
  );
  await slateOk(home, ['post', 'n1', '--class', 'night', '--rank', '20']);
  await runIdle(home);
  expect(
    entries(home)
      .map(({ folder, name }) => `${folder.split('/')[0]} ${name.dataset} ${name.rank} ${name.letters}`)
      .sort(),
  ).toEqual(['done n1 20 cs', 'done n1-a 20 sc', 'done n1-b 70 sc']);
  const { folder, file } = entry(home, 'n1-a') ?? { folder: '', file: '' };
  const content = parseContent(fs.readFileSync(boardPath(home, `${folder}/${file}`), 'utf8'));
  expect(content).toMatchObject({
    params: { part: 1 },
    repeated: { parent: { dataset: 'n1', stage: 'split', epoch: 1 } },
  });
  expect(list(home, 'scratch')).toEqual([]);
  const told = await slateOk(home, ['show', 'n1']);
  expect(told).toMatch(/^ {2}children {2}2: 2 done$/m);
  expect(await slateOk(home, ['show', 'n1-a'])).toMatch(/^ {2}parent {4}split\.001 of n1, posted 2\d{3}-/m);
});

test('a file that can not be posted fails the try with its line, and nothing is posted; a failed step posts nothing', async () => {
  const home = await makeBoard(SPLIT(`printf 'ok\\nnot ok\\n' > "$SLATE_POST"; exit {{ params.code | raw }}`));
  await slateOk(home, ['post', 'n1', '--class', 'night', '--param', 'code=0']);
  await slateOk(home, ['post', 'n2', '--class', 'night', '--param', 'code=2']);
  await runIdle(home);
  expect(entry(home, 'n1')?.file).toMatch(/\.f_\.001\.night\.n1@1-n$/);
  expect(await slateOk(home, ['show', 'n1'])).toContain(
    '$SLATE_POST (.post): line 2: dataset not ok: a dataset may not',
  );
  expect(fs.readFileSync(boardPath(home, 'scratch/n1.split.001/.post'), 'utf8')).toBe('ok\nnot ok\n');
  expect(entry(home, 'n2')?.file).toMatch(/@1-x2$/);
  expect(entries(home).length).toBe(2);
});

test('100 parents × 20 children, stage processes killed at random: no child twice, none missing, all parents merged', async () => {
  const home = await makeBoard(
    SPLIT(
      `i=0; while [ $i -lt 20 ]; do echo '{"dataset":"{{ dataset | raw }}-'$i'","class":"chunk"}'; i=$((i+1)); done > "$SLATE_POST"`,
      {
        // A merge that is not given exactly its children, all of them done, fails.
        merge: `shell: |\n  [ "$(grep -c '"dataset":"{{ dataset | raw }}-.*"ready":true' "$SLATE_MEMBERS")" = 20 ] && [ "$(wc -l < "$SLATE_MEMBERS")" = 20 ]\nclasses: [night]\ngather: children\nretries: 9\nbackoff: {first: 0s}`,
      },
    ),
    undefined,
    undefined,
    '1s',
  );
  const parents = Array.from({ length: 100 }, (_, index) => `n${String(index).padStart(3, '0')}`);
  await slateOk(home, ['post', '--from', '-', '-q', '--class', 'night'], parents.join('\n'));

  let running: Started[] = [0, 1, 2].map(() => startRun(home, ['--slots', '3', '--until-idle']));
  const isOver = (): boolean => entries(home).filter(({ folder }) => folder.startsWith('done/')).length === 2_100;
  let kills = 0;
  // Whenever one is seen to post, or to be about to, it may be killed.
  const isPosting = (): boolean =>
    list(home, 'active').some((file) => /\.e/.test(file)) || list(home, 'tmp').length > 0;
  for (const goal of [5, 15, 30, 45, 60, 75]) {
    const posted = (): number => list(home, 'products').length;
    await until(
      () => isOver() || (posted() >= goal && isPosting()) || posted() >= goal + 10,
      `${goal} parents to be split`,
    );
    const [victim, ...others] = running;
    if (victim === undefined) throw new Error('nobody runs');
    victim.child.kill('SIGKILL');
    kills++;
    running = [...others, startRun(home, ['--slots', '3', '--until-idle'])];
  }
  await until(
    isOver,
    () =>
      `all to be done; ${entries(home)
        .filter(({ folder }) => !folder.startsWith('done/'))
        .map(({ file }) => file)
        .slice(0, 10)
        .join(' ')}`,
    60_000,
  );
  await Promise.all(running.map(({ ended }) => ended));

  const all = entries(home);
  const wanted = parents.flatMap((parent) => [
    parent,
    ...Array.from({ length: 20 }, (_, index) => `${parent}-${index}`),
  ]);
  expect(all.map(({ name }) => name.dataset).sort()).toEqual(wanted.sort());
  expect(all.filter(({ name }) => !['csc', 'scs'].includes(name.letters))).toEqual([]);
  expect([list(home, 'ids'), list(home, 'active'), list(home, 'queue')]).toEqual([[], [], []]);
  const lines = journal(home);
  expect(doubles(lines, 'claim')).toEqual([]);
  expect(lines.filter(({ event }) => event === 'unposted')).toEqual([]);
  // Each child is of the one try of its parent that is official.
  for (const { folder, file, name } of all.filter(({ name: { class: cls } }) => cls === 'chunk')) {
    const content = parseContent(fs.readFileSync(boardPath(home, `${folder}/${file}`), 'utf8'));
    const by = typeof content === 'string' ? undefined : content.repeated?.parent;
    const [parent = ''] = name.dataset.split('-');
    expect(list(home, `products/${parent}/${by?.posted}`)).toContain(`split.${String(by?.epoch).padStart(3, '0')}.ok`);
  }
  expect(kills).toBe(6);
}, 120_000);
