/** The suites that `npm run bench` runs, in the order of `docs/performance.md`. A new suite is one line here. */
import type { Suite } from './suite.ts';

export interface Listed {
  readonly name: string;
  /** It is stopped then, and its rows are not measured. */
  readonly limitSeconds: number;
  /** Only by its name: it is about another system's daemons, which it starts. */
  readonly isAside?: true;
  /** Loaded in the process that runs it, and nowhere else. */
  load(): Promise<Suite>;
}

export const SUITES: readonly Listed[] = [
  { name: 'startup', limitSeconds: 60, load: async () => (await import('./startup.ts')).startup },
  { name: 'steps', limitSeconds: 120, load: async () => (await import('./steps.ts')).steps },
  { name: 'peers', limitSeconds: 300, load: async () => (await import('./peers.ts')).peers },
  { name: 'claim', limitSeconds: 240, load: async () => (await import('./claim.ts')).claimSuite },
  { name: 'scan', limitSeconds: 240, load: async () => (await import('./scan.ts')).scan },
  { name: 'post', limitSeconds: 180, load: async () => (await import('./post.ts')).post },
  { name: 'idle', limitSeconds: 180, load: async () => (await import('./idle.ts')).idle },
  { name: 'flow-gather', limitSeconds: 120, load: async () => (await import('./flow-gather.ts')).flowGather },
  { name: 'flow-batch', limitSeconds: 120, load: async () => (await import('./flow-batch.ts')).flowBatch },
  { name: 'flow-service', limitSeconds: 120, load: async () => (await import('./flow-service.ts')).flowService },
  { name: 'pool', limitSeconds: 180, load: async () => (await import('./pool.ts')).pool },
  { name: 'engines', limitSeconds: 600, isAside: true, load: async () => (await import('./engines.ts')).engines },
];

export const SUITE_NAMES: readonly string[] = SUITES.map(({ name }) => name);
/** Those that run when none is named. */
export const USUAL_NAMES: readonly string[] = SUITES.flatMap(({ name, isAside }) => (isAside === true ? [] : [name]));

/** @throws if there is none of that name */
export function findSuite(name: string): Listed {
  const found = SUITES.find((suite) => suite.name === name);
  if (found === undefined) throw new Error(`no suite '${name}'`);
  return found;
}
