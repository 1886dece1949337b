/**
 * Status files of stage processes, `processes/<id>.<order>.<stage+stage…>.<pid>.<host>`: the order is changed by rename,
 * the heartbeat counter and the load are written into the content in place.
 */

import type { EngineTrouble } from '../model/engine-trouble.ts';
import { FOLDERS, formatStatus, type Order, parseStatus, type StatusName, type StatusOrder } from '../model/name.ts';
import type { Board } from './board.ts';
import { isGone } from './errors.ts';
import type { HostFacts } from './host-facts.ts';
import { folderNames, isHidden } from './scan.ts';

export interface HostShare {
  readonly cpus: number;
  readonly memoryMb: number;
}

/** What a stage process says of itself in its status file. The counter comes first, at a fixed place. */
export interface StatusContent {
  readonly counter: number;
  readonly host: string;
  readonly pid: number;
  /** Of the host's running kernel and of the pid's name space: observers with both the same may ask the kernel. */
  readonly bootId: string;
  readonly pidSpace: string;
  /** Start time of the process in clock ticks after boot: a pid that was used again has another. */
  readonly startTicks: string;
  /** RFC 3339 UTC. */
  readonly started: string;
  readonly version: string;
  readonly stages: readonly string[];
  readonly slots: number;
  /** Kept by a host agent, for the wish of these stages; missing: started by somebody else. */
  readonly kept?: boolean;
  readonly state: 'starting' | 'idle' | 'busy' | 'paused' | 'suspended' | 'draining' | 'halting' | 'blocked';
  /** Why it is blocked, or empty. */
  readonly message: string;
  readonly done: number;
  readonly failed: number;
  /** What its host has for steps, and what its own steps have of it; only if its stages declare needs. */
  readonly budget?: HostShare | undefined;
  readonly used?: HostShare | undefined;
  /** What its entries wait for that is not theirs to mend: room, a place of a limit. Missing: nothing. */
  readonly waits?: string | undefined;
  /** Engines that take nothing, or can't be asked: read by `parseTroubles`. Missing: none. */
  readonly engineTroubles?: readonly EngineTrouble[] | undefined;
  /** Resident memory in MB, and the host's load of one minute. */
  readonly rssMb: number;
  readonly load1: number;
  /** More of its host, as it sees it; missing: of an older version. */
  readonly facts?: HostFacts;
  /** What it does for the whole board: `timers`, `landing-0` …; missing: nothing. */
  readonly roles?: readonly string[];
  /** Instances of services; left out by a process that has none. */
  readonly services?: readonly ServiceStatus[];
  /** Steps that run in its slots; undefined from a version that ran one an entry. */
  readonly busy?: number;
  /** Jobs of engines beside them; left out by a process that has none, or whose slots are all for jobs. */
  readonly away?: number;
  readonly entries: ReadonlyArray<RunningEntry>;
}

export interface RunningEntry {
  readonly dataset: string;
  readonly stage: string;
  readonly epoch: number;
  /** RFC 3339 UTC. */
  readonly since: string;
  /** Entries with the same number run together, in one step of so many. */
  readonly batch?: number;
  readonly of?: number;
}

/** Steps that a process runs, wherever. */
export function stepsOf(content: StatusContent): number {
  return hereOf(content) + (content.away ?? 0);
}

/** Those in its slots. */
export function hereOf({ busy, entries }: StatusContent): number {
  return busy ?? entries.length;
}

/** Of each step its first entry, and how many more it began with. */
export interface RunningStep {
  readonly first: RunningEntry;
  /** `m51`, or `m51+49` of a batch of fifty. */
  readonly text: string;
}

export function runningSteps(entries: readonly RunningEntry[]): RunningStep[] {
  const seen = new Set<number>();
  const steps: RunningStep[] = [];
  for (const entry of entries) {
    const { batch, of = 1, dataset } = entry;
    if (batch !== undefined && seen.has(batch)) continue;
    if (batch !== undefined) seen.add(batch);
    steps.push({ first: entry, text: of > 1 ? `${dataset}+${of - 1}` : dataset });
  }
  return steps;
}

/** One instance of a step that stays up. */
export interface ServiceStatus {
  readonly stage: string;
  /** From 1. */
  readonly place: number;
  /** Null while it is not up. */
  readonly pid: number | null;
  /** `waiting`: it has died, and is started again after a while. */
  readonly state: 'starting' | 'idle' | 'busy' | 'stopping' | 'waiting';
  /** Entries that it has answered since it was started. */
  readonly served: number;
  /** How often it has died. */
  readonly deaths: number;
  /** Of it and its children; null where that can't be known. */
  readonly rssMb: number | null;
}

export interface StatusFile {
  readonly file: string;
  readonly name: StatusName;
  /** Undefined if it was just being written, or is gone. */
  readonly content: StatusContent | undefined;
}

/** Fixed, so that a heartbeat writes in place and needs no space on a full disk. */
export const STATUS_BYTES = 4096;
const COUNTER_DIGITS = 12;
/** How a status file begins. */
export const COUNTER = /^\{"counter":( *\d+),/;
/** As much of a status file as holds the counter. */
export const COUNTER_BYTES = '{"counter":,'.length + COUNTER_DIGITS;

/** The content as it stands on disk: one JSON object, padded with spaces. Long lists of entries are cut to fit. */
export function formatStatusContent(content: Omit<StatusContent, 'counter'>, counter: number): string {
  const head = `{"counter":${String(counter).padStart(COUNTER_DIGITS)},`;
  let { entries, services, engineTroubles } = content;
  let message = content.message.slice(0, 500);
  for (;;) {
    const text = head + JSON.stringify({ ...content, message, services, engineTroubles, entries }).slice(1);
    const room = STATUS_BYTES - 1 - Buffer.byteLength(text);
    const isLeast = entries.length === 0 && message === '' && services === undefined && engineTroubles === undefined;
    if (room >= 0 || isLeast) return `${text}${' '.repeat(Math.max(0, room))}\n`;
    if (entries.length > 0) entries = entries.slice(0, Math.floor(entries.length / 2));
    else if (services !== undefined)
      services = services.length > 1 ? services.slice(0, services.length >> 1) : undefined;
    else if (message !== '') message = message.slice(0, Math.floor(message.length / 2));
    else engineTroubles = undefined;
  }
}

/** The counter from the beginning of a status file; undefined if it is just being written. */
export function parseCounter(text: string): number | undefined {
  const digits = COUNTER.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export function parseStatusContent(text: string): StatusContent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isStatus(value) ? value : undefined;
  } catch (error) {
    // Seen in the middle of a write: the next look sees it whole.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What readers count on: somebody may have written anything under such a name. */
function isStatus(value: unknown): value is StatusContent {
  if (typeof value !== 'object' || value === null) return false;
  const { counter, host, pid, stages, entries, services = [], roles = [], message } = value as Partial<StatusContent>;
  const areTexts = (list: unknown): boolean =>
    Array.isArray(list) && list.every((one: unknown) => typeof one === 'string');
  const areOfStages = (list: unknown): boolean =>
    Array.isArray(list) && list.every((one: Partial<RunningEntry> | null) => typeof one?.stage === 'string');
  return (
    typeof counter === 'number' &&
    // The file's name says both as well.
    (host === undefined || typeof host === 'string') &&
    (pid === undefined || typeof pid === 'number') &&
    typeof message === 'string' &&
    areTexts(stages) &&
    areTexts(roles) &&
    areOfStages(entries) &&
    areOfStages(services)
  );
}

interface NamedFile {
  readonly file: string;
  readonly name: StatusName;
}

/** Names only: one readdir. */
export function listStatusNames(board: Board): NamedFile[] {
  const names: NamedFile[] = [];
  for (const file of folderNames(board, FOLDERS.processes)) {
    const name = isHidden(file) ? undefined : parseStatus(file);
    if (name !== undefined) names.push({ file, name });
  }
  return names.sort((a, b) => (a.name.id < b.name.id ? -1 : 1));
}

/** Names and contents; each is opened anew, so that the look is fresh on NFS. */
export function readStatuses(board: Board): StatusFile[] {
  return listStatusNames(board).map(({ file, name }) => ({ file, name, content: readStatus(board, file) }));
}

export function readStatus(board: Board, file: string): StatusContent | undefined {
  try {
    return parseStatusContent(board.fs.read(board.path(`${FOLDERS.processes}/${file}`)).content);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The status file of a process by its id. Two under one id (made by hand): the first in order. */
export function findStatus(board: Board, id: string): NamedFile | undefined {
  return listStatusNames(board).find(({ name }) => name.id === id);
}

export type OrderResult = 'ordered' | 'unchanged' | 'absent' | 'lost';

/** Changes a process's order by renaming its status file. `lost`: it has been found dead, and takes no orders. */
export function giveOrder(board: Board, id: string, order: StatusOrder, reason?: string): OrderResult {
  for (let round = 0; round < 5; round++) {
    const found = findStatus(board, id);
    if (found === undefined) return 'absent';
    if (found.name.order === order) return 'unchanged';
    if (found.name.order === 'lost') return 'lost';
    if (!renameOrder(board, found, order, reason)) continue;
    return 'ordered';
  }
  return 'absent';
}

/** Changes an order only if it is this very one: an order that is given in the same moment is not written over. */
export function replaceOrder(board: Board, id: string, from: StatusOrder, to: StatusOrder): void {
  for (let round = 0; round < 5; round++) {
    const found = findStatus(board, id);
    if (found === undefined || found.name.order !== from || renameOrder(board, found, to)) return;
  }
}

/** @returns false if its name is another by now */
function renameOrder(board: Board, { file, name }: NamedFile, order: StatusOrder, reason?: string): boolean {
  const folder = board.path(FOLDERS.processes);
  try {
    // The stages' list is taken as it stands: it may be shortened.
    const to = file.replace(`${name.id}.${name.order}.`, `${name.id}.${order}.`);
    board.fs.rename(`${folder}/${file}`, `${folder}/${to}`);
  } catch (error) {
    if (!isGone(error)) throw error;
    return false;
  }
  board.journal.write('order', {
    process: name.id,
    from: name.order,
    to: order,
    ...(reason === undefined ? {} : { reason }),
  });
  return true;
}

/** Creates a status file. @throws if one of this name exists. */
export function createStatus(board: Board, name: StatusName, content: Omit<StatusContent, 'counter'>): string {
  const file = formatStatus(name);
  board.fs.create(board.path(`${FOLDERS.processes}/${file}`), formatStatusContent(content, 0), true);
  return file;
}

/** Removes a process's status file; it may be gone. */
export function removeStatus(board: Board, id: string): void {
  const found = findStatus(board, id);
  if (found === undefined) return;
  try {
    board.fs.unlink(board.path(`${FOLDERS.processes}/${found.file}`));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

export type { Order };
