/** A board of 20,000 entries: nothing is cut, and the commands agree. */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Bench, type Home } from './helper.ts';

const ENTRIES = 20_000;
let bench: Bench;
let home: Home;
beforeAll(async () => {
  bench = await Bench.make();
  home = await bench.home().create();
  fs.mkdirSync(home.path('done/2026-11-21'), { recursive: true });
  for (let number = 0; number < ENTRIES; number++) {
    const dataset = `d${String(number).padStart(5, '0')}`;
    const [folder, letters, tag] =
      number % 4 === 0
        ? ['failed', 'cf_', '@2-x2']
        : number % 4 === 1
          ? ['done/2026-11-21', 'ccc', '']
          : ['queue', 'w__', ''];
    fs.writeFileSync(home.path(`${folder}/50.20261121T120000.${letters}.000.-.${dataset}${tag}`), '');
  }
});
afterAll(() => bench.remove());

async function lines(command: string): Promise<number> {
  const { stdout, code } = await bench.shell([
    '/bin/sh',
    '-c',
    `cd "${home.root}"; "$NODE" "$SLATE" ${command} | wc -l`,
  ]);
  expect(code).toBe(0);
  return Number(stdout);
}

it('machine output is never truncated', async () => {
  expect(await lines('ls --tsv')).toBe(ENTRIES);
  expect(await lines('ls -q')).toBe(ENTRIES);
  expect(await lines('ls --names')).toBe(ENTRIES);
  expect(await lines('ls -0 | tr "\\000" "\\n"')).toBe(ENTRIES);
  expect(await lines('ls')).toBe(ENTRIES + 1);
});

it('a slow reader gets all of it', async () => {
  // The pipe is full long before anyone reads.
  const script = `cd "${home.root}"; "$NODE" "$SLATE" ls --json | { read -r first; cat; } | grep -c '"dataset"'`;
  expect(Number((await bench.shell(['/bin/sh', '-c', script])).stdout)).toBe(ENTRIES);
});

it('ls, counts and show agree', async () => {
  const { entries } = await home.json('ls');
  const counts = await home.json('counts');
  expect(entries).toHaveLength(ENTRIES);
  expect(counts.total).toBe(ENTRIES);
  expect(counts.states).toMatchObject({ queue: ENTRIES / 2, failed: ENTRIES / 4, done: ENTRIES / 4 });
  expect(counts.stages[1].letters).toEqual({ _: ENTRIES / 2, f: ENTRIES / 4, c: ENTRIES / 4 });
  const failed = await home.json('counts', 'state:failed');
  expect([failed.total, failed.states.queue]).toEqual([ENTRIES / 4, 0]);
  for (const entry of [entries[0], entries[ENTRIES - 1], entries[12345]]) {
    const { runs } = await home.json('show', entry.dataset);
    expect(runs.map(({ entry: { name, state } }: { entry: { name: string; state: string } }) => [name, state])).toEqual(
      [[entry.name, entry.state]],
    );
  }
});

it('a verb takes thousands', async () => {
  const result = await home.slate('repipe', '--state', 'failed', '--yes', '-q');
  expect([result.code, result.stdout]).toEqual([0, '']);
  expect(result.stderr).toContain(`${ENTRIES / 4} repiped`);
  expect([home.names('failed').length, home.names('active').length]).toEqual([0, ENTRIES / 4]);
});
