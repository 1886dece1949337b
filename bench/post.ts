/**
 * `slate post --from FILE` against a Node program that creates as many empty files in one folder, syncs nothing and promises
 * nothing. Side by side in one run, alternating; medians.
 *
 * Nothing is deleted before the end. ext4 without a journal looks at every inode that was deleted in the last minutes before
 * it takes another one (measured: 350 µs a file instead of 16): both sides would tell of that and of nothing else.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBoard } from '../src/board/board.ts';
import { loadPipeline } from '../src/definitions/load.ts';
import { datasetName, makeBenchHome } from './big-board.ts';
import { median, table } from './measure.ts';

const LEAST_RATIO = 0.5;
const ROUNDS = 5;

const CREATE = `
  const fs = require('node:fs');
  const [folder, list] = process.argv.slice(1);
  for (const name of fs.readFileSync(list, 'utf8').trimEnd().split('\\n')) fs.closeSync(fs.openSync(folder + '/' + name, 'wx'));
`;

/** @returns milliseconds @throws if the program fails */
function time(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stderr}`);
  return performance.now() - start;
}

export function benchPost(root: string, entries: number): boolean {
  const home = fs.mkdtempSync(join(tmpdir(), 'slate-bench-'));
  try {
    makeBenchHome(home);
    const list = join(home, 'list');
    fs.writeFileSync(list, `${Array.from({ length: entries }, (_, index) => datasetName(index)).join('\n')}\n`);
    const { pipeline } = loadPipeline(home, 'hst');
    const slate = [join(root, 'dist', 'slate.js'), '--home', home];
    const created: number[] = [];
    const posted: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const folder = join(home, `files${round}`);
      fs.mkdirSync(folder);
      createBoard(home, `b${round}`, pipeline);
      created.push(time(['-e', CREATE, folder, list]));
      posted.push(time([...slate, '--board', `b${round}`, 'post', '-q', '--from', list]));
    }
    // Of each round: what slows the disk for a while slows both.
    const ratio = median(created.map((ms, round) => ms / (posted[round] ?? Number.NaN)));
    const row = (name: string, ms: number, rest: readonly string[]): string[] => [
      name,
      `${(ms / 1000).toFixed(2)} s`,
      `${((ms * 1000) / entries).toFixed(0)} µs`,
      ...rest,
    ];
    const isMet = ratio >= LEAST_RATIO;
    process.stdout.write(`Posting ${entries.toLocaleString('en')} entries from a list, median of ${ROUNDS}\n`);
    process.stdout.write(
      `${table([
        ['what', 'median', 'each', 'of the reference', `at least ${LEAST_RATIO} ×`],
        row('empty files in Node', median(created), ['1.00 ×', '']),
        row('slate post --from', median(posted), [`${ratio.toFixed(2)} ×`, isMet ? 'ok' : 'MISSED']),
      ])}\n`,
    );
    return isMet;
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}
