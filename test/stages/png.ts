import { inflateSync, crc32 as zlibCrc32 } from 'node:zlib';
import type { Picture } from '../../stages/lib/png.ts';

/** Decodes what `encodePng` writes: 8 bits, no interlace, filters None and Up; every chunk's CRC is checked with zlib's own. */
export function decodePng(png: Buffer): Picture & { text: Record<string, string> } {
  if (png.toString('hex', 0, 8) !== '89504e470d0a1a0a') throw new Error('no PNG signature');
  const text: Record<string, string> = {};
  const parts: Buffer[] = [];
  let [width, height, channels] = [0, 0, 1 as 1 | 3];
  let last = '';
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (png.readUInt32BE(at + 8 + length) !== zlibCrc32(png.subarray(at + 4, at + 8 + length)))
      throw new Error(`CRC of ${type}`);
    if (type === 'IHDR')
      [width, height, channels] = [data.readUInt32BE(0), data.readUInt32BE(4), data[9] === 2 ? 3 : 1];
    if (type === 'IDAT') parts.push(data);
    if (type === 'tEXt') {
      const [key = '', value = ''] = data.toString('latin1').split('\0');
      text[key] = value;
    }
    last = type;
    at += 12 + length;
  }
  if (last !== 'IEND') throw new Error(`ends with ${last}`);
  const rows = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  if (rows.length !== height * (stride + 1)) throw new Error(`${rows.length} bytes of pixels`);
  const pixels = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const up = rows[y * (stride + 1)] === 2 && y > 0;
    for (let i = 0; i < stride; i++) {
      const above = up ? (pixels[(y - 1) * stride + i] ?? 0) : 0;
      pixels[y * stride + i] = (rows[y * (stride + 1) + 1 + i] ?? 0) + above;
    }
  }
  return { width, height, channels, pixels, text };
}
