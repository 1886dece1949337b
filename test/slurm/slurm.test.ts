/** Steps on a real Slurm of two nodes. */
import { engineCases } from '../real-engines/cases.ts';
import { slurmRig } from './rig.ts';

engineCases('slurm', slurmRig);
