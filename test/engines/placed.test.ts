/** Where a board's steps run, and by which job file: on real stage processes and a stand-in for Slurm. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeSlurm } from '../helpers/fake-slurm.ts';
import { boardPath, entry, expectProved, journal, slate, slateOk, startRun } from '../helpers/home.ts';

test('a board made for an engine runs there, by the job file of the site', { timeout: 60_000 }, async () => {
  const { home, env, ran } = await fakeSlurm({
    a: `shell: 'echo $SLATE_DATASET.$OF_SITE.$CPUS >> $SLATE_HOME/ran'\ncpus: 2`,
    b: `shell: 'echo $SLATE_DATASET.\${OF_SITE:-here} >> $SLATE_HOME/ran'`,
  });
  fs.mkdirSync(join(home, 'templates'));
  fs.writeFileSync(
    join(home, 'templates/job.sh'),
    '#!/bin/sh\nexport OF_SITE={{ account }} CPUS={{ cpus }}\n{{ run }}\n',
  );
  fs.writeFileSync(
    join(home, 'engines.yaml'),
    'engines:\n  site:\n    kind: slurm\n    account: hst\n    poll: 200ms\n    template: templates/job.sh\n',
  );
  for (const [stage, engine] of Object.entries({ a: '', b: 'engine: local\n' })) {
    const file = join(home, `stages/${stage}.yaml`);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('engine: slurm\n', engine));
  }
  fs.rmSync(boardPath(home), { recursive: true });
  const refused = await slate(home, ['create', 'b', '-p', 'p', '--engine', 'sit']);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("did you mean 'site'?")]);

  await slateOk(home, ['create', 'b', '-p', 'p', '--engine', 'site', '--lease', '3s']);
  expect(fs.readFileSync(boardPath(home, 'board.yaml'), 'utf8')).toMatch(/^engine: site$/m);
  await slateOk(home, ['post', 'x']);
  const run = startRun(home, ['--until-idle'], env);
  await run.ended;
  expect(run.log()).toContain('stages a, b, 1 slots, and jobs of site,');
  expect(entry(home, 'x')?.name.letters).toBe('cc');
  expect(ran()).toEqual(['x.hst.2', 'x.here']);
  expect(journal(home).filter(({ event }) => event === 'submitted')).toHaveLength(1);
  await expectProved(home);
});
