import { FitsError } from './fits-error.ts';
import type { FitsFile, Hdu } from './fits-read.ts';

/** Bytes of a value by its TFORM letter; the ones that `tableHdu` writes, and the short integer. */
const WIDTH: Readonly<Record<string, number>> = { I: 2, J: 4, E: 4, D: 8 };

export interface Table {
  readonly hdu: Hdu;
  readonly rows: number;
  /** By TTYPE, as written in the file. */
  readonly columns: ReadonlyMap<string, Float64Array>;
}

/**
 * Reads a binary table (FITS Standard 4.0, 7.3) of plain numbers, one a cell.
 * @param name EXTNAME
 * @throws FitsError if there is no such table, or it holds other columns than numbers
 */
export function readTable(file: FitsFile, name: string): Table {
  const hdu = file.hdus.find((each) => each.name === name && each.header.text('XTENSION') === 'BINTABLE');
  if (hdu === undefined) throw new FitsError(`there is no table named ${name}`);
  const { header, axes, data } = hdu;
  const [stride = 0, rows = 0] = axes;
  const columns = new Map<string, Float64Array>();
  let offset = 0;
  for (let i = 1; i <= header.count('TFIELDS'); i++) {
    const form = /^1?([IJED])$/.exec(header.text(`TFORM${i}`) ?? '')?.[1] ?? '';
    const width = WIDTH[form];
    if (width === undefined) {
      throw new FitsError(`${header.where}: TFORM${i} is '${header.text(`TFORM${i}`)}'; only numbers can be read`);
    }
    if (offset + width > stride) throw new FitsError(`${header.where}: its columns are wider than NAXIS1, ${stride}`);
    const values = new Float64Array(rows);
    for (let row = 0; row < rows; row++) values[row] = readNumber(data, row * stride + offset, form);
    columns.set(header.text(`TTYPE${i}`) ?? '', values);
    offset += width;
  }
  return { hdu, rows, columns };
}

function readNumber(data: Buffer, at: number, form: string): number {
  if (form === 'I') return data.readInt16BE(at);
  if (form === 'J') return data.readInt32BE(at);
  return form === 'E' ? data.readFloatBE(at) : data.readDoubleBE(at);
}
