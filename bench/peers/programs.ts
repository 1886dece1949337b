/** The peers that are one command, or two side by side. Each is given the cheapest way it has to do the job. */
import fs from 'node:fs';
import { join } from 'node:path';
import { entryNames, expectAll, expectFiles, type Peer, STAGES, timeRun } from './peer.ts';

const ALL_STAGES = STAGES.map(() => '/bin/true').join(' && ');
const STAMPED = /^d\d+\.[abc]$/;
const STAMPS = 'a stamp for each step, no log, no claims: one host';

const ninja: Peer = {
  name: 'ninja',
  label: '`ninja -j2`',
  programs: ['ninja'],
  package: 'ninja-build',
  target: 1,
  note: STAMPS,
  async time(folder, entries) {
    const lines = entryNames(entries).flatMap((entry) =>
      STAGES.map((stage, at) => `build ${entry}.${stage}: step${at === 0 ? '' : ` ${entry}.${STAGES[at - 1]}`}`),
    );
    fs.writeFileSync(
      join(folder, 'build.ninja'),
      `rule step\n  command = /bin/true && : > $out\n${lines.join('\n')}\n`,
    );
    const seconds = await timeRun(['ninja', '-j2', '--quiet'], folder);
    await expectFiles(folder, STAMPED, entries * STAGES.length);
    return seconds;
  },
};

const make: Peer = {
  name: 'make',
  label: '`make -j2` (GNU)',
  programs: ['make'],
  package: 'make',
  target: 1.3,
  note: STAMPS,
  async time(folder, entries) {
    const [first, ...others] = STAGES;
    const rules = others.map(
      (stage, at) => `$(ENTRIES:=.${stage}): %.${stage}: %.${STAGES[at]}\n\t/bin/true && : > $@\n`,
    );
    fs.writeFileSync(
      join(folder, 'Makefile'),
      `ENTRIES := ${entryNames(entries).join(' ')}\nall: $(ENTRIES:=.${STAGES.at(-1)})\n` +
        `$(ENTRIES:=.${first}):\n\t/bin/true && : > $@\n${rules.join('')}.PHONY: all\n`,
    );
    // Without its built-in rules: it would try them on each file.
    const seconds = await timeRun(['make', '-rRs', '-j2'], folder);
    await expectFiles(folder, STAMPED, entries * STAGES.length);
    return seconds;
  },
};

const nq: Peer = {
  name: 'nq',
  label: '`nq`, 2 queues, one job an entry',
  programs: ['nq'],
  package: 'nq',
  target: 2,
  note: 'a log for each entry, no state of stages: one host; a process waits for each job that is queued',
  async time(folder, entries) {
    const queues = ['q0', 'q1'];
    for (const queue of queues) fs.mkdirSync(join(folder, queue));
    const feeds = queues.map((queue, at) => {
      const jobs = entryNames(entries).filter((_, index) => index % queues.length === at).length;
      const feed = `i=0; while [ $i -lt ${jobs} ]; do nq -q sh -c '${ALL_STAGES}'; i=$((i + 1)); done; nq -w`;
      return timeRun(['/bin/sh', '-c', feed], folder, { NQDIR: join(folder, queue) });
    });
    const seconds = Math.max(...(await Promise.all(feeds)));
    const logs = queues.flatMap((queue) =>
      fs.readdirSync(join(folder, queue)).map((name) => join(folder, queue, name)),
    );
    // Its last line comes after the lock that `nq -w` waits for.
    await expectAll(
      entries,
      () => logs.filter((log) => fs.readFileSync(log, 'utf8').includes('with status 0.]')).length,
    );
    return seconds;
  },
};

const parallel: Peer = {
  name: 'parallel',
  label: '`parallel -j2 --joblog` (GNU), one job an entry',
  programs: ['parallel'],
  package: 'parallel',
  target: 2,
  note: 'a line for each entry, no state of stages, no log kept',
  async time(folder, entries) {
    fs.writeFileSync(join(folder, 'jobs'), `${ALL_STAGES}\n`.repeat(entries));
    const env = { PARALLEL_HOME: folder, PARALLEL_SHELL: '/bin/sh' };
    const args = ['parallel', '--will-cite', '-j2', '--joblog', 'joblog', '-a', 'jobs'];
    const seconds = await timeRun(args, folder, env);
    const lines = fs.readFileSync(join(folder, 'joblog'), 'utf8').trimEnd().split('\n').slice(1);
    await expectAll(entries, () => lines.filter((line) => line.split('\t')[6] === '0').length);
    return seconds;
  },
};

const jug: Peer = {
  name: 'jug',
  label: '2 × `jug execute`, file store',
  programs: ['jug'],
  package: undefined,
  target: 2,
  note: "a result for each step, several hosts, no log: a step's output is the worker's",
  async time(folder, entries) {
    fs.writeFileSync(
      join(folder, 'job.py'),
      `import subprocess\nfrom jug import TaskGenerator\n\n@TaskGenerator\ndef step(entry, stage, before):\n` +
        `    subprocess.check_call(['/bin/true'])\n    return stage\n\nfor entry in range(${entries}):\n    last = None\n` +
        `    for stage in '${STAGES.join('')}':\n        last = step(entry, stage, last)\n`,
    );
    const worker = (): Promise<number> => timeRun(['jug', 'execute', 'job.py'], folder);
    const seconds = Math.max(...(await Promise.all([worker(), worker()])));
    await timeRun(['jug', 'check', 'job.py'], folder);
    return seconds;
  },
};

const luigi: Peer = {
  name: 'luigi',
  label: 'Luigi, local scheduler, 2 workers',
  programs: ['luigi'],
  package: undefined,
  target: 20,
  note: 'a target for each step',
  async time(folder, entries) {
    fs.writeFileSync(
      join(folder, 'job.py'),
      `import subprocess\nimport luigi\n\nclass Step(luigi.Task):\n    entry = luigi.IntParameter()\n` +
        `    stage = luigi.IntParameter()\n\n    def requires(self):\n` +
        `        return Step(self.entry, self.stage - 1) if self.stage else []\n\n    def output(self):\n` +
        `        return luigi.LocalTarget('d%05d.%s' % (self.entry, '${STAGES.join('')}'[self.stage]))\n\n` +
        `    def run(self):\n        subprocess.check_call(['/bin/true'])\n        self.output().open('w').close()\n\n` +
        `class All(luigi.WrapperTask):\n    def requires(self):\n` +
        `        return [Step(entry, ${STAGES.length - 1}) for entry in range(${entries})]\n`,
    );
    const args = ['luigi', '--module', 'job', 'All', '--local-scheduler', '--workers', '2', '--log-level', 'WARNING'];
    const seconds = await timeRun(args, folder, { PYTHONPATH: folder });
    await expectFiles(folder, STAMPED, entries * STAGES.length);
    return seconds;
  },
};

const snakemake: Peer = {
  name: 'snakemake',
  label: 'Snakemake, `-j2`',
  programs: ['snakemake'],
  package: 'snakemake',
  target: 20,
  note: 'a stamp and a record for each step',
  async time(folder, entries) {
    const rules = STAGES.map((stage, at) => {
      const input = at === 0 ? '' : `    input: "{entry}.${STAGES[at - 1]}"\n`;
      return `rule ${stage}:\n${input}    output: touch("{entry}.${stage}")\n    shell: "/bin/true"\n`;
    });
    fs.writeFileSync(
      join(folder, 'Snakefile'),
      `rule all:\n    input: expand("{entry}.${STAGES.at(-1)}", entry=["d%05d" % at for at in range(${entries})])\n` +
        rules.join(''),
    );
    const env = { XDG_CACHE_HOME: join(folder, 'cache') };
    const seconds = await timeRun(['snakemake', '-j2', '--quiet', 'all'], folder, env);
    await expectFiles(folder, STAMPED, entries * STAGES.length);
    return seconds;
  },
};

/** Those that take milliseconds for an entry, and those that take longer. */
export const FAST: readonly Peer[] = [ninja, make, nq, jug, parallel];
export const SLOW: readonly Peer[] = [luigi, snakemake];
