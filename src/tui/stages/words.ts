/** What the stages view says in sentences below its table. Pure. */
import { formatDuration } from '../../model/duration.ts';
import type { Data } from '../data.ts';
import { percent, perMinute, thousands } from '../numbers.ts';
import { bottlenecks, type CellId, GROUPS, type StageRow } from './matrix.ts';

/** `preview (PRV), after calibrate: 37 failed` */
export function cellText(row: StageRow, cell: CellId): string {
  const title = row.title.toLowerCase() === row.stage ? '' : ` (${row.title})`;
  const after = row.branch === undefined ? '' : `, ${branchText(row.branch)}`;
  return `${row.stage}${title}${after}: ${countText(row, cell)}`;
}

export function branchText(parents: readonly string[]): string {
  return parents.length === 0 ? 'after no other stage' : `after ${parents.join(' and ')}`;
}

function countText(row: StageRow, cell: CellId): string {
  if (cell === 'oldest') {
    return row.oldestMs === undefined
      ? 'nothing waits here'
      : `the oldest that waits was posted ${durationText(row.oldestMs)} ago`;
  }
  if (cell === 'backlog') return `${thousands(row.backlog)} waiting`;
  const group = GROUPS.find(({ id }) => id === cell);
  return `${thousands(row.counts[cell])} ${group?.word ?? ''}`;
}

const MOST_NAMED = 3;

/** Where it gets stuck: the stage whose backlog takes longest, and the next ones. */
export function bottleneckText(rows: readonly StageRow[], data: Data): string {
  if (data.health.phase === 'reading') return 'reading the board';
  if (!data.past.isComplete) return `reading the journals: ${percent(data.past.progress)}; rates come when it is done`;
  const [slowest, ...others] = bottlenecks(rows);
  if (slowest === undefined) return data.entries.tally.total === 0 ? emptyText() : 'nothing waits at any stage';
  const waiting = `slowest: ${slowest.stage}, ${thousands(slowest.backlog)} waiting`;
  const rate = slowest.rates?.done ?? 0;
  const head =
    rate > 0
      ? `${waiting}, ${perMinute(rate)}/min go out: ${durationText(slowest.etaMs)}`
      : `${waiting}, none out in the last hour`;
  const named = others.slice(0, MOST_NAMED - 1).map(({ stage, etaMs }) => `${stage} ${durationText(etaMs)}`);
  return named.length === 0 ? head : `${head}; then ${named.join(', ')}`;
}

function emptyText(): string {
  return "no entry is on the board: 'slate post DATASET' puts one there";
}

export function durationText(ms: number | undefined): string {
  if (ms === undefined) return '';
  return Number.isFinite(ms) ? formatDuration(Math.round(ms / 1000) * 1000) : 'no end';
}
