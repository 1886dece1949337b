import { describe, expect, it } from 'vitest';
import type { ExitMap, Outcome } from '../../src/model/definition.ts';
import { causeText, isCause } from '../../src/model/name.ts';
import { causeOfEnd, type StepEnd, verdictOf } from '../../src/model/outcome.ts';

const exits: ExitMap = {
  codes: new Map([
    [0, { kind: 'complete' }],
    [3, { kind: 'hold' }],
    [4, { kind: 'fail' }],
    [10, { kind: 'skip', stages: ['detect', 'preview'] }],
    [11, { kind: 'set', letters: { detect: 'h', preview: '_', archive: 's' } }],
    [75, { kind: 'retry' }],
  ]),
  default: { kind: 'fail' },
};
const exit = (code: number): StepEnd => ({ kind: 'exit', code });

describe('how a step ended', () => {
  it.each([
    [exit(0), { kind: 'complete', set: new Map(), log: 'ok' }],
    [exit(3), { kind: 'hold', cause: 'x3', log: 'x3' }],
    [exit(4), { kind: 'fail', cause: 'x4', log: 'x4' }],
    [exit(75), { kind: 'retry', cause: 'x75', log: 'x75' }],
    [
      exit(10),
      {
        kind: 'complete',
        set: new Map([
          ['detect', 's'],
          ['preview', 's'],
        ]),
        log: 'ok',
      },
    ],
    [
      exit(11),
      {
        kind: 'complete',
        set: new Map([
          ['detect', 'h'],
          ['preview', '_'],
          ['archive', 's'],
        ]),
        log: 'ok',
      },
    ],
    [exit(1), { kind: 'fail', cause: 'x1', log: 'x1' }],
    [exit(255), { kind: 'fail', cause: 'x255', log: 'x255' }],
    [
      { kind: 'signal', signal: 9 },
      { kind: 'fail', cause: 's9', log: 's9' },
    ],
    [{ kind: 'timeout' }, { kind: 'retry', cause: 't', log: 't' }],
  ] as const)('%j', (end, verdict) => {
    expect(verdictOf(end, exits)).toEqual(verdict);
  });

  const routes: ExitMap = {
    codes: new Map<number, Outcome>([
      [0, { kind: 'complete', reason: 'no_stars' }],
      [2, { kind: 'fail' }],
      [3, { kind: 'fail', reason: 'no_bias' }],
      [4, { kind: 'skip', stages: 'rest' }],
      [5, { kind: 'set', letters: { archive: 'h' }, reason: 'look' }],
      [6, { kind: 'back', stage: 'cal', most: 2, reason: 'bad_flat' }],
      [7, { kind: 'retry', reason: 'db_down' }],
    ]),
    default: { kind: 'fail', reason: 'crashed' },
  };
  it.each([
    [exit(0), undefined, { kind: 'complete', set: new Map(), reason: 'no_stars', log: 'ok' }],
    [exit(2), undefined, { kind: 'fail', cause: 'x2', log: 'x2' }],
    [
      exit(2),
      'No bias for CCD 4!',
      { kind: 'fail', cause: 'no_bias_for_ccd', reason: 'No bias for CCD 4!', log: 'x2' },
    ],
    [exit(2), '???', { kind: 'fail', cause: 'x2', reason: '???', log: 'x2' }],
    [exit(3), undefined, { kind: 'fail', cause: 'no_bias', reason: 'no_bias', log: 'x3' }],
    // The stage file's word is counted, the step's own text is read.
    [exit(3), 'No bias for CCD 4!', { kind: 'fail', cause: 'no_bias', reason: 'No bias for CCD 4!', log: 'x3' }],
    [exit(4), 'cloudy', { kind: 'complete', set: 'rest', reason: 'cloudy', log: 'ok' }],
    [
      exit(5),
      undefined,
      { kind: 'complete', set: new Map([['archive', 'h']]), cause: 'look', reason: 'look', log: 'ok' },
    ],
    [exit(6), 'flat', { kind: 'back', stage: 'cal', most: 2, reason: 'flat', log: 'x6' }],
    [exit(7), undefined, { kind: 'retry', cause: 'db_down', reason: 'db_down', log: 'x7' }],
    [
      { kind: 'signal', signal: 9 },
      'all is well',
      { kind: 'fail', cause: 'crashed', reason: 'all is well', log: 's9' },
    ],
    [{ kind: 'timeout' }, 'all is well', { kind: 'retry', cause: 't', reason: 'all is well', log: 't' }],
  ] as const)('%j, and says %j', (end, said, verdict) => {
    expect(verdictOf(end, routes, said)).toEqual(verdict);
  });

  it('a code or signal that is not named does what the default says', () => {
    const kind = (end: StepEnd, def: ExitMap['default']): string => verdictOf(end, { ...exits, default: def }).kind;
    expect(kind(exit(99), { kind: 'retry' })).toBe('retry');
    expect(kind(exit(99), { kind: 'hold' })).toBe('hold');
    expect(kind({ kind: 'signal', signal: 15 }, { kind: 'retry' })).toBe('retry');
    // Signal 3 is not exit code 3, and a code that is named does not go by the default.
    expect(kind({ kind: 'signal', signal: 3 }, { kind: 'retry' })).toBe('retry');
    expect(kind(exit(4), { kind: 'retry' })).toBe('fail');
    // A time-out is tried again, whatever the default.
    expect(kind({ kind: 'timeout' }, { kind: 'fail' })).toBe('retry');
  });

  it('always has a cause that a name can hold', () => {
    const ends: StepEnd[] = [{ kind: 'timeout' }];
    for (let code = 0; code < 256; code++) ends.push(exit(code));
    for (let signal = 1; signal < 65; signal++) ends.push({ kind: 'signal', signal });
    for (const end of ends) expect(isCause(causeOfEnd(end))).toBe(true);
    expect(causeText(causeOfEnd(exit(2)))).toBe('exit code 2');
  });
});
