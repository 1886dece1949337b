/** `slate status`: a board in a few plain lines, for a glance, a mail, or a screen reader. */
import type { Command } from 'commander';
import type { Board } from '../../board/board.ts';
import { causesOf } from '../../board/causes.ts';
import { countBoard, STATE_ORDER } from '../../board/counts.ts';
import { faultText, isSystemError } from '../../board/errors.ts';
import { filterOf } from '../../board/filter.ts';
import { hostRows } from '../../board/hosts.ts';
import { processRows } from '../../board/processes.ts';
import { Row, rfc3339, runKey, sortLocated } from '../../board/rows.ts';
import { isLocated, type Located, readName } from '../../board/scan.ts';
import { standingStill, standingText } from '../../board/standing.ts';
import { stepsOf } from '../../board/status.ts';
import { boardTroubles } from '../../board/troubles.ts';
import { formatDuration } from '../../model/duration.ts';
import { causeText, postedText, type State, TIMERS_FOLDER } from '../../model/name.ts';
import { count, jsonText, plain } from '../../model/text.ts';
import { act, durationOption, type Run, subcommand } from '../command.ts';
import { EXIT, usage } from '../exit.ts';
import type { Session } from '../session.ts';
import { countsJson } from './counts.ts';

export function registerStatus(program: Command, run: Run): void {
  const command = subcommand(program, 'status', 'the board in a few lines: counts, failures by cause, processes')
    .option('--check', 'exit with 1 if something has failed, or does not work: a process, a wish, a stage')
    .option('--watch [duration]', 'again whenever it has changed, looked at as often as told (5s)', durationOption);
  act<StatusOptions>(command, run, (session, _, options) => status(session, options));
}

/** How often `--watch` looks unless told. */
const WATCH_MS = 5_000;

export interface StatusOptions {
  readonly check?: boolean;
  readonly watch?: number | true;
}

/** What is told of single entries: those that failed, and the oldest that is still to be done. */
class Told {
  readonly #board: Board;
  readonly #failed = new Map<string, Located>();
  #oldest: Located | undefined;

  constructor(board: Board) {
    this.#board = board;
  }

  /** In the order of names: causes that are equally frequent are told in the order in which they are met. */
  get failed(): Located[] {
    return sortLocated([...this.#failed.values()]);
  }

  get oldest(): Row | undefined {
    return this.#oldest === undefined ? undefined : new Row(this.#oldest);
  }

  /** Takes apart only what may be told: of a million names, a few. */
  readonly visit = (file: string, folder: string, state: State): void => {
    if (state === 'failed') {
      const entry = readName(this.#board, folder, file);
      if (isLocated(entry)) this.#failed.set(runKey(entry), entry);
    } else if (state === 'queue' || state === 'active' || state === 'gather') {
      if (this.#oldest !== undefined && postedText(file) >= this.#oldest.name.posted) return;
      const entry = readName(this.#board, folder, file);
      if (isLocated(entry)) this.#oldest = entry;
    }
  };
}

interface Line {
  readonly text: string;
  /** The same without what changes by itself as time goes on. */
  readonly key: string;
}

interface Look {
  readonly json: Record<string, unknown>;
  readonly lines: readonly Line[];
  readonly isBad: boolean;
}

interface TimersTold {
  readonly lines: readonly string[];
  readonly json: readonly unknown[];
}

/** One look at the board. */
function lookAt(session: Session, board: Board, timers: TimersTold): Look {
  const told = new Told(board);
  const counts = countBoard(board, filterOf(board, []), told.visit);
  const causes = causesOf(board, told.failed);
  const { oldest } = told;
  const rows = processRows(board);
  const processes = rows.filter(({ isDead }) => !isDead);
  const troubles = boardTroubles(board, counts, rows, hostRows(board, rows));
  const silent = processes.filter(({ isSilent }) => isSilent);
  const lines: Line[] = [];
  const add = (text: string, key = text): void => void lines.push({ text, key });
  const { paint } = session;
  const states = STATE_ORDER.filter((state) => counts.states[state] > 0);
  const parts = states.map((state) => paint(state, `${counts.states[state]} ${state}`));
  add(`board ${board.name}, pipeline ${board.config.pipeline}, home ${plain(board.home)}`);
  add(`${count(counts.total, 'entry', 'entries')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`);
  for (const { stage, cause, number } of causes) {
    add(`failed at ${stage}: ${number}${cause === '' ? '' : ` ${causeText(cause)} (${cause})`}`);
  }
  const busy = processes.reduce(
    (sum, { status: { content } }) => sum + (content === undefined ? 0 : stepsOf(content)),
    0,
  );
  add(`${count(processes.length, 'stage process', 'stage processes')}, ${count(busy, 'step')} running`);
  for (const { status: file, beatMs } of silent) {
    const who = `stage process ${file.name.id} on ${plain(file.name.host)} is silent`;
    add(`${who} for ${formatDuration(beatMs ?? 0)}`, who);
  }
  const standing = standingStill(processes);
  for (const row of standing) add(plain(standingText(row)));
  for (const { status: file, isSilent } of processes) {
    const { message = '', waits = '' } = file.content ?? {};
    const why = [message, waits].filter((text) => text !== '').join('; ');
    if (why !== '' && !isSilent) add(`${file.name.id} on ${plain(file.name.host)}: ${plain(why)}`);
  }
  for (const text of troubles) add(plain(text));
  if (oldest !== undefined) {
    const what = `oldest still to be done: ${oldest.dataset}`;
    const age = formatDuration(board.now() - oldest.postedMs);
    add(`${what}, ${age}, ${oldest.state}`, `${what} ${oldest.state}`);
  }
  for (const line of timers.lines) add(line);
  if (counts.foreign > 0) add(`${count(counts.foreign, 'file is', 'files are')} no entry: 'slate check' lists them`);
  const json = {
    ...countsJson(board, counts),
    pipeline: board.config.pipeline,
    causes,
    timers: timers.json,
    processes: processes.length,
    standing: standing.map(({ status: { name } }) => ({ id: name.id, host: name.host, order: name.order })),
    troubles,
    silent: silent.map(({ status: { name } }) => name.id),
    oldest:
      oldest === undefined
        ? null
        : { dataset: oldest.dataset, posted: rfc3339(oldest.at.name.posted), state: oldest.state },
  };
  return { json, lines, isBad: counts.states.failed > 0 || silent.length > 0 || troubles.length > 0 };
}

/** Definitions are loaded only where timers have been watched. */
async function timersTold(board: Board): Promise<TimersTold> {
  if (!board.fs.isFolder(board.path(TIMERS_FOLDER))) return { lines: [], json: [] };
  const { timerRows } = await import('../../triggers/timer-rows.ts');
  const { timersOf, timeText, noteOf, timerJson } = await import('./timers.ts');
  try {
    const rows = timerRows(board, await timersOf(board));
    const lines = rows.map((row) => {
      const note = noteOf(row);
      const times = `last ${timeText(row.lastMs)}, next ${timeText(row.nextMs)}`;
      return `timer ${row.name}: ${times}${note === '' ? '' : `; ${note}`}`;
    });
    return { lines, json: rows.map(timerJson) };
  } catch (error) {
    if (!(error instanceof Error && error.name === 'DefinitionError')) throw error;
    return { lines: ["timers: the pipeline has faults: 'slate check' tells them"], json: [] };
  }
}

export async function status(session: Session, options: StatusOptions = {}): Promise<number> {
  const board = session.board();
  if (options.watch !== undefined) {
    if (options.check === true) throw usage('--check looks once and --watch never ends: choose one');
    return watch(session, board, options.watch === true ? WATCH_MS : options.watch);
  }
  const look = lookAt(session, board, await timersTold(board));
  if (session.json) session.out.json(look.json);
  else for (const { text } of look.lines) session.out.line(text);
  return options.check === true && look.isBad ? EXIT.some : EXIT.ok;
}

/**
 * The same again whenever it has changed: plain lines one under the other, which a dumb terminal, a pipe and a screen
 * reader can follow. A board that can't be read is told once, and again when it can.
 */
async function watch(session: Session, board: Board, everyMs: number): Promise<number> {
  const { out } = session;
  let known = '';
  let fault = '';
  while (!out.isClosed) {
    const startMs = performance.now();
    const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    try {
      const look = lookAt(session, board, await timersTold(board));
      const key = look.lines.map((line) => line.key).join('\n');
      if (fault !== '') session.say(`board ${board.name} can be read again`);
      fault = '';
      if (key !== known) {
        if (session.json) out.line(jsonText({ time, ...look.json }));
        else {
          if (known !== '') out.line('');
          out.line(time);
          for (const { text } of look.lines) out.line(text);
        }
        known = key;
      }
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const text = faultText(error);
      if (text !== fault) session.say(`board ${board.name} can't be read: ${text}; it is tried again`);
      fault = text;
    }
    await out.drained();
    // A board that takes long to read is looked at less often: a tenth of the time at most.
    await new Promise((resolve) => setTimeout(resolve, Math.max(everyMs, 9 * (performance.now() - startMs))));
  }
  return EXIT.ok;
}
