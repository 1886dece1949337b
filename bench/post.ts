/**
 * `slate post --from FILE` against a Node program that creates as many empty files in one folder, syncs nothing and promises
 * nothing.
 *
 * Nothing is deleted before the end. ext4 without a journal looks at every inode that was deleted in the last minutes before
 * it takes another one (measured: 350 µs a file instead of 16): both sides would tell of that and of nothing else.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { createBoard } from '../src/board/board.ts';
import { loadPipeline } from '../src/definitions/load.ts';
import { datasetName, makeBenchHome } from './big-board.ts';
import { median } from './measure.ts';
import { alternate, type Row, ratioOf, type Suite } from './suite.ts';

const LEAST_RATIO = 0.5;
const ROUNDS = 5;

const LIST = `const fs = require('node:fs');
  const [folder, list] = process.argv.slice(1);
  const names = fs.readFileSync(list, 'utf8').trimEnd().split('\\n');`;

const CREATE = `${LIST}
  for (const name of names) fs.closeSync(fs.openSync(folder + '/' + name, 'wx'));`;

/** The three changes that a post is made of, and nothing else: no check, no content, no journal, no sync. */
const BARE = `${LIST}
  for (const one of ['tmp', 'ids', 'queue']) fs.mkdirSync(folder + '/' + one);
  for (const name of names) {
    const entry = '50.20261121T120000.w____.000.-.' + name;
    fs.closeSync(fs.openSync(folder + '/tmp/' + entry, 'wx'));
    fs.linkSync(folder + '/tmp/' + entry, folder + '/ids/' + name);
    fs.renameSync(folder + '/tmp/' + entry, folder + '/queue/' + entry);
  }`;

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

export const post: Suite = {
  name: 'post',
  about:
    '`slate post -q --from LIST` as a process of its own, with the parameters written, the dataset taken in `ids/`, a line in ' +
    'the journal and one sync of the disk a batch: all onto one board, a fifth of them a round. The reference is a Node program ' +
    'that creates as many empty files in one folder, likewise. The row below has what a post can not do without on this file system: create, link and ' +
    'rename, by a Node program that does nothing else.',
  run: async ({ root, folder, quick, say }) => {
    const entries = quick ? 3_000 : 200_000;
    const rounds = quick ? 3 : ROUNDS;
    makeBenchHome(folder);
    // All of them come onto one board, and into one folder: a part of them a round, in turn.
    const part = entries / rounds;
    const lists = Array.from({ length: rounds }, (_, round) => {
      const names = Array.from({ length: part }, (_, index) => datasetName(round * part + index));
      const list = join(folder, `list${round}`);
      fs.writeFileSync(list, `${names.join('\n')}\n`);
      return list;
    });
    const { pipeline } = loadPipeline(folder, 'hst');
    createBoard(folder, 'b', pipeline);
    const files = join(folder, 'files');
    fs.mkdirSync(files);
    const slate = [join(root, 'dist', 'slate.js'), '--home', folder, '--board', 'b'];
    const listOf = (round: number): string => lists[round] as string;
    say(`post: ${entries.toLocaleString('en')} entries, ${rounds} rounds`);
    const times = await alternate(rounds, {
      created: (round) => time(['-e', CREATE, files, listOf(round)]),
      posted: (round) => time([...slate, 'post', '-q', '--from', listOf(round)]),
    });
    const bareFolder = join(folder, 'bare');
    fs.mkdirSync(bareFolder);
    const bare = [time(['-e', BARE, bareFolder, listOf(0)])];
    const each = (ms: readonly number[]): string => `${((median(ms) * 1000) / part).toFixed(0)} µs an entry`;
    const many = entries.toLocaleString('en');
    const reference = {
      against: 'as many empty files created in Node',
      theirs: each(times.created),
      unit: '×',
    } as const;
    const rows: Row[] = [
      {
        what: `slate post of ${many} from a list, a part a round`,
        ours: each(times.posted),
        ...reference,
        value: ratioOf(times.created, times.posted),
        target: { atLeast: LEAST_RATIO },
      },
      {
        what: 'only create, link and rename of each, in Node',
        ours: each(bare),
        ...reference,
        value: median(times.created) / median(bare),
        note: 'once, after the rounds',
      },
    ];
    return rows;
  },
};
