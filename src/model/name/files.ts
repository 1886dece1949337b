/**
 * Names of everything on a board that is not an entry: folders, logs, products, scratch folders, status files,
 * journals. Paths are relative to the board's folder and use `/`. Pure.
 */
import {
  datasetFault,
  formatEpoch,
  isProcessId,
  MAX_NAME_BYTES,
  parseEpoch,
  parsePosted,
  stageNameFault,
} from './fields.ts';
import { isCause } from './tags.ts';

/** Folders that hold entries on the board, in the order in which a search for a claim looks at them. */
export const LIVE_FOLDERS = ['active', 'queue', 'gather', 'failed', 'held'] as const;
export type LiveFolder = (typeof LIVE_FOLDERS)[number];
/** Where an entry belongs: what `home` says. `done` and `removed` are kept by UTC day. */
export type HomeFolder = LiveFolder | 'done';
export type State = HomeFolder | 'removed';
/** Folders that hold entries by UTC day. */
export const DAY_FOLDERS = ['done', 'removed'] as const;

export const FOLDERS = {
  done: 'done',
  removed: 'removed',
  ids: 'ids',
  groups: 'groups',
  logs: 'logs',
  products: 'products',
  scratch: 'scratch',
  processes: 'processes',
  journal: 'journal',
  locks: 'locks',
  tmp: 'tmp',
} as const;

export const BOARD_FILE = 'board.yaml';
export const COLUMNS_FILE = 'columns';

/** Every folder of a new board. */
export const ALL_FOLDERS: readonly string[] = [...LIVE_FOLDERS, ...Object.values(FOLDERS)];

/** The day's folder below `done/` or `removed/`. */
export function dayFolder(folder: 'done' | 'removed' | 'journal', day: string): string {
  return `${folder}/${day}`;
}

export function idPath(dataset: string): string {
  return `${FOLDERS.ids}/${dataset}`;
}

/** What an entry waits for. */
export function groupPath(dataset: string): string {
  return `${FOLDERS.groups}/${dataset}`;
}

/** What a stage of a run has gathered: written when it goes on, named after the claims that the entry had had by then. */
export function gatheredFile({ dataset, posted, stage, epoch }: TryName): string {
  return `${dataset}@${posted}.${stage}.${formatEpoch(epoch)}`;
}

export function gatheredPath(name: TryName): string {
  return `${FOLDERS.groups}/${gatheredFile(name)}`;
}

/** Reads a name in `groups/`: the needs of a dataset's run, or what a stage of a run has gathered. Undefined for a foreign one. */
export function parseGroupFile(
  file: string,
): { dataset: string; gathered?: { posted: string; stage: string; epoch: number } } | undefined {
  const [dataset = '', rest, ...more] = file.split('@');
  if (datasetFault(dataset) !== undefined || more.length > 0) return undefined;
  if (rest === undefined) return { dataset };
  const [posted = '', stage = '', epochText = '', ...others] = rest.split('.');
  const epoch = parseEpoch(epochText);
  if (others.length > 0 || epoch === undefined || parsePosted(posted) === undefined) return undefined;
  if (stageNameFault(stage) !== undefined) return undefined;
  return { dataset, gathered: { posted, stage, epoch } };
}

/** One execution of one stage for one entry. */
export interface TryName {
  readonly dataset: string;
  readonly posted: string;
  readonly stage: string;
  readonly epoch: number;
}

/**
 * How a try ended, in its log's name: `run` while it runs, `ok`, a cause (`x2`, `s9`, `t`, `l` …), `sent2` sent back to
 * column 2, `back` given back, `gone` its claim was taken away.
 */
export type LogOutcome = string;
export const LOG_RUNNING = 'run';
export const LOG_OK = 'ok';
export const LOG_GIVEN_BACK = 'back';
export const LOG_GONE = 'gone';

/** The outcome of a try that sent its entry back to a column (from 0): `sent2` is column 2 on disk. */
export function sentOutcome(column: number): LogOutcome {
  return `sent${column + 1}`;
}

/** The column (from 0) that a try sent its entry back to; undefined if it did not. */
export function sentColumn(outcome: LogOutcome): number | undefined {
  const [, column] = /^sent([1-9]\d?)$/.exec(outcome) ?? [];
  return column === undefined ? undefined : Number(column) - 1;
}

export function logFolder(dataset: string): string {
  return `${FOLDERS.logs}/${dataset}`;
}

export function logFile(name: TryName, outcome: LogOutcome): string {
  return `${name.posted}.${name.stage}.${formatEpoch(name.epoch)}.${outcome}.log`;
}

export function logPath(name: TryName, outcome: LogOutcome): string {
  return `${logFolder(name.dataset)}/${logFile(name, outcome)}`;
}

/** Reads a log's file name; undefined for a foreign one. */
export function parseLogFile(
  file: string,
): { posted: string; stage: string; epoch: number; outcome: LogOutcome } | undefined {
  const [posted = '', stage = '', epochText = '', outcome = '', suffix, ...more] = file.split('.');
  const epoch = parseEpoch(epochText);
  if (suffix !== 'log' || more.length > 0 || epoch === undefined || parsePosted(posted) === undefined) return undefined;
  if (stageNameFault(stage) !== undefined || !isCause(outcome)) return undefined;
  return { posted, stage, epoch, outcome };
}

/**
 * The mark beside the logs that a try of this run has left something for later in `products/`: who lists the logs knows
 * whether to look there.
 */
export function leftMark(name: TryName): string {
  return `${logFolder(name.dataset)}/${name.posted}.${name.stage}.${formatEpoch(name.epoch)}.left`;
}

/** The posted time of the run whose try left such a mark; undefined for another file. */
export function parseLeftMark(file: string): string | undefined {
  if (!file.endsWith('.left')) return undefined;
  const [posted = '', stage = '', epochText = '', ...more] = file.split('.');
  const isMark = more.length === 1 && stageNameFault(stage) === undefined && parseEpoch(epochText) !== undefined;
  return isMark && parsePosted(posted) !== undefined ? posted : undefined;
}

export function productsFolder(dataset: string, posted: string): string {
  return `${FOLDERS.products}/${dataset}/${posted}`;
}

export function productFolder(name: TryName): string {
  return `${productsFolder(name.dataset, name.posted)}/${name.stage}.${formatEpoch(name.epoch)}`;
}

/** The mark that a try's products are published. */
export function publishedMark(name: TryName): string {
  return `${productFolder(name)}.ok`;
}

/** Reads a name in `products/<dataset>/<posted>/`: a try's folder, or its mark. Undefined for a foreign one. */
export function parseProductName(file: string): { stage: string; epoch: number; mark: boolean } | undefined {
  const [stage = '', epochText = '', suffix, ...more] = file.split('.');
  const epoch = parseEpoch(epochText);
  if (epoch === undefined || more.length > 0 || stageNameFault(stage) !== undefined) return undefined;
  if (suffix !== undefined && suffix !== 'ok') return undefined;
  return { stage, epoch, mark: suffix === 'ok' };
}

/** What a try leaves for later beside its products: entries to post, and parameters for later stages. */
export const SIDECARS = ['post', 'result'] as const;
export type Sidecar = (typeof SIDECARS)[number];

export function sidecarPath(name: TryName, kind: Sidecar): string {
  return `${productFolder(name)}.${kind}`;
}

/** Reads a sidecar's name in `products/<dataset>/<posted>/`. Undefined for every other file. */
export function parseSidecarName(file: string): { stage: string; epoch: number; kind: Sidecar } | undefined {
  const [stage = '', epochText = '', suffix, ...more] = file.split('.');
  const epoch = parseEpoch(epochText);
  const kind = SIDECARS.find((one) => one === suffix);
  if (kind === undefined || epoch === undefined || more.length > 0 || stageNameFault(stage) !== undefined)
    return undefined;
  return { stage, epoch, kind };
}

export function scratchPath(name: TryName): string {
  return `${FOLDERS.scratch}/${name.dataset}.${name.stage}.${formatEpoch(name.epoch)}`;
}

/**
 * The working folder of an execution that several tries share, named after the first of them. It may outlive that one, and
 * other runs of its dataset: so it bears the posted time as well.
 */
export function batchScratchPath(name: TryName): string {
  return `${scratchPath(name)}.${name.posted}`;
}

/** Files in such a folder: what is to be done, what the step says of it, and what was taken away meanwhile. */
export const BATCH_FILES = { list: '.batch', outcomes: '.outcomes', taken: '.taken' } as const;

/** Reads a scratch folder's name; the dataset may hold dots, so the fields are taken from the right. */
export function parseScratchName(file: string): { dataset: string; stage: string; epoch: number } | undefined {
  const match = /^(.+)\.([a-z][a-z0-9_-]*)\.(\d{3,9})(?:\.\d{8}T\d{6})?$/.exec(file);
  const [dataset = '', stage = '', epochText = ''] = match?.slice(1) ?? [];
  const epoch = parseEpoch(epochText);
  if (epoch === undefined || datasetFault(dataset) !== undefined || stageNameFault(stage) !== undefined)
    return undefined;
  return { dataset, stage, epoch };
}

/**
 * The working folder of one instance of a service, its number from 1: `scratch/@mill.k3f1.1`. No dataset begins with `@`.
 * What it says beside its answers is in a file beside it, `….log`.
 */
export function servicePath(stage: string, process: string, place: number): string {
  return `${FOLDERS.scratch}/@${stage}.${process}.${place}`;
}

export function serviceLogPath(stage: string, process: string, place: number): string {
  return `${servicePath(stage, process, place)}.log`;
}

/** Reads the name of a service's folder, or of its log; undefined for others. */
export function parseServiceFile(file: string): { stage: string; process: string; place: number } | undefined {
  const [, stage = '', process = '', place = ''] = /^@([^.]+)\.([^.]+)\.([1-9]\d{0,3})(?:\.log)?$/.exec(file) ?? [];
  if (stageNameFault(stage) !== undefined || !isProcessId(process)) return undefined;
  return { stage, process, place: Number(place) };
}

/** What an operator wants a stage process to do; `lost` is set by others on one that they found dead. */
export const ORDERS = ['run', 'pause', 'suspend', 'drain', 'halt', 'reload'] as const;
export type Order = (typeof ORDERS)[number];
export type StatusOrder = Order | 'lost';

export function isOrder(text: string): text is Order {
  return (ORDERS as readonly string[]).includes(text);
}

/** A stage process's status file: `<id>.<order>.<stage+stage…>.<pid>.<host>`. */
export interface StatusName {
  readonly id: string;
  readonly order: StatusOrder;
  readonly stages: readonly string[];
  /** True if the name had no room for all of its stages. */
  readonly more?: boolean;
  readonly pid: number;
  readonly host: string;
}

/** Host names as they stand in file names: anything else than letters, digits, `.`, `_` and `-` becomes `_`. */
export function hostField(host: string): string {
  const clean = host.replaceAll(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_');
  return clean.slice(0, 64) || 'localhost';
}

/** Stages that do not fit into 255 bytes are left out of the name, and a `+~` says so: the content has them all. */
export function formatStatus(name: StatusName): string {
  const rest = name.id.length + name.order.length + String(name.pid).length + hostField(name.host).length + 4;
  let stages = '';
  let more = name.more === true;
  for (const [index, stage] of name.stages.entries()) {
    const next = index === 0 ? stage : `${stages}+${stage}`;
    if (rest + next.length + 2 > MAX_NAME_BYTES - 8) {
      more = true;
      break;
    }
    stages = next;
  }
  return `${name.id}.${name.order}.${stages}${more ? '+~' : ''}.${name.pid}.${hostField(name.host)}`;
}

export function parseStatus(file: string): StatusName | undefined {
  const [id = '', order = '', stages = '', pid = '', ...host] = file.split('.');
  if (!isProcessId(id) || !(isOrder(order) || order === 'lost') || !/^\d{1,10}$/.test(pid) || host.length === 0)
    return undefined;
  const listed = stages.split('+').filter((stage) => stage !== '');
  return {
    id,
    order,
    stages: listed.filter((stage) => stage !== '~'),
    ...(listed.includes('~') ? { more: true } : {}),
    pid: Number(pid),
    host: host.join('.'),
  };
}

/** A journal file: one writer each; `writer` is a stage process's id or, for people, their user name. */
export function journalPath(day: string, host: string, writer: string): string {
  return `${dayFolder('journal', day)}/${hostField(host)}.${writer}.jsonl`;
}
