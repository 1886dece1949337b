import { defineConfig } from 'vitest/config';

// Integration tests start real processes: two workers, one for each core of a small machine.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need tmux, Slurm, HTCondor, sshd: vitest.terminal.config.ts, vitest.slurm.config.ts, vitest.engines.config.ts and
    // vitest.sites.config.ts run them.
    exclude: ['test/terminal/**', 'test/slurm/**', 'test/htcondor/**', 'test/sites/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/helpers/no-leftovers.ts'],
  },
});
