import { defineConfig } from 'vitest/config';

// Transfers by real tools: they and sshd come from Debian packages, which .ci/run installs. `npm test` runs without it.
export default defineConfig({
  test: {
    include: ['test/sites/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    globalSetup: ['test/helpers/no-leftovers.ts'],
  },
});
