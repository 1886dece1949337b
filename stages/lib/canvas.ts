import { GLYPH, glyphPixel } from './font.ts';
import type { Picture } from './png.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** A picture to draw on; x to the right, y down, from 0. Drawing outside is cut off. */
export class Canvas implements Picture {
  readonly width: number;
  readonly height: number;
  readonly channels = 3;
  readonly pixels: Uint8Array;

  constructor(width: number, height: number, ground: Colour = [0, 0, 0]) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height * 3);
    this.rect(0, 0, width, height, ground);
  }

  /** Sets a pixel, or mixes the colour in with `alpha` from 0 to 1. */
  set(x: number, y: number, colour: Colour, alpha = 1): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const at = (y * this.width + x) * 3;
    for (let c = 0; c < 3; c++) {
      const old = this.pixels[at + c] as number;
      this.pixels[at + c] = Math.round(old + alpha * ((colour[c] as number) - old));
    }
  }

  rect(x: number, y: number, width: number, height: number, colour: Colour, alpha = 1): void {
    for (let j = y; j < y + height; j++) for (let i = x; i < x + width; i++) this.set(i, j, colour, alpha);
  }

  /** A smooth line of about two pixels: every pixel is covered by its distance from the line. */
  line(x0: number, y0: number, x1: number, y1: number, colour: Colour): void {
    const length2 = Math.max(1e-9, (x1 - x0) ** 2 + (y1 - y0) ** 2);
    for (let y = Math.floor(Math.min(y0, y1)) - 2; y <= Math.max(y0, y1) + 2; y++) {
      for (let x = Math.floor(Math.min(x0, x1)) - 2; x <= Math.max(x0, x1) + 2; x++) {
        const along = Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length2));
        const distance = Math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0));
        if (distance < 1.5) this.set(x, y, colour, Math.min(1, 1.5 - distance));
      }
    }
  }

  /** A smooth ring, or a disc without a hole: `inner` and `outer` are radii in pixels. */
  ring(x: number, y: number, inner: number, outer: number, colour: Colour, alpha = 1): void {
    const reach = Math.ceil(outer + 1);
    for (let j = Math.floor(y) - reach; j <= Math.ceil(y) + reach; j++) {
      for (let i = Math.floor(x) - reach; i <= Math.ceil(x) + reach; i++) {
        const distance = Math.hypot(i - x, j - y);
        const cover = Math.min(1, outer + 0.5 - distance, inner > 0 ? distance - inner + 0.5 : 1);
        if (cover > 0) this.set(i, j, colour, cover * alpha);
      }
    }
  }

  /** Text with its upper left corner at x, y; each of the font's pixels is `size` wide. */
  text(x: number, y: number, text: string, colour: Colour, size = 1): void {
    [...text].forEach((character, n) => {
      for (let j = 0; j < GLYPH.height; j++) {
        for (let i = 0; i < GLYPH.width; i++) {
          if (!glyphPixel(character, i, j)) continue;
          this.rect(x + (n * GLYPH.advance + i) * size, y + j * size, size, size, colour);
        }
      }
    });
  }
}

/** Width of a text in pixels. */
export function textWidth(text: string, size = 1): number {
  return Math.max(0, (text.length * GLYPH.advance - 1) * size);
}
