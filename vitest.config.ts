import { defineConfig } from 'vitest/config';

// Integration tests start real processes: two workers, one for each core of a small machine.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need tmux, Slurm, HTCondor: vitest.terminal.config.ts, vitest.slurm.config.ts and vitest.engines.config.ts run them.
    exclude: ['test/terminal/**', 'test/slurm/**', 'test/htcondor/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/helpers/no-leftovers.ts'],
  },
});
