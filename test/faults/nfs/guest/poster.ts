/**
 * Posts entries until /run/stop is there, to one board after the other, and tells the host of each that was acknowledged:
 * `posted BOARD DATASET`. What /run/phase says is the first part of their names.
 *
 *   poster.mjs HOME NAME BOARD…
 */
import fs from 'node:fs';
import { openBoard, post } from '../../../../src/index.ts';

/** So many entries may wait on a board: the stage processes are to be busy, and to come to an end. */
const BACKLOG = 20;

const [home = '', poster = '', ...names] = process.argv.slice(2);
const boards = names.map((name) => openBoard(home, name));
const line = fs.openSync('/dev/ttyS2', 'w');
for (let number = 0; !fs.existsSync('/run/stop'); number++) {
  const open = boards.filter((board) => fs.readdirSync(board.path('queue')).length < BACKLOG);
  if (open.length === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  for (const board of open) {
    const dataset = `${fs.readFileSync('/run/phase', 'utf8').trim()}-${poster}-${number}`;
    const result = post(board, { dataset });
    board.journal.flush();
    const told = result.ok ? `posted ${board.name} ${dataset}` : `refused ${board.name} ${dataset} ${result.why}`;
    // One write: lines of several programs don't mix.
    fs.writeSync(line, `${told}\n`);
  }
}
