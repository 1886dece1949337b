/** Jobs that their engine could not start: its words stand in the try's log. */
import { expect, test } from 'vitest';
import { NOTE, post, standing } from '../helpers/engine-home.ts';
import { fakeSlurm } from '../helpers/fake-slurm.ts';
import { list, slateOk, startRun } from '../helpers/home.ts';

test("what the engine's log says is in the try's own, and the submission is removed", async () => {
  const engine = "    setup: 'echo no module of that name >&2; exit 3'\n";
  const slurm = await fakeSlurm({ a: `shell: '${NOTE}'` }, { engine });
  await post(slurm.home, ['d1']);
  await startRun(slurm.home, ['--until-idle'], slurm.env).ended;
  expect(standing(slurm.home)).toEqual({ d1: 'failed f 1-job_launch' });
  expect(await slateOk(slurm.home, ['log', 'd1', 'a'])).toMatch(
    /engine's log of submission .* ends so:\nno module of that name/,
  );
  expect(await slateOk(slurm.home, ['show', 'd1'])).toContain("its log ends with what the engine's own log says");
  expect(list(slurm.home, 'jobs')).toEqual([]);
}, 120_000);
