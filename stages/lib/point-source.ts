import type { Modelled } from './estimate.ts';

/** The state of a sounding: a point of light on a flat sky, smeared by telescope and detector. */
export const STATE = ['x', 'y', 'lnFlux', 'sky', 'lnRadius', 'e1', 'e2'] as const;

/** Exponent of the profile: 2.5 has the broad wings of a telescope with a central obstruction. */
const BETA = 2.5;
/** Points to a side at which a pixel is sampled: stars are hardly wider than a pixel. */
const POINTS = [-1 / 3, 0, 1 / 3] as const;

/**
 * An elliptical Moffat profile, averaged over each pixel, with its derivatives by the state.
 * @param pixels x and y of each, one pair behind the other, in the system of the state's x and y
 * @returns NaN where the ellipse is none
 */
export function pointSource(state: readonly number[], pixels: Float64Array): Modelled {
  const [x = 0, y = 0, lnFlux = 0, sky = 0, lnRadius = 0, e1 = 0, e2 = 0] = state;
  const count = pixels.length / 2;
  const values = new Float64Array(count);
  const jacobian = STATE.map(() => new Float64Array(count));
  const area = Math.exp(-2 * lnRadius);
  // Negative for what is no ellipse any more: its root is NaN, and so is all that follows.
  const round = 1 - e1 * e1 - e2 * e2;
  const height = (Math.exp(lnFlux) * (BETA - 1) * area * Math.sqrt(round)) / Math.PI;
  for (let i = 0; i < count; i++) {
    let [light, sx, sy, sr, s1, s2] = [0, 0, 0, 0, 0, 0];
    for (const down of POINTS) {
      for (const right of POINTS) {
        const dx = (pixels[2 * i] as number) + right - x;
        const dy = (pixels[2 * i + 1] as number) + down - y;
        const r2 = area * ((1 + e1) * dx * dx + (1 - e1) * dy * dy + 2 * e2 * dx * dy);
        const value = height * (1 + r2) ** -BETA;
        // The derivative by r².
        const fall = (-BETA * value) / (1 + r2);
        light += value;
        sx -= fall * area * 2 * ((1 + e1) * dx + e2 * dy);
        sy -= fall * area * 2 * ((1 - e1) * dy + e2 * dx);
        sr += -2 * value - 2 * fall * r2;
        s1 += fall * area * (dx * dx - dy * dy) - (value * e1) / round;
        s2 += fall * area * 2 * dx * dy - (value * e2) / round;
      }
    }
    const points = POINTS.length ** 2;
    values[i] = sky + light / points;
    const slopes = [sx / points, sy / points, light / points, 1, sr / points, s1 / points, s2 / points];
    for (const [at, slope] of slopes.entries()) (jacobian[at] as Float64Array)[i] = slope;
  }
  return { values, jacobian };
}
