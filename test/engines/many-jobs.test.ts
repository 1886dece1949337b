/** One stage process with many jobs at a time, on commands of an engine whose jobs never begin. */
import fs from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { engineHome, numbered, post } from '../helpers/engine-home.ts';
import { journal, list, startRun, tempFolder, until } from '../helpers/home.ts';

const COUNT = 1_000;

function commandsOfNothing(): string {
  const folder = tempFolder('slate-nothing-');
  const put = (name: string, text: string): void =>
    fs.writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  put(
    'sbatch',
    `for word in "$@"; do case $word in --array=0-*) last=\${word#--array=0-} ;; esac; done
i=0; while [ $i -le $last ]; do echo "$$|$i|PENDING||Resources"; i=$((i + 1)); done >${folder}/queue.$$; echo $$`,
  );
  put('squeue', `cat ${folder}/queue.* 2>/dev/null; exit 0`);
  put('scancel', 'exit 0');
  return folder;
}

test('the first are submitted while the last are not claimed yet', { timeout: 120_000 }, async () => {
  const commands = commandsOfNothing();
  const at = await engineHome('slurm', { a: "shell: 'true'" }, `most: ${COUNT}`);
  await post(at, numbered(COUNT));
  const run = startRun(at, [], { PATH: `${commands}${delimiter}${process.env.PATH ?? ''}` });
  const submitted = (): number =>
    journal(at).reduce((sum, { event, jobs }) => sum + (event === 'submitted' ? Number(jobs) : 0), 0);
  await until(() => list(at, 'queue').length === 0 && submitted() === COUNT, 'all to be submitted', 60_000);
  run.child.kill('SIGKILL');
  await run.ended;
  const events = journal(at).map(({ event }) => event);
  expect(events.filter((event) => event === 'claim')).toHaveLength(COUNT);
  expect(events.indexOf('submitted')).toBeLessThan(events.lastIndexOf('claim'));
});
