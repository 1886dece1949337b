import { stamp } from './fits-checksum.ts';
import { BLOCK, Header } from './fits-header.ts';

/** A header and its data as they will stand in the file. Padding and sums are `writeFits`'s work. */
export interface NewHdu {
  readonly header: Header;
  /** Any length; padded here. */
  readonly data: Uint8Array;
  /** What fills the last block: zeros, except blanks for ASCII tables (3.3.2). */
  readonly pad?: number;
}

/** Pads data to whole blocks. */
export function pad(data: Uint8Array, fill = 0): Buffer {
  const out = Buffer.alloc(Math.ceil(data.byteLength / BLOCK) * BLOCK, fill);
  out.set(data);
  return out;
}

/** A complete FITS file: DATASUM and CHECKSUM of every HDU are computed here, whatever the headers said. */
export function writeFits(hdus: readonly NewHdu[]): Buffer {
  const parts: Buffer[] = [];
  for (const { header, data, pad: fill } of hdus) {
    const padded = pad(data, fill);
    parts.push(stamp(header, padded).toBuffer(), padded);
  }
  return Buffer.concat(parts);
}

/** A primary header without data (4.4.1.1). */
export function emptyPrimary(): Header {
  return new Header('HDU 0 (primary)', [])
    .set('SIMPLE', true, 'conforms to FITS standard')
    .set('BITPIX', 8, 'array data type')
    .set('NAXIS', 0, 'number of array dimensions')
    .set('EXTEND', true);
}

/** Pixels as big-endian IEEE floats of 32 or 64 bits (5.3); NaN stands for masked pixels. */
export function floatData(values: Float32Array | Float64Array, bitpix: -32 | -64 = -32): Buffer {
  const size = -bitpix / 8;
  const out = Buffer.alloc(values.length * size);
  for (let i = 0; i < values.length; i++) {
    if (bitpix === -32) out.writeFloatBE(values[i] as number, 4 * i);
    else out.writeDoubleBE(values[i] as number, 8 * i);
  }
  return out;
}

/** Pixels as big-endian integers of 16 bits. */
export function shortData(values: Int16Array): Buffer {
  const out = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => {
    out.writeInt16BE(value, 2 * i);
  });
  return out;
}

/** A new image extension header (7.1), mandatory keywords in their order. */
export function imageHeader(name: string, bitpix: number, axes: readonly number[]): Header {
  const header = new Header(`HDU (${name})`, [])
    .set('XTENSION', 'IMAGE', 'Image extension')
    .set('BITPIX', bitpix, 'array data type')
    .set('NAXIS', axes.length, 'number of array dimensions');
  axes.forEach((length, i) => {
    header.set(`NAXIS${i + 1}`, length);
  });
  return header.set('PCOUNT', 0).set('GCOUNT', 1).set('EXTNAME', name, 'Extension name');
}

export interface Column {
  readonly name: string;
  /** TFORM: J 32-bit integer, D 64-bit float, E 32-bit float (7.3.3). */
  readonly form: 'J' | 'D' | 'E';
  readonly unit?: string;
  readonly comment?: string;
  readonly values: readonly number[];
}

const WIDTH = { J: 4, E: 4, D: 8 } as const;

/** A binary table extension (7.3). All columns must have the same number of values. */
export function tableHdu(name: string, columns: readonly Column[]): NewHdu {
  const rows = columns[0]?.values.length ?? 0;
  const uneven = columns.find((column) => column.values.length !== rows);
  if (uneven !== undefined) throw new RangeError(`column ${uneven.name} has ${uneven.values.length} rows, not ${rows}`);
  const width = columns.reduce((sum, column) => sum + WIDTH[column.form], 0);
  const header = new Header(`HDU (${name})`, [])
    .set('XTENSION', 'BINTABLE', 'binary table extension')
    .set('BITPIX', 8)
    .set('NAXIS', 2)
    .set('NAXIS1', width, 'bytes in a row')
    .set('NAXIS2', rows, 'rows')
    .set('PCOUNT', 0)
    .set('GCOUNT', 1)
    .set('TFIELDS', columns.length, 'columns')
    .set('EXTNAME', name, 'Extension name');
  const data = Buffer.alloc(width * rows);
  let offset = 0;
  columns.forEach((column, i) => {
    header.set(`TTYPE${i + 1}`, column.name, column.comment ?? '').set(`TFORM${i + 1}`, column.form);
    if (column.unit !== undefined) header.set(`TUNIT${i + 1}`, column.unit);
    column.values.forEach((value, row) => {
      const at = row * width + offset;
      if (column.form === 'J') data.writeInt32BE(value, at);
      else if (column.form === 'D') data.writeDoubleBE(value, at);
      else data.writeFloatBE(value, at);
    });
    offset += WIDTH[column.form];
  });
  return { header, data };
}
