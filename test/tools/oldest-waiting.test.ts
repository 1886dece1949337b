import { afterAll, describe, expect, it } from 'vitest';
import { formatPosted, parsePosted } from '../../src/model/name.ts';
import { FOREIGN, removeHomes, runTool, SHELLS, TestBoard } from './support.ts';

afterAll(removeHomes);

const SECOND = 1000;
const DAY = 86_400 * SECOND;

describe.each(SHELLS.map((shell) => ({ shell, name: shell.join(' ') })))(
  'oldest-waiting.sh under $name',
  ({ shell }) => {
    it('tells the oldest of each stage', () => {
      const board = new TestBoard();
      const now = Date.now();
      const ago = (ms: number): string => formatPosted(now - ms);
      board.add('queue', { letters: 'w____', dataset: 'a', posted: ago(50 * SECOND) });
      const first = board.add('queue', { letters: 'w____', dataset: 'b', posted: ago(61 * DAY), rank: 99 });
      board.add('queue', { letters: 'wh___', dataset: 'c', posted: ago(61 * DAY), rank: 99, class: 'wfc3' });
      const retried = board.add('active', { letters: 'c3___', dataset: 'd', posted: ago(7_500 * SECOND) });
      // Two branches wait; a branch beside it runs.
      const forked = board.add('active', { letters: 'cc1w_', dataset: 'e', posted: ago(90 * SECOND) });
      board.add('active', { letters: 'ccpw_', dataset: 'f', posted: ago(5 * SECOND) });
      // Nothing is claimed from these.
      board.add('failed', { letters: 'cfw__', dataset: 'g', posted: ago(400 * DAY) });
      board.add('held', { letters: 'hw___', dataset: 'h', posted: ago(400 * DAY) });
      board.add('active', { letters: 'p____', dataset: 'i', posted: ago(400 * DAY) });
      for (const file of FOREIGN) board.put('queue', file);
      const ran = runTool('oldest-waiting.sh', [board.root], { shell });
      expect(ran.status).toBe(0);
      expect(ran.stderr).toMatch(/^oldest-waiting\.sh: \d+ files are no entry of this board, and left out\n$/);
      expect(ran.stdout.split('\n')[0]).toBe('#column\tstage\twaiting\tposted\tseconds\tage\tpath');
      expect(ran.rows.map((row) => row.toSpliced(4, 2))).toEqual([
        ['1', 'verify', '3', ago(61 * DAY), first],
        ['2', 'calibrate', '1', ago(7_500 * SECOND), retried],
        ['3', 'detect', '1', ago(90 * SECOND), forked],
        ['4', 'preview', '2', ago(90 * SECOND), forked],
        ['5', 'archive', '0', '-', '-'],
      ]);
      const ages = ran.rows.map((row) => Number(row[4]));
      for (const [at, seconds] of [61 * 86_400, 7_500, 90, 90].entries()) {
        expect(ages[at]).toBeGreaterThanOrEqual(seconds);
        expect(ages[at]).toBeLessThan(seconds + 60);
      }
      expect(ran.rows.map((row) => row[5])).toEqual([
        '61d00h',
        expect.stringMatching(/^2h0[56]m$/),
        expect.stringMatching(/^[12]m\d\ds$/),
        expect.stringMatching(/^[12]m\d\ds$/),
        '-',
      ]);
    });

    it('counts days as the calendar does', () => {
      for (const posted of [
        '20000229T000000',
        '20240229T235959',
        '20250301T000000',
        '19991231T235959',
        '20261231T120000',
      ]) {
        const board = new TestBoard();
        board.add('queue', { posted });
        const before = Math.floor((Date.now() - (parsePosted(posted) ?? 0)) / SECOND);
        const ran = runTool('oldest-waiting.sh', [board.root], { shell });
        const seconds = Number(ran.rows[0]?.[4]);
        expect(seconds).toBeGreaterThanOrEqual(before);
        expect(seconds).toBeLessThan(before + 60);
      }
    });

    it('shows a time to come as such', () => {
      const board = new TestBoard();
      board.add('queue', { posted: formatPosted(Date.now() + 3 * DAY + 7_200 * SECOND) });
      expect(runTool('oldest-waiting.sh', [board.root], { shell }).rows[0]?.[5]).toMatch(/^-3d0[12]h$/);
    });
  },
);
