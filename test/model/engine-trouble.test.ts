import { describe, expect, it } from 'vitest';
import {
  type EngineTrouble,
  fitTroubles,
  parseTroubles,
  togetherTold,
  troubleWords,
} from '../../src/model/engine-trouble.ts';

const NOW_MS = Date.UTC(2026, 10, 30, 7, 30);
const REFUSED: EngineTrouble = {
  what: 'refused',
  engine: 'cluster',
  kind: 'slurm',
  stages: ['calibrate'],
  why: 'sbatch: error: invalid partition specified: nope',
  since: '2026-11-30T07:28:00.000Z',
  again: '2026-11-30T07:30:30.000Z',
};
const DOWN: EngineTrouble = {
  what: 'down',
  engine: 'pool',
  kind: 'htcondor',
  stages: [],
  why: 'condor_q: no answer',
  since: REFUSED.since,
};

const words = (one: EngineTrouble, ...ids: string[]): readonly string[] => {
  const told = togetherTold(ids.map((id) => ({ id, host: `n${id.length}`, troubles: [one] })))[0];
  if (told === undefined) throw new Error('nothing is told');
  const { head, why, advice } = troubleWords(told, NOW_MS, (ms) => new Date(ms).toISOString().slice(11, 16));
  return [head, why, advice];
};

describe('in words', () => {
  it.each<[string, EngineTrouble, string[], RegExp, RegExp]>([
    [
      'refused',
      REFUSED,
      ['k3f1'],
      /^engine cluster refuses jobs of calibrate, since 07:28 \(2m\)$/,
      /^mend what it names .* 'slate order k3f1 reload': it is tried again then, or at 07:30; the entries wait$/,
    ],
    [
      'refused, in many processes',
      REFUSED,
      ['a', 'b', 'c', 'd'],
      /refuses jobs of calibrate/,
      /'slate order --all reload'/,
    ],
    [
      'down',
      DOWN,
      ['k3f1'],
      /^engine pool can't be asked, since 07:28 \(2m\)$/,
      /^see that 'condor_q' answers on n4; /,
    ],
    ['down, at a site', { ...DOWN, kind: 'pbs', site: 'far' }, ['k3f1'], /can't/, /'qstat' answers on site far, as n4/],
    [
      'missing',
      { ...DOWN, what: 'missing' },
      ['k3f1'],
      /^engine pool is not in engines\.yaml any more, since/,
      /^put it back into engines\.yaml; or hold/,
    ],
    ['since a time that is none', { ...DOWN, since: 'then' }, ['k3f1'], /^engine pool can't be asked$/, /condor_q/],
  ])('%s', (_what, one, ids, head, advice) => {
    const [first, why, last] = words(one, ...ids);
    expect(first).toMatch(head);
    expect(why).toBe(one.why);
    expect(last).toMatch(advice);
  });
});

it('what several processes say is told once, since the first and until the next; what is down comes first', () => {
  const later = { ...REFUSED, stages: ['split', 'calibrate'], since: '2026-11-30T07:29:00.000Z' };
  const told = togetherTold([
    { id: 'aaaa', host: 'n1', troubles: [later] },
    { id: 'bbbb', host: 'n2', troubles: [REFUSED, DOWN] },
    { id: 'cccc', host: 'n3', troubles: [{ ...REFUSED, why: 'another' }] },
  ]);
  expect(
    told.map(({ engine, stages, since, processes }) => [engine, stages, since, processes.map(({ id }) => id)]),
  ).toEqual([
    ['pool', [], DOWN.since, ['bbbb']],
    ['cluster', ['split', 'calibrate'], REFUSED.since, ['aaaa', 'bbbb']],
    ['cluster', ['calibrate'], REFUSED.since, ['cccc']],
  ]);
});

it.each<[string, unknown, number]>([
  ['what was written', [REFUSED, { ...DOWN, site: 'far' }], 2],
  ['nothing', undefined, 0],
  ['a text', 'refused', 0],
  ['what has no form', [null, 7, {}, { ...REFUSED, what: 'odd' }, { ...REFUSED, stages: 'a' }], 0],
  [
    'texts that are none',
    [
      { ...REFUSED, why: 7 },
      { ...REFUSED, again: 7 },
      { ...REFUSED, stages: [7] },
    ],
    0,
  ],
])('reads %s', (_what, value, count) => {
  expect(parseTroubles(JSON.parse(JSON.stringify(value ?? null)))).toHaveLength(count);
});

it('fits into a status file', () => {
  const many = fitTroubles(Array.from({ length: 20 }, () => ({ ...REFUSED, why: 'w'.repeat(5_000) })));
  expect(JSON.stringify(many).length).toBeLessThan(2_000);
});
