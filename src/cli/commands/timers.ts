/** `slate timers`: when the board's timers came last and come next; `slate timers fire` posts an entry of one now. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { processRows } from '../../board/processes.ts';
import type { Timer } from '../../model/definition.ts';
import { didYouMean } from '../../model/suggest.ts';
import type { TimerRow } from '../../triggers/timer-rows.ts';
import { act, type Run, subcommand } from '../command.ts';
import { CliError, EXIT, usage } from '../exit.ts';
import { parseTime } from '../params.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../table.ts';

interface TimersOptions {
  readonly time?: string;
  readonly dryRun?: boolean;
  readonly reason?: string;
}

export function registerTimers(program: Command, run: Run): void {
  const command = subcommand(program, 'timers', 'the timers of the board: when they came last and come next')
    .argument('[words...]', 'nothing, or fire and the name of a timer: its entry is posted now')
    .option('--time <time>', 'fire: the entry is that of this time; one that was posted before is refused')
    .option('-n, --dry-run', 'fire: change nothing, say what would be posted')
    .option('--reason <text>', 'fire: why, for the journal');
  act<TimersOptions>(command, run, timers);
}

async function timers(session: Session, words: string[], options: TimersOptions): Promise<number> {
  const [verb, name, ...more] = words;
  if (verb === undefined) return list(session);
  if (verb !== 'fire')
    throw usage(
      `'${verb}' is nothing that timers do${didYouMean(verb, ['fire']) || `: write 'slate timers fire NAME'`}`,
    );
  if (name === undefined || more.length > 0) throw usage("which timer? Write 'slate timers fire NAME'");
  return fireNow(session, name, options);
}

/** Those of the pipeline's file as it is now: what a process started now would watch. */
export async function timersOf(board: Board): Promise<readonly Timer[]> {
  const { loadPipeline } = await import('../../definitions/load.ts');
  return loadPipeline(board.home, board.config.pipeline).pipeline.timers;
}

/** `k3f1@host` of the processes that fire: one, but for a moment at a change. */
export function timerWatchers(board: Board): string[] {
  return processRows(board)
    .filter(({ isDead, status }) => !isDead && status.content?.roles?.includes('timers') === true)
    .map(({ status: { name } }) => `${name.id}@${name.host}`);
}

export function timeText(ms: number | undefined): string {
  return ms === undefined ? '-' : new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** What is worth saying of it; empty: it waits for its time. */
export function noteOf({ state, running, untilMs }: TimerRow): string {
  switch (state) {
    case 'new':
      return 'not watched yet';
    case 'due':
      return `due, and nobody has fired it since ${timeText(untilMs)}`;
    case 'firing':
      return 'being posted, or its dataset is on the board';
    case 'ahead':
      return `silent until ${timeText(untilMs)}: its mark in timers/ lies ahead of the board's clock`;
    case 'waiting':
      return running === undefined ? '' : `${running} is on the board`;
  }
}

export function timerJson({ name, timing, state, lastMs, untilMs, nextMs, running }: TimerRow): unknown {
  const iso = (ms: number | undefined): string | null => (ms === undefined ? null : timeText(ms));
  const times = { last: iso(lastMs), until: iso(untilMs), next: iso(nextMs) };
  return { timer: name, schedule: timing, state, ...times, running: running ?? null };
}

async function list(session: Session): Promise<number> {
  const board = session.board();
  const { timerRows } = await import('../../triggers/timer-rows.ts');
  const rows = timerRows(board, await timersOf(board));
  const watchedBy = timerWatchers(board);
  if (session.json) {
    session.out.json({ schemaVersion: 1, board: board.name, watchedBy, timers: rows.map(timerJson) });
    return EXIT.ok;
  }
  if (rows.length === 0) {
    session.say(`pipeline ${board.config.pipeline} has no timers`);
    return EXIT.ok;
  }
  const cells = rows.map((row) => [row.name, row.timing, timeText(row.lastMs), timeText(row.nextMs), noteOf(row)]);
  const heads = ['TIMER', 'SCHEDULE', 'LAST', 'NEXT', 'NOTE'];
  for (const line of formatTable(
    heads.map((head) => ({ head })),
    cells,
  ))
    session.out.line(line);
  session.say(watchedBy.length === 0 ? "nobody watches them: 'slate run' does" : `watched by ${watchedBy.join(', ')}`);
  return EXIT.ok;
}

async function fireNow(session: Session, name: string, options: TimersOptions): Promise<number> {
  const isDry = options.dryRun === true;
  if (!isDry) session.refuseIfReadOnly();
  const board = await session.boardWithStages();
  if (!isDry) session.prepare(board, 'fire');
  const all = await timersOf(board);
  const timer = all.find((one) => one.name === name);
  if (timer === undefined) {
    const names = all.map((one) => one.name);
    const others = names.length === 0 ? '; it has none' : `; it has ${names.join(', ')}`;
    throw new CliError(
      EXIT.absent,
      `pipeline ${board.config.pipeline} has no timer '${name}'${didYouMean(name, names) || others}`,
    );
  }
  const nowMs = board.now();
  const timeMs = Math.floor((options.time === undefined ? nowMs : parseTime(options.time, nowMs)) / 1000) * 1000;
  const { fire, datasetOf } = await import('../../triggers/firing.ts');
  if (isDry) {
    const dataset = datasetOf(board, timer, timeMs);
    if (session.json) session.out.json({ schemaVersion: 1, board: board.name, dryRun: true, timer: name, dataset });
    else session.out.line(`${dataset ?? '?'} would be posted`);
    return EXIT.ok;
  }
  const { dataset, result } = fire(board, timer, timeMs, options.reason ?? `timer ${name} fired by hand`);
  board.journal.flush();
  if (!result.ok)
    throw new CliError(result.refusal === 'name' || result.refusal === 'class' ? EXIT.usage : EXIT.refused, result.why);
  const { posted } = result.entry.name;
  if (session.json)
    session.out.json({ schemaVersion: 1, board: board.name, dryRun: false, timer: name, dataset, posted });
  else session.out.line(`${dataset}`);
  return EXIT.ok;
}
