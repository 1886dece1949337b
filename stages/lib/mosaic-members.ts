import { FitsError } from './fits-error.ts';
import type { Header } from './fits-header.ts';

/** A tile as the mosaic's header tells it: where it lies, and what was added to it. */
export interface MosaicMember {
  readonly dataset: string;
  /** The tile's first pixel on the mosaic, from 1. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Added to every pixel, so that neighbours agree. */
  readonly level: number;
  /** Data sum of its SCI: which version of it went in. */
  readonly sum: string;
}

/** Three digits stand in the keywords. */
export const MOST_MEMBERS = 999;

const keyword = (prefix: string, number: number) => `${prefix}${String(number).padStart(3, '0')}`;

export function writeMembers(header: Header, members: readonly MosaicMember[]): void {
  header.set('NMEMBERS', members.length, 'tiles in this mosaic');
  members.forEach(({ dataset, x, y, width, height, level, sum }, i) => {
    const number = i + 1;
    header
      .set(keyword('MEM', number), dataset, 'member')
      .set(keyword('MPX', number), x, 'its first pixel lies here, axis 1')
      .set(keyword('MPY', number), y, 'its first pixel lies here, axis 2')
      .set(keyword('MNX', number), width, 'its width')
      .set(keyword('MNY', number), height, 'its height')
      .set(keyword('MLV', number), level, 'added to every pixel of it', true)
      .set(keyword('MDS', number), sum, 'DATASUM of its SCI');
  });
}

/** @throws FitsError if the header is not that of a mosaic */
export function readMembers(header: Header): MosaicMember[] {
  const count = header.count('NMEMBERS');
  if (count > MOST_MEMBERS)
    throw new FitsError(`${header.where}: NMEMBERS is ${count}; up to ${MOST_MEMBERS} can be told`);
  return Array.from({ length: count }, (_, i) => {
    const number = i + 1;
    const dataset = header.text(keyword('MEM', number));
    if (dataset === undefined) throw new FitsError(`${header.where}: the keyword ${keyword('MEM', number)} is missing`);
    return {
      dataset,
      x: header.number(keyword('MPX', number)),
      y: header.number(keyword('MPY', number)),
      width: header.count(keyword('MNX', number)),
      height: header.count(keyword('MNY', number)),
      level: header.number(keyword('MLV', number)),
      sum: header.text(keyword('MDS', number)) ?? '',
    };
  });
}
