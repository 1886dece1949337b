/** Steps on a real HTCondor of two nodes. */
import { engineCases } from '../real-engines/cases.ts';
import { htcondorRig } from './rig.ts';

engineCases('htcondor', htcondorRig);
