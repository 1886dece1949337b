import type { Combined } from './combine.ts';
import { DataError } from './data-error.ts';
import { Header } from './fits-header.ts';
import { floatData, imageHeader, type NewHdu, shortData } from './fits-write.ts';
import { type MosaicMember, writeMembers } from './mosaic-members.ts';
import { estimateSky } from './sky.ts';
import type { Layout } from './tiles.ts';
import type { Wcs } from './wcs.ts';

/** A member of the mosaic that has been read. */
export interface Member {
  readonly dataset: string;
  readonly width: number;
  readonly height: number;
  readonly wcs: Wcs;
  readonly signal: Float32Array | Float64Array;
  readonly noise: Float32Array | Float64Array;
  readonly dq: Float32Array | Float64Array | undefined;
  readonly sci: Header;
  readonly primary: Header;
  readonly exposure: string;
  readonly seconds: number;
}

/** What holds for one member only, or for its pixels as they were. */
const OF_ONE = new Set(
  (
    'TILE TILEX0 TILEY0 LTV1 LTV2 LTM1_1 LTM2_2 CHECKSUM DATASUM SKYVAL SKYSIG NMASKED ' +
    'NGOODPIX GOODMIN GOODMAX GOODMEAN SOFTERRS SNRMIN SNRMAX SNRMEAN'
  ).split(' '),
);

function shared(header: Header): Header {
  const isOfOne = (text: string) => /^(Cutout|slateboard calibrate)/.test(text);
  const kept = header.cards.filter(
    ({ keyword, comment }) => !OF_ONE.has(keyword) && !(keyword === 'HISTORY' && isOfOne(comment)),
  );
  return new Header(header.where, kept);
}

/**
 * The mosaic as it stands in its file: SCI, ERR, DQ and WHT. What the members' headers say of telescope, exposure and photometry is taken from
 * the first of them; what was true of its pixels alone is left out.
 */
export function mosaicHdus(
  names: { readonly dataset: string; readonly file: string },
  members: readonly Member[],
  told: readonly MosaicMember[],
  layout: Layout,
  combined: Combined,
  matched: boolean,
): NewHdu[] {
  const { width, height, wcs } = layout;
  const [first] = members;
  if (first === undefined) throw new DataError('there is no tile');
  const primary = shared(first.primary).set('FILENAME', names.file).set('NEXTEND', 4, 'Number of standard extensions');
  primary
    .set('ASN_ID', names.dataset)
    .history(`slateboard mosaic: this header is that of ${first.dataset}, the first member`);
  const sci = shared(first.sci).set('BITPIX', -32).set('NAXIS', 2).set('NAXIS1', width).set('NAXIS2', height);
  sci.set('CRPIX1', wcs.crpix[0], undefined, true).set('CRPIX2', wcs.crpix[1], undefined, true);
  const level = mean(members.map((member, i) => member.sci.number('SKYVAL', 0) - (told[i]?.level ?? 0)));
  const sigma = estimateSky(combined.signal)?.sigma ?? 0;
  sci
    .set('SKYVAL', level, 'sky level subtracted, in BUNIT (mean of the members)', true)
    .set('SKYSIG', sigma, 'noise of the sky, in BUNIT', true)
    .set('NMASKED', combined.signal.filter(Number.isNaN).length, 'pixels without a value (NaN)')
    .set('NCOMBINE', new Set(members.map(({ exposure }) => exposure)).size, 'exposures that went in');
  writeMembers(sci, told);
  const how = matched ? 'brought to one level of the sky (MLVnnn)' : 'their levels as they were';
  sci.history(`slateboard mosaic: ${members.length} members, ${how}`);
  const plane = (title: string, bitpix: number) => {
    const header = imageHeader(title, bitpix, [width, height]);
    for (const { keyword, value, comment } of sci.cards) {
      if (/^(WCSAXES|CTYPE[12]|CUNIT[12]|CRVAL[12]|CRPIX[12]|CD[12]_[12])$/.test(keyword))
        header.set(keyword, value, comment, typeof value === 'number' && keyword !== 'WCSAXES');
    }
    return header;
  };
  const unit = first.sci.text('BUNIT');
  const err = plane('ERR', -32);
  if (unit !== undefined) err.set('BUNIT', unit);
  return [
    { header: primary, data: Buffer.alloc(0) },
    { header: sci, data: floatData(combined.signal) },
    { header: err, data: floatData(combined.noise) },
    { header: plane('DQ', 16), data: shortData(combined.dq) },
    { header: plane('WHT', -32).set('BUNIT', 's', 'exposure time'), data: floatData(combined.weight) },
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
