import { expect, it } from 'vitest';
import { breakdown, type Planned, planned, summary } from '../../src/board/effect.ts';
import type { Verb } from '../../src/board/operate.ts';
import { columnsAt, Row } from '../../src/board/rows.ts';
import { thousands } from '../../src/tui/numbers.ts';
import { fakeBoard, located } from '../tui/data.ts';

const board = fakeBoard();
const KINDS = [
  'failed/50.20261121T120000.ccf__.003.acs.',
  'failed/20.20261121T120000.ccff_.003.acs.',
  'queue/50.20261121T100000.w____.000.acs.',
  // The same letters, in another state.
  'active/50.20261121T100000.w____.000.acs.',
  'active/50.20261121T100000.ccwp_.000.acs.',
  'held/50.20261121T100000.ch___.001.acs.',
  'done/2026-11-20/50.20261120T110000.ccccc.005.acs.',
  'done/2026-11-21/50.20261121T110000.ccccc.005.acs.',
  'removed/2026-11-21/50.20261121T110000.ccccc.005.acs.',
];

function plansOf(verb: Verb, number: number): Planned[] {
  return Array.from({ length: number }, (_, index) => {
    return planned(board, located(`${KINDS[index % KINDS.length]}d${index}`), verb);
  });
}

const VERBS: readonly Verb[] = [
  { verb: 'hold' },
  { verb: 'hold', stage: 'archive' },
  { verb: 'release' },
  { verb: 'repipe' },
  { verb: 'repipe', stage: 'detect' },
  { verb: 'skip' },
  { verb: 'rank', rank: 5 },
  { verb: 'set', params: { gain: 2 } },
  { verb: 'remove' },
];

it.each(VERBS)('%j is told by kind as entry by entry', (verb) => {
  const plans = plansOf(verb, 500);
  const counts = new Map<string, number>();
  for (const { entry, ok, text } of plans) {
    const row = new Row(entry);
    const place = columnsAt(row).map((column) => board.stages[column]);
    const words = [row.state, ...(place.length === 0 ? [] : ['at', place.join(', ')])];
    const line = `${words.join(' ')}${ok ? ' ->' : ' refused:'} ${text}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  const wanted = [...counts].sort((a, b) => b[1] - a[1]).map(([line, number]) => `${number} ${line}`);
  expect(breakdown(board, plans)).toEqual(wanted);
});

it('tells the same of days apart as one', () => {
  const plans = KINDS.filter((kind) => kind.startsWith('done/')).map((kind) =>
    planned(board, located(`${kind}a`), { verb: 'release' }),
  );
  expect(breakdown(board, plans)).toEqual(['2 done refused: nothing of it is held']);
});

it('works out where they are once a kind, however many there are', () => {
  const plans = plansOf({ verb: 'repipe' }, 4_000);
  let reads = 0;
  const { stages } = board;
  const counting = {
    get stages() {
      reads++;
      return stages;
    },
  };
  breakdown(counting as unknown as typeof board, plans);
  expect(reads).toBeGreaterThan(0);
  expect(reads).toBeLessThanOrEqual(2 * KINDS.length);
});

it('tells numbers plainly unless told how', () => {
  const plans = plansOf({ verb: 'remove' }, 1).flatMap((plan) => Array.from({ length: 1_234 }, () => plan));
  expect(breakdown(board, plans)).toEqual(['1234 failed at detect -> remove']);
  expect(breakdown(board, plans, thousands)).toEqual(['1,234 failed at detect -> remove']);
  expect(summary('repipe', 1_234, 5_678, 9_999, false)).toBe('1234 repiped, 5678 refused, 9999 absent');
  expect(summary('repipe', 1_234, 0, 0, true)).toBe('1234 entries would be repiped');
  expect(summary('repipe', 1, 2, 0, true)).toBe('1 entry would be repiped, 2 would be refused');
  expect(summary('repipe', 1_234, 5_678, 9_999, false, thousands)).toBe('1,234 repiped, 5,678 refused, 9,999 absent');
});
