/**
 * What is done on a site, as scripts of shell: each is read from standard input by an `sh` there, so that no word of it passes a
 * second shell. Pure. All paths are relative to the root, and begin with the name of a folder.
 */
import { shellQuote } from '../../definitions/shell-scan.ts';
import { type FileFacts, type Listing, MANIFEST_FILE } from '../../model/manifest.ts';

/** Before it nothing counts: a login may have its own words. */
export const BEGIN = 'slate: begin';
/** Of the script that ends a transfer: sums differ. */
export const DIFFER = 9;
/** The root of the site is not there, or can't be entered: which it is, it says. */
export const ROOTLESS = 10;
export const CLOSED = 'slate: closed';

const q = (path: string): string => shellQuote(`./${path}`);

/** @param lines from the root of the site on */
export function siteScript(root: string, ...lines: readonly string[]): string {
  return [
    'LC_ALL=C; export LC_ALL',
    "if command -v sha256sum >/dev/null 2>&1; then sum=sha256sum; else sum='shasum -a 256'; fi",
    `echo '${BEGIN}'`,
    `cd ${shellQuote(root)} 2>/dev/null || { [ ! -d ${shellQuote(root)} ] || echo '${CLOSED}'; exit ${ROOTLESS}; }`,
    ...lines,
    '',
  ].join('\n');
}

const TELL = `tell() {
  [ -d "$1" ] || return 0
  echo "folder $1"
  (cd "$1" && find -L . -type f -exec wc -c {} + && find -L . -type f -exec $sum {} +)
}`;

/** Sizes and sums of what is in a folder; of a file, as if its folder had nothing else. */
export function lookScript(root: string, path: string): string {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const file = `echo "folder file"; cd ${q(folder)} && wc -c ${q(name)} && $sum ${q(name)}`;
  return siteScript(root, TELL, `if [ -f ${q(path)} ]; then (${file}) || exit 1; else tell ${q(path)} || exit 1; fi`);
}

/** Of a folder, and of the unfinished ones beside it. */
export function lookBesideScript(root: string, path: string): string {
  return siteScript(
    root,
    TELL,
    `tell ${q(path)} || exit 1`,
    `for one in ${q(partOf(path, ''))}*; do tell "$one" || exit 1; done`,
  );
}

/** The folder in which an upload is put together; `mark` grows from one try to the next. */
export function partOf(path: string, mark: string): string {
  return `${path}.part.${mark}`;
}

export interface Preparation {
  readonly path: string;
  readonly part: string;
  /** The unfinished folder of an earlier try: from its renaming on nothing that still runs of that one finds it. */
  readonly takeOver: string | undefined;
  readonly folders: readonly string[];
  /** Files in it that are wrong. */
  readonly drop: readonly string[];
  /** Files that stand whole in the finished folder of before. */
  readonly reuse: readonly string[];
  /** Unfinished folders that nobody needs. */
  readonly others: readonly string[];
}

export function prepareScript(root: string, plan: Preparation): string {
  const { path, part, takeOver, folders, drop, reuse, others } = plan;
  const inPart = (name: string) => q(`${part}/${name}`);
  const above = path.includes('/') ? [`mkdir -p ${q(path.slice(0, path.lastIndexOf('/')))} || exit 1`] : [];
  return siteScript(
    root,
    ...above,
    takeOver === undefined ? `mkdir -p ${q(part)} || exit 1` : `mv ${q(takeOver)} ${q(part)} || exit 1`,
    ...folders.map((name) => `mkdir -p ${inPart(name)} || exit 1`),
    ...drop.map((name) => `rm -f ${inPart(name)} || exit 1`),
    ...reuse.map((name) => {
      const old = q(`${path}/${name}`);
      return `ln ${old} ${inPart(name)} 2>/dev/null || cp ${old} ${inPart(name)} || exit 1`;
    }),
    ...others.map((name) => `rm -rf ${q(name)}`),
  );
}

/** Tries all sums once more where the files lie, and lets them appear. */
export function commitScript(root: string, path: string, part: string, manifest: string): string {
  const old = q(`${path}.old`);
  return siteScript(
    root,
    `cat >${q(`${part}/${MANIFEST_FILE}`)} <<'slate.end' || exit 1`,
    `${manifest}slate.end`,
    `bad=$(cd ${q(part)} && $sum -c ${MANIFEST_FILE} 2>&1 | grep -v ': OK$')`,
    `if [ -n "$bad" ]; then echo "$bad"; exit ${DIFFER}; fi`,
    `rm -rf ${old} || exit 1`,
    `if [ -e ${q(path)} ]; then mv ${q(path)} ${old} || exit 1; fi`,
    `mv ${q(part)} ${q(path)} || exit 1`,
    `rm -rf ${old}`,
  );
}

export function removeScript(root: string, path: string): string {
  return siteScript(root, `rm -rf ${q(path)} ${q(partOf(path, ''))}* ${q(`${path}.old`)} || exit 1`);
}

/** What the scripts that look have said: folders by their path, and what is in them. */
export function parseLook(text: string): { folders: Map<string, Listing>; strange: readonly string[] } {
  const folders = new Map<string, Map<string, FileFacts>>();
  const strange: string[] = [];
  let current = new Map<string, FileFacts>();
  const bytes = new Map<string, number>();
  for (const line of text.split('\n')) {
    const folder = /^folder (?:\.\/)?(.*)$/.exec(line)?.[1];
    if (folder !== undefined) {
      current = new Map();
      bytes.clear();
      folders.set(folder, current);
      continue;
    }
    const [, size, sized] = /^ *(\d+) \.\/(.*)$/.exec(line) ?? [];
    if (sized !== undefined) bytes.set(sized, Number(size));
    const [, sha256, summed] = /^([0-9a-f]{64}) [ *]\.\/(.*)$/.exec(line) ?? [];
    if (summed !== undefined && sha256 !== undefined) current.set(summed, { bytes: bytes.get(summed) ?? -1, sha256 });
    // A name with a backslash or a line feed is written so.
    if (line.startsWith('\\')) strange.push(line.slice(68));
  }
  return { folders, strange };
}
