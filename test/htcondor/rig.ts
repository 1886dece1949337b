/** The tests' HTCondor as one of the batch systems that all hold to the same cases. */
import type { Rig } from '../real-engines/rig.ts';
import { NODES, startPool } from './pool.ts';

/** `12@schedd_3` → `12.3` */
export function condorJob(job: string): string {
  return job.replace(/@.*_/, '.');
}

export async function htcondorRig(): Promise<Rig> {
  const { env, ask, kill, start } = await startPool();
  return {
    kind: 'htcondor',
    env,
    arrays: true,
    node: '$RIG_NODE',
    nodes: NODES,
    walltime: '1m',
    walltimeWords: /it ran for more than 60 s/,
    wrong: { line: "options: ['requirements = (((']", words: /parse error/i },
    ends: { cancelled: 'failed f 1-job_cancelled', node: 'done c' },
    cancel: async (job) => void (await ask('condor_rm', condorJob(job))),
    nodeOf: async (job) => /@(\w+)@/.exec(await ask('condor_q', condorJob(job), '-af', 'RemoteHost'))?.[1] ?? '',
    killNode: kill,
    killController: () => kill('schedd'),
    startController: () => start('schedd'),
    isEmpty: async () =>
      (await ask('condor_q', '-af', 'ProcId', '-constraint', 'JobStatus < 3 || RemoteHost =!= undefined')).trim() ===
      '',
  };
}
