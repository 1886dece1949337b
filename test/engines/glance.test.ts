/** What jobs tell on the board's own disk is seen without asking the engine: real processes, a stand-in for Slurm. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeSlurm } from '../helpers/fake-slurm.ts';
import { boardPath, entry, expectProved, list, slateOk, startRun, until } from '../helpers/home.ts';

test('an end is seen between two questions, and a signal waits for the engine', { timeout: 120_000 }, async () => {
  const slurm = await fakeSlurm({
    a: `shell: 'echo $SLATE_DATASET >> $SLATE_HOME/ran; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done; [ $SLATE_DATASET = fine ] || kill -9 $$'`,
  });
  // So long that the first question is the only one.
  fs.writeFileSync(join(slurm.home, 'engines.yaml'), 'engines:\n  slurm:\n    poll: 1h\n');
  await slateOk(slurm.home, ['post', 'fine', 'killed']);
  const run = startRun(slurm.home, [], slurm.env);
  await until(() => slurm.ran().length === 2, 'both to run');
  const [submission = ''] = list(slurm.home, 'jobs');
  const seen = boardPath(slurm.home, `jobs/${submission}/seen`);
  await until(() => fs.existsSync(seen), 'the first answer');
  fs.writeFileSync(join(slurm.home, 'go'), '');
  await until(() => entry(slurm.home, 'fine')?.folder.startsWith('done/') === true, 'the end to be seen');
  expect(entry(slurm.home, 'killed')?.name.letters).toBe('p');
  run.child.kill('SIGKILL');
  await run.ended;
  fs.writeFileSync(join(slurm.home, 'engines.yaml'), 'engines:\n  slurm:\n    poll: 200ms\n');
  await startRun(slurm.home, ['--until-idle'], slurm.env).ended;
  expect(entry(slurm.home, 'killed')?.file).toContain('@1-s9');
  await expectProved(slurm.home);
});
