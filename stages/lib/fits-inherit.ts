import type { Header } from './fits-header.ts';
import { emptyPrimary } from './fits-write.ts';

/** A primary header for the catalogue with what says which observation it comes from. */
export function inherit(from: Header, name: string): Header {
  const header = emptyPrimary().set('FILENAME', name, 'name of file');
  const kept = ['TELESCOP', 'INSTRUME', 'DETECTOR', 'FILTER1', 'FILTER2', 'ROOTNAME', 'TARGNAME'];
  for (const keyword of [...kept, 'DATE-OBS', 'TIME-OBS', 'EXPTIME', 'EQUINOX', 'OPUS_VER']) {
    const card = from.cards.find((each) => each.keyword === keyword);
    if (card?.value !== undefined) header.set(keyword, card.value, card.comment, typeof card.value === 'number');
  }
  return header;
}
