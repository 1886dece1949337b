/** `mv` by hand, at random, beside whatever else goes wrong: `storm.sh` as a process. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { boardPath, onCleanup } from '../../helpers/home.ts';

const SCRIPT = join(dirname(fileURLToPath(import.meta.url)), 'storm.sh');

export interface Storm {
  /** Ends it. @returns how many renames were done */
  readonly stop: () => Promise<number>;
}

export function startStorm(home: string): Storm {
  const child = spawn('bash', [SCRIPT, boardPath(home)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let moved = 0;
  child.stdout.on('data', (data: Buffer) => {
    moved += data.toString().split('\n').length - 1;
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  onCleanup(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    stop: async () => {
      // Asked, not killed: a rename that was done is to be counted.
      fs.writeFileSync(boardPath(home, '../../.storm-over'), '');
      await ended;
      return moved;
    },
  };
}
