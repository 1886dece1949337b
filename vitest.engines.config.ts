import { defineConfig } from 'vitest/config';

// Steps on a real HTCondor, which is in no Debian before 13: `npm run test:engines` makes one as root. `npm test` runs without it.
export default defineConfig({
  test: {
    include: ['test/htcondor/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 120_000,
    globalSetup: ['test/htcondor/setup.ts', 'test/helpers/no-leftovers.ts'],
  },
});
