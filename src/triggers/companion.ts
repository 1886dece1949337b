/**
 * Files that say that another one is complete: `<name>.sha256`, `<name>.md5`, `<name><signal suffix>`. Pure.
 */
import type { Completeness } from '../model/definition.ts';

const HEX_LENGTH = { sha256: 64, md5: 32 } as const;
export type Algorithm = keyof typeof HEX_LENGTH;

/** What a companion's name adds to that of its file; undefined where files need none. */
export function companionSuffix(complete: Completeness): string | undefined {
  if (complete.kind === 'stable') return undefined;
  return complete.kind === 'signal' ? complete.suffix : `.${complete.algorithm}`;
}

/** The file that a companion belongs to; undefined if the name is no companion's. */
export function companionBase(name: string, complete: Completeness): string | undefined {
  const suffix = companionSuffix(complete);
  if (suffix === undefined || suffix === '' || !name.endsWith(suffix) || name.length === suffix.length)
    return undefined;
  return name.slice(0, -suffix.length);
}

export type ParsedChecksum = { readonly ok: true; readonly hex: string } | { readonly ok: false; readonly why: string };

/**
 * The checksum of the file `name` from the text of its checksum file: a bare number, `hex  name`, `hex *name` (as
 * sha256sum writes them, also for several files), or BSD's `SHA256 (name) = hex`. Comment lines begin with `#`.
 * A name with folders is compared by its last part.
 */
export function parseChecksum(text: string, algorithm: Algorithm, name: string): ParsedChecksum {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.length === 0) return { ok: false, why: 'the checksum file is empty' };
  const others: string[] = [];
  for (const line of lines) {
    const parsed = parseLine(line, algorithm);
    if (parsed === undefined) continue;
    if (parsed.name === undefined) {
      if (lines.length === 1) return { ok: true, hex: parsed.hex };
      continue;
    }
    if (lastPart(parsed.name) === name) return { ok: true, hex: parsed.hex };
    others.push(parsed.name);
  }
  if (others.length > 0) {
    const named = others.slice(0, 3).map((other) => JSON.stringify(other));
    return { ok: false, why: `the checksum file speaks of ${named.join(', ')}, not of this file` };
  }
  return {
    ok: false,
    why: `the checksum file has no ${algorithm} checksum (${HEX_LENGTH[algorithm]} hex digits) in it`,
  };
}

function parseLine(line: string, algorithm: Algorithm): { hex: string; name: string | undefined } | undefined {
  const length = HEX_LENGTH[algorithm];
  const bsd = /^(\\?)([A-Za-z0-9]+) ?\((.*)\) ?= ?([0-9A-Fa-f]+)\s*$/.exec(line);
  if (bsd !== null) {
    const [, escaped = '', word = '', name = '', hex = ''] = bsd;
    if (word.toLowerCase() !== algorithm || hex.length !== length) return undefined;
    return { hex: hex.toLowerCase(), name: unescapeName(escaped, name) };
  }
  const gnu = /^\s*(\\?)([0-9A-Fa-f]+)(?:\s+\*?(.*\S))?\s*$/.exec(line);
  const [, escaped = '', hex = '', name] = gnu ?? [];
  if (hex.length !== length) return undefined;
  return { hex: hex.toLowerCase(), name: name === undefined ? undefined : unescapeName(escaped, name) };
}

/** sha256sum begins a line with `\` when it had to escape the name in it. */
function unescapeName(escaped: string, name: string): string {
  if (escaped === '') return name;
  return name.replaceAll(/\\([\\nr])/g, (_, char: string) => (char === 'n' ? '\n' : char === 'r' ? '\r' : '\\'));
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
