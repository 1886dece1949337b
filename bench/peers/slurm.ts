/** Slurm's job arrays, one a stage, each task of it released by the same task of the stage before. */
import fs from 'node:fs';
import { expectAll, type Peer, STAGES } from './peer.ts';
import { ask, type Cluster, sleep, startCluster, stopCluster } from './slurm-cluster.ts';

const POLL_MS = 50;

let cluster: Cluster | undefined;

export const slurm: Peer = {
  name: 'slurm',
  label: 'Slurm, job arrays chained by `aftercorr`, one node',
  programs: ['slurmctld', 'slurmd', 'munged', 'sbatch', 'squeue'],
  package: 'slurmctld, slurmd, slurm-client, munge',
  target: 100,
  note: 'controller and node on this machine, scheduling at its shortest intervals, no accounting',
  async time(folder, entries) {
    cluster ??= await startCluster(folder);
    const { env, completions } = cluster;
    const before = countLines(completions);
    const start = performance.now();
    let previous = '';
    for (const _stage of STAGES) {
      const after = previous === '' ? [] : [`--dependency=aftercorr:${previous}`];
      const array = `--array=0-${entries - 1}`;
      previous = ask(['sbatch', '--parsable', array, ...after, '--wrap=/bin/true'], folder, env).trim();
    }
    while (ask(['squeue', '--noheader', '--format=%i'], folder, env).trim() !== '') await sleep(POLL_MS);
    const seconds = (performance.now() - start) / 1000;
    await expectAll(entries * STAGES.length, () => countLines(completions) - before);
    return seconds;
  },
  async stop() {
    await stopCluster(cluster?.daemons ?? []);
    cluster = undefined;
  },
};

function countLines(file: string): number {
  if (!fs.existsSync(file)) return 0;
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes('JobState=COMPLETED')).length;
}
