import type { CatalogueRow } from './catalogue.ts';
import type { MosaicMember } from './mosaic-members.ts';
import { skyToPixel, type Wcs } from './wcs.ts';

/** A source of one member, at its place on the mosaic. */
export interface Sighting {
  readonly row: CatalogueRow;
  /** Position of the member in the list. */
  readonly member: number;
  /** Pixel of the mosaic, from 1. */
  readonly x: number;
  readonly y: number;
  /** How far it lies from its member's edge, in pixels: what lies deeper is seen better. */
  readonly depth: number;
}

export interface Merged extends Sighting {
  /** How many members saw it. */
  readonly seen: number;
}

export interface MergeResult {
  /** Brightest first. */
  readonly sources: readonly Merged[];
  /** Sightings of a source that another member sees better. */
  readonly repeated: number;
  /** Sightings near an edge where a member that sees the place better has no source. */
  readonly artefacts: number;
}

/** Puts a member's sources onto the mosaic by their sky positions. */
export function sight(rows: readonly CatalogueRow[], member: MosaicMember, at: number, mosaic: Wcs): Sighting[] {
  return rows.flatMap((row) => {
    const pixel = skyToPixel(mosaic, row.ra, row.dec);
    if (pixel === undefined) return [];
    const [x, y] = pixel;
    return [{ row, member: at, x, y, depth: depthIn(member, x, y) }];
  });
}

/** Distance from the edge of the member's outermost pixels; negative outside. */
function depthIn({ x: left, y: bottom, width, height }: MosaicMember, x: number, y: number): number {
  const [dx, dy] = [x - left + 0.5, y - bottom + 0.5];
  return Math.min(dx, dy, width - dx, height - dy);
}

/**
 * One list of all members' sources in which each occurs once. Sightings by different members within `radius` pixels of each other are one
 * source, the nearest pairs first, and never two by one member; the sighting that lies deepest in its member stands for it. A lone sighting is
 * left out if another member covers its place better and saw nothing there: it is what an edge makes of a source that it cuts.
 */
export function mergeSightings(
  sightings: readonly Sighting[],
  members: readonly MosaicMember[],
  radius: number,
): MergeResult {
  const sources: Merged[] = [];
  let artefacts = 0;
  for (const group of groupSightings(sightings, radius)) {
    const best = group.reduce((a, b) => (b.depth > a.depth ? b : a));
    const isSeenBetter = members.some(
      (member, at) =>
        at !== best.member && depthIn(member, best.x, best.y) > best.depth && !group.some((each) => each.member === at),
    );
    if (isSeenBetter) artefacts += group.length;
    else sources.push({ ...best, seen: group.length });
  }
  sources.sort((a, b) => b.row.flux - a.row.flux || a.y - b.y || a.x - b.x);
  return { sources, repeated: sightings.length - artefacts - sources.length, artefacts };
}

function groupSightings(sightings: readonly Sighting[], radius: number): Sighting[][] {
  const groupOf = sightings.map((_, at) => [at]);
  const memberOf = (at: number) => sightings[at]?.member;
  for (const [a, b] of pairs(sightings, radius)) {
    const [one, two] = [groupOf[a] ?? [], groupOf[b] ?? []];
    if (one === two || one.some((at) => two.some((other) => memberOf(at) === memberOf(other)))) continue;
    for (const at of two) {
      one.push(at);
      groupOf[at] = one;
    }
  }
  return [...new Set(groupOf)].map((group) => group.flatMap((at) => sightings[at] ?? []));
}

/** Indices of sightings by different members within `radius` of each other, nearest first. Cells of `radius` make it linear in their number. */
function pairs(sightings: readonly Sighting[], radius: number): [a: number, b: number][] {
  const cells = new Map<string, number[]>();
  const cellOf = ({ x, y }: Sighting) => [Math.floor(x / radius), Math.floor(y / radius)] as const;
  const found: { a: number; b: number; apart: number }[] = [];
  sightings.forEach((one, b) => {
    const [cx, cy] = cellOf(one);
    for (let j = -1; j <= 1; j++) {
      for (let i = -1; i <= 1; i++) {
        for (const a of cells.get(`${cx + i},${cy + j}`) ?? []) {
          const other = sightings[a];
          if (other === undefined || other.member === one.member) continue;
          const apart = Math.hypot(one.x - other.x, one.y - other.y);
          if (apart <= radius) found.push({ a, b, apart });
        }
      }
    }
    const key = `${cx},${cy}`;
    cells.set(key, [...(cells.get(key) ?? []), b]);
  });
  found.sort((one, two) => one.apart - two.apart || one.a - two.a || one.b - two.b);
  return found.map(({ a, b }) => [a, b]);
}
