import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { reading } from './step-errors.ts';

/** One try of one stage, as the board's journal tells of it. */
export interface JournalTry {
  readonly stage: string;
  readonly epoch: number;
  /** Its number: 1, or more after tries that failed. */
  readonly attempt: number;
  /** By the clock of the host that claimed, and of the one that ended it, ms since 1970. Undefined while no line says it. */
  readonly begunMs: number;
  readonly endedMs: number | undefined;
  /** Run time of the step itself. */
  readonly seconds: number | undefined;
  /** How it ended: done, failed (it may be tried again), back (given back: it counts as no try), or open. */
  readonly end: 'done' | 'failed' | 'back' | 'open';
  /** `x2` exit code, `s9` signal, or what the board or the engine says. */
  readonly cause: string;
  /** Of a step that was a job of an engine. */
  readonly job: JournalJob | undefined;
}

export interface JournalJob {
  readonly node?: string;
  /** Seconds in the queue. */
  readonly wait?: number;
  readonly peakMb?: number;
  /** What its engine did to it: `walltime`, `memory`, … */
  readonly fault?: string;
}

/** An entry's run: its tries are told apart from those of others by both. */
export interface Run {
  readonly dataset: string;
  readonly posted: string;
}

export const runKey = ({ dataset, posted }: Run): string => `${dataset} ${posted}`;

type Line = Readonly<Record<string, unknown>>;

/**
 * The tries of some runs out of a board's journals (one JSON object a line), in the order of their epochs, by `runKey`. Lines that are torn
 * are left out, as are other events; the journal follows the board, so the last line of a run may not be there yet.
 */
export function readJournal(board: string, runs: readonly Run[]): Map<string, JournalTry[]> {
  const wanted = new Map(runs.map((run) => [runKey(run), new Map<number, Line[]>()]));
  const since = runs.map(({ posted }) => dayOf(posted)).sort()[0] ?? '';
  for (const file of journalsOf(join(board, 'journal'), since)) {
    for (const text of reading(file, () => readFileSync(file, 'utf8')).split('\n')) {
      const line = lineOf(text);
      if (line === undefined || typeof line.epoch !== 'number') continue;
      const tries = wanted.get(runKey({ dataset: String(line.dataset), posted: String(line.posted) }));
      if (tries === undefined) continue;
      const before = tries.get(line.epoch);
      if (before === undefined) tries.set(line.epoch, [line]);
      else before.push(line);
    }
  }
  return new Map(
    [...wanted].map(([key, tries]) => [
      key,
      [...tries].sort(([a], [b]) => a - b).flatMap(([epoch, lines]) => tryOf(epoch, lines)),
    ]),
  );
}

/** `2026-11-21` of `20261121T120000`. */
function dayOf(posted: string): string {
  return posted.replace(/^(\d{4})(\d\d)(\d\d).*$/, '$1-$2-$3');
}

/** Clocks of hosts differ: the day before counts too. */
function journalsOf(folder: string, since: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  const first = Number.isNaN(Date.parse(since)) ? '' : new Date(Date.parse(since) - 864e5).toISOString().slice(0, 10);
  return reading(folder, () => readdirSync(folder))
    .filter((day) => /^\d{4}-\d\d-\d\d$/.test(day) && day >= first)
    .sort()
    .flatMap((day) => {
      const files = reading(folder, () => readdirSync(join(folder, day)));
      return files.filter((name) => name.endsWith('.jsonl')).map((name) => join(folder, day, name));
    });
}

const EVENTS = /"event":"(claim|finish|publish|lost|giveback)"/;

function lineOf(text: string): Line | undefined {
  if (!EVENTS.test(text)) return undefined;
  try {
    return JSON.parse(text) as Line;
  } catch {
    // Torn by a crash in the middle of a write; what it said is lost.
    return undefined;
  }
}

function tryOf(epoch: number, lines: readonly Line[]): JournalTry[] {
  const event = (name: string) => lines.find((line) => line.event === name);
  const claim = event('claim');
  if (claim === undefined) return [];
  const finish = event('finish');
  const lost = event('lost');
  const last = finish ?? lost ?? event('giveback') ?? event('publish');
  const seconds = finish?.seconds;
  return [
    {
      stage: String(claim.stage),
      epoch,
      attempt: Number(claim.try ?? 1),
      begunMs: Date.parse(String(claim.t)),
      endedMs: last === undefined ? undefined : Date.parse(String(last.t)),
      seconds: typeof seconds === 'number' ? seconds : undefined,
      end: endOf(finish, lost, last),
      cause: causeOf(finish, lost),
      job: last?.job as JournalJob | undefined,
    },
  ];
}

function endOf(finish: Line | undefined, lost: Line | undefined, last: Line | undefined): JournalTry['end'] {
  if (finish !== undefined) return finish.outcome === 'c' || finish.outcome === 'e' ? 'done' : 'failed';
  if (lost !== undefined) return 'failed';
  if (last === undefined) return 'open';
  return last.event === 'publish' ? 'done' : 'back';
}

function causeOf(finish: Line | undefined, lost: Line | undefined): string {
  if (finish === undefined) return lost === undefined ? '' : 'l';
  const { fault } = (finish.job ?? {}) as JournalJob;
  if (fault !== undefined) return fault;
  if (typeof finish.signal === 'number') return `s${finish.signal}`;
  return typeof finish.code === 'number' ? `x${finish.code}` : String(finish.reason ?? '');
}
