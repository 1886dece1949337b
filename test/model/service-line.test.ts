import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../src/model/outcome.ts';
import { isReady, parseAnswer, quoteLine } from '../../src/model/service-line.ts';

const ID = 'a.20261121T120000.mill.001';
const answer = (fields: object): string => JSON.stringify({ id: ID, ...fields });

describe('an answer', () => {
  it.each([
    [{ exit: 0 }, { end: { exit: 0 } }],
    [
      { exit: 255, reason: 'why' },
      { end: { exit: 255 }, reason: 'why' },
    ],
    [{ outcome: 'hold' }, { end: { outcome: 'hold' } }],
    [
      { exit: 0, params: { a: 1 }, post: ['b'] },
      { end: { exit: 0 }, params: { a: 1 }, post: ['b'] },
    ],
    [{ exit: 0, more: 'of a later version' }, { end: { exit: 0 } }],
  ])('%j', (fields, wanted) => {
    expect(parseAnswer(answer(fields), ID)).toEqual(wanted);
  });

  it.each([
    ['', /no JSON object: ""/],
    ['nonsense', /no JSON object: "nonsense"/],
    ['[]', /no JSON object/],
    ['null', /no JSON object/],
    ['{"exit":0}', /without an id/],
    ['{"id":"b","exit":0}', /answered for "b" when it was asked for "a\./],
    [`{"id":${JSON.stringify([ID])},"exit":0}`, /answered for/],
    [answer({}), /neither of exit and outcome/],
    [answer({ exit: 0, outcome: 'fail' }), /both of exit and outcome/],
    [answer({ exit: 256 }), /no number from 0 to 255: "256"/],
    [answer({ exit: '0' }), /no number from 0 to 255/],
    [answer({ exit: 0.5 }), /no number from 0 to 255/],
    [answer({ outcome: 'done' }), /none of complete, retry, hold, fail: "done"/],
    [answer({ exit: 0, reason: 1 }), /reason that is no text/],
    [answer({ exit: 0, params: [] }), /params that are no object/],
    [answer({ exit: 0, post: {} }), /post that is no list/],
  ])('%s is none', (line, fault) => {
    expect(parseAnswer(line, ID)).toEqual({ fault: expect.stringMatching(fault) });
  });

  it('never throws, whatever is said, and shows nothing that moves a terminal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (line) => {
        const parsed = parseAnswer(line, ID);
        isReady(line);
        if ('fault' in parsed) expect(parsed.fault).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
    expect(quoteLine(`${'x'.repeat(100)}`)).toHaveLength(63);
  });

  it('that it is ready', () => {
    expect([isReady('{"ready":true}'), isReady('{"ready":1}'), isReady('ready'), isReady('{}')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('an end of a service', () => {
  const exits = { codes: new Map(), default: { kind: 'fail' } } as const;
  it('is tried again when the service broke, and what it said when it did say', () => {
    expect(verdictOf({ kind: 'broke', cause: 's9' }, exits)).toMatchObject({ kind: 'retry', cause: 's9', log: 's9' });
    expect(verdictOf({ kind: 'told', outcome: 'hold' }, exits)).toMatchObject({ kind: 'hold', cause: 'told' });
    expect(verdictOf({ kind: 'told', outcome: 'complete' }, exits)).toMatchObject({ kind: 'complete', log: 'ok' });
  });
});
