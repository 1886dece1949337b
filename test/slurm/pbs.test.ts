/** Steps on a real Slurm of two nodes, by the commands of PBS that it brings along. */
import { engineCases } from '../real-engines/cases.ts';
import { pbsRig } from './pbs-rig.ts';

engineCases('pbs', pbsRig);
