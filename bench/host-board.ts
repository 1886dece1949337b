/** A board `sky` with four hosts, for screens: one that is well, one that drains, one whose stage crashes, one without an agent. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const BOUND_MS = 60_000;
/** A step that goes on until the file `go` is there. */
const WAITS = `shell: 'while ! test -e {{ home }}/go; do sleep 0.2; done'`;

/** What is wanted, by host. */
const WISHES = {
  node1: ['verify=2', 'calibrate=4'],
  node2: ['calibrate=2', 'detect=1'],
  node3: ['calibrate=4', 'detect=2'],
} as const;

function makeHome(): string {
  const home = fs.mkdtempSync(join(tmpdir(), 'slate-hosts-'));
  for (const folder of ['pipelines', 'stages', 'blackboard', 'tools']) fs.mkdirSync(join(home, folder));
  fs.writeFileSync(
    join(home, 'pipelines', 'sky.yaml'),
    'pipeline: sky\nstages:\n  - {stage: verify}\n  - {stage: calibrate}\n  - {stage: detect}\n',
  );
  for (const stage of ['verify', 'calibrate'])
    fs.writeFileSync(
      join(home, 'stages', `${stage}.yaml`),
      `stage: ${stage}\n${stage === 'verify' ? 'command: [/bin/true]' : WAITS}\n`,
    );
  return home;
}

/** A stage file with a fault: its processes end at once. */
function breakStage(home: string, isBroken: boolean): void {
  fs.writeFileSync(join(home, 'stages', 'detect.yaml'), `stage: detect\ncommand: ${isBroken ? '7' : '[/bin/true]'}\n`);
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + BOUND_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Makes them, hands over their home, ends and removes them. */
export async function withHosts(root: string, use: (home: string) => Promise<void>): Promise<void> {
  const home = makeHome();
  const script = join(root, 'dist', 'slate.js');
  const slate = async (...args: string[]): Promise<string> =>
    (await execa(process.execPath, [script, '--home', home, ...args], { stdin: 'ignore' })).stdout;
  const children: ChildProcess[] = [];
  const start = (host: string, ...args: string[]): void => {
    const preload = join(root, 'test/helpers/host-name.mjs');
    const env = { ...process.env, SLATE_TEST_HOST: host, NODE_OPTIONS: `--import ${preload}` };
    children.push(spawn(process.execPath, [script, '--home', home, ...args], { stdio: 'ignore', env }));
  };
  const shows = (text: RegExp): Promise<void> => until(async () => text.test(await slate('ps')), String(text));
  try {
    breakStage(home, false);
    await slate('create', 'sky', '--pipeline', 'sky');
    for (const [host, wishes] of Object.entries(WISHES)) {
      await slate('scale', ...wishes, '--host', host);
      start(host, 'up');
    }
    start('node4', 'run', '--stage', 'verify', '--slots', '2');
    await slate('post', ...Array.from({ length: 9 }, (_, index) => `m${51 + index}`));
    await shows(/node2 +up +detect=1 +running/);
    await shows(/node4 +\d+ +run/);
    await until(
      async () => (await slate('ls', 'stage:calibrate', '-q')).split('\n').length === 9,
      'all to be calibrated',
    );
    await slate('down', '--host', 'node2', '--reason', 'new memory');
    breakStage(home, true);
    // What runs already has read the file before.
    const { processes } = JSON.parse(await slate('ps', '--json')) as {
      processes: { host: string; stages: string[]; pid: number }[];
    };
    for (const { host, stages, pid } of processes)
      if (host === 'node3' && stages.includes('detect')) process.kill(pid, 'SIGKILL');
    await shows(/node3 +up +detect=2 +crashing/);
    await use(home);
  } finally {
    fs.writeFileSync(join(home, 'go'), '');
    await slate('down', '--all', '--now', '--wait');
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))));
    fs.rmSync(home, { recursive: true, force: true });
  }
}
