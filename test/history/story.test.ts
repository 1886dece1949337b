/** A dataset's story, read at once and in short steps. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Board } from '../../src/board/board.ts';
import { readJournal } from '../../src/history/journal.ts';
import { loadJournal } from '../../src/history/journal-load.ts';
import { loadStories, storiesOf } from '../../src/history/story.ts';
import { Bench } from '../board/bench.ts';
import { text, write } from './journals.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
const DAY = 86_400_000;
const RUN = '20261119T120000';
const LATER = '20261121T110000';

/** Two runs of `x`, one of them done, among many lines of others. */
function stories(): Board {
  const { board } = new Bench({ columns: ['one', 'two'] });
  const path = (relative: string): string => board.path(relative);
  fs.mkdirSync(path('done/2026-11-19'), { recursive: true });
  fs.writeFileSync(path(`done/2026-11-19/50.${RUN}.cc.002.-.x`), '{"slate":{},"gain":2}\n');
  fs.writeFileSync(path(`failed/50.${LATER}.f_.001.acs.x@1-x2`), 'no json');
  fs.writeFileSync(path(`queue/50.${LATER}.w_.000.-.xx`), '');
  fs.mkdirSync(path('logs/x'), { recursive: true });
  for (const log of [`${RUN}.one.001.ok`, `${RUN}.two.002.ok`, `${LATER}.one.001.x2`, 'foreign'])
    fs.writeFileSync(path(`logs/x/${log}.log`), 'text');
  fs.mkdirSync(path(`products/x/${RUN}/two.002`), { recursive: true });
  fs.writeFileSync(path(`products/x/${RUN}/two.002.ok`), '');
  const lines = (at: number, posted: string, dataset = 'x'): string[] => {
    const of = { dataset, posted };
    return [
      text(at, 'post', { ...of, to: 'w_', folder: 'queue', reason: '"dataset":"x"' }),
      text(at + 1000, 'claim', { ...of, stage: 'one', epoch: 1, try: 1, process: 'k3f1', from: 'w_', to: 'p_' }),
      text(at + 2000, 'finish', { ...of, stage: 'one', epoch: 1, outcome: 'c', seconds: 1, from: 'p_', to: 'cw' }),
      text(at + 3000, 'hold', { ...of, from: 'cw', to: 'ch', reason: 'why' }),
    ];
  };
  write(board, NOW - 2 * DAY, [...lines(NOW - 2 * DAY, RUN), '{"dataset":"x"', ...lines(NOW - 2 * DAY, RUN, 'xx')]);
  write(board, NOW - 2 * DAY, lines(NOW - 2 * DAY + 500, RUN).slice(2), 'g.other');
  const others = Array.from({ length: 5_000 }, (_, number) => text(NOW + number, 'claim', { dataset: `y${number}` }));
  write(board, NOW, [...others, ...lines(NOW, LATER), ...others]);
  fs.appendFileSync(path('journal/2026-11-21/h.x.jsonl'), lines(NOW + DAY / 4, LATER)[3] ?? '');
  return board;
}

describe('a story', () => {
  it('read in short steps is the story', async () => {
    const board = stories();
    const wanted = storiesOf(board, 'x');
    expect(wanted.map(({ posted, tries, acts }) => [posted, tries.length, acts.length])).toEqual([
      [RUN, 2, 3],
      [LATER, 1, 3],
    ]);
    expect(wanted[0]?.params).toEqual({ gain: 2 });
    expect(wanted[0]?.tries[1]?.official).toBe(true);
    expect(await loadStories(board, 'x')).toEqual(wanted);
    expect(await loadStories(board, 'x', { entries: wanted.flatMap(({ entry }) => entry ?? []) })).toEqual(wanted);
    expect(await loadStories(board, 'nobody')).toEqual([]);
    expect(await loadStories(board, 'xx')).toEqual(storiesOf(board, 'xx'));
  });

  it('of an entry that is told keeps its logs without it', async () => {
    const told = await loadStories(stories(), 'x', { entries: [] });
    expect(told.map(({ posted, entry }) => [posted, entry])).toEqual([
      [RUN, undefined],
      [LATER, undefined],
    ]);
  });

  it('is given up when nobody waits for it any longer', async () => {
    const board = stories();
    const abort = new AbortController();
    const loading = loadStories(board, 'x', { signal: abort.signal });
    abort.abort();
    await expect(loading).rejects.toBe(abort.signal.reason);
    await expect(loadJournal(board, { dataset: 'x' }, abort.signal)).rejects.toBe(abort.signal.reason);
  });

  it.each([
    {},
    { dataset: 'x' },
    { sinceMs: NOW },
    { dataset: 'x', test: (line: { event: string }) => line.event === 'hold' },
  ])('rests on the journal as it is: %j', async (query) => {
    const board = stories();
    const wanted = [...readJournal(board, query)];
    expect(wanted.length).toBeGreaterThan(2);
    expect(await loadJournal(board, query)).toEqual(wanted);
  });
});
