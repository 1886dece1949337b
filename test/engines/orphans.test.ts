/** Jobs whose dispatcher is dead and whose entries were moved by hand before another came: real processes, a stand-in for Slurm. */
import { expect, test } from 'vitest';
import { fakeSlurm } from '../helpers/fake-slurm.ts';
import { entry, expectProved, list, mv, slateOk, startRun, until } from '../helpers/home.ts';

test('are cancelled by the next one, and nothing of them stays', { timeout: 300_000 }, async () => {
  const slurm = await fakeSlurm({
    a: `shell: 'echo $SLATE_DATASET.$SLATE_EPOCH >> $SLATE_HOME/ran; [ $SLATE_EPOCH -gt 1 ] || sleep 600'`,
  });
  await slateOk(slurm.home, ['post', 'held', 'moved', 'kept']);
  const first = startRun(slurm.home, [], slurm.env);
  await until(() => slurm.ran().length === 3, 'all three to run');
  first.child.kill('SIGKILL');
  await first.ended;
  await slateOk(slurm.home, ['hold', 'held']);
  const seen = entry(slurm.home, 'moved');
  if (seen === undefined) throw new Error('moved is gone');
  mv(slurm.home, seen, { letters: 'w', tags: [] }, 'queue');
  const next = startRun(slurm.home, [], slurm.env);
  await until(() => next.log().includes('jobs-orphaned'), 'the jobs to be cancelled', 120_000);
  expect(next.log()).toContain('2 jobs of 100 were nobody');
  await until(() => entry(slurm.home, 'moved')?.name.letters === 'c', 'what was moved to run anew');
  // The third is taken over, and cancelled as any other: then its submission is over.
  await slateOk(slurm.home, ['hold', 'kept']);
  await until(() => entry(slurm.home, 'kept')?.name.letters === 'h', 'the third to be held');
  next.child.kill('SIGTERM');
  await next.ended;
  await startRun(slurm.home, ['--until-idle'], slurm.env).ended;
  expect(slurm.ran().sort()).toEqual(['held.1', 'kept.1', 'moved.1', 'moved.2']);
  await expectProved(slurm.home);
  const last = startRun(slurm.home, [], slurm.env);
  await until(() => list(slurm.home, 'jobs').length === 0, 'what is left of the submissions to be removed', 120_000);
  last.child.kill('SIGTERM');
  await last.ended;
});
