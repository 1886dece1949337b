/** How long until `slate` says something, against Node's own start. */
import fs from 'node:fs';
import { join } from 'node:path';
import { createBoard, loadPipeline, openBoard, postMany } from '../src/index.ts';
import { median, timeProgram } from './measure.ts';
import { alternate, type Row, type Suite } from './suite.ts';

const MOST_MS = 150;
const ENTRIES = 1000;

async function makeHome(home: string): Promise<void> {
  for (const folder of ['pipelines', 'stages', 'blackboard']) fs.mkdirSync(join(home, folder));
  fs.writeFileSync(join(home, 'pipelines', 'p.yaml'), 'pipeline: p\nstages:\n  - stage: a\n  - stage: b\n');
  for (const stage of ['a', 'b'])
    fs.writeFileSync(join(home, 'stages', `${stage}.yaml`), `stage: ${stage}\ncommand: [/bin/true]\n`);
  createBoard(home, 'b', loadPipeline(home, 'p').pipeline);
  const datasets = Array.from({ length: ENTRIES }, (_, index) => ({ dataset: `d${index}` }));
  await postMany(openBoard(home, 'b'), datasets, () => undefined);
}

export const startup: Suite = {
  name: 'startup',
  about:
    "How long until a command's first output, on a board of 1,000 entries, over `node -e 'console.log(1)'` in the same " +
    'run; medians, alternating.',
  async run({ root, folder: home, quick }) {
    await makeHome(home);
    const slate = [join(root, 'dist', 'slate.js'), '--home', home];
    const commands = {
      '--version': ['--version'],
      'ls, 1,000 entries': ['ls'],
      counts: ['counts'],
      'show d1': ['show', 'd1'],
      'hold -n d1': ['hold', '-n', 'd1'],
      check: ['check'],
    };
    const first = (args: readonly string[]) => async () => (await timeProgram(args, home)).firstMs;
    const times = await alternate(quick ? 3 : 11, {
      node: first(['-e', 'console.log(1)']),
      ...Object.fromEntries(Object.entries(commands).map(([name, args]) => [name, first([...slate, ...args])])),
    } as Record<string, () => Promise<number>>);
    const floor = median(times.node ?? []);
    return Object.keys(commands).map((name): Row => {
      const ms = median(times[name] ?? []);
      return {
        what: `\`slate ${name}\`, first output`,
        ours: `${ms.toFixed(0)} ms`,
        against: "Node's own start",
        theirs: `${floor.toFixed(0)} ms`,
        value: ms - floor,
        unit: 'ms',
        target: { atMost: MOST_MS },
      };
    });
  },
};
