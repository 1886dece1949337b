import { defineConfig } from 'vitest/config';

// Faults on real processes and disks: test/faults/run.sh runs them, a group at a time, as root in namespaces of its own.
export default defineConfig({
  test: {
    include: ['test/faults/**/*.faults.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 900_000,
    hookTimeout: 60_000,
    globalSetup: ['test/helpers/no-leftovers.ts'],
  },
});
