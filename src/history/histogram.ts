/** Durations counted in bins that grow by a tenth each: a percentile is right to a twentieth, whatever the number. Pure. */

const GROWTH = Math.log(1.1);
/** A millisecond: what is shorter falls into the first bin. */
const LEAST_SECONDS = 0.001;
/** Up to about four months. */
const BINS = 244;

export class Histogram {
  readonly #bins = new Uint32Array(BINS);
  #count = 0;

  add(seconds: number): void {
    const bin = Math.floor(Math.log(Math.max(seconds, LEAST_SECONDS) / LEAST_SECONDS) / GROWTH);
    const index = Math.min(BINS - 1, bin);
    this.#bins[index] = (this.#bins[index] ?? 0) + 1;
    this.#count++;
  }

  merge(other: Histogram): void {
    for (let bin = 0; bin < BINS; bin++) this.#bins[bin] = (this.#bins[bin] ?? 0) + (other.#bins[bin] ?? 0);
    this.#count += other.#count;
  }

  /** The value that a share of the durations does not exceed (nearest rank): the middle of its bin; undefined if empty. */
  percentile(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    let left = Math.max(1, Math.ceil(share * this.#count));
    for (let bin = 0; bin < BINS; bin++) {
      left -= this.#bins[bin] ?? 0;
      if (left <= 0) return LEAST_SECONDS * Math.exp((bin + 0.5) * GROWTH);
    }
    return undefined;
  }
}
