/** `slate stats`: what the stages did, from the journal. */
import type { Command } from 'commander';
import { readJournal } from '../../history/journal.ts';
import { type StageStats, StatsCollector } from '../../history/stats.ts';
import { formatDuration } from '../../model/duration.ts';
import { act, durationOption, type Run, subcommand } from '../command.ts';
import { EXIT } from '../exit.ts';
import { breathe } from '../interrupt.ts';
import { formatTable } from '../table.ts';

const BATCH = 20_000;

export function registerStats(program: Command, run: Run): void {
  const command = subcommand(program, 'stats', 'per stage: tries done and failed, times, throughput').option(
    '--since <duration>',
    'of this long back; the whole journal unless told',
    durationOption,
  );
  act<{ since?: number }>(command, run, async (session, _, options) => {
    const board = session.board();
    const sinceMs = options.since === undefined ? undefined : board.now() - options.since;
    const collector = new StatsCollector(board.stages);
    let read = 0;
    for (const line of readJournal(board, { sinceMs })) {
      collector.add(line);
      if (++read % BATCH === 0) await breathe();
    }
    const seconds = options.since === undefined ? collector.spanSeconds : options.since / 1000;
    const stages = collector.result(seconds / 3600);
    if (session.json) {
      session.out.json({ schemaVersion: 1, board: board.name, seconds, lines: read, stages: stages.map(rounded) });
      return EXIT.ok;
    }
    const right = { align: 'right' as const };
    const heads = ['DONE', 'FAILED', 'RETRIES', 'LOST', 'P50', 'P95', 'PER HOUR'].map((head) => ({ head, ...right }));
    const table = formatTable([{ head: 'STAGE' }, ...heads], stages.map(rowOf));
    for (const line of table) session.out.line(line);
    session.say(`${read} lines of the journal, ${formatDuration(seconds * 1000)}`);
    return EXIT.ok;
  });
}

function rounded(stats: StageStats): Record<string, unknown> {
  const { p50Seconds, p95Seconds, perHour, ...rest } = stats;
  return {
    ...rest,
    p50Seconds: p50Seconds ?? null,
    p95Seconds: p95Seconds ?? null,
    perHour: Math.round(perHour * 1000) / 1000,
  };
}

function rowOf(stats: StageStats): string[] {
  const time = (seconds: number | undefined): string => (seconds === undefined ? '-' : formatDuration(seconds * 1000));
  const numbers = [stats.done, stats.failed, stats.retries, stats.lost].map(String);
  return [stats.stage, ...numbers, time(stats.p50Seconds), time(stats.p95Seconds), stats.perHour.toFixed(1)];
}
