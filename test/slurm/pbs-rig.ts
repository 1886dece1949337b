/** The tests' Slurm behind its own `qsub`, `qstat` and `qdel` (Debian: slurm-wlm-torque), which is all of PBS that is to be had. */
import { expect } from 'vitest';
import type { Rig } from '../real-engines/rig.ts';
import { slurmRig } from './rig.ts';

export async function pbsRig(): Promise<Rig> {
  const rig = await slurmRig();
  const { ask } = rig;
  return {
    ...rig,
    kind: 'pbs',
    arrays: false,
    walltimeWords: /its walltime is over/,
    // Its qstat says of neither why it has ended; a cancelled job may have told of the signal in time.
    ends: { cancelled: expect.stringMatching(/^failed f 1-(?:s15|job_launch)$/), node: 'failed f 1-job_launch' },
    cancel: async (job) => void (await ask('qdel', idOf(job))),
    nodeOf: async (job) => (await ask('squeue', '-h', '-j', idOf(job), '-o', '%N')).trim(),
  };
}

function idOf(job: string): string {
  return job.split('_')[0] ?? '';
}
