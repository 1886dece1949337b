import { NetCDFReader } from 'netcdfjs';
import { DataError } from './data-error.ts';

/** A netCDF-3 file with records, such as one report each. */
export interface RecordFile {
  /** Length of the record dimension. */
  readonly records: number;
  /** A global attribute that is text; `undefined` if there is none. */
  attribute(name: string): string | undefined;
  /** One text a record, without the padding behind it. */
  texts(name: string): string[];
  /** One number a record; NaN where the file has its fill value. */
  numbers(name: string): Float64Array;
}

/** What stands for "no value" in variables that do not say. */
const FILL = -9999;

/**
 * Reads a netCDF-3 file, classic or with 64-bit offsets.
 * @throws DataError for other bytes, a file that is cut off, and variables that are not there or not of one value a record
 */
export function readRecords(bytes: Buffer): RecordFile {
  if (bytes.toString('latin1', 0, 3) !== 'CDF') {
    const start = JSON.stringify(bytes.toString('latin1', 0, 4));
    throw new DataError(bytes.length === 0 ? 'the file is empty' : `not a netCDF-3 file: it starts with ${start}`);
  }
  const reader = guard('its header', () => new NetCDFReader(bytes));
  const { length: records, recordStep = 0, name = '' } = reader.recordDimension;
  if (records * recordStep > bytes.length) {
    const needed = `${records} records of ${recordStep} bytes`;
    throw new DataError(`its header tells of ${needed}, but the file has ${bytes.length} bytes: it is cut off`);
  }
  const values = (variable: string, kind: 'text' | 'number') => {
    const found = reader.variables.find((each) => each.name === variable);
    if (found === undefined) throw new DataError(`there is no variable ${variable}`);
    if (!found.record || (found.type === 'char') !== (kind === 'text')) {
      throw new DataError(`the variable ${variable} has not one ${kind} for each ${name}`);
    }
    const read = guard(`its variable ${variable}`, () => reader.getDataVariable(found));
    // Without a dimension of its own a variable has one value a record; more would come as lists.
    if (read.length === records && read.every((value) => !Array.isArray(value))) return { found, read };
    throw new DataError(`the variable ${variable} has not one ${kind} for each ${name}`);
  };
  return {
    records,
    attribute(key) {
      const value = reader.globalAttributes.find((each) => each.name === key)?.value;
      return typeof value === 'string' ? value : undefined;
    },
    texts: (variable) => values(variable, 'text').read.map((value) => untilNul(String(value)).trim()),
    numbers(variable) {
      const { found, read } = values(variable, 'number');
      const attributes: readonly { name: string; value: number | string }[] = found.attributes;
      const fill = attributes.find((each) => each.name === '_FillValue')?.value ?? FILL;
      return Float64Array.from(read, (value) => (value === fill ? Number.NaN : Number(value)));
    },
  };
}

function untilNul(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** The reader knows of bad bytes by whatever fails first: a type, an offset outside the buffer. */
function guard<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new DataError(`${what} cannot be read as netCDF-3 (${error instanceof Error ? error.message : error})`);
  }
}
