/** What a dispatcher says of an engine that takes nothing, or can't be asked: in its status file, and in words for people. Pure. */
import { formatDuration } from './duration.ts';
import { isObject } from './result.ts';

/** `refused`: it takes no jobs; `down`: it can't be asked; `missing`: engines.yaml does not have it any more. */
export const TROUBLE_KINDS = ['down', 'refused', 'missing'] as const;

export interface EngineTrouble {
  readonly what: (typeof TROUBLE_KINDS)[number];
  /** As engines.yaml calls it. */
  readonly engine: string;
  /** Which batch system it is. */
  readonly kind: string;
  /** Where its commands are, if that is a site. */
  readonly site?: string | undefined;
  /** Whose jobs it refuses; empty: of whichever. */
  readonly stages: readonly string[];
  /** In the engine's own words. */
  readonly why: string;
  /** RFC 3339. */
  readonly since: string;
  /** RFC 3339: when it is tried again; missing: again and again. */
  readonly again?: string | undefined;
}

/** A status file has room for so much: what an engine says is told whole, for its point may come last. */
const MOST = 3;
const MOST_WHY = 420;

export function fitTroubles(all: readonly EngineTrouble[]): EngineTrouble[] {
  return all.slice(0, MOST).map((one) => ({ ...one, why: one.why.slice(0, MOST_WHY) }));
}

/** What a status file tells; whatever has no known form is left out. */
export function parseTroubles(value: unknown): EngineTrouble[] {
  return Array.isArray(value) ? value.filter(isTrouble) : [];
}

function isTrouble(value: unknown): value is EngineTrouble {
  if (!isObject(value) || !TROUBLE_KINDS.some((kind) => kind === value.what)) return false;
  const { stages, site, again } = value;
  return (
    ['engine', 'kind', 'why', 'since'].every((key) => typeof value[key] === 'string') &&
    [site, again].every((one) => one === undefined || typeof one === 'string') &&
    Array.isArray(stages) &&
    stages.every((one) => typeof one === 'string')
  );
}

/** The same as several processes say it. */
export interface ToldTrouble extends EngineTrouble {
  readonly processes: readonly { readonly id: string; readonly host: string }[];
}

/** @param all of each process what it says */
export function togetherTold(
  all: readonly { readonly id: string; readonly host: string; readonly troubles: readonly EngineTrouble[] }[],
): ToldTrouble[] {
  const told = new Map<string, ToldTrouble>();
  for (const { id, host, troubles } of all) {
    for (const one of troubles) {
      const key = JSON.stringify([one.what, one.engine, one.why]);
      const before = told.get(key);
      told.set(key, {
        ...one,
        ...before,
        stages: [...new Set([...(before?.stages ?? []), ...one.stages])],
        since: earlier(before?.since, one.since) ?? one.since,
        again: earlier(before?.again, one.again),
        processes: [...(before?.processes ?? []).filter((known) => known.id !== id), { id, host }],
      });
    }
  }
  const rank = ({ what }: ToldTrouble): number => TROUBLE_KINDS.indexOf(what);
  return [...told.values()].sort((a, b) => rank(a) - rank(b) || (a.engine < b.engine ? -1 : 1));
}

function earlier(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(b) < Date.parse(a) ? b : a;
}

/** Of more processes than that it is simpler to mean all. */
const MOST_NAMED = 3;

/** A command that answers where its engine does. */
const ASKING: Readonly<Record<string, string>> = { slurm: 'squeue', pbs: 'qstat', htcondor: 'condor_q' };

export interface TroubleWords {
  /** `engine cluster refuses the jobs of calibrate, since 07:28:23Z (2m12s)` */
  readonly head: string;
  /** In the engine's own words. */
  readonly why: string;
  /** What is to be done. */
  readonly advice: string;
}

/** @param timeOf a time of day, as the reader has it */
export function troubleWords(told: ToldTrouble, nowMs: number, timeOf: (ms: number) => string): TroubleWords {
  const sinceMs = Date.parse(told.since);
  const age = formatDuration(Math.max(0, Math.round((nowMs - sinceMs) / 1000) * 1000));
  const since = Number.isNaN(sinceMs) ? '' : `, since ${timeOf(sinceMs)} (${age})`;
  return { head: `engine ${told.engine} ${claimOf(told)}${since}`, why: told.why, advice: adviceOf(told, timeOf) };
}

function claimOf({ what, stages }: ToldTrouble): string {
  if (what === 'down') return "can't be asked";
  if (what === 'missing') return 'is not in engines.yaml any more';
  return `refuses jobs of ${stages.join(', ')}`;
}

function adviceOf({ what, kind, site, again, processes }: ToldTrouble, timeOf: (ms: number) => string): string {
  const hosts = [...new Set(processes.map(({ host }) => host))].join(', ');
  if (what === 'down') {
    const where = site === undefined ? `on ${hosts}` : `on site ${site}, as ${hosts} reaches it`;
    return `see that '${ASKING[kind] ?? kind}' answers ${where}; jobs go on meanwhile, and nothing is lost`;
  }
  if (what === 'missing') return 'put it back into engines.yaml; or hold the entries, which gives their jobs up';
  const againMs = Date.parse(again ?? '');
  const who = processes.length > MOST_NAMED ? '--all' : processes.map(({ id }) => id).join(' ');
  const next = Number.isNaN(againMs) ? '' : `, or at ${timeOf(againMs)}`;
  return (
    `mend what it names (at the batch system, in engines.yaml, or in the stage), then 'slate order ${who} reload': ` +
    `it is tried again then${next}; the entries wait`
  );
}
