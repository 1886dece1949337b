import { defineConfig } from 'vitest/config';

// Tests on a real terminal: they need tmux, which .ci/run installs. `npm test` runs without it.
export default defineConfig({
  test: {
    include: ['test/terminal/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    globalSetup: ['test/helpers/no-leftovers.ts'],
  },
});
