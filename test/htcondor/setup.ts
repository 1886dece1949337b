/** Before the tests on a real HTCondor: the root folder that it runs in, which takes a minute or two the first time. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export default function setup(): void {
  const script = fileURLToPath(new URL('root.sh', import.meta.url));
  const { status } = spawnSync(script, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${script} has failed`);
}
