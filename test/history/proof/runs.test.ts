import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalLine } from '../../../src/board/journal.ts';
import { Runs } from '../../../src/history/proof/runs.ts';

const POSTED = '20261121T120000';

/** `claim 1 k3f1 a`: event, epoch, process, stage; a finish has its outcome behind. */
function line(text: string, dataset = 'x'): JournalLine {
  const [event = '', epoch, process = '', stage = '', outcome] = text.split(' ');
  const more = epoch === undefined ? {} : { epoch: Number(epoch), process, stage };
  return {
    t: '2026-11-21T12:00:00.000Z',
    event: event as JournalLine['event'],
    dataset,
    posted: POSTED,
    host: 'h',
    by: 'b',
    ...more,
    ...(outcome === undefined ? {} : { outcome }),
  };
}

function violationsOf(texts: readonly string[]): string[] {
  const runs = new Runs();
  for (const text of texts) runs.add(line(text));
  runs.close();
  return runs.violations.map(({ invariant, message }) => `${invariant}: ${message}`);
}

describe('what journals may say', () => {
  it.each([
    [
      'a run through two stages',
      ['post', 'claim 1 k3f1 a', 'finish 1 k3f1 a c', 'claim 2 k3f1 b', 'finish 2 k3f1 b c'],
    ],
    [
      'products: published by another process',
      ['claim 1 k3f1 a', 'finish 1 k3f1 a e', 'publish 1 zzzz a', 'publish 1 k3f1 a'],
    ],
    ['a lost claim that two have told of', ['claim 1 k3f1 a', 'lost 1 k3f1 a', 'lost 1 k3f1 a', 'claim 2 m0m0 a']],
    [
      'a result that was thrown away',
      ['claim 1 k3f1 a', 'lost 1 k3f1 a', 'discard 1 k3f1 a', 'claim 2 m0m0 a', 'finish 2 m0m0 a c'],
    ],
    [
      'an epoch turned back by hand: claimed, and given back',
      ['claim 1 k3f1 a', 'finish 1 k3f1 a c', 'claim 1 m0m0 a', 'giveback 1 m0m0 a'],
    ],
    [
      'two files of one run, put there by hand: one is held as a duplicate when it is claimed, the other runs',
      ['claim 1 k3f1 a', 'duplicate 1 k3f1 a', 'claim 1 m0m0 a', 'finish 1 m0m0 a c'],
    ],
    ['a dead process that took its claim line along', ['finish 1 k3f1 a c']],
    ['events without a dataset', ['start', 'stop', 'order']],
  ])('%s', (_, texts) => expect(violationsOf(texts)).toEqual([]));

  it('in any order', () => {
    const texts = [
      'post',
      'claim 1 k3f1 a',
      'lost 1 k3f1 a',
      'claim 2 m0m0 a',
      'finish 2 m0m0 a e',
      'publish 2 m0m0 a',
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(texts), (some) => {
        expect(violationsOf(some)).toEqual([]);
      }),
    );
  });
});

describe('what they may not say', () => {
  it.each([
    [
      'two claims of an epoch',
      ['claim 1 k3f1 a', 'claim 1 m0m0 a'],
      'I2: epoch 1 was claimed by process k3f1 for stage a, by process m0m0 for stage a',
    ],
    [
      'two claims of an epoch, and one that was held at once',
      ['claim 1 k3f1 a', 'duplicate 1 k3f1 a', 'claim 1 m0m0 a', 'claim 1 n0n0 a'],
      'I2: epoch 1 was claimed by process k3f1 for stage a, by process m0m0 for stage a, by process n0n0 for stage a',
    ],
    [
      'two finishes',
      ['claim 1 k3f1 a', 'finish 1 k3f1 a c', 'finish 1 k3f1 a f'],
      "I2: epoch 1 was finished as 'c' by process k3f1, as 'f' by process k3f1",
    ],
    [
      'finished and lost',
      ['claim 1 k3f1 a', 'lost 1 k3f1 a', 'finish 1 k3f1 a c'],
      'I2: epoch 1 was finished by process k3f1 and returned as lost as well',
    ],
    [
      'finished by another',
      ['claim 1 k3f1 a', 'finish 1 m0m0 a c'],
      'I2: epoch 1 was claimed by process k3f1 for stage a and finished by process m0m0 for stage a',
    ],
    [
      'finished for another stage',
      ['claim 1 k3f1 a', 'finish 1 k3f1 b c'],
      'I2: epoch 1 was claimed by process k3f1 for stage a and finished by process k3f1 for stage b',
    ],
    [
      'finished and thrown away',
      ['claim 1 k3f1 a', 'finish 1 k3f1 a c', 'discard 1 k3f1 a'],
      'I6: epoch 1 was finished, and its result was thrown away as well',
    ],
  ])('%s', (_, texts, expected) => expect(violationsOf(texts)).toEqual([expected]));

  it('names the run, and keeps datasets apart', () => {
    const runs = new Runs();
    runs.add(line('claim 1 k3f1 a', 'x'));
    runs.add(line('claim 1 m0m0 a', 'y'));
    runs.add(line('claim 1 z0z0 a', 'y'));
    runs.close();
    expect(runs.violations.map(({ where }) => where)).toEqual([`y ${POSTED}`]);
    expect([...runs].map(({ dataset, highestEpoch }) => [dataset, highestEpoch])).toEqual([
      ['x', 1],
      ['y', 1],
    ]);
  });
});
