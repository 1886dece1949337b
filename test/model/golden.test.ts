/**
 * The names on disk, pinned. Programs, scripts and boards of other versions rely on them: a change in
 * `test/fixtures/names.golden` is a change of the format, and wants a new format version in `board.yaml`.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  formatName,
  formatStatus,
  formatTimerMark,
  formatWish,
  leftMark,
  logFile,
  parseLeftMark,
  parseLogFile,
  parseName,
  parseProductName,
  parseProductsTarget,
  parseScratchName,
  parseSidecarName,
  parseStatus,
  parseTimerMark,
  parseViewName,
  parseViewTarget,
  parseWish,
  productFolder,
  productsTarget,
  publishedMark,
  scratchPath,
  sidecarPath,
  viewFolder,
  viewMark,
  viewTarget,
  wishPath,
} from '../../src/model/name.ts';

const FILE = new URL('../fixtures/names.golden', import.meta.url);

interface Line {
  readonly number: number;
  readonly kind: string;
  readonly name: string;
  readonly rest: readonly string[];
}

const lines: Line[] = readFileSync(FILE, 'utf8')
  .split('\n')
  .flatMap((text, at) => {
    if (text === '' || text.startsWith('#')) return [];
    const [kind = '', name = '', ...rest] = text.split('\t');
    return [{ number: at + 1, kind, name, rest }];
  });

const of = (kind: string): Line[] => lines.filter((line) => line.kind === kind);
const TRY = { dataset: 'x', posted: '20261121T120000' };

describe('names.golden', () => {
  it('has lines of every kind, and no other', () => {
    const count = (kind: string): number => of(kind).length;
    expect(Object.fromEntries([...new Set(lines.map(({ kind }) => kind))].map((kind) => [kind, count(kind)]))).toEqual({
      entry: 22,
      '!': 25,
      log: 4,
      product: 4,
      scratch: 3,
      status: 4,
      sidecar: 2,
      left: 1,
      timer: 3,
      view: 3,
      target: 2,
      wish: 3,
    });
  });

  it.each(of('entry'))('line $number: $name', ({ name, rest }) => {
    const parsed = parseName(name);
    expect(parsed.ok ? JSON.stringify(parsed.name) : parsed.why).toBe(rest[0]);
    expect(formatName(JSON.parse(rest[0] ?? ''))).toBe(name);
  });

  it.each(of('!'))('line $number: $name is refused', ({ name, rest }) => {
    const parsed = parseName(JSON.parse(name) as string);
    expect(parsed.ok ? 'it parses' : [String(parsed.at), parsed.why]).toEqual(rest);
  });

  it.each(of('log'))('line $number: $name', ({ name, rest }) => {
    const decoded = JSON.parse(rest[0] ?? '');
    expect(parseLogFile(name)).toEqual(decoded);
    expect(logFile({ ...TRY, ...decoded }, decoded.outcome)).toBe(name);
  });

  it.each(of('product'))('line $number: $name', ({ name, rest }) => {
    const decoded = JSON.parse(rest[0] ?? '');
    expect(parseProductName(name)).toEqual(decoded);
    const path = decoded.mark ? publishedMark({ ...TRY, ...decoded }) : productFolder({ ...TRY, ...decoded });
    expect(path).toBe(`products/x/20261121T120000/${name}`);
  });

  it.each(of('scratch'))('line $number: $name', ({ name, rest }) => {
    const decoded = JSON.parse(rest[0] ?? '');
    expect(parseScratchName(name)).toEqual(decoded);
    expect(scratchPath({ ...TRY, ...decoded })).toBe(`scratch/${name}`);
  });

  it.each(of('status'))('line $number: $name', ({ name, rest }) => {
    const decoded = JSON.parse(rest[0] ?? '');
    expect(JSON.stringify(parseStatus(name))).toBe(rest[0]);
    expect(formatStatus(decoded)).toBe(name);
  });

  it.each(of('sidecar'))('line $number: $name', ({ name, rest }) => {
    const decoded = JSON.parse(rest[0] ?? '');
    expect(parseSidecarName(name)).toEqual(decoded);
    expect(sidecarPath({ ...TRY, ...decoded }, decoded.kind)).toBe(`products/x/20261121T120000/${name}`);
  });

  it.each(of('left'))('line $number: $name', ({ name, rest }) => {
    expect(JSON.stringify(parseLeftMark(name))).toBe(rest[0]);
    const [posted = '', stage = '', epoch = ''] = name.split('.');
    expect(leftMark({ dataset: 'x', posted, stage, epoch: Number(epoch) })).toBe(`logs/x/${name}`);
  });

  it.each(of('timer'))('line $number: $name', ({ name, rest }) => {
    const decoded = JSON.parse(rest[0] ?? '');
    expect(parseTimerMark(name)).toEqual(decoded);
    expect(formatTimerMark(decoded)).toBe(name);
  });

  it.each(of('view'))('line $number: $name', ({ name, rest }) => {
    const decoded = JSON.parse(rest[0] ?? '');
    expect(parseViewName(name)).toEqual(decoded);
    const view = { ...TRY, number: decoded.number };
    const path = decoded.mark === undefined ? viewFolder(view) : viewMark(view, decoded.mark);
    expect(path).toBe(`products/x/20261121T120000/${name}`);
  });

  it.each(of('target'))('line $number: $name', ({ name, rest }) => {
    const decoded = JSON.parse(rest[0] ?? '');
    expect('stage' in decoded ? parseProductsTarget(name) : parseViewTarget(name)).toEqual(decoded);
    expect('stage' in decoded ? productsTarget(decoded.stage, decoded.epoch) : viewTarget(decoded)).toBe(name);
  });

  it.each(of('wish'))('line $number: $name', ({ name, rest }) => {
    const decoded = JSON.parse(rest[0] ?? '');
    expect(parseWish(name)).toEqual(decoded);
    expect(formatWish(decoded)).toBe(name);
    expect(wishPath('ops1', decoded)).toBe(`hosts/ops1/${name}`);
  });
});
