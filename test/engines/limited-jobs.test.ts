/** Jobs that are throttled by a limit of the board stay throttled when their dispatcher dies, and whoever takes them over. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { numbered, post, standing } from '../helpers/engine-home.ts';
import { fakeSlurm } from '../helpers/fake-slurm.ts';
import { boardPath, expectProved, list, slate, slateOk, startRun, until } from '../helpers/home.ts';

const STEP =
  'echo + >> $SLATE_HOME/ran; until [ -e $SLATE_HOME/go.$SLATE_DATASET ]; do sleep 0.05; done; echo - >> $SLATE_HOME/ran';

/** The most steps that were at work at once, as they wrote themselves. */
function mostAtOnce(lines: readonly string[]): number {
  let now = 0;
  return Math.max(...lines.map((line) => (line === '+' ? ++now : --now)));
}

test('two jobs of a limit of two are taken over: the third begins when one has ended', async () => {
  const slurm = await fakeSlurm({ a: `shell: '${STEP}'\nlimits: [db]` }, { pipeline: 'limits: {db: 2}\n' });
  const { home } = slurm;
  await post(home, numbered(4));
  const first = startRun(home, [], slurm.env);
  await until(() => slurm.ran().length === 2, 'two to run');
  first.child.kill('SIGKILL');
  await first.ended;
  // Nobody is there to take them over: whoever sweeps leaves them their places.
  await slateOk(home, ['sweep']);
  expect((await slate(home, ['check', 'b'])).stdout).toContain('which counts until a process takes it over');
  expect(list(home, 'limits')).toEqual(['db.1', 'db.2']);
  const run = startRun(home, ['--until-idle'], slurm.env);
  await until(
    () => run.log().split('it goes on').length === 3,
    () => `both to be taken over: ${run.log()}`,
  );
  const [id = ''] = /as process (\w+)/.exec(run.log())?.slice(1) ?? [];
  const owners = (): string[] =>
    list(home, 'limits').map((file) => JSON.parse(fs.readFileSync(boardPath(home, `limits/${file}`), 'utf8')).process);
  await until(() => owners().join() === `${id},${id}`, 'places of its own');
  await until(async () => (await slateOk(home, ['ps'])).includes('waits for limit db (2 of 2 taken'), 'ps to say it');
  expect(slurm.ran()).toEqual(['+', '+']);
  for (const dataset of numbered(4)) fs.writeFileSync(join(home, `go.${dataset}`), '');
  await run.ended;
  expect(Object.values(standing(home))).toEqual(Array.from({ length: 4 }, () => 'done c'));
  expect(slurm.ran()).toHaveLength(8);
  expect(mostAtOnce(slurm.ran())).toBe(2);
  expect(list(home, 'limits')).toEqual([]);
  await expectProved(home);
}, 120_000);
