import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { companionBase, parseChecksum } from '../../src/triggers/companion.ts';

const HEX = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const read = (text: string, name = 'x.fits') => parseChecksum(text, 'sha256', name);

describe('parseChecksum', () => {
  it.each([
    ['bare', `${HEX}\n`],
    ['bare, no newline', HEX],
    ['upper case', HEX.toUpperCase()],
    ['sha256sum', `${HEX}  x.fits\n`],
    ['sha256sum, binary', `${HEX} *x.fits\n`],
    ['sha256sum with a folder', `${HEX}  ./data/x.fits\n`],
    ['BSD', `SHA256 (x.fits) = ${HEX}\n`],
    ['openssl', `SHA256(x.fits)= ${HEX}\n`],
    ['of several files', `${OTHER}  y.fits\n${HEX}  x.fits\n`],
    ['with a comment and DOS line ends', `# sums\r\n${HEX}  x.fits\r\n`],
    ['with a byte order mark', `\uFEFF${HEX}  x.fits\n`],
  ])('reads %s', (_, text) => {
    expect(read(text)).toEqual({ ok: true, hex: HEX });
  });

  it('reads names with spaces, and those that sha256sum escapes', () => {
    expect(read(`${HEX}  a b.fits\n`, 'a b.fits')).toEqual({ ok: true, hex: HEX });
    expect(read(`\\${HEX}  a\\nb\\\\c\n`, 'a\nb\\c')).toEqual({ ok: true, hex: HEX });
  });

  it.each([
    ['', 'empty'],
    ['\n\n', 'empty'],
    [`${HEX.slice(1)}\n`, 'no sha256 checksum (64 hex digits)'],
    [`${'a'.repeat(32)}  x.fits`, 'no sha256 checksum'],
    [`MD5 (x.fits) = ${'a'.repeat(32)}`, 'no sha256 checksum'],
    [`MD5 (x.fits) = ${HEX}`, 'no sha256 checksum'],
    [`${HEX}  y.fits`, '"y.fits", not of this file'],
    [`${HEX}\n${OTHER}\n`, 'no sha256 checksum'],
  ])('refuses %j', (text, why) => {
    expect(read(text)).toEqual({ ok: false, why: expect.stringContaining(why) });
  });

  it('knows md5 by its length', () => {
    expect(parseChecksum('c'.repeat(32), 'md5', 'x')).toEqual({ ok: true, hex: 'c'.repeat(32) });
    expect(parseChecksum(HEX, 'md5', 'x').ok).toBe(false);
  });

  it('never throws, and gives nothing but checksums of the right length', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '0', ' ', '\n', '(', ')', '=', '*', '\\', '/', 'S') }),
        (text) => {
          const parsed = read(text);
          if (parsed.ok) expect(parsed.hex).toMatch(/^[0-9a-f]{64}$/);
        },
      ),
    );
  });
});

describe('companionBase', () => {
  it.each([
    ['x.fits.sha256', { kind: 'checksum', algorithm: 'sha256' }, 'x.fits'],
    ['x.fits.md5', { kind: 'checksum', algorithm: 'sha256' }, undefined],
    ['.sha256', { kind: 'checksum', algorithm: 'sha256' }, undefined],
    ['x.done', { kind: 'signal', suffix: '.done' }, 'x'],
    ['x.sha256', { kind: 'stable', forMs: 1 }, undefined],
  ] as const)('%s', (name, complete, base) => {
    expect(companionBase(name, complete)).toBe(base);
  });
});
