/** Symmetric positive definite matrices of a few rows, as rows of numbers. */
export type Matrix = readonly (readonly number[])[];

/**
 * Lower triangle L with L·Lᵀ = the matrix.
 * @returns undefined if the matrix is not positive definite
 */
function cholesky(matrix: Matrix): number[][] | undefined {
  const lower: number[][] = [];
  for (const [i, row] of matrix.entries()) {
    const made: number[] = [];
    for (let j = 0; j <= i; j++) {
      const other = j === i ? made : (lower[j] as number[]);
      let sum = row[j] as number;
      for (let k = 0; k < j; k++) sum -= (made[k] as number) * (other[k] as number);
      if (j === i && !(sum > 0)) return undefined;
      made.push(j === i ? Math.sqrt(sum) : sum / (other[j] as number));
    }
    lower.push(made);
  }
  return lower;
}

/** Solves matrix · x = right. @returns undefined if the matrix is not positive definite */
export function solve(matrix: Matrix, right: readonly number[]): number[] | undefined {
  const lower = cholesky(matrix);
  return lower === undefined ? undefined : substitute(lower, right);
}

function substitute(lower: readonly (readonly number[])[], right: readonly number[]): number[] {
  const x = [...right];
  for (const [i, row] of lower.entries()) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - (row[k] as number) * (x[k] as number);
    x[i] = (x[i] as number) / (row[i] as number);
  }
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++)
      x[i] = (x[i] as number) - ((lower[k] as readonly number[])[i] as number) * (x[k] as number);
    x[i] = (x[i] as number) / ((lower[i] as readonly number[])[i] as number);
  }
  return x;
}

/** The inverse. @returns undefined if the matrix is not positive definite */
export function invert(matrix: Matrix): number[][] | undefined {
  const lower = cholesky(matrix);
  if (lower === undefined) return undefined;
  return matrix.map((_, column) => substitute(lower, unit(matrix.length, column)));
}

function unit(size: number, at: number): number[] {
  return Array.from({ length: size }, (_, i) => (i === at ? 1 : 0));
}

/** vectorᵀ · matrix · vector. */
export function quadratic(matrix: Matrix, vector: readonly number[]): number {
  return matrix.reduce(
    (sum, row, i) =>
      sum + (vector[i] as number) * row.reduce((part, each, j) => part + each * (vector[j] as number), 0),
    0,
  );
}
