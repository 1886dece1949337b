import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Canvas } from '../../../stages/lib/canvas.ts';
import { crc32, encodePng } from '../../../stages/lib/png.ts';
import { brightness, chooseStretch, colourOf, valueAt } from '../../../stages/lib/stretch.ts';
import { decodePng } from '../png.ts';

describe('encodePng', () => {
  it('has the CRC of the specification', () => {
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
    // Every PNG ends with this chunk.
    const grey = encodePng({ width: 1, height: 1, channels: 1, pixels: Uint8Array.of(7) });
    expect(grey.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
  });

  it.each([1, 3] as const)('brings %i channels back', (channels) => {
    const [width, height] = [7, 5];
    const pixels = Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 89) % 256);
    const decoded = decodePng(encodePng({ width, height, channels, pixels }, { Title: 'a test' }));
    expect(decoded).toMatchObject({ width, height, channels, text: { Title: 'a test' } });
    expect(decoded.pixels).toEqual(pixels);
  });

  it('refuses the wrong number of values', () => {
    expect(() => encodePng({ width: 2, height: 2, channels: 3, pixels: new Uint8Array(4) })).toThrow(
      '2 x 2 x 3 cannot have 4',
    );
  });

  it('is checked by a decoder that notices damage', () => {
    const png = encodePng({ width: 1, height: 1, channels: 1, pixels: Uint8Array.of(7) });
    png[20] = (png[20] ?? 0) ^ 1;
    expect(() => decodePng(png)).toThrow('CRC of IHDR');
    expect(inflateSync(png.subarray(41, -16))).toEqual(Buffer.from([2, 7]));
  });
});

describe('Canvas', () => {
  it('draws text as the font has it, and cuts it off at the rim', () => {
    const canvas = new Canvas(8, 9);
    canvas.text(1, 1, 'L', [255, 255, 255]);
    const rows = Array.from({ length: 9 }, (_, y) =>
      Array.from({ length: 8 }, (_, x) => (canvas.pixels[(y * 8 + x) * 3] === 255 ? '#' : '.')).join(''),
    );
    expect(rows).toEqual(['........', ...Array(6).fill('.#......'), '.#####..', '........']);
    expect(() => canvas.text(-3, 6, 'WIDE', [1, 2, 3], 4)).not.toThrow();
  });
});

describe('stretch', () => {
  const stretch = { black: -10, white: 5000, soft: 30 };

  it('runs from black to white and can be undone', () => {
    expect(brightness(-10, stretch)).toBe(0);
    expect(brightness(5000, stretch)).toBeCloseTo(1, 12);
    expect(brightness(1e9, stretch)).toBe(1);
    expect(brightness(-1e9, stretch)).toBe(0);
    expect(brightness(Number.NaN, stretch)).toBeNaN();
    for (const value of [0, 1, 50, 3000]) expect(valueAt(brightness(value, stretch), stretch)).toBeCloseTo(value, 6);
  });

  it('is not led astray by one bright star or by masked pixels', () => {
    const values = Float32Array.from({ length: 10_000 }, (_, i) =>
      i === 5 ? 1e9 : i === 6 ? Number.NaN : (i % 100) - 10,
    );
    expect(chooseStretch(values, 5)).toEqual({ black: -5, white: 89, soft: 15 });
    expect(chooseStretch([Number.NaN], 5)).toBeUndefined();
    expect(chooseStretch([3, 3, 3], 0)?.white).toBeGreaterThan(3);
  });

  it('has colours that get lighter all the way', () => {
    const lightness = Array.from({ length: 101 }, (_, i) => {
      const [r, g, b] = colourOf(i / 100);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    });
    for (let i = 1; i < lightness.length; i++) expect(lightness[i]).toBeGreaterThan((lightness[i - 1] ?? 0) - 0.5);
    expect(colourOf(-1)).toEqual(colourOf(0));
    expect(colourOf(2)).toEqual(colourOf(1));
  });
});
