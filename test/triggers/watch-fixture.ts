/**
 * A process that watches one landing zone. Argument: JSON of FixtureOptions. It prints `watching` after the first round,
 * and `idle` and ends when nothing is pending, if it was told to. Before the disk's call number `dieAt` it kills itself.
 */
import { Board } from '../../src/board/board.ts';
import { nodeFs } from '../../src/board/fs.ts';
import type { LandingZone } from '../../src/model/definition.ts';
import { type LandingTuning, LandingWatcher } from '../../src/triggers/landing.ts';
import { countingFs } from './counting-fs.ts';

export interface FixtureOptions {
  readonly home: string;
  readonly board: string;
  readonly zone: LandingZone;
  readonly tuning: Partial<LandingTuning>;
  readonly untilIdle: boolean;
  readonly dieAt?: number;
}

const { home, board: name, zone, tuning, untilIdle, dieAt } = JSON.parse(process.argv[2] ?? '') as FixtureOptions;
const fs = countingFs(nodeFs, (call) => {
  if (call === dieAt) process.kill(process.pid, 'SIGKILL');
});
const board = Board.open(home, name, { fs, writer: 'fixture' });
// Of the stage file only the classes matter here.
board.useStages(new Map([['verify', { classes: ['acs'], retries: 0 } as never]]));
const watcher = new LandingWatcher({
  board,
  zone,
  index: 0,
  tuning,
  log: (level, code, message) => process.stderr.write(`${level} ${code} ${message}\n`),
});
await watcher.start();
process.stdout.write('watching\n');
if (untilIdle) {
  // Files whose first look was the first round are pending still.
  while (watcher.pending() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await watcher.stop();
  process.stdout.write('idle\n');
}
