import { describe, expect, it } from 'vitest';
import { type Age, judgeFile, judgeOrphan, judgeUnmatched, Looks, PATIENCE } from '../../src/triggers/judge.ts';

const age = (unchangedMs: number, looks = 2, size = 1): Age => ({ unchangedMs, looks, size });
const stable = { kind: 'stable', forMs: 2_000 } as const;
const checksum = { kind: 'checksum', algorithm: 'sha256' } as const;
const signal = { kind: 'signal', suffix: '.done' } as const;
const self = { do: 'wait', on: 'self' };
const sender = { do: 'wait', on: 'sender' };
const take = { do: 'take' };
const wrong = { ok: false, why: 'differs' } as const;

describe('a file is complete', () => {
  it.each([
    ['stable: unchanged for the time, over two looks', stable, age(2_000), undefined, undefined, take],
    ['stable: not long enough', stable, age(1_999), undefined, undefined, self],
    ['stable: one look is none', stable, age(9_999, 1), undefined, undefined, self],
    ['stable: empty, ten times as long', stable, age(19_999, 99, 0), undefined, undefined, self],
    ['stable: empty, after ten times as long', stable, age(20_000, 99, 0), undefined, undefined, take],
    ['checksum: not there', checksum, age(99_999, 99), undefined, undefined, sender],
    ['checksum: just come', checksum, age(99_999, 99), age(0, 1), undefined, self],
    ['checksum: file still new', checksum, age(0, 1), age(9_999, 9), undefined, self],
    ['checksum: both seen twice', checksum, age(1), age(1), undefined, { do: 'hash' }],
    ['checksum: right', checksum, age(1), age(1), { ok: true } as const, take],
    ['checksum: wrong, perhaps not yet whole', checksum, age(4_999), age(9_999), wrong, self],
    ['checksum: wrong, checksum file just changed', checksum, age(9_999), age(4_999), wrong, self],
    ['checksum: wrong for good', checksum, age(5_000), age(5_000), wrong, { do: 'wrong', why: 'differs' }],
    ['signal: not there', signal, age(99_999, 99), undefined, undefined, sender],
    ['signal: there', signal, age(0, 1), age(0, 1), undefined, take],
  ])('%s', (_, complete, file, companion, verdict, expected) => {
    expect(judgeFile(complete, file, companion, verdict, PATIENCE)).toEqual(expected);
  });

  it.each([
    ['x.txt', age(10_000, 10), 'wrong'],
    ['x.txt', age(9_999, 10), 'self'],
    ['x.txt', age(10_000, 9), 'self'],
    ['x.fits.part', age(99_999, 99), 'sender'],
    ['x.fits~', age(99_999, 99), 'sender'],
    ['x.tmp', age(3_600_000, 99), 'wrong'],
  ])('unmatched %s after %o: %s', (name, file, expected) => {
    const verdict = judgeUnmatched(name, stable, file, PATIENCE);
    expect(verdict.do === 'wait' ? verdict.on : verdict.do).toBe(expected);
  });

  it('an orphan waits long', () => {
    expect(judgeOrphan(age(3_599_999, 99), PATIENCE)).toEqual(sender);
    expect(judgeOrphan(age(3_600_000, 99), PATIENCE).do).toBe('wrong');
  });
});

describe('Looks', () => {
  const look = { size: 5, mtimeMs: 1, ino: 7n };
  it.each([
    ['size', { ...look, size: 6 }],
    ['mtime', { ...look, mtimeMs: 1.5 }],
    ['inode', { ...look, ino: 8n }],
  ])('a change of the %s begins anew', (_, changed) => {
    const looks = new Looks();
    looks.note('x', look, 100);
    expect(looks.note('x', look, 300)).toEqual({ size: 5, unchangedMs: 200, looks: 2 });
    expect(looks.note('x', changed, 400)).toMatchObject({ unchangedMs: 0, looks: 1 });
  });

  it('forgets what has gone', () => {
    const looks = new Looks();
    looks.note('x', look, 0);
    looks.keep(new Set(['y']));
    expect(looks.note('x', look, 10)).toMatchObject({ unchangedMs: 0, looks: 1 });
  });
});
