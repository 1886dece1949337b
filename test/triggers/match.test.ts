import { describe, expect, it } from 'vitest';
import { fitName } from '../../src/triggers/files.ts';
import { NameReader } from '../../src/triggers/match.ts';
import { formatReason } from '../../src/triggers/quarantine.ts';
import { zoneOf } from './help.ts';

describe('NameReader', () => {
  it('takes dataset, class, rank and parameters from the name', () => {
    const zone = zoneOf({
      pattern: '^(?<visit>[a-z0-9]+)_(?<kind>[a-z]+)\\.fits$',
      dataset: '{{ groups.visit }}',
      class: '{{ groups.kind }}',
      rank: '{{ "05" if groups.kind == "raw" else "50" }}',
      params: { visit: 'v-{{ groups.visit }}', file: '{{ name }}' },
    });
    expect(new NameReader(zone).read('j8a2_raw.fits')).toEqual({
      ok: true,
      named: { dataset: 'j8a2', class: 'raw', rank: 5, params: { visit: 'v-j8a2', file: 'j8a2_raw.fits' } },
    });
    expect(new NameReader(zone).read('J8A2_raw.fits')).toMatchObject({ ok: false, reason: 'unmatched' });
  });

  it.each([
    ['x.txt', {}, 'unmatched', '*.fits'],
    ['a b.fits', {}, 'name', 'a space (U+0020) (character 2)'],
    ['a\nb.fits', {}, 'name', 'U+000A (character 2)'],
    ['ä.fits', {}, 'name', "'ä' (character 1)"],
    ['-a.fits', {}, 'name', "begin with '-'"],
    [`${'a'.repeat(129)}.fits`, {}, 'name', '129 characters'],
    ['.fits', {}, 'name', 'empty'],
    ['a.fits', { class: 'ACS' }, 'name', "'A'"],
    ['a.fits', { rank: '100' }, 'name', '"100" is no rank'],
    ['a.fits', { pattern: '^(?<visit>j)?', dataset: '{{ groups.visit }}' }, 'name', 'groups.visit'],
    ['a.fits', { dataset: '../{{ name }}' }, 'name', "begin with '.'"],
  ])('refuses %j with %j', (name, zone, reason, why) => {
    expect(new NameReader(zoneOf(zone)).read(name)).toEqual({ ok: false, reason, why: expect.stringContaining(why) });
  });

  it('leaves class and rank that render to nothing at their defaults', () => {
    expect(new NameReader(zoneOf({ class: ' ', rank: '' })).read('a.fits')).toMatchObject({
      named: { class: '-', rank: 50 },
    });
  });

  it('knows the files, and the companions, of other zones in its folder', () => {
    const other = zoneOf({ match: ['*.raw'], complete: { kind: 'signal', suffix: '.done' } });
    const reader = new NameReader(zoneOf(), [other]);
    expect(['x.raw', 'x.raw.done', 'x.fits', 'x.done'].map((name) => reader.isOthers(name))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('fitName', () => {
  it('leaves what fits, and cuts what does not between characters, names apart', () => {
    expect(fitName('x', '.reason')).toBe('x.reason');
    const long = 'ä'.repeat(127);
    const fitted = fitName(long, '.reason');
    expect(Buffer.byteLength(fitted)).toBeLessThanOrEqual(255);
    expect(fitted).toMatch(/^ä+~[0-9a-f]{12}\.reason$/);
    expect(fitName(`${'ä'.repeat(126)}ö`, '.reason')).not.toBe(fitted);
  });
});

it('a reason is one line a field, whatever the name holds', () => {
  const text = formatReason('a\nreason: none', { reason: 'link', why: 'it is a link', when: 'now', zone: 'z' });
  expect(text.trimEnd().split('\n')).toHaveLength(6);
  expect(text).toContain('file: "a\\nreason: none"\nreason: link\nwhat: it is a link\nwhen: now\nzone: z\nto do: Copy');
});
