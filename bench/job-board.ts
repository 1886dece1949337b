/** A board `oco` for screens: orbits that are split into granules, whose steps are jobs of a stand-in for Slurm. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';

const BOUND_MS = 60_000;
/** Granules by orbit. */
const ORBITS: Readonly<Record<string, number>> = { o31007: 9, o31008: 14, o31009: 7 };

/** The first of each orbit end at once, one of them badly; the others go on until the file `go` is there. */
const RETRIEVE =
  'case $SLATE_DATASET in *-[1-3]) sleep 1;; *-4) echo "no convergence after 7 iterations"; exit 3;; ' +
  '*) echo "reading spectra"; until test -e $SLATE_HOME/go; do sleep 0.2; done;; esac';

function makeHome(): string {
  const home = fs.mkdtempSync(join(tmpdir(), 'slate-jobs-'));
  for (const folder of ['pipelines', 'stages', 'blackboard', 'tools', 'slurm']) fs.mkdirSync(join(home, folder));
  const put = (file: string, ...lines: string[]): void => fs.writeFileSync(join(home, file), `${lines.join('\n')}\n`);
  put('pipelines/sounding.yaml', 'pipeline: sounding', 'stages:', '  - {stage: split}', '  - {stage: retrieve}');
  put('stages/split.yaml', 'stage: split', 'classes: [orbit]', "shell: '{{ home }}/tools/split.sh {{ params.count }}'");
  put('stages/retrieve.yaml', 'stage: retrieve', 'classes: [granule]', 'engine: cluster', `shell: '${RETRIEVE}'`);
  put('engines.yaml', 'engines:', '  cluster:', '    kind: slurm', '    poll: 500ms');
  put(
    'tools/split.sh',
    '#!/bin/sh',
    'for n in $(seq "$1"); do',
    '  printf \'{"dataset": "%s-%d", "class": "granule"}\\n\' "$SLATE_DATASET" "$n"',
    'done > "$SLATE_POST"',
  );
  fs.chmodSync(join(home, 'tools/split.sh'), 0o755);
  return home;
}

/** Makes it, hands over its home, ends and removes it. */
export async function withJobs(root: string, use: (home: string) => Promise<void>): Promise<void> {
  const home = makeHome();
  const commands = join(root, 'test/fixtures/slurm');
  const env = {
    ...process.env,
    FAKE_SLURM: join(home, 'slurm'),
    FAKE_SLURM_NODE: process.execPath,
    FAKE_SLURM_CPUS: '7',
    PATH: `${commands}${delimiter}${process.env.PATH ?? ''}`,
  };
  const script = join(root, 'dist', 'slate.js');
  const slate = async (...args: string[]): Promise<string> =>
    (await execa(process.execPath, [script, '--home', home, ...args], { stdin: 'ignore' })).stdout;
  let dispatcher: ChildProcess | undefined;
  try {
    await slate('create', 'oco', '--pipeline', 'sounding');
    for (const [orbit, count] of Object.entries(ORBITS))
      await slate('post', orbit, '--class', 'orbit', '--param', `count=${count}`);
    await slate('run', '--stage', 'split', '--until-idle');
    const words = [script, '--home', home, 'run', '--stage', 'retrieve'];
    dispatcher = spawn(process.execPath, words, { stdio: 'ignore', env });
    const deadline = performance.now() + BOUND_MS;
    for (;;) {
      const states = await slate('jobs', '--by', 'state');
      if (/running +n1 +7 /.test(states) && /today +failed: exit code 3/.test(states)) break;
      if (performance.now() > deadline) throw new Error(`waited in vain for jobs to run:\n${states}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await use(home);
  } finally {
    fs.writeFileSync(join(home, 'go'), '');
    if (dispatcher !== undefined) {
      dispatcher.kill('SIGTERM');
      await (dispatcher.exitCode ?? new Promise((resolve) => dispatcher?.once('exit', resolve)));
    }
    fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
