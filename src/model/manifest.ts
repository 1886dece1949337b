/**
 * The list that goes with files that were transferred: what each must be. `sha256sum -c` reads it, and so does what is said by
 * the commands that list a folder. Pure.
 */

/** In the folder that was transferred; never transferred itself. */
export const MANIFEST_FILE = '.manifest.sha256';

export interface FileFacts {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** By name, relative to the folder. */
export type Listing = ReadonlyMap<string, FileFacts>;

/** The sizes stand in comments: `sha256sum -c` knows none. */
export function formatManifest(files: Listing): string {
  const lines = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return lines.map(([name, { bytes, sha256 }]) => `# ${bytes} bytes\n${sha256}  ${name}\n`).join('');
}

/** Why a file can't be transferred under its name; undefined: it can. What lists files has a line for each. */
export function fileNameFault(name: string): string | undefined {
  if (name === '' || name.startsWith('/') || name.split('/').some((part) => ['', '.', '..'].includes(part)))
    return 'none of its parts may be empty, . or ..';
  if (/\p{Cc}|\\|\uFFFD/u.test(name)) return 'it holds a control character, a backslash, or what is no UTF-8';
  return undefined;
}

export function isRight(wanted: FileFacts, found: FileFacts | undefined): boolean {
  return found !== undefined && found.bytes === wanted.bytes && found.sha256 === wanted.sha256;
}

export function bytesOf(files: Listing): number {
  let sum = 0;
  for (const { bytes } of files.values()) sum += bytes;
  return sum;
}
