/** A board with one stage, `mill`, whose program is given, and how long it takes a stage process: for `flow-batch.ts` and `flow-service.ts`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { createBoard, loadPipeline, openBoard, postMany } from '../src/index.ts';
import { finishTimes } from './steps.ts';

export interface Mill {
  readonly file: string;
  /** Text of the program that it runs. */
  readonly program: string;
  /** Further lines of the stage's YAML, each with its newline. */
  readonly more: string;
  /** Likewise of the pipeline's. */
  readonly pipeline?: string;
}

export async function makeMill(
  home: string,
  { file, program, more, pipeline = '' }: Mill,
  entries: number,
): Promise<void> {
  for (const name of ['pipelines', 'stages', 'blackboard']) fs.mkdirSync(join(home, name), { recursive: true });
  fs.writeFileSync(join(home, 'program'), program);
  fs.writeFileSync(join(home, 'pipelines', 'p.yaml'), `pipeline: p\nstages:\n  - stage: mill\n${pipeline}`);
  const command = JSON.stringify([file, join(home, 'program')]);
  fs.writeFileSync(join(home, 'stages', 'mill.yaml'), `stage: mill\ncommand: ${command}\n${more}`);
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const board = openBoard(home, 'b');
  const datasets = Array.from({ length: entries }, (_, index) => ({ dataset: `d${String(index).padStart(6, '0')}` }));
  await postMany(board, datasets, () => undefined);
  board.journal.flush();
}

/** Seconds from the first claim to the last finish. */
export async function timeMill(root: string, home: string, slots: number, entries: number): Promise<number> {
  const args = [join(root, 'dist', 'slate.js'), '--home', home, 'run', '--until-idle', '--slots', String(slots)];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`slate run ended with ${code}`);
  const { firstMs, lastMs } = finishTimes(join(home, 'blackboard', 'b'), entries);
  return (lastMs - firstMs) / 1000;
}
