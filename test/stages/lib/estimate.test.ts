import { describe, expect, it } from 'vitest';
import { estimate, type Limits, type Problem } from '../../../stages/lib/estimate.ts';
import { invert, type Matrix, quadratic, solve } from '../../../stages/lib/linear.ts';
import { pointSource, STATE } from '../../../stages/lib/point-source.ts';
import { makeRandom } from '../support.ts';

const LIMITS: Limits = { iterations: 50, divergences: 10, convergence: 1e-10 };

describe('small matrices', () => {
  const matrix: Matrix = [
    [4, 2, 0.6],
    [2, 5, 1],
    [0.6, 1, 3],
  ];

  it('solve: what was multiplied comes back', () => {
    const x = [1, -2, 0.5];
    const right = matrix.map((row) => row.reduce((sum, each, j) => sum + each * (x[j] ?? 0), 0));
    for (const [i, value] of (solve(matrix, right) ?? []).entries()) expect(value).toBeCloseTo(x[i] ?? 0, 12);
  });

  it('invert: the product with the matrix is one', () => {
    const inverse = invert(matrix) ?? [];
    for (const [i, row] of matrix.entries())
      for (let j = 0; j < 3; j++) {
        const sum = row.reduce((total, each, k) => total + each * (inverse[k]?.[j] ?? Number.NaN), 0);
        expect(sum).toBeCloseTo(i === j ? 1 : 0, 12);
      }
    expect(quadratic(matrix, [1, 1, 0])).toBeCloseTo(13, 12);
  });

  it.each([
    [[[0]]],
    [
      [
        [1, 2],
        [2, 1],
      ],
    ],
    [[[Number.NaN]]],
  ])('%j is not positive definite: no answer', (bad) => {
    expect(solve(bad, [1, 1])).toBeUndefined();
    expect(invert(bad)).toBeUndefined();
  });
});

/** A straight line y = a + b·t: what comes out can be worked out by hand. */
function line(measured: readonly number[], sigma: number, spread: number): Problem {
  return {
    measured: Float64Array.from(measured),
    variance: Float64Array.from(measured, () => sigma ** 2),
    prior: [0, 0],
    priorVariance: [spread ** 2, spread ** 2],
    forward: ([a = 0, b = 0]) => ({
      values: Float64Array.from(measured, (_, t) => a + b * t),
      jacobian: [Float64Array.from(measured, () => 1), Float64Array.from(measured, (_, t) => t)],
    }),
  };
}

describe('estimate', () => {
  it('of a line with a loose prior: the least squares, its errors, two parameters measured', () => {
    // By hand: n = 4, Σt = 6, Σt² = 14, Σy = 16, Σty = 34: b = 2, a = 1; var b = σ²/5, var a = 14σ²/20.
    const made = estimate(line([1, 3, 5, 7], 0.1, 1e4), LIMITS);
    expect(made.outcome).toBe('converged');
    expect(made.state[0]).toBeCloseTo(1, 6);
    expect(made.state[1]).toBeCloseTo(2, 6);
    expect(made.errors[0]).toBeCloseTo(0.1 * Math.sqrt(0.7), 6);
    expect(made.errors[1]).toBeCloseTo(0.1 / Math.sqrt(5), 6);
    expect(made.signal).toBeCloseTo(2, 6);
    expect(made.chi2).toBeCloseTo(0, 9);
  });

  it('weighs prior and measurement by their errors', () => {
    // One number 3 ± 1 against a belief of 0 ± 2: 3 · 4/5, ± sqrt(4/5), of which 4/5 of a parameter was measured.
    const made = estimate(
      {
        measured: Float64Array.of(3),
        variance: Float64Array.of(1),
        prior: [0],
        priorVariance: [4],
        forward: ([a = 0]) => ({ values: Float64Array.of(a), jacobian: [Float64Array.of(1)] }),
      },
      LIMITS,
    );
    expect(made.state[0]).toBeCloseTo(2.4, 6);
    expect(made.errors[0]).toBeCloseTo(Math.sqrt(0.8), 9);
    expect(made.signal).toBeCloseTo(0.8, 9);
  });

  /** y = exp(a·t): from a belief far off. */
  const curve = (slope = 1): Problem => ({
    measured: Float64Array.from([0, 1, 2, 3], (t) => Math.exp(1.5 * t)),
    variance: Float64Array.from([0, 1, 2, 3], () => 0.01),
    prior: [-1],
    priorVariance: [100],
    forward: ([a = 0]) => ({
      values: Float64Array.from([0, 1, 2, 3], (t) => Math.exp(a * t)),
      jacobian: [Float64Array.from([0, 1, 2, 3], (t) => slope * t * Math.exp(a * t))],
    }),
  });

  it('finds its way where the first steps lead too far', () => {
    const made = estimate(curve(), LIMITS);
    expect(made).toMatchObject({ outcome: 'converged' });
    expect(made.divergences).toBeGreaterThan(0);
    expect(made.state[0]).toBeCloseTo(1.5, 5);
  });

  it('too few iterations are told, with where it stood', () => {
    expect(estimate(curve(), { ...LIMITS, iterations: 3 })).toMatchObject({ outcome: 'iterations', iterations: 3 });
  });

  it('a model whose derivatives lie: diverged', () => {
    expect(estimate(curve(-1), { ...LIMITS, divergences: 5 })).toMatchObject({ outcome: 'diverged', divergences: 6 });
  });

  it('a model that tells no numbers anywhere else: diverged, and the belief stays', () => {
    const made = estimate(
      {
        ...line([1, 3, 5, 7], 0.1, 10),
        forward: (state) => {
          const told = line([1, 3, 5, 7], 0.1, 10).forward(state);
          return state[0] === 0 ? told : { ...told, values: told.values.map(() => Number.NaN) };
        },
      },
      LIMITS,
    );
    expect(made).toMatchObject({ outcome: 'diverged', state: [0, 0] });
  });
});

describe('a point of light', () => {
  const pixels = Float64Array.from(Array.from({ length: 49 }, (_, i) => [(i % 7) - 3, Math.floor(i / 7) - 3]).flat());
  const state = [0.3, -0.2, Math.log(5000), 40, Math.log(1.4), 0.16, 0.11];

  it.each(STATE.map((name, i) => [name, i] as const))('its derivative by %s is that of finite differences', (_, at) => {
    const h = at === 3 ? 1e-2 : 1e-5;
    const moved = (by: number) =>
      pointSource(
        state.map((value, i) => (i === at ? value + by : value)),
        pixels,
      ).values;
    const [up, down, told] = [moved(h), moved(-h), pointSource(state, pixels).jacobian[at] ?? new Float64Array()];
    const scale = Math.max(...told.map(Math.abs));
    expect(scale).toBeGreaterThan(0);
    for (let i = 0; i < 49; i++)
      expect(Math.abs(((up[i] ?? 0) - (down[i] ?? 0)) / (2 * h) - (told[i] ?? 0))).toBeLessThan(1e-6 * scale);
  });

  it('holds all its flux on a large field, above its sky', () => {
    const side = 401;
    const field = Float64Array.from(
      Array.from({ length: side ** 2 }, (_, i) => [(i % side) - 200, Math.floor(i / side) - 200]).flat(),
    );
    const sum = pointSource(state, field).values.reduce((total, value) => total + value - 40, 0);
    // What lies beyond 200 pixels: (1 + 200²/1.4²)^-1.5 of it.
    expect(sum / 5000).toBeGreaterThan(0.999);
    expect(sum / 5000).toBeLessThan(1.001);
  });

  it('is nothing where the ellipse is none', () => {
    expect(pointSource([0, 0, 1, 0, 0, 0.9, 0.9], pixels).values.every(Number.isNaN)).toBe(true);
  });

  it('is found again within its errors, which are as large as they should be', () => {
    const random = makeRandom(7);
    const pulls = STATE.map(() => 0);
    const draws = 300;
    for (let n = 0; n < draws; n++) {
      const truth = [
        random.uniform() - 0.5,
        random.uniform() - 0.5,
        Math.log(20000),
        20 * random.normal(),
        Math.log(1.4) + 0.1 * random.normal(),
        0.16 + 0.05 * random.normal(),
        0.11 + 0.05 * random.normal(),
      ];
      const clean = pointSource(truth, pixels).values;
      const variance = clean.map((value) => 25 + Math.max(0, value));
      const made = estimate(
        {
          measured: clean.map((value, i) => value + Math.sqrt(variance[i] ?? 0) * random.normal()),
          variance,
          prior: [0, 0, Math.log(18000), 0, Math.log(1.4), 0.16, 0.11],
          priorVariance: [1, 1, 1, 1e4, 0.09, 0.01, 0.01],
          forward: (at) => pointSource(at, pixels),
        },
        { iterations: 12, divergences: 4, convergence: 0.01 },
      );
      expect(made.outcome).toBe('converged');
      for (const [i, value] of made.state.entries())
        pulls[i] = (pulls[i] ?? 0) + ((value - (truth[i] ?? 0)) / (made.errors[i] ?? 0)) ** 2 / draws;
    }
    // Mean squares of 300 normal deviates: 1 ± 0.08.
    for (const [i, pull] of pulls.entries())
      expect([STATE[i], pull > 0.7 && pull < 1.3, pull]).toEqual([STATE[i], true, pull]);
  });
});
