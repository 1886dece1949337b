/** What commands of engines find in their environment. Pure. */

/**
 * Variables by which somebody's shell, or the job that a process itself is, would change what is asked: what they hide would
 * count as vanished. Where the engine is and who asks stays.
 */
const OTHERS = [
  /^(?:SQUEUE|SBATCH|SCANCEL)_/,
  /^SLURM_(?!(?:CONF|CONF_SERVER|JWT|SACK_KEY|SACK_JWKS)$)/,
  /^PBS_(?:DPREFIX|QSTAT_\w+|O_\w+|JOB\w+|ARRAY\w+|ENVIRONMENT|NODEFILE|NODENUM|TASKNUM|MOMPORT|QUEUE)$/,
];

export function clientEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !OTHERS.some((pattern) => pattern.test(name))),
  );
}
