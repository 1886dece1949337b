import { defineConfig } from 'vitest/config';

// Steps on a real Slurm: its daemons come from Debian packages, which .ci/run installs. `npm test` runs without it.
export default defineConfig({
  test: {
    include: ['test/slurm/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 120_000,
    globalSetup: ['test/helpers/no-leftovers.ts'],
  },
});
