/** What a site's disk is asked for jobs, as scripts of shell. Pure. Paths are relative to the root of the site. */

import type { Kept } from '../../board/jobs.ts';
import { shellQuote } from '../../definitions/shell-scan.ts';
import { startMark } from '../../model/name.ts';
import type { FarFile } from '../launcher.ts';
import { siteScript } from '../transfer/scripts.ts';

/** What has come in of an ended job's log since the last look: more of it is its end alone. */
const MOST_LOG = 8 * 1024 * 1024;
/** Of all that one answer brings: who has got so much tells of no further job, and is asked again. */
const MOST_AT_ONCE = 16 * 1024 * 1024;
/** Of one that runs, in a look. */
const MOST_NEWS = 64 * 1024;
/** Names in a command. */
const MOST_NAMES = 500;
/** Above what is read of it: what is too long is told to be. */
const MOST_TOLD = 16 * 1024 * 1024;

const q = (path: string): string => shellQuote(`./${path}`);
const above = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** `printf` is the shell's own: no text is too long for it. */
export function putScript(root: string, files: readonly FarFile[]): string {
  const folders = new Set(files.map(({ path }) => above(path)));
  return siteScript(
    root,
    ...[...folders].map((folder) => `mkdir -p ${q(folder)} || exit 1`),
    ...files.flatMap(({ path, text, executable }) => [
      `printf %s ${shellQuote(text)} >${q(path)} || exit 1`,
      ...(executable ? [`chmod +x ${q(path)} || exit 1`] : []),
    ]),
  );
}

export interface AskedJob {
  readonly index: number;
  readonly work: string;
  /** Bytes of its log that are known. */
  readonly have: number;
}

export interface Asked {
  readonly folder: string;
  readonly name: string;
  readonly jobs: readonly AskedJob[];
}

/** `part NAME FILE FROM head|tail MOST`: of a file, if it is there, as lines that nothing in it can end. */
const PART = `left=${MOST_AT_ONCE}
part() {
  [ -f "$2" ] || return 0
  size=$(($(wc -c <"$2") - $3 + 1))
  if [ "$size" -gt "$5" ]; then size=$5; fi
  left=$((left - size))
  echo "file $1"
  tail -c "+$3" "$2" | "$4" -c "$5" | base64
  echo .
}`;
/** Before sizes of logs. */
const SIZES = 'sizes';
/** The rest is to be asked for again. */
const CUT = 'cut';
const UNLESS_CUT = `[ "$left" -gt 0 ] || { cut=${CUT}; return 0; }`;
const TELL_CUT = `[ -z "$cut" ] || echo ${CUT}`;
const LOG = '.log';

/** Logs whose sizes are asked for. */
export interface SizesAsked {
  /** By name, of these working folders. */
  readonly works: readonly string[];
  /** All that have changed in so long. */
  readonly minutes: number;
}

/**
 * Of each job that has ended its end, what is new in its log, and what it has handed in; then the sizes of logs, of all that have
 * changed by one command whatever their number.
 */
export function fetchScript(root: string, asked: readonly Asked[], { works, minutes }: SizesAsked): string {
  const folders = new Set(asked.flatMap(({ jobs }) => jobs.map(({ work }) => above(work))));
  const logs = works.map((work) => q(`${work}/${LOG}`));
  return siteScript(
    root,
    ...tellEnded(asked),
    `echo ${SIZES}`,
    ...slices(logs, MOST_NAMES).map((names) => `wc -c ${names.join(' ')} 2>/dev/null`),
    ...[...folders].map(
      (folder) => `find ${q(folder)} -maxdepth 2 -name ${LOG} -mmin -${minutes} -exec wc -c {} + 2>/dev/null`,
    ),
    'exit 0',
  );
}

/** The same of their ends alone. */
export function endedScript(root: string, asked: readonly Asked[]): string {
  return siteScript(root, ...tellEnded(asked));
}

/** What is new in logs, up to their ends. */
export function logsScript(root: string, asked: readonly Asked[]): string {
  return siteScript(
    root,
    PART,
    `log() {
  ${UNLESS_CUT}
  echo "job $1 $2"
  part ${LOG} "$3/${LOG}" "$4" tail ${MOST_LOG}
}`,
    ...each(asked).map(({ name, index, work, have }) => `log ${name} ${index} ${q(work)} ${have + 1}`),
    TELL_CUT,
  );
}

function slices(names: readonly string[], most: number): string[][] {
  return Array.from({ length: Math.ceil(names.length / most) }, (_, at) => names.slice(at * most, (at + 1) * most));
}

function each(asked: readonly Asked[]): (AskedJob & Omit<Asked, 'jobs'>)[] {
  return asked.flatMap(({ folder, name, jobs }) => jobs.map((job) => ({ folder, name, ...job })));
}

function tellEnded(asked: readonly Asked[]): string[] {
  return [
    PART,
    `ended() {
  [ -f "$2/$3.end" ] || return 0
  ${UNLESS_CUT}
  echo "job $1 $3"
  part ${LOG} "$4/${LOG}" "$5" tail ${MOST_LOG}
  part .result "$4/.result" 1 head ${MOST_TOLD}
  part .post "$4/.post" 1 head ${MOST_TOLD}
  part end "$2/$3.end" 1 head 1000
}`,
    ...each(asked).map(
      ({ name, folder, index, work, have }) => `ended ${name} ${q(folder)} ${index} ${q(work)} ${have + 1}`,
    ),
    TELL_CUT,
  ];
}

/** Of jobs that run what is new in their logs. */
export function newsScript(root: string, asked: readonly Asked[]): string {
  return siteScript(
    root,
    PART,
    ...asked.flatMap(({ name, jobs }) =>
      jobs.flatMap(({ index, work, have }) => [
        `echo 'job ${name} ${index}'`,
        `part ${LOG} ${q(`${work}/${LOG}`)} ${have + 1} head ${MOST_NEWS}`,
      ]),
    ),
  );
}

/** Sizes of logs, by working folder. */
export function sizesIn(text: string): Map<string, number> {
  const told = text.slice(text.lastIndexOf(`\n${SIZES}\n`) + 1);
  return new Map(
    [...told.matchAll(/^ *(\d+) \.\/(work\/.*)\/\.log$/gm)].map(([, size, work = '']) => [work, Number(size)]),
  );
}

export interface Fetched {
  readonly name: string;
  readonly index: number;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Files are parts of the text and long: one job after the other. A file that was cut off is as if it were not there. */
export function* parseFetched(text: string): Generator<Fetched> {
  let job: { name: string; index: number; files: Map<string, Buffer> } | undefined;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    const [, name = '', index] = /^job (\S+) (\d+)$/.exec(line) ?? [];
    const file = /^file (\S+)$/.exec(line)?.[1];
    if (index !== undefined) {
      if (job !== undefined) yield job;
      job = { name, index: Number(index), files: new Map() };
    } else if (file !== undefined) {
      // An empty one is closed by the next line.
      const close = text.indexOf('\n.\n', at - 1);
      if (close < 0) break;
      job?.files.set(file, Buffer.from(text.slice(at, close), 'base64'));
      at = close + 3;
    }
  }
  if (job !== undefined) yield job;
}

/** There is more of it. */
export function isCut(text: string): boolean {
  return text.startsWith(`${CUT}\n`) || text.includes(`\n${CUT}\n`);
}

/** Those of which nothing was told yet. */
export function without(asked: readonly Asked[], told: ReadonlySet<string>): Asked[] {
  return asked.flatMap((one) => {
    const jobs = one.jobs.filter(({ index }) => !told.has(`${one.name} ${index}`));
    return jobs.length === 0 ? [] : [{ ...one, jobs }];
  });
}

/** Decides that jobs never begin, where that is still open, and says which those are. */
export function keepScript(root: string, { folder, jobs }: Asked): string {
  return siteScript(
    root,
    `mkdir -p ${q(folder)} || exit 1`,
    `keep() {
  if (set -C && true >"$1") 2>/dev/null; then echo "now $2"; return; fi
  if [ -f "$1" ]; then echo "before $2"; return; fi
  [ -d "$1" ] || exit 1
}`,
    ...jobs.map(({ index }) => `keep ${q(`${folder}/${startMark(index)}`)} ${index}`),
  );
}

export function parseKept(text: string): Map<number, Kept> {
  return new Map(
    [...text.matchAll(/^(now|before) (\d+)$/gm)].map(([, kept, index]) => [Number(index), kept as Kept] as const),
  );
}

/** A step may have left folders that its own account may not write to. What can't be removed is said, and the rest goes. */
export function removeFoldersScript(root: string, folders: readonly string[]): string {
  return siteScript(
    root,
    `gone() {
  rm -rf "$1" 2>/dev/null && return
  find "$1" -type d ! -perm -700 -exec chmod u+rwx {} \\; 2>/dev/null
  why=$(rm -rf "$1" 2>&1) || printf 'left %s\\n' "$why" | head -n 1
}`,
    ...folders.map((folder) => `gone ${q(folder)}`),
    'exit 0',
  );
}

/** What could not be removed, in the words of the site; empty: nothing. */
export function unremovedIn(text: string): string {
  return /^left (.*)$/m.exec(text)?.[1] ?? '';
}
