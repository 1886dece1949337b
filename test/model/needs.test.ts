import { describe, expect, it } from 'vitest';
import { formatGroup, type Needs, NO_NEEDS, needsJson, parseGroup, parseNeeds } from '../../src/model/needs.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const RUN = { dataset: 'm31', posted: '20261121T120000' };

function parsed(value: unknown): Needs {
  const needs = parseNeeds(value, NOW);
  if (typeof needs === 'string') throw new Error(needs);
  return needs;
}

describe('needs', () => {
  it('read names, globs and boards from words and mappings', () => {
    const { members } = parsed({
      members: ['a', 'exp:b', 'j8*', { board: 'exp', glob: 'x?', atLeast: 9, until: 'cal' }],
    });
    expect(
      members.map(({ board, dataset, isGlob, atLeast, until }) => [board, dataset, isGlob, atLeast, until]),
    ).toEqual([
      [undefined, 'a', false, 1, undefined],
      ['exp', 'b', false, 1, undefined],
      [undefined, 'j8*', true, 1, undefined],
      ['exp', 'x?', true, 9, 'cal'],
    ]);
  });

  it('read files with count, size and age', () => {
    const { files } = parsed({ files: ['a/*.fits', { glob: '/b', atLeast: 3, size: '2.5k', age: '30s' }] });
    expect(files).toEqual([
      { glob: 'a/*.fits', atLeast: 1, bytes: 0, ageMs: 0 },
      { glob: '/b', atLeast: 3, bytes: 2560, ageMs: 30_000 },
    ]);
  });

  it('count durations from now, and take times as they are', () => {
    const needs = parsed({ members: 'a', notBefore: '1h', deadline: '2026-11-22T00:00:00Z', then: 'run' });
    expect(needs).toMatchObject({ notBeforeMs: NOW + 3_600_000, deadlineMs: NOW + 43_200_000, atDeadline: 'run' });
    expect(parsed({ members: 'a', deadline: '+90m' }).deadlineMs).toBe(NOW + 5_400_000);
  });

  it.each<[unknown, RegExp]>([
    [{}, /name no members/],
    [{ until: 'cal' }, /name no members/],
    ['a', /must be a mapping/],
    [{ member: ['a'] }, /did you mean 'members'/],
    [{ members: 3 }, /members must be a list/],
    [{ members: [3] }, /members\[0\] must be a mapping/],
    [{ members: [{}] }, /one of 'dataset' and 'glob'/],
    [{ members: [{ dataset: 'a', glob: 'b*' }] }, /one of 'dataset' and 'glob'/],
    [{ members: [{ dataset: 'a', atLeast: 2 }] }, /goes with 'glob'/],
    [{ members: ['a/b'] }, /members\[0\]: 'a\/b'/],
    [{ members: ['Exp:a'] }, /members\[0\].board: 'Exp'/],
    [{ members: ['a', { dataset: 'b', until: 'No' }] }, /members\[1\].until/],
    [{ members: [{ glob: 'b*', atLeast: 0 }] }, /whole number from 1/],
    [{ members: [{ dataset: 'b', from: 'yesterday' }] }, /no posted time/],
    [{ files: [{ glob: 'x', size: 'big' }] }, /must be a size/],
    [{ files: [{ glob: 'x', age: 3 }] }, /must be a duration/],
    [{ files: ['x/'] }, /no glob of files/],
    [{ members: 'a', deadline: 'soon' }, /deadline: 'soon' is no time/],
    [{ members: 'a', deadline: '1h', then: 'wait' }, /then must be one of run, hold, fail/],
    [{ members: 'a', deadline: '1h', notBefore: '2h' }, /before 'notBefore'/],
  ])('refuse %j with a sentence', (value, why) => {
    expect(parseNeeds(value, NOW)).toMatch(why);
  });

  it('come back from their JSON and from the file of a group as they were', () => {
    const needs = parsed({
      members: [
        'a',
        { board: 'exp', glob: 'x*', atLeast: 2 },
        { dataset: 'c', until: 'done', from: '20261121T000000' },
      ],
      until: 'cal',
      files: [{ glob: 'f*', size: 10, age: '1m' }],
      notBefore: '1h',
      deadline: '2h',
      then: 'fail',
    });
    expect(parsed(needsJson(needs))).toEqual(needs);
    expect(parseGroup(formatGroup(RUN, needs))).toEqual({ ...RUN, needs });
  });

  it('may be emptied by hand, but not be something else', () => {
    expect(parseGroup(JSON.stringify({ ...RUN, members: [] }))).toEqual({ ...RUN, needs: NO_NEEDS });
    expect(parseGroup('{')).toMatch(/no JSON/);
    expect(parseGroup('[]')).toMatch(/no JSON object/);
    expect(parseGroup('{"members":["a"]}')).toMatch(/does not say which/);
    expect(parseGroup(JSON.stringify({ ...RUN, membres: ['a'] }))).toMatch(/did you mean 'members'/);
    // From which moment would it count?
    expect(parseGroup(JSON.stringify({ ...RUN, members: ['a'], deadline: '2h' }))).toMatch(/no time/);
  });
});
