/**
 * The data are bad: damaged, of another kind than they should be, or lacking what a step needs. The message names the place and is
 * complete in one line; steps end with exit code 2 on it.
 */
export class DataError extends Error {
  override readonly name: string = 'DataError';
}
