/** What a site's disk is asked for jobs, as scripts of shell. Pure. Paths are relative to the root of the site. */
import { shellQuote } from '../../definitions/shell-scan.ts';
import { startMark } from '../../model/name.ts';
import type { FarFile } from '../launcher.ts';
import { siteScript } from '../transfer/scripts.ts';

/** More of a log is its end alone. */
const MOST_LOG = 8 * 1024 * 1024;
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

export interface Asked {
  readonly folder: string;
  readonly name: string;
  readonly jobs: ReadonlyArray<{ readonly index: number; readonly work: string }>;
}

/** `part NAME MOST FILE head|tail`: a file, if it is there, as lines that nothing in it can end. */
const PART = 'part() { [ -f "$3" ] || return 0; echo "file $1"; "$4" -c "$2" "$3" | base64; echo .; }';

/** Of each job that has ended: its end, its log, and what it has handed in. */
export function fetchScript(root: string, asked: readonly Asked[]): string {
  return siteScript(
    root,
    PART,
    `ended() {
  [ -f "$2/$3.end" ] || return 0
  echo "job $1 $3"
  part .log ${MOST_LOG} "$4/.log" tail
  part .result ${MOST_TOLD} "$4/.result" head
  part .post ${MOST_TOLD} "$4/.post" head
  part end 1000 "$2/$3.end" head
}`,
    ...asked.flatMap(({ folder, name, jobs }) =>
      jobs.map(({ index, work }) => `ended ${name} ${q(folder)} ${index} ${q(work)}`),
    ),
  );
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
  if mkdir "$1" 2>/dev/null; then echo "kept $2"; else echo "job ${name} $2"; part .log ${MOST_LOG} "$3/.log" tail; fi
}`,
    ...jobs.map(({ index, work }) => `keep ${q(`${folder}/${startMark(index)}`)} ${index} ${q(work)}`),
  );
}

export function removeFoldersScript(root: string, folders: readonly string[]): string {
  return siteScript(root, ...folders.map((folder) => `rm -rf ${q(folder)} || exit 1`));
}
