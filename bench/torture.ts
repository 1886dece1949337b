/**
 * The board under fire, at any size: entries through stages of `true` on several processes, some killed, some frozen past
 * their lease and continued, names moved by hand meanwhile; then the books are checked.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBoard, type Located, loadPipeline, openBoard, postMany, scanBoard } from '../src/index.ts';
import { formatName, parseStatus } from '../src/model/name.ts';

export interface TortureOptions {
  readonly entries: number;
  readonly stages: number;
  readonly processes: number;
  readonly slots: number;
  readonly kills: number;
  readonly freezes: number;
  /** Renames by hand. */
  readonly moves: number;
  readonly leaseMs: number;
}

interface Books {
  readonly wrong: string[];
  readonly claims: number;
  readonly finishes: number;
}

/** Runs it. @returns true if nothing was lost or done twice */
export async function torture(root: string, options: TortureOptions): Promise<boolean> {
  const home = fs.mkdtempSync(join(tmpdir(), 'slate-torture-'));
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const stages = Array.from({ length: options.stages }, (_, index) => `s${index + 1}`);
  for (const folder of ['pipelines', 'stages', 'blackboard']) fs.mkdirSync(join(home, folder));
  fs.writeFileSync(
    join(home, 'pipelines', 'p.yaml'),
    `pipeline: p\nstages:\n${stages.map((stage) => `  - stage: ${stage}\n`).join('')}`,
  );
  for (const stage of stages)
    fs.writeFileSync(
      join(home, 'stages', `${stage}.yaml`),
      `stage: ${stage}\ncommand: [/bin/true]\nretries: 9\nbackoff: {first: 0s}\n`,
    );
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline, { leaseMs: options.leaseMs });
  const board = openBoard(home, 'b');
  const datasets = Array.from({ length: options.entries }, (_, index) => ({
    dataset: `d${String(index).padStart(7, '0')}`,
  }));
  let posted = 0;
  await postMany(board, datasets, ({ ok }) => {
    if (ok) posted++;
  });
  board.journal.flush();
  say(`${posted} entries posted, ${options.stages} stages, ${options.processes} processes of ${options.slots} slots`);

  const start = performance.now();
  const run = (): ChildProcess =>
    spawn(
      process.execPath,
      [
        join(root, 'dist', 'slate.js'),
        '--home',
        home,
        '--board',
        'b',
        'run',
        '--until-idle',
        '--slots',
        String(options.slots),
      ],
      { stdio: 'ignore' },
    );
  const running = new Set<ChildProcess>();
  const add = (): void => {
    const child = run();
    running.add(child);
    child.once('exit', () => running.delete(child));
  };
  for (let index = 0; index < options.processes; index++) add();

  const events = [
    ...Array.from({ length: options.kills }, () => 'kill' as const),
    ...Array.from({ length: options.freezes }, () => 'freeze' as const),
    ...Array.from({ length: options.moves }, () => 'move' as const),
  ].sort(() => Math.random() - 0.5);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];
  const expected = options.entries * options.stages;
  const gap = Math.max(20, ((expected / 700) * 1000 * 0.7) / Math.max(1, events.length));
  for (const event of events) {
    await new Promise((resolve) => setTimeout(resolve, gap));
    const child = pick([...running]);
    if (event === 'move') moveByHand(board.root, pick(scanBoard(board, ['active', 'queue', 'done']).entries));
    else if (child !== undefined && event === 'kill') {
      child.kill('SIGKILL');
      add();
    } else if (child !== undefined) {
      child.kill('SIGSTOP');
      setTimeout(() => child.kill('SIGCONT'), options.leaseMs * 2.5);
    }
  }
  // Those that ended idle before the last rename by hand leave its entry for one more round.
  do {
    while (running.size > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    if (unfinished(scanBoard(board).entries) > 0) add();
  } while (running.size > 0);
  const seconds = (performance.now() - start) / 1000;

  const { wrong, claims, finishes } = audit(home, scanBoard(board).entries, options);
  say(
    `${seconds.toFixed(1)} s, ${(expected / seconds).toFixed(0)} steps a second; ${claims} claims, ${finishes} finishes for ${expected} columns`,
  );
  for (const line of wrong) say(`WRONG: ${line}`);
  say(wrong.length === 0 ? 'nothing was lost, nothing was done twice' : `the board is kept: ${home}`);
  if (wrong.length === 0) fs.rmSync(home, { recursive: true, force: true });
  return wrong.length === 0;
}

/** Sends an entry back to a stage, or changes its rank, as `mv` would. */
function moveByHand(root: string, entry: Located | undefined): void {
  if (entry === undefined) return;
  const at = Math.floor(Math.random() * entry.name.letters.length);
  const done = entry.folder.startsWith('done/');
  const letters = done ? `${entry.name.letters.slice(0, at)}w${entry.name.letters.slice(at + 1)}` : entry.name.letters;
  const target = formatName({ ...entry.name, letters, rank: Math.floor(Math.random() * 100) });
  try {
    fs.renameSync(join(root, entry.folder, entry.file), join(root, done ? 'active' : entry.folder, target));
  } catch (error) {
    // Someone was faster.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function unfinished(entries: readonly Located[]): number {
  return entries.filter(({ folder }) => !folder.startsWith('done/')).length;
}

function audit(home: string, entries: readonly Located[], options: TortureOptions): Books {
  const wrong: string[] = [];
  const root = join(home, 'blackboard', 'b');
  const bad = entries.filter(({ folder, name }) => !folder.startsWith('done/') || !/^c+$/.test(name.letters));
  if (bad.length > 0) wrong.push(`${bad.length} entries are not done, such as ${bad[0]?.folder}/${bad[0]?.file}`);
  if (entries.length !== options.entries) wrong.push(`${entries.length} entries for ${options.entries} posts`);
  if (new Set(entries.map(({ name }) => name.dataset)).size !== options.entries)
    wrong.push('datasets are missing or doubled');
  for (const folder of ['active', 'queue', 'ids']) {
    const left = fs.readdirSync(join(root, folder));
    if (left.length > 0) wrong.push(`${folder}/ holds ${left.length} files, such as ${left[0]}`);
  }
  const alive = fs.readdirSync(join(root, 'processes')).filter((file) => parseStatus(file)?.order !== 'lost');
  if (alive.length > 0) wrong.push(`status files are left: ${alive.join(' ')}`);
  const seen = { claim: new Map<string, number>(), finish: new Map<string, number>() };
  for (const day of fs.readdirSync(join(root, 'journal'))) {
    for (const file of fs.readdirSync(join(root, 'journal', day))) {
      for (const text of fs
        .readFileSync(join(root, 'journal', day, file), 'utf8')
        .split('\n')
        .slice(0, -1)) {
        const line = JSON.parse(text) as { event: string; dataset: string; posted: string; epoch: number };
        if (line.event !== 'claim' && line.event !== 'finish') continue;
        const key = `${line.dataset} ${line.posted} ${line.epoch}`;
        seen[line.event].set(key, (seen[line.event].get(key) ?? 0) + 1);
      }
    }
  }
  for (const event of ['claim', 'finish'] as const) {
    for (const [key, count] of seen[event]) if (count > 1) wrong.push(`${count} ${event} lines for ${key}`);
  }
  return { wrong, claims: seen.claim.size, finishes: seen.finish.size };
}
