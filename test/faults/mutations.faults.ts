/**
 * Seeded defects: the history checker, as it is, finds each of them, and finds nothing where the code as it is goes through the
 * same. Who changes what a defect replaces is told so: the text must stand there exactly once.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SLATE, slate } from '../helpers/home.ts';
import { row } from './lib/rows.ts';
import { castOf } from './mutations/actor.ts';
import { buildMutant } from './mutations/build.ts';
import { MUTATIONS } from './mutations/list.ts';
import { boardOf, type Scenario } from './mutations/scenarios.ts';

const folder = fs.mkdtempSync(join(tmpdir(), 'slate-defects-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Plays a scenario with one build of the command. @returns what the checker says of the board */
async function violationsOf(scenario: Scenario, script: string): Promise<string[]> {
  const home = await boardOf(scenario);
  await scenario.play(castOf(home, script));
  const { stdout, stderr } = await slate(home, ['check', 'b', '--history', '--json']);
  const { boards } = JSON.parse(stdout) as { boards: { history?: { violations: Record<string, string>[] } }[] };
  const history = boards[0]?.history;
  if (history === undefined) throw new Error(`the board could not be proved: ${stdout}${stderr}`);
  return history.violations.map(({ invariant, where, message }) => `${invariant}: ${where}: ${message}`);
}

const played = new Set<Scenario>();

test.each(MUTATIONS)('$invariant: $name', async ({ name, edits, scenario, invariant, says }) => {
  const script = await buildMutant(folder, name, edits);
  const isControl = !played.has(scenario);
  played.add(scenario);
  const [found, control] = await Promise.all([
    violationsOf(scenario, script),
    isControl ? violationsOf(scenario, SLATE) : [],
  ]);
  expect(control, 'of the code as it is').toEqual([]);
  const isFound = found.some((text) => text.startsWith(`${invariant}: `) && says.test(text));
  row({
    fault: name,
    injected: 1,
    lost: isFound ? [] : [`${invariant} is not told of: ${found.join('; ') || 'nothing is'}`],
    note: `${invariant} found`,
  });
});
