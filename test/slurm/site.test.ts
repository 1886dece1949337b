/** An engine on a site, with a real Slurm: what its commands are told goes through a shell's standard input, as through ssh. */
import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { standing } from '../helpers/engine-home.ts';
import { expectProved, list, makeHome, slateOk, startRun, tempFolder, until } from '../helpers/home.ts';
import { startCluster } from './cluster.ts';

test('uploaded, processed through arrays, downloaded; a killed dispatcher is taken over from', async () => {
  const { env, ask } = await startCluster();
  const root = tempFolder();
  const home = makeHome({
    make: `products: true\nshell: 'echo "$SLATE_DATASET" > "$SLATE_PRODUCTS/x"'`,
    up: "transfer: {site: far, upload: '{{ inputs.make }}', to: '{{ dataset }}/in'}",
    work: `engine: far\nshell: echo $SLATE_DATASET.$SLATE_EPOCH >> $SLATE_HOME/ran; until [ -e $SLATE_HOME/go ]; do sleep 0.1; done; cd {{ params.up.path }}/..; mkdir out; cat in/x in/x > out/y; echo over`,
    down: "products: true\ntransfer: {site: far, download: '{{ dataset }}/out'}",
  });
  fs.writeFileSync(join(home, 'sites.yaml'), `sites: {far: {root: ${root}}}\n`);
  fs.writeFileSync(join(home, 'engines.yaml'), 'engines: {far: {kind: slurm, site: far, poll: 500ms, most: 4}}\n');
  await slateOk(home, ['create', 'b', '--pipeline', 'p', '--lease', '3s']);
  const names = Array.from({ length: 12 }, (_, index) => `d${index + 10}`);
  await slateOk(home, ['post', '--from', '-'], names.map((name) => `${name}\n`).join(''));
  const ran = (): string[] => {
    const file = join(root, 'ran');
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trimEnd().split('\n').sort() : [];
  };
  const first = startRun(home, ['--slots', '4'], env);
  // Of a dispatcher that dies its uploads are lost tries, and so are claims whose jobs it has not submitted; jobs go on.
  const isUp = (): boolean => Object.values(standing(home)).every((at) => / cc/.test(at));
  await until(
    () => ran().length >= 4 && isUp(),
    () => `four jobs to run, and all to be uploaded: ${first.log()}`,
    120_000,
  );
  first.child.kill('SIGKILL');
  await first.ended;
  fs.writeFileSync(join(root, 'go'), '');
  const last = startRun(home, ['--until-idle', '--slots', '4'], env);
  await last.ended;
  expect(Object.values(standing(home)), last.log()).toEqual(names.map(() => 'done cccc'));
  expect(new Set(ran().map((line) => line.split('.')[0])).size).toBe(ran().length);
  for (const name of names) {
    const [posted = ''] = list(home, `products/${name}`);
    const down = list(home, `products/${name}/${posted}`).find((one) => /^down\.\d+$/.test(one)) ?? '';
    const file = join(home, 'blackboard', 'b', 'products', name, posted, down, 'y');
    expect(fs.readFileSync(file, 'utf8')).toBe(`${name}\n${name}\n`);
    expect(await slateOk(home, ['log', name, 'work'])).toBe('over\n');
  }
  expect(fs.readdirSync(join(root, 'jobs'))).toEqual([]);
  expect((await ask('squeue', '-h')).trim()).toBe('');
  await expectProved(home);
});
