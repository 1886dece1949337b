import type { Header } from './fits-header.ts';

export interface ZeroPoint {
  /** `AB`, or `instrumental` if the header has no photometric calibration. */
  readonly system: 'AB' | 'instrumental';
  /** Magnitude of one unit of flux a second. */
  readonly zero: number;
  /** Seconds by which fluxes are divided; 1 if they are rates already. */
  readonly exposure: number;
}

/**
 * Zero point from PHOTFLAM (erg/cm2/s/Angstrom for one count a second) and PHOTPLAM (pivot wavelength, Angstrom):
 * AB = -2.5 log10(PHOTFLAM) - 5 log10(PHOTPLAM) - 2.408 (ACS Data Handbook, 5.1).
 * @param primary where EXPTIME stands when extensions inherit it
 */
export function zeroPoint(sci: Header, primary: Header): ZeroPoint {
  const pick = (keyword: string) => sci.number(keyword, primary.number(keyword, Number.NaN));
  const exposure = pick('EXPTIME');
  const rate = /\/\s*S(EC)?$/i.test(sci.text('BUNIT') ?? '');
  const seconds = rate || !(exposure > 0) ? 1 : exposure;
  const zero = -2.5 * Math.log10(pick('PHOTFLAM')) - 5 * Math.log10(pick('PHOTPLAM')) - 2.408;
  if (Number.isFinite(zero)) return { system: 'AB', zero, exposure: seconds };
  return { system: 'instrumental', zero: 0, exposure: seconds };
}

/** Magnitude of a flux; NaN if it is not positive. */
export function magnitude(flux: number, { zero, exposure }: ZeroPoint): number {
  return flux > 0 ? zero - 2.5 * Math.log10(flux / exposure) : Number.NaN;
}
