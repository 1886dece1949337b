import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatWish, hostFault, hostLogFile, MAX_NAME_BYTES, parseWish, wishKey } from '../../src/model/name.ts';

describe('a wish', () => {
  it.each([
    ['calibrate=4', ['calibrate'], 4],
    ['calibrate=0', ['calibrate'], 0],
    ['verify+calibrate=2', ['verify', 'calibrate'], 2],
    ['a-b_c=1024', ['a-b_c'], 1024],
    // Not the marks of the folder: these have no number.
    ['down=1', ['down'], 1],
  ])('%s is read', (file, stages, slots) => {
    expect(parseWish(file)).toEqual({ stages, slots });
    expect(formatWish({ stages, slots })).toBe(file);
  });

  it.each([
    ['calibrate', 'STAGE=SLOTS'],
    ['calibrate=4=4', 'STAGE=SLOTS'],
    ['=4', 'stage name is empty'],
    ['a+=4', 'stage name is empty'],
    ['Calibrate=4', "may not begin with 'C'"],
    ['a/b=1', "may not contain '/'"],
    ['calibrate=', 'no number of slots'],
    ['calibrate=04', 'no number of slots'],
    ['calibrate=-1', 'no number of slots'],
    ['calibrate=1025', 'no number of slots'],
    ['calibrate=4~', 'no number of slots'],
    ['a+b+a=1', 'names a stage twice'],
    [`${Array.from({ length: 8 }, (_, at) => `${'s'.repeat(31)}${at}`).join('+')}=1`, 'longer than'],
  ])('%s is none', (file, why) => expect(parseWish(file)).toContain(why));

  it('is the same wish in whatever order its stages are written', () => {
    expect(wishKey(['b', 'a'])).toBe(wishKey(['a', 'b']));
    expect(wishKey(['a', 'b'])).not.toBe(wishKey(['a']));
  });

  it('comes back as it was written, and leaves room for the name of its log', () => {
    const stage = fc.stringMatching(/^[a-z][a-z0-9_-]{0,31}$/);
    const stages = fc.uniqueArray(stage, { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(stages, fc.integer({ min: 0, max: 1024 }), (names, slots) => {
        const file = formatWish({ stages: names, slots });
        const read = parseWish(file);
        if (typeof read === 'string') return expect(read).toContain('longer than');
        expect(read).toEqual({ stages: names, slots });
        expect(`${hostLogFile(wishKey(names))}.1`.length).toBeLessThanOrEqual(MAX_NAME_BYTES);
      }),
    );
  });
});

it.each([
  ['ops1.example.org', true],
  ['', false],
  ['..', false],
  ['a/b', false],
  ['a b', false],
])("'%s' names a host: %s", (host, isOne) => expect(hostFault(host) === undefined).toBe(isOne));
