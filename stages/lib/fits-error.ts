/**
 * The data are bad: the file is not FITS, is damaged, or lacks what a step needs. The message names the place (HDU, keyword, byte
 * offset) and is complete in one line; steps end with exit code 2 on it.
 */
export class FitsError extends Error {
  override readonly name = 'FitsError';
}
