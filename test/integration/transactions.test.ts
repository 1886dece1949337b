/** Real stage processes on a transactional board, killed at random: what readers see is whole at every moment. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { boardPath, entries, entry, list, makeBoard, type Started, slateOk, startRun, until } from '../helpers/home.ts';

/** Two branches and a join; every file says which run made it. */
const step =
  'products: true\nretries: 9\nbackoff: {first: 100ms, factor: 1, most: 100ms}\nshell: \'sleep 0.0$((SLATE_EPOCH % 5)); echo "$SLATE_POSTED" > "$SLATE_PRODUCTS/file"\'';
const STAGES = { reduce: step, left: step, right: step, join: step };
const COLUMNS = [
  'reduce',
  '{stage: left, after: [reduce]}',
  '{stage: right, after: [reduce]}',
  '{stage: join, after: [left, right]}',
];
const DATASETS = Array.from({ length: 12 }, (_, index) => `d${index}`);
const LETTER = Object.keys(STAGES).sort();

/** A view as a reader finds it: resolved once, then read. Undefined: there is none. */
function view(home: string, dataset: string): { stages: string[]; runs: Set<string> } | undefined {
  let folder: string;
  try {
    folder = fs.realpathSync(boardPath(home, `published/${dataset}`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const stages = fs.readdirSync(folder).sort();
  return { stages, runs: new Set(stages.map((stage) => fs.readFileSync(`${folder}/${stage}/file`, 'utf8').trim())) };
}

describe('a transactional board', () => {
  it('shows each run whole or not at all while two processes are killed again and again', async () => {
    const home = await makeBoard(STAGES, COLUMNS, 'transaction: true\n', '1s');
    await slateOk(home, ['post', ...DATASETS]);
    const posted = new Map(entries(home).map(({ name }) => [name.dataset, name.posted]));
    let running: Started[] = [startRun(home, ['--slots', '3']), startRun(home, ['--slots', '3'])];
    await Promise.all(running.map((one) => one.id()));
    let looks = 0;
    const look = (): void => {
      for (const dataset of DATASETS) {
        const seen = view(home, dataset);
        if (seen === undefined) continue;
        looks++;
        expect(seen.stages).toEqual(LETTER);
        expect([...seen.runs]).toEqual([posted.get(dataset)]);
      }
    };
    for (let kills = 0; kills < 6; kills++) {
      const deadline = performance.now() + 150 + 90 * kills;
      await until(() => {
        look();
        return performance.now() > deadline;
      }, 'a moment');
      const [victim, ...others] = running;
      victim?.child.kill('SIGKILL');
      await victim?.ended;
      running = [...others, startRun(home, ['--slots', '3'])];
    }
    await until(
      () => {
        look();
        return DATASETS.every((dataset) => entry(home, dataset)?.folder.startsWith('done') === true);
      },
      () =>
        `all to be done: ${entries(home)
          .map(({ folder, file }) => `${folder}/${file}`)
          .join(' ')}`,
      90_000,
    );
    for (const one of running) one.child.kill('SIGTERM');
    await Promise.all(running.map((one) => one.ended));
    look();
    expect(looks).toBeGreaterThan(DATASETS.length);
    expect(
      list(home, 'published')
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual([...DATASETS].sort());

    await slateOk(home, ['remove', ...DATASETS.slice(0, 6)]);
    expect(DATASETS.filter((dataset) => view(home, dataset) !== undefined)).toEqual(DATASETS.slice(6));
  }, 180_000);

  it('puts right what mv has brought to done or to removed, without a command', async () => {
    const home = await makeBoard(
      { one: step, two: `${step}\nexits: {0: hold}` },
      undefined,
      'transaction: true\n',
      '1s',
    );
    await slateOk(home, ['post', 'x', 'y']);
    const first = startRun(home);
    await until(() => ['x', 'y'].every((dataset) => entry(home, dataset)?.folder === 'held'), 'both to be held');
    expect(view(home, 'x')).toBeUndefined();
    const held = entry(home, 'x');
    const day = new Date().toISOString().slice(0, 10);
    fs.mkdirSync(boardPath(home, `done/${day}`), { recursive: true });
    fs.renameSync(
      boardPath(home, `held/${held?.file}`),
      boardPath(home, `done/${day}/${held?.file.replace('.ch.', '.cs.').replace(/@.*/, '')}`),
    );
    await slateOk(home, ['skip', 'y', '--stage', 'two']);
    expect(view(home, 'y')?.stages).toEqual(['one']);
    const done = entry(home, 'y');
    fs.mkdirSync(boardPath(home, `removed/${day}`), { recursive: true });
    fs.renameSync(boardPath(home, `${done?.folder}/${done?.file}`), boardPath(home, `removed/${day}/${done?.file}`));
    // A process that starts looks at both days at once.
    first.child.kill('SIGTERM');
    await first.ended;
    startRun(home);
    await until(() => view(home, 'x') !== undefined && view(home, 'y') === undefined, 'x to be shown and y not');
    expect(view(home, 'x')?.stages).toEqual(['one']);
  }, 60_000);
});
