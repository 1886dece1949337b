/** What a site's disk is asked for jobs, as scripts of shell. Pure. Paths are relative to the root of the site. */

import type { Kept } from '../../board/jobs.ts';
import { shellQuote } from '../../definitions/shell-scan.ts';
import { startMark } from '../../model/name.ts';
import type { FarFile } from '../launcher.ts';
import { siteScript } from '../transfer/scripts.ts';

/** What has come in of an ended job's log since the last look: more of it is its end alone. */
const MOST_LOG = 8 * 1024 * 1024;
/** Of one that runs, in a look. */
const MOST_NEWS = 64 * 1024;
/** Logs that are followed in a look; the others follow in the next ones. */
const MOST_GROWN = 200;
/** A log that has not changed for so long beyond the time between two looks is not opened. */
const SPARE_MINUTES = 2;
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
const PART = `part() { [ -f "$2" ] || return 0; echo "file $1"; tail -c "+$3" "$2" | "$4" -c "$5" | base64; echo .; }`;
const LOG = '.log';

/**
 * Of each job that has ended its end, what is new in its log, and what it has handed in; then the sizes of all logs that have
 * changed lately, by one command whatever their number.
 * @param everyMs between two looks
 */
export function fetchScript(root: string, asked: readonly Asked[], everyMs: number): string {
  const jobs = asked.flatMap(({ folder, name, jobs }) => jobs.map((job) => ({ folder, name, ...job })));
  const minutes = Math.ceil(everyMs / 60_000) + SPARE_MINUTES;
  return siteScript(
    root,
    PART,
    `ended() {
  [ -f "$2/$3.end" ] || return 0
  echo "job $1 $3"
  part ${LOG} "$4/${LOG}" "$5" tail ${MOST_LOG}
  part .result "$4/.result" 1 head ${MOST_TOLD}
  part .post "$4/.post" 1 head ${MOST_TOLD}
  part end "$2/$3.end" 1 head 1000
}`,
    ...jobs.map(({ name, folder, index, work, have }) => `ended ${name} ${q(folder)} ${index} ${q(work)} ${have + 1}`),
    ...[...new Set(jobs.map(({ work }) => above(work)))].map(
      (folder) => `find ${q(folder)} -maxdepth 2 -name ${LOG} -mmin -${minutes} -exec wc -c {} + 2>/dev/null`,
    ),
    'exit 0',
  );
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

/** The jobs whose logs have grown, at most so many, by what the look has said. */
export function grownIn(text: string, asked: readonly Asked[]): Asked[] {
  const sizes = new Map(
    [...text.matchAll(/^ *(\d+) \.\/(work\/.*)\/\.log$/gm)].map(([, size, work]) => [work, Number(size)]),
  );
  if (sizes.size === 0) return [];
  const ended = new Set([...text.matchAll(/^job (\S+ \d+)$/gm)].map(([, job]) => job));
  let room = MOST_GROWN;
  return asked.flatMap((one) => {
    const jobs = one.jobs.filter(
      ({ index, work, have }) => (sizes.get(work) ?? 0) > have && !ended.has(`${one.name} ${index}`) && room-- > 0,
    );
    return jobs.length === 0 ? [] : [{ ...one, jobs }];
  });
}

export interface Fetched {
  readonly name: string;
  readonly index: number;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** What was said of them; a file that was cut off is as if it were not there. */
export function parseFetched(text: string): Fetched[] {
  const jobs: { name: string; index: number; files: Map<string, Buffer> }[] = [];
  let open: { name: string; lines: string[] } | undefined;
  for (const line of text.split('\n')) {
    const [, name = '', index] = /^job (\S+) (\d+)$/.exec(line) ?? [];
    const file = /^file (\S+)$/.exec(line)?.[1];
    if (index !== undefined) jobs.push({ name, index: Number(index), files: new Map() });
    else if (file !== undefined) open = { name: file, lines: [] };
    else if (line === '.' && open !== undefined) {
      jobs.at(-1)?.files.set(open.name, Buffer.from(open.lines.join(''), 'base64'));
      open = undefined;
    } else open?.lines.push(line);
  }
  return jobs;
}

/** Decides that jobs never begin, where that is still open, and says which those are; of the others the log so far. */
export function keepScript(root: string, { folder, name, jobs }: Asked): string {
  return siteScript(
    root,
    PART,
    `mkdir -p ${q(folder)} || exit 1`,
    `keep() {
  if (set -C && true >"$1") 2>/dev/null; then echo "now $2"; return; fi
  if [ -f "$1" ]; then echo "before $2"; return; fi
  [ -d "$1" ] || exit 1
  echo "job ${name} $2"
  part ${LOG} "$3/${LOG}" "$4" tail ${MOST_LOG}
}`,
    ...jobs.map(
      ({ index, work, have }) => `keep ${q(`${folder}/${startMark(index)}`)} ${index} ${q(work)} ${have + 1}`,
    ),
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
