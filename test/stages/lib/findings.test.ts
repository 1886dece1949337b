import { describe, expect, it } from 'vitest';
import { findingsOf, judge } from '../../../stages/lib/findings.ts';
import { parseKnown } from '../../../stages/lib/known-patterns.ts';

const TODAY = '2026-11-30';

describe('what a log tells of trouble', () => {
  it.each([
    ['a try that ended well, without a word of it', 'ok', 'copied: x\n263 soundings: 183 good\n', []],
    [
      'a warning of one that ended well',
      'ok',
      'a\nwarning: 3 of 263 soundings did not converge\nb\n',
      ['warning: 3 of 263 soundings did not converge'],
    ],
    [
      'the last line of one that failed',
      'x2',
      'a\nupload: g: its sha256 is wrong\n',
      ['upload: g: its sha256 is wrong'],
    ],
    ['one that failed without a word', 's9', '\n', ['the try ended as s9 without a word']],
    ['a line that it says twice, once', 'ok', 'Error: x\nError: x\n', ['Error: x']],
    ['one that still runs', 'run', 'half a li', []],
    ['a word inside another', 'ok', 'terrors and unfailing finance\n', []],
  ])('%s', (_, outcome, log, expected) => {
    expect(findingsOf('g', 'logs/g/x.log', outcome, log).map(({ text }) => text)).toEqual(expected);
  });
});

describe('what is known', () => {
  const known = parseKnown(`
- pattern: ^warning. \\d+ of \\d+ soundings did not converge$
  reason: crowded cores
- pattern: disk is slow
  reason: until the new one comes
  until: 2026-11-30
`);
  const finding = (granule: string, text: string) => ({ granule, where: `logs/${granule}`, text });
  const findings = [
    finding('g1', 'warning: 3 of 263 soundings did not converge'),
    finding('g2', 'warning: 4 of 296 soundings did not converge'),
    finding('g1', 'error: the disk is slow'),
    finding('g1', 'upload: g1: /a/b/g1.fits: 12 bytes are missing'),
    finding('g2', 'upload: g2: /a/c/g2.fits: 13 bytes are missing'),
    finding('g2', 'fatal'),
  ];

  it('is counted by pattern, what is not by message', () => {
    const { ignored, found } = judge(findings, known, TODAY);
    expect(ignored.map(({ count, granules }) => [count, granules])).toEqual([
      [2, 2],
      [1, 1],
    ]);
    expect(found).toMatchObject([
      { message: 'upload: <granule>: <path> <n> bytes are missing', count: 2, granules: ['g1', 'g2'], expired: null },
      { message: 'fatal', count: 1, granules: ['g2'], example: findings[5] },
    ]);
  });

  it('is new again once its day is over', () => {
    const { ignored, found } = judge(findings, known, '2026-12-01');
    expect(ignored[1]?.count).toBe(0);
    expect(found).toContainEqual(
      expect.objectContaining({ message: 'error: the disk is slow', expired: '2026-11-30' }),
    );
  });

  it('nothing known, nothing found', () => {
    expect(judge([], parseKnown('# none yet\n'), TODAY)).toEqual({ ignored: [], found: [] });
  });
});

describe('a list of known patterns that is none', () => {
  it.each([
    ['pattern: x', 'a list of patterns is needed'],
    ['- x', 'line 1: a mapping with pattern, reason, until is needed'],
    ['- {pattern: x, reason: y}\n- {pattern: x, raeson: y}', "line 2: unknown key 'raeson'"],
    ['- {reason: y}', "line 1: 'pattern' must be a regular expression"],
    ['- {pattern: x}', "line 1: 'reason' must say why /x/ may be ignored"],
    ['- {pattern: x, reason: y, until: 2026-13-40}', "line 1: 'until' must be a day such as 2026-12-31"],
    ['- {pattern: "(", reason: y}', 'line 1: Invalid regular expression'],
    ['- {pattern: ".*", reason: y}', 'line 1: /.*/ matches any line'],
    ['- [', 'line 1: '],
  ])('%j: %s', (text, message) => {
    expect(() => parseKnown(text)).toThrow(message);
  });
});
