/** Stage processes as rows of a list: in groups by host or by stage, the ones in trouble first. Pure. */
import type { ProcessRow } from '../../board/processes.ts';
import type { ServiceStatus, StatusContent } from '../../board/status.ts';
import type { Rows } from '../list.ts';
import { megabytes, thousands } from '../numbers.ts';

export type Grouping = 'host' | 'stage';

/** What is to be thought of a process, in one word: its own word for it, unless it says nothing any more. */
export type ProcessState = StatusContent['state'] | 'dead' | 'silent' | 'unknown';

export function stateOfProcess({ status, isDead, isSilent }: ProcessRow): ProcessState {
  if (isDead) return 'dead';
  if (isSilent) return 'silent';
  return status.content?.state ?? 'unknown';
}

/** Stages that it serves; its file's name may tell of some only. */
export function stagesOf({ status }: ProcessRow): readonly string[] {
  const stages: unknown = status.content?.stages;
  return Array.isArray(stages) ? stages.map(String) : status.name.stages;
}

/** Entries in hand. What a dead one had in hand is over. */
export function entriesOf({ status, isDead }: ProcessRow): StatusContent['entries'] {
  const entries = status.content?.entries;
  // The file may be of another version, or damaged.
  return isDead || !Array.isArray(entries) ? [] : entries;
}

/** What its entries wait for that will come by itself: room on the host, a place of a limit. */
export function waitsText({ status, isDead }: ProcessRow): string {
  return isDead ? '' : String(status.content?.waits ?? '');
}

/** Its services, in words: `mill 1 idle, pid 4711, served 50, died 2 times, 80M`; empty if it has none. */
export function servicesText({ status, isDead }: ProcessRow): string {
  const services: unknown = status.content?.services;
  if (isDead || !Array.isArray(services)) return '';
  const isWhole = (one: unknown): one is ServiceStatus => typeof one === 'object' && one !== null;
  return services
    .filter(isWhole)
    .map(({ stage, place, pid, state, served, deaths, rssMb }) =>
      [
        `${stage} ${place} ${state}`,
        ...(pid === null ? [] : [`pid ${pid}`]),
        `served ${thousands(Number(served))}`,
        ...(deaths === 0 ? [] : [`died ${deaths} times`]),
        ...(rssMb === null ? [] : [megabytes(Number(rssMb))]),
      ].join(', '),
    )
    .join('; ');
}

/** How many steps it runs: several entries may be in one. */
export function busyOf(row: ProcessRow): number {
  const busy: unknown = row.status.content?.busy;
  return row.isDead || typeof busy !== 'number' ? entriesOf(row).length : busy;
}

/** Why it is blocked, or empty. */
export function messageOf({ status, isDead }: ProcessRow): string {
  return isDead ? '' : String(status.content?.message ?? '');
}

/** Milliseconds since it began; never below 0, for the clocks of hosts differ. */
export function upMs({ status }: ProcessRow, nowMs: number): number | undefined {
  const started = Date.parse(status.content?.started ?? '');
  return Number.isNaN(started) ? undefined : Math.max(0, nowMs - started);
}

/** Of a shorter time a rate says nothing: one step in two seconds is not 30 a minute. */
const LEAST_UP_MS = 60_000;

/** Steps that ended well, a minute, since it began; undefined in its first minute. */
export function donePerMinute(row: ProcessRow, nowMs: number): number | undefined {
  const up = upMs(row, nowMs);
  const done = row.status.content?.done;
  return up === undefined || up < LEAST_UP_MS || done === undefined ? undefined : (done * 60_000) / up;
}

/** Two files may bear one id, made by hand. */
function processKey({ status: { name } }: ProcessRow): string {
  return `${name.id}.${name.pid}.${name.host}`;
}

export interface Totals {
  readonly processes: number;
  readonly trouble: number;
  readonly busy: number;
  readonly slots: number;
  readonly rssMb: number;
  /** Of the host: the largest that one of its processes tells. Undefined: of several hosts, or not told. */
  readonly load1: number | undefined;
}

export interface Group {
  readonly name: string;
  readonly rows: readonly ProcessRow[];
  readonly totals: Totals;
}

export type Line =
  | { readonly kind: 'group'; readonly key: string; readonly group: Group }
  | { readonly kind: 'process'; readonly key: string; readonly row: ProcessRow };

/** The worst first: dead, silent, blocked, all others by id. */
function trouble(row: ProcessRow): number {
  const state = stateOfProcess(row);
  return state === 'dead' ? 0 : state === 'silent' ? 1 : state === 'blocked' ? 2 : 3;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareRows(a: ProcessRow, b: ProcessRow): number {
  return (
    trouble(a) - trouble(b) ||
    compareText(a.status.name.id, b.status.name.id) ||
    compareText(processKey(a), processKey(b))
  );
}

export function totalsOf(rows: readonly ProcessRow[]): Totals {
  const live = rows.filter(({ isDead }) => !isDead);
  const sum = (value: (row: ProcessRow) => number): number => live.reduce((all, row) => all + value(row), 0);
  const hosts = new Set(live.map(({ status }) => status.name.host));
  const loads = live.map(({ status }) => status.content?.load1).filter((load) => typeof load === 'number');
  return {
    processes: rows.length,
    trouble: rows.filter((row) => trouble(row) < 3).length,
    busy: sum(busyOf),
    slots: sum(({ status }) => status.content?.slots ?? 0),
    rssMb: sum(({ status }) => status.content?.rssMb ?? 0),
    load1: hosts.size === 1 && loads.length > 0 ? Math.max(...loads) : undefined,
  };
}

/**
 * The groups: hosts by name, or stages in the order of the board. A process that serves several stages stands in the
 * group of each.
 */
export function groupsOf(processes: readonly ProcessRow[], by: Grouping, stages: readonly string[]): Group[] {
  const groups = new Map<string, ProcessRow[]>();
  for (const row of processes) {
    for (const name of by === 'host' ? [row.status.name.host] : new Set(stagesOf(row))) {
      const rows = groups.get(name);
      if (rows === undefined) groups.set(name, [row]);
      else rows.push(row);
    }
  }
  const place = (name: string): number => {
    const at = stages.indexOf(name);
    return at < 0 ? stages.length : at;
  };
  const names = [...groups.keys()].sort((a, b) => (by === 'stage' ? place(a) - place(b) : 0) || compareText(a, b));
  return names.map((name) => {
    const rows = (groups.get(name) ?? []).sort(compareRows);
    return { name, rows, totals: totalsOf(rows) };
  });
}

/** What the list shows, from top to bottom. */
export class Lines implements Rows {
  readonly #lines: readonly Line[];
  readonly #indexes: ReadonlyMap<string, number>;

  constructor(processes: readonly ProcessRow[], by: Grouping, stages: readonly string[]) {
    this.#lines = groupsOf(processes, by, stages).flatMap((group): Line[] => [
      { kind: 'group', key: `${by} ${group.name}`, group },
      ...group.rows.map((row): Line => ({ kind: 'process', key: `${by} ${group.name} ${processKey(row)}`, row })),
    ]);
    this.#indexes = new Map(this.#lines.map(({ key }, index) => [key, index]));
  }

  get length(): number {
    return this.#lines.length;
  }

  keyAt(index: number): string {
    return this.#lines[index]?.key ?? '';
  }

  indexOf(key: string): number {
    return this.#indexes.get(key) ?? -1;
  }

  at(index: number): Line | undefined {
    return this.#lines[index];
  }

  /** Ids of the processes that a line stands for: of a group, all of it. */
  idsAt(index: number): string[] {
    const line = this.#lines[index];
    if (line === undefined) return [];
    const rows = line.kind === 'group' ? line.group.rows : [line.row];
    return rows.map(({ status }) => status.name.id);
  }

  /** The first line of a process, if it still stands there. */
  indexOfProcess(id: string): number {
    return this.#lines.findIndex((line) => line.kind === 'process' && line.row.status.name.id === id);
  }
}
