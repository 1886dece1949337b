import { invert, type Matrix, quadratic, solve } from './linear.ts';

/** What was measured, what is believed beforehand, and how one follows from the other. */
export interface Problem {
  readonly measured: Float64Array;
  /** Variance of each measurement: its noise, and what the model cannot tell. */
  readonly variance: Float64Array;
  readonly prior: readonly number[];
  readonly priorVariance: readonly number[];
  /** What a state would look like, with its derivatives: `jacobian[parameter][measurement]`. */
  forward(state: readonly number[]): Modelled;
}

export interface Modelled {
  readonly values: Float64Array;
  readonly jacobian: readonly Float64Array[];
}

export interface Limits {
  readonly iterations: number;
  /** Steps that made it worse, before it is given up. */
  readonly divergences: number;
  /** A step is the last one once its square, measured in the state's errors, is below this times the number of parameters. */
  readonly convergence: number;
}

export interface Estimate {
  readonly outcome: 'converged' | 'iterations' | 'diverged';
  readonly state: readonly number[];
  /** One sigma of each parameter. */
  readonly errors: readonly number[];
  /** Steps that were tried, and those of them that made it worse. */
  readonly iterations: number;
  readonly divergences: number;
  /** Mean square of the residuals in their sigmas. */
  readonly chi2: number;
  /** How many parameters the measurement itself has determined: the trace of the averaging kernel. */
  readonly signal: number;
}

/** Below this part of the predicted gain a step counts as one that made it worse. */
const WORSE = 1e-4;
const FIRST_DAMPING = 10;
const MOST_DAMPING = 1e12;

/**
 * Optimal estimation by Levenberg-Marquardt steps: the state that fits the measurement and the prior best, each weighed by its errors
 * (Rodgers 2000, equations 5.8 and 5.36). The damping scales the prior's part of the Hessian: tenfold after a poor step, half after one
 * that gained as much as the linear model had foretold.
 */
export function estimate(problem: Problem, limits: Limits): Estimate {
  let state = [...problem.prior];
  let here = look(problem, state);
  let damping = FIRST_DAMPING;
  let [iterations, divergences] = [0, 0];
  while (iterations < limits.iterations) {
    iterations++;
    const step = solve(damped(here.hessian, problem, damping), here.downhill);
    const next = step && state.map((value, i) => value + (step[i] as number));
    const there = next && look(problem, next);
    const gain = there === undefined ? Number.NaN : here.cost - there.cost;
    const foretold = step === undefined ? Number.NaN : 2 * dot(step, here.downhill) - quadratic(here.hessian, step);
    if (step === undefined || next === undefined || there === undefined || !(gain >= WORSE * foretold)) {
      // Where nothing can be gained any more, a gain of rounding's size is no step to the worse.
      if (step !== undefined && isSmall(step, here.hessian, limits)) return result('converged');
      divergences++;
      damping = Math.min(MOST_DAMPING, damping * 10);
      if (divergences > limits.divergences) return result('diverged');
      continue;
    }
    [state, here] = [next, there];
    if (gain < 0.25 * foretold) damping = Math.min(MOST_DAMPING, damping * 10);
    else if (gain > 0.75 * foretold) damping /= 2;
    // Under heavy damping every step is short: only a nearly free one tells that this is the place.
    if (isSmall(free(there, step), there.hessian, limits)) return result('converged');
  }
  return result('iterations');

  function result(outcome: Estimate['outcome']): Estimate {
    const covariance = invert(here.hessian);
    const errors = state.map((_, i) => Math.sqrt(covariance?.[i]?.[i] ?? Number.NaN));
    const signal = state.reduce(
      (sum, _, i) => sum + 1 - (covariance?.[i]?.[i] ?? Number.NaN) / (problem.priorVariance[i] as number),
      0,
    );
    return { outcome, state, errors, iterations, divergences, chi2: here.chi2, signal };
  }
}

interface Place {
  /** Of the measurement and of the prior, in squares of sigmas. */
  readonly cost: number;
  readonly chi2: number;
  /** Half the second derivatives of the cost, without those of the model: the inverse of the state's covariance. */
  readonly hessian: number[][];
  /** Half the negative gradient of the cost. */
  readonly downhill: number[];
}

/** Where the model tells no numbers the cost is none either, which is no gain. */
function look({ measured, variance, prior, priorVariance, forward }: Problem, state: readonly number[]): Place {
  const { values, jacobian } = forward(state);
  const n = state.length;
  const away = state.map((value, i) => value - (prior[i] as number));
  const downhill = away.map((each, i) => -each / (priorVariance[i] as number));
  const hessian = away.map((_, i) => away.map((__, j) => (i === j ? 1 / (priorVariance[i] as number) : 0)));
  let fit = 0;
  for (let m = 0; m < measured.length; m++) {
    const weight = 1 / (variance[m] as number);
    const residual = (measured[m] as number) - (values[m] as number);
    fit += weight * residual ** 2;
    for (let i = 0; i < n; i++) {
      const slope = weight * ((jacobian[i] as Float64Array)[m] as number);
      downhill[i] = (downhill[i] as number) + slope * residual;
      const row = hessian[i] as number[];
      for (let j = 0; j < n; j++) row[j] = (row[j] as number) + slope * ((jacobian[j] as Float64Array)[m] as number);
    }
  }
  const belief = away.reduce((sum, each, i) => sum + each ** 2 / (priorVariance[i] as number), 0);
  return { cost: fit + belief, chi2: fit / measured.length, hessian, downhill };
}

function damped(hessian: Matrix, { priorVariance }: Problem, damping: number): number[][] {
  return hessian.map((row, i) =>
    row.map((each, j) => (i === j ? each + damping / (priorVariance[i] as number) : each)),
  );
}

/** The step that an undamped model would take from here. */
function free({ hessian, downhill }: Place, otherwise: readonly number[]): readonly number[] {
  return solve(hessian, downhill) ?? otherwise;
}

function isSmall(step: readonly number[], hessian: Matrix, { convergence }: Limits): boolean {
  return quadratic(hessian, step) < convergence * step.length;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, each, i) => sum + each * (b[i] as number), 0);
}
