/**
 * How long until `slate` says something, against Node's own start, side by side in one run: medians, alternating.
 * Target: Node's own start + 150 ms.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBoard, loadPipeline, openBoard, postMany } from '../src/index.ts';
import { median, table, timeProgram } from './measure.ts';

const TARGET_MS = 150;

export async function startup(root: string, rounds: number): Promise<boolean> {
  const home = fs.mkdtempSync(join(tmpdir(), 'slate-bench-'));
  try {
    for (const folder of ['pipelines', 'stages', 'blackboard']) fs.mkdirSync(join(home, folder));
    fs.writeFileSync(join(home, 'pipelines', 'p.yaml'), 'pipeline: p\nstages:\n  - stage: a\n  - stage: b\n');
    for (const stage of ['a', 'b'])
      fs.writeFileSync(join(home, 'stages', `${stage}.yaml`), `stage: ${stage}\ncommand: [/bin/true]\n`);
    createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
    await postMany(
      openBoard(home, 'b'),
      Array.from({ length: 1000 }, (_, index) => ({ dataset: `d${index}` })),
      () => undefined,
    );
    const slate = [join(root, 'dist', 'slate.js'), '--home', home];
    const cases: Record<string, string[]> = {
      'node, one line': ['-e', 'console.log(1)'],
      'slate --version': [...slate, '--version'],
      'slate ls, 1,000 entries': [...slate, 'ls'],
      'slate counts': [...slate, 'counts'],
      'slate show d1': [...slate, 'show', 'd1'],
      'slate hold -n d1': [...slate, 'hold', '-n', 'd1'],
      'slate check': [...slate, 'check'],
    };
    const times = new Map<string, number[]>();
    for (let round = 0; round < rounds; round++) {
      for (const [name, args] of Object.entries(cases)) {
        const { firstMs } = await timeProgram(args, home);
        times.set(name, [...(times.get(name) ?? []), firstMs]);
      }
    }
    const floor = median(times.get('node, one line') ?? []);
    const rows = [...times].map(([name, list]) => ({ name, ms: median(list), over: median(list) - floor }));
    const lines = rows.map(({ name, ms, over }) => [
      name,
      `${ms.toFixed(0)} ms`,
      `${over.toFixed(0)} ms`,
      over <= TARGET_MS ? 'ok' : 'MISSED',
    ]);
    process.stdout.write(`First output, median of ${rounds}; target: at most ${TARGET_MS} ms over Node's own start\n`);
    process.stdout.write(`${table([['command', 'first output', 'over node', ''], ...lines])}\n`);
    return rows.every(({ over }) => over <= TARGET_MS);
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}
