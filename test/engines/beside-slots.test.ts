/** One stage process for a whole pipeline: steps of its host in its slots, jobs of its engine beside them. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { numbered, post, standing } from '../helpers/engine-home.ts';
import { fakeSlurm } from '../helpers/fake-slurm.ts';
import { expectProved, slateOk, startRun, until } from '../helpers/home.ts';

/** Fails if another of its stage is at work in this moment. */
const ALONE = 'mkdir $SLATE_HOME/alone && rmdir $SLATE_HOME/alone';

test('six jobs at a time beside one slot, while steps of the host go on one by one', async () => {
  const slurm = await fakeSlurm({
    a: `shell: '${ALONE}'`,
    b: `shell: 'echo $SLATE_DATASET >> $SLATE_HOME/ran; until [ -e $SLATE_HOME/go ]; do sleep 0.05; done'`,
    c: `shell: '${ALONE}'`,
  });
  const { home } = slurm;
  for (const stage of ['a', 'c']) {
    const file = join(home, 'stages', `${stage}.yaml`);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('engine: slurm', 'engine: local'));
  }
  await post(home, numbered(6));
  const run = startRun(home, ['--until-idle'], { ...slurm.env, FAKE_SLURM_CPUS: '7' });
  await until(
    () => slurm.ran().length === 6,
    () => `six jobs to run: ${run.log()}`,
  );
  expect(run.log()).toContain('1 slots, and jobs of slurm');
  await until(async () => (await slateOk(home, ['ps'])).includes(' 0/1+6 '), 'ps to tell of them');
  // The one slot is free for what comes now.
  await post(home, ['late']);
  await until(() => slurm.ran().includes('late'), 'the late one to be a job');
  fs.writeFileSync(join(home, 'go'), '');
  await run.ended;
  expect(new Set(Object.values(standing(home)))).toEqual(new Set(['done ccc']));
  await expectProved(home);
}, 120_000);
