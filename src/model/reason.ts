/** A reason in a step's own words → the one word that stands in the entry's name. Pure. */
import { isReason } from './name.ts';

const LONGEST = 16;

/**
 * `No bias for CCD 4` → `no_bias_for_ccd`: cut where a word ends, if one does. Undefined where nothing is left that could
 * be a reason.
 */
export function reasonWord(text: string): string | undefined {
  const words = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  // A name begins with a letter.
  const first = words.findIndex((word) => /^[a-z]/.test(word));
  let slug = '';
  for (const word of first < 0 ? [] : words.slice(first)) {
    const longer = slug === '' ? word.slice(0, LONGEST) : `${slug}_${word}`;
    if (longer.length > LONGEST) break;
    slug = longer;
  }
  return isReason(slug) ? slug : undefined;
}
