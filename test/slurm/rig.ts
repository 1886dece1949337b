/** The tests' Slurm as one of the batch systems that all hold to the same cases. */
import type { Rig } from '../real-engines/rig.ts';
import { NODES, startCluster } from './cluster.ts';

/** With Slurm's own commands, for who needs more of it. */
export interface SlurmRig extends Rig {
  ask(command: string, ...words: string[]): Promise<string>;
}

export async function slurmRig(): Promise<SlurmRig> {
  const { env, ask, kill, start } = await startCluster();
  return {
    ask,
    kind: 'slurm',
    env,
    arrays: true,
    node: '$SLURMD_NODENAME',
    nodes: NODES,
    // It counts whole minutes.
    walltime: '1m',
    walltimeWords: /TIMEOUT/,
    wrong: { line: 'partition: none', words: /invalid partition/i },
    ends: { cancelled: 'failed f 1-job_cancelled', node: 'done c' },
    cancel: async (job) => void (await ask('scancel', job)),
    nodeOf: async (job) => (await ask('squeue', '-h', '-r', '-j', job, '-o', '%N')).trim(),
    killNode: async (node) => {
      await kill(node);
      await ask('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=test');
    },
    killController: () => kill('slurmctld'),
    startController: () => start('slurmctld'),
    isEmpty: async () => (await ask('squeue', '-h')).trim() === '',
  };
}
