import { DataError } from './data-error.ts';

/** Bad data in a FITS file; the message names HDU, keyword, byte offset. */
export class FitsError extends DataError {
  override readonly name = 'FitsError';
}
