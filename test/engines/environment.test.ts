import { expect, it } from 'vitest';
import { clientEnvironment } from '../../src/engines/environment.ts';

it.each([
  'SQUEUE_PARTITION',
  'SQUEUE_FORMAT',
  'SBATCH_ARRAY_INX',
  'SCANCEL_STATE',
  'SLURM_CLUSTERS',
  'SLURM_JOB_ID',
  'SLURM_ARRAY_TASK_ID',
  'SLURM_CONFUSING',
  'PBS_DPREFIX',
  'PBS_O_QUEUE',
  'PBS_JOBID',
  'PBS_ARRAY_INDEX',
  'PBS_ARRAYID',
])('%s is kept from the commands of engines', (name) => expect(clientEnvironment({ [name]: 'x' })).toEqual({}));

it.each([
  'SLURM_CONF',
  'SLURM_JWT',
  'PBS_DEFAULT',
  'PBS_SERVER',
  'PBS_CONF_FILE',
  'PBS_EXEC',
  '_CONDOR_SCHEDD_NAME',
  'CONDOR_CONFIG',
  'PATH',
  'SSH_AUTH_SOCK',
])('%s is theirs', (name) => expect(clientEnvironment({ [name]: 'x' })).toEqual({ [name]: 'x' }));
