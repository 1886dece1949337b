import { basename } from 'node:path';
import { DataError } from './data-error.ts';

/** A granule as a list names it. */
export interface Granule {
  readonly granule: string;
  /** Its file, relative to the home or absolute. */
  readonly input: string;
  /** What the file's bytes must be, if the list says it. */
  readonly sha256: string | undefined;
}

const MOST = 100_000;

/**
 * A list of granules: a file a line, with its checksum before it as `sha256sum` writes it, or alone. Empty lines and those that begin with #
 * are left out. A granule is called after its file.
 * @throws DataError with the line, for a name that is none, a granule that stands there twice, and a list without any
 */
export function parseGranules(text: string): Granule[] {
  const lines = new Map<string, number>();
  const granules = text.split(/\r?\n/).flatMap((line, i): Granule[] => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const [, sum, path] = /^(?:([0-9a-fA-F]{64}) [ *])?\s*(\S.*?)\s*$/.exec(line) ?? [];
    const input = path ?? '';
    const granule = basename(input).replace(/(_(flt|raw|cal))?\.(fits|fit|fts)(\.gz)?$/i, '');
    if (!/^[A-Za-z0-9_][A-Za-z0-9_+=~-]{0,63}$/.test(granule)) {
      throw new DataError(
        `line ${i + 1}: ${JSON.stringify(granule)}, after the file ${JSON.stringify(input)}, is no name of a granule: up to 64 letters, digits and _ + = ~ -`,
      );
    }
    const before = lines.get(granule);
    if (before !== undefined)
      throw new DataError(`line ${i + 1}: the granule ${granule} stands in line ${before} already`);
    lines.set(granule, i + 1);
    return [{ granule, input, sha256: sum?.toLowerCase() }];
  });
  if (granules.length === 0) throw new DataError('there is no granule in it');
  if (granules.length > MOST) throw new DataError(`${granules.length} granules are more than ${MOST}: part the list`);
  return granules;
}

/** The same as text, for `parseGranules`. */
export function granulesText(granules: readonly Granule[]): string {
  return granules.map(({ input, sha256 }) => `${sha256 === undefined ? '' : `${sha256}  `}${input}\n`).join('');
}

/** Parts of `size`, in order; the last one may have fewer. */
export function inAggregates(granules: readonly Granule[], size: number): Granule[][] {
  const parts: Granule[][] = [];
  for (let at = 0; at < granules.length; at += size) parts.push(granules.slice(at, at + size));
  return parts;
}
