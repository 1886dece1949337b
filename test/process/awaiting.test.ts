/** A stage process that waits for a far time says so: once, and again when it is another. */
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { post } from '../../src/board/post.ts';
import type { Located } from '../../src/board/scan.ts';
import { formatName, parseName } from '../../src/model/name.ts';
import { parseNeeds } from '../../src/model/needs.ts';
import { Awaiting, othersText, QUIET_MS, type Wait, waitText } from '../../src/process/awaiting.ts';
import { Bench } from '../board/bench.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 21, 12);
const file = '50.20261121T120000.w_.000.-.j8a';
const parsed = parseName(file);
if (!parsed.ok) throw new Error(file);
const located: Located = { folder: 'queue', file, name: parsed.name };

test.each<[Wait['why'], number, string]>([
  [{ kind: 'after' }, 0, 'nothing to do until 2026-11-21T13:00:00Z (in 1h): j8a waits at cal until then'],
  [
    { kind: 'retry', failed: 1 },
    1,
    'nothing to do until 2026-11-21T13:00:00Z (in 1h): j8a is tried again at cal then, after a failed try; 1 more entry waits',
  ],
  [
    { kind: 'retry', failed: 2 },
    2,
    'nothing to do until 2026-11-21T13:00:00Z (in 1h): j8a is tried again at cal then, after 2 failed tries; 2 more entries wait',
  ],
  [
    { kind: 'not-before' },
    0,
    'nothing to do until 2026-11-21T13:00:00Z (in 1h): j8a gathers at cal, and not before then',
  ],
  [
    { kind: 'deadline', then: 'run' },
    0,
    "nothing to do until 2026-11-21T13:00:00Z (in 1h), unless what is missing comes: j8a gathers at cal and goes on with what there is then; 'slate show j8a' says what is missing",
  ],
  [
    { kind: 'deadline', then: 'hold' },
    0,
    "nothing to do until 2026-11-21T13:00:00Z (in 1h), unless what is missing comes: j8a gathers at cal and is held then; 'slate show j8a' says what is missing",
  ],
])('%j, %i others', (why, others, text) => {
  expect(waitText({ entry: located, stage: 'cal', untilMs: NOW + HOUR, why }, NOW, others)).toBe(text);
});

test('what others are to do is told without a time', () => {
  expect(othersText(located, 0)).toBe(
    'nothing to do here: j8a can still go on by what other stage processes do, or when what it waits for is free',
  );
});

/** Awaiting on a board with a stage that gathers; `turn` is a look six seconds after the one before. */
function makeAwaiting(): { bench: Bench; said: string[]; turn: (quietMs?: number) => void } {
  const bench = new Bench({ columns: ['sum', 'cal'], gather: { sum: { atDeadline: 'run' } } });
  const said: string[] = [];
  const awaiting = new Awaiting(bench.board, (code, text) => said.push(`${code} ${text}`));
  let nowMs = 0;
  const turn = (quietMs = QUIET_MS): void => {
    nowMs += 6_000;
    awaiting.turn(nowMs, quietMs, () => bench.all());
  };
  return { bench, said, turn };
}

/** An entry that stands there and may not run before a time. */
function put(bench: Bench, letters: string, dataset: string, dueMs: number): string {
  const file = formatName({ rank: 50, posted: '20261121T120000', letters, epoch: 1, class: '-', dataset, tags: [] });
  const path = bench.path(`active/${file}`);
  fs.writeFileSync(path, '');
  fs.utimesSync(path, dueMs / 1000, dueMs / 1000);
  return path;
}

test('the first time of all is told, once, and again when it is another', () => {
  const { bench, said, turn } = makeAwaiting();
  const now = Date.now();
  put(bench, 'c2', 'retried', now + 3 * HOUR);
  const late = put(bench, 'cw', 'late', now + 5 * HOUR);
  turn(QUIET_MS - 1);
  expect(said).toEqual([]);
  turn();
  turn();
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(
    /^waiting nothing to do until .* \(in 2h59m\): retried is tried again at cal then, after 2 failed/,
  );
  fs.utimesSync(late, now / 1000 + 3_600, now / 1000 + 3_600);
  turn();
  turn();
  expect(said).toHaveLength(2);
  expect(said[1]).toMatch(/\(in 59m\d\ds\): late waits at cal until then; 1 more entry waits$/);
  const needs = parseNeeds({ members: ['never'], deadline: '30m' }, now);
  if (typeof needs === 'string') throw new Error(needs);
  post(bench.board, { dataset: 'group', needs });
  turn();
  expect(said[2]).toMatch(/\(in 29m\d\ds\), unless .*: group gathers at sum and goes on with what there is then;/);
});

test('what is free but left to others is told, and what comes in a moment is not', () => {
  const { bench, said, turn } = makeAwaiting();
  const soon = put(bench, 'cw', 'soon', Date.now() + 3_000);
  turn();
  expect(said).toEqual([]);
  fs.utimesSync(soon, 1, 1);
  turn();
  turn();
  expect(said).toEqual([expect.stringMatching(/^waiting nothing to do here: soon can still go on/)]);
});
