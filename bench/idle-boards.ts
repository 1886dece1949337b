/** Homes, boards and stage processes for the measurements of idle ones. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Board, createBoard, loadPipeline, openBoard } from '../src/index.ts';
import { formatName, formatPosted } from '../src/model/name.ts';

export const STAGES = ['first', 'second', 'third'];
/** The one that is served by those that are to be idle. */
export const LAST = ['third'];
/** So many are started at a time. */
const AT_ONCE = 4;

/** The last stage serves one class only: entries of others leave the board without it. */
export function makeIdleHome(home: string, command: string): void {
  for (const folder of ['pipelines', 'stages', 'blackboard']) fs.mkdirSync(join(home, folder), { recursive: true });
  const list = STAGES.map((stage) => `  - stage: ${stage}\n`).join('');
  fs.writeFileSync(join(home, 'pipelines', 'p.yaml'), `pipeline: p\nstages:\n${list}`);
  for (const stage of STAGES) {
    const classes = stage === 'third' ? 'classes: [rare]\n' : '';
    fs.writeFileSync(join(home, 'stages', `${stage}.yaml`), `stage: ${stage}\n${classes}command: ${command}\n`);
  }
}

export function makeIdleBoard(home: string, name: string, watch: 'auto' | 'poll' = 'auto'): Board {
  const { root } = createBoard(home, name, loadPipeline(home, 'p').pipeline);
  const file = join(root, 'board.yaml');
  // A post that is synced waits for the disk, which is not what is measured here.
  const text = fs.readFileSync(file, 'utf8').replace('durability: posts', 'durability: none');
  fs.writeFileSync(file, text.replace('watch: auto', `watch: ${watch}`));
  return openBoard(home, name);
}

/** Entries in these folders in equal parts: nothing that the third stage could do. */
export function fillWaiting(board: Board, entries: number): void {
  const kinds = [
    { folder: 'queue', letters: 'w__' },
    { folder: 'active', letters: 'cw_' },
    { folder: 'queue', letters: 'w__' },
    { folder: 'failed', letters: 'cf_' },
  ] as const;
  const posted = formatPosted(Date.now() - 60_000);
  for (let index = 0; index < entries; index++) {
    const { folder, letters } = kinds[index % kinds.length] ?? kinds[0];
    const dataset = `d${String(index).padStart(6, '0')}`;
    const tags = folder === 'failed' ? [{ kind: 'cause', column: 1, cause: 'x1' } as const] : [];
    const path = board.path(
      `${folder}/${formatName({ rank: 50, posted, letters, epoch: 1, class: 'rare', dataset, tags })}`,
    );
    fs.writeFileSync(path, '');
    fs.linkSync(path, board.path(`ids/${dataset}`));
  }
}

/** Entries for the first two stages only: the third does not serve their class. */
export function fillUsual(board: Board, entries: number): void {
  const posted = formatPosted(Date.now() - 60_000);
  for (let index = 0; index < entries; index++) {
    const dataset = `d${String(index).padStart(6, '0')}`;
    const name = formatName({ rank: 50, posted, letters: 'w__', epoch: 0, class: 'usual', dataset, tags: [] });
    fs.writeFileSync(board.path(`queue/${name}`), '');
    fs.linkSync(board.path(`queue/${name}`), board.path(`ids/${dataset}`));
  }
}

/** Processes that were started, and all that is to end when the suite does. */
export class StageProcesses {
  readonly #children: ChildProcess[] = [];
  readonly #slate: string;
  #count = 0;

  constructor(root: string) {
    this.#slate = join(root, 'dist', 'slate.js');
  }

  /** @returns its pid, when it has registered */
  async start(board: Board, stages: readonly string[]): Promise<number> {
    const named = stages.flatMap((stage) => ['--stage', stage]);
    const args = [this.#slate, '--home', board.home, '--board', board.name, 'run', ...named];
    // Not a pipe: it would have to be read all the time.
    const said = join(board.home, `said.${this.#count++}`);
    const out = fs.openSync(said, 'w');
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', out] });
    fs.closeSync(out);
    this.#children.push(child);
    while (!fs.readFileSync(said, 'utf8').includes('registered')) {
      if (child.exitCode !== null) throw new Error(`slate run ended: ${fs.readFileSync(said, 'utf8')}`);
      await sleep(10);
    }
    if (child.pid === undefined) throw new Error('slate run did not start');
    return child.pid;
  }

  async startMany(count: number, board: Board, stages: readonly string[]): Promise<number[]> {
    const pids: number[] = [];
    while (pids.length < count) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - pids.length) }, () => this.start(board, stages));
      pids.push(...(await Promise.all(some)));
    }
    return pids;
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }),
    );
  }
}
