import { FitsError } from './fits-error.ts';
import type { Header } from './fits-header.ts';

const RADIANS = Math.PI / 180;

/** World coordinates of a tangent-plane (TAN) image (Calabretta & Greisen 2002, A&A 395, 1077). */
export interface Wcs {
  /** Reference pixel; the centre of the first pixel is 1, 1. */
  readonly crpix: readonly [number, number];
  /** RA and Dec of the reference pixel, degrees. */
  readonly crval: readonly [number, number];
  /** CD1_1, CD1_2, CD2_1, CD2_2: degrees a pixel, rows are RA and Dec. */
  readonly cd: readonly [number, number, number, number];
  /** What the header says about the optics that this code leaves out, if anything: a sentence for logs and headers. */
  readonly ignored: string | undefined;
}

/**
 * Reads the WCS from CD, or else from CDELT with PC or CROTA2 (FITS Standard 4.0, 8.2). Distortion (SIP, lookup tables, IDCTAB) is
 * not applied; `ignored` says so.
 * @returns undefined if the header has no celestial WCS at all
 * @throws FitsError for a projection other than TAN, other units than degrees, or a singular matrix
 */
export function readWcs(header: Header): Wcs | undefined {
  const ctype1 = header.text('CTYPE1');
  const ctype2 = header.text('CTYPE2');
  if (ctype1 === undefined || ctype2 === undefined || !header.has('CRVAL1')) return undefined;
  if (!/^RA---TAN(-SIP)?$/.test(ctype1) || !/^DEC--TAN(-SIP)?$/.test(ctype2)) {
    throw new FitsError(
      `${header.where}: CTYPE1 '${ctype1}', CTYPE2 '${ctype2}': only RA---TAN with DEC--TAN can be turned into sky positions`,
    );
  }
  for (const axis of [1, 2]) {
    const unit = header.text(`CUNIT${axis}`) ?? 'deg';
    if (unit !== 'deg') throw new FitsError(`${header.where}: CUNIT${axis} is '${unit}', but must be 'deg'`);
  }
  const lonpole = header.number('LONPOLE', 180);
  if (lonpole !== 180) throw new FitsError(`${header.where}: LONPOLE is ${lonpole}; only 180 is supported`);
  const cd = readMatrix(header);
  if (!(Math.abs(determinant(cd)) > 0)) {
    throw new FitsError(`${header.where}: the matrix CD (or CDELT with PC) is singular: it maps the image to a line`);
  }
  return {
    crpix: [header.number('CRPIX1', 0), header.number('CRPIX2', 0)],
    crval: [header.number('CRVAL1'), header.number('CRVAL2')],
    cd,
    ignored: distortion(header, ctype1),
  };
}

const determinant = ([a, b, c, d]: Wcs['cd']) => a * d - b * c;

function readMatrix(header: Header): Wcs['cd'] {
  if (['CD1_1', 'CD1_2', 'CD2_1', 'CD2_2'].some((keyword) => header.has(keyword))) {
    const element = (keyword: string) => header.number(keyword, 0);
    return [element('CD1_1'), element('CD1_2'), element('CD2_1'), element('CD2_2')];
  }
  const [sx, sy] = [header.number('CDELT1', 1), header.number('CDELT2', 1)];
  const turn = header.number('CROTA2', 0) * RADIANS;
  const hasPc = ['PC1_1', 'PC1_2', 'PC2_1', 'PC2_2'].some((keyword) => header.has(keyword));
  if (!hasPc) {
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    return [sx * cos, -sy * sin, sx * sin, sy * cos];
  }
  const pc = (keyword: string, fallback: number) => header.number(keyword, fallback);
  return [sx * pc('PC1_1', 1), sx * pc('PC1_2', 0), sy * pc('PC2_1', 0), sy * pc('PC2_2', 1)];
}

function distortion(header: Header, ctype: string): string | undefined {
  const left: string[] = [];
  if (ctype.endsWith('-SIP') || header.has('A_ORDER')) left.push('SIP polynomials');
  if (header.has('CPDIS1') || header.has('CPDIS2')) left.push('lookup tables (CPDIS)');
  if (header.has('VAFACTOR') && left.length === 0) left.push('the geometric distortion of HST (IDCTAB)');
  return left.length === 0
    ? undefined
    : `distortion not applied: ${left.join(', ')}; positions are linear tangent plane`;
}

/** Sky position of a pixel: RA in [0, 360) and Dec, degrees. Pixels count from 1. */
export function pixelToSky(wcs: Wcs, x: number, y: number): [ra: number, dec: number] {
  const [dx, dy] = [x - wcs.crpix[0], y - wcs.crpix[1]];
  const xi = (wcs.cd[0] * dx + wcs.cd[1] * dy) * RADIANS;
  const eta = (wcs.cd[2] * dx + wcs.cd[3] * dy) * RADIANS;
  const dec0 = wcs.crval[1] * RADIANS;
  const [sin0, cos0] = [Math.sin(dec0), Math.cos(dec0)];
  // The point on the tangent plane as a vector: north, towards RA0 in the equator's plane, east.
  const north = sin0 + eta * cos0;
  const outward = cos0 - eta * sin0;
  const ra = wcs.crval[0] + Math.atan2(xi, outward) / RADIANS;
  return [((ra % 360) + 360) % 360, Math.atan2(north, Math.hypot(outward, xi)) / RADIANS];
}

/** Pixel of a sky position in degrees; pixels count from 1. `undefined` for the far half of the sky, which has no image. */
export function skyToPixel(wcs: Wcs, ra: number, dec: number): [x: number, y: number] | undefined {
  const dra = (ra - wcs.crval[0]) * RADIANS;
  const [sin, cos] = [Math.sin(dec * RADIANS), Math.cos(dec * RADIANS)];
  const dec0 = wcs.crval[1] * RADIANS;
  const [sin0, cos0] = [Math.sin(dec0), Math.cos(dec0)];
  const depth = sin * sin0 + cos * cos0 * Math.cos(dra);
  if (depth <= 0) return undefined;
  const xi = (cos * Math.sin(dra)) / depth / RADIANS;
  const eta = (sin * cos0 - cos * sin0 * Math.cos(dra)) / depth / RADIANS;
  const [a, b, c, d] = wcs.cd;
  const det = determinant(wcs.cd);
  return [wcs.crpix[0] + (d * xi - b * eta) / det, wcs.crpix[1] + (a * eta - c * xi) / det];
}

/** Side of a pixel in seconds of arc (square root of its area). */
export function pixelScale(wcs: Wcs): number {
  return Math.sqrt(Math.abs(determinant(wcs.cd))) * 3600;
}
