import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../../../stages/lib/csv.ts';
import { readJournal, runKey } from '../../../stages/lib/journal.ts';
import type { Summary } from '../../../stages/lib/retrieval.ts';
import { elapsed, granuleRow, mergedRow, retriesOf, statisticsCsv, totalsOf } from '../../../stages/lib/statistics.ts';
import { drawStatistics } from '../../../stages/lib/statistics-chart.ts';

const board = mkdtempSync(join(tmpdir(), 'journal-'));
afterAll(() => rmSync(board, { recursive: true }));

const RUN = { dataset: 'g1', posted: '20261121T235900' };
const ON_NODE = { dataset: 'g3', posted: RUN.posted };
const line = (seconds: number, event: string, epoch: number, more: object = {}, run = RUN) =>
  JSON.stringify({ t: new Date(Date.UTC(2026, 10, 21, 23, 59, seconds)).toISOString(), event, ...run, epoch, ...more });
const claim = (seconds: number, stage: string, epoch: number, attempt: number) =>
  line(seconds, 'claim', epoch, { stage, column: 3, try: attempt });
const finish = (seconds: number, stage: string, epoch: number, outcome: string, ran: number, code: number | null) =>
  line(seconds, 'finish', epoch, { stage, outcome, seconds: ran, code, signal: code === null ? 9 : null });

beforeAll(() => {
  const days: Record<string, string[]> = {
    '2026-11-19': [claim(0, 'upload', 9, 1)],
    // By a host whose clock is slow.
    '2026-11-20': [claim(1, 'upload', 1, 1)],
    '2026-11-21': [
      finish(3, 'upload', 1, '1', 2, 66),
      claim(8, 'upload', 2, 2),
      finish(9, 'upload', 2, 'e', 1, 0),
      line(9, 'publish', 2, { stage: 'upload' }),
      claim(10, 'retrieve', 3, 1),
      line(30, 'lost', 3, { stage: 'retrieve', to: '1' }),
      claim(31, 'retrieve', 4, 2),
      line(35, 'giveback', 4, { stage: 'retrieve' }),
      '{"event":"claim","dataset":"g1","posted":"20261121T235900","epo',
      line(5, 'claim', 1, { stage: 'upload', try: 1 }, { dataset: 'g2', posted: RUN.posted }),
      line(5, 'claim', 1, { stage: 'upload', try: 1 }, { dataset: 'g1', posted: '20261120T000000' }),
    ],
    // Another writer, on the next day.
    '2026-11-22': [claim(60, 'retrieve', 5, 2), finish(70, 'retrieve', 5, 'e', 10.5, 0), claim(71, 'download', 6, 1)],
    '2026-11-23': [
      line(0, 'claim', 1, { stage: 'retrieve', try: 1 }, ON_NODE),
      line(
        9,
        'finish',
        1,
        { outcome: '1', seconds: 5, code: null, signal: 9, job: { wait: 4, fault: 'memory' } },
        ON_NODE,
      ),
      line(10, 'claim', 2, { stage: 'retrieve', try: 2 }, ON_NODE),
      line(20, 'finish', 2, { outcome: 'e', seconds: 8, code: 0, job: { node: 'n2', wait: 2, peakMb: 81.5 } }, ON_NODE),
    ],
  };
  for (const [day, lines] of Object.entries(days)) {
    mkdirSync(join(board, 'journal', day), { recursive: true });
    writeFileSync(join(board, 'journal', day, 'n1.k3f1.jsonl'), `${lines.join('\n')}\n`);
  }
});

describe('the tries of a run, out of the journal', () => {
  const tries = () => readJournal(board, [RUN]).get(runKey(RUN)) ?? [];

  it('are told apart by epoch, with how each ended', () => {
    expect(
      tries().map(({ stage, epoch, attempt, end, cause, seconds }) => [stage, epoch, attempt, end, cause, seconds]),
    ).toEqual([
      ['upload', 1, 1, 'failed', 'x66', 2],
      ['upload', 2, 2, 'done', 'x0', 1],
      ['retrieve', 3, 1, 'failed', 'l', undefined],
      ['retrieve', 4, 2, 'back', '', undefined],
      ['retrieve', 5, 2, 'done', 'x0', 10.5],
      ['download', 6, 1, 'open', '', undefined],
    ]);
  });

  it('of a board without a journal: none', () => {
    expect(readJournal(join(board, 'nowhere'), [RUN])).toEqual(new Map([[runKey(RUN), []]]));
  });
});

describe('the table', () => {
  const summary = {
    soundings: 20,
    outcomes: { good: 10, poor: 4, iterations: 3, diverged: 2, input: 1 },
    iterations: { total: 80, mean: 4.211, most: 12 },
    divergences: 2,
    chi2: 1.1,
    radius: 1.4,
  } satisfies Summary;
  const member = (dataset: string, state: string) => ({
    dataset,
    posted: RUN.posted,
    state,
    ready: true,
    products: {},
  });
  const rows = () => [
    granuleRow(member('g1', 'done'), readJournal(board, [RUN]).get(runKey(RUN)) ?? [], summary),
    granuleRow(member('g9', 'failed'), [], undefined),
  ];

  it('has a row a granule, also for one of which nothing is known', () => {
    const [one, other] = parseCsv(statisticsCsv(rows()), ['granule']);
    expect(one).toMatchObject({
      granule: 'g1',
      state: 'done',
      elapsed_s: '69.000',
      upload_s: '3.000',
      retrieve_s: '10.500',
      download_s: '',
      tries: '5',
      retries: '2',
      causes: 'upload:x66 retrieve:l',
      good: '10',
      not_converged: '5',
      iterations: '80',
      iterations_most: '12',
      chi2: '1.1',
    });
    expect(other).toMatchObject({ granule: 'g9', state: 'failed', elapsed_s: '', tries: '0', retries: '0', good: '' });
  });

  it('takes causes from the logs, where they say more', () => {
    const tries = readJournal(board, [ON_NODE]).get(runKey(ON_NODE)) ?? [];
    const row = granuleRow(member('g3', 'done'), tries, summary, new Map([[1, 't']]));
    expect(parseCsv(statisticsCsv([row]), [])[0]).toMatchObject({ causes: 'retrieve:t' });
  });

  it('puts granules together as one row of their aggregate', () => {
    const [one, other] = rows();
    const merged = mergedRow('a1', [one ?? never(), other ?? never(), one ?? never()]);
    const [row] = parseCsv(statisticsCsv([merged], 'aggregate'), []);
    expect(row).toMatchObject({
      aggregate: 'a1',
      state: 'part',
      retries: '4',
      soundings: '40',
      good: '20',
      input: '2',
    });
    expect(row).toMatchObject({ iterations: '160', iterations_mean: '4.211', iterations_most: '12', chi2: '' });
    expect(mergedRow('a2', [other ?? never()]).summary).toBeUndefined();
  });

  it('tells of jobs where they ran, how long they waited, and what their engine did to them', () => {
    const tries = readJournal(board, [ON_NODE]).get(runKey(ON_NODE)) ?? [];
    const [row] = parseCsv(statisticsCsv([granuleRow(member('g3', 'done'), tries, summary)]), []);
    expect(row).toMatchObject({
      retrieve_s: '13.000',
      retries: '1',
      causes: 'retrieve:memory',
      node: 'n2',
      queued_s: '6.000',
      peak_mb: '81.5',
    });
  });

  it('its totals are those of its rows', () => {
    expect(totalsOf(rows())).toEqual({
      granules: 2,
      retrieved: 1,
      retries: 2,
      soundings: 20,
      good: 10,
      iterations: 80,
      seconds: { check: 0, upload: 3, retrieve: 10.5, download: 0, clear: 0 },
    });
    expect(rows().map((row) => [elapsed(row), retriesOf(row).length])).toEqual([
      [69, 2],
      [undefined, 0],
    ]);
  });

  it('is drawn with every try, the failed ones in their own colour', () => {
    const drawn = drawStatistics('a', 'b', rows());
    const count = (wanted: readonly number[]) => {
      let n = 0;
      for (let i = 0; i < drawn.pixels.length; i += 3)
        if (wanted.every((value, c) => drawn.pixels[i + c] === value)) n++;
      return n;
    };
    // 20 s of the 70 s that the panel's 512 pixels show, 14 pixels high, and its legend.
    expect(count([213, 94, 0])).toBeGreaterThan(14 * 140);
    expect(count([86, 180, 233])).toBeGreaterThan(60);
    expect(drawStatistics('a', 'b', []).height).toBeGreaterThan(100);
    const many = drawStatistics(
      'a',
      'b',
      Array.from({ length: 500 }, () => rows()[0] ?? never()),
    );
    expect(many.height).toBeLessThan(4000);
  });
});

function never(): never {
  throw new Error('no row');
}
