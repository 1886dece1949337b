import { describe, expect, it } from 'vitest';
import { EventLog, isNotable, MOST_EVENTS, type Part, slimLine } from '../../src/history/events.ts';
import { line } from './journals.ts';

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);

describe('events that are told', () => {
  it.each<[boolean, string, object]>([
    ...['post', 'claim', 'publish', 'link', 'arrive', 'landed'].map((event): [boolean, string, object] => [
      false,
      event,
      {},
    ]),
    ...['c', 'e', 's'].map((outcome): [boolean, string, object] => [false, 'finish', { outcome }]),
    ...['f', 'h', '1', '9'].map((outcome): [boolean, string, object] => [true, 'finish', { outcome }]),
    [false, 'retention', { total: 0 }],
    [true, 'retention', { total: 3 }],
    ...(
      'lost discard giveback duplicate blocked unblocked suspect start stop order hold release repipe skip rank set ' +
      'remove rebuild quarantined what-a-later-version-writes'
    )
      .split(' ')
      .map((event): [boolean, string, object] => [true, event, {}]),
  ])('%s: %s %j', (wanted, event, more) => {
    expect(isNotable(line(NOW, event, more))).toBe(wanted);
  });
});

interface Given {
  readonly at: number;
  readonly event?: string;
  readonly part?: Part;
  readonly [more: string]: unknown;
}

function logOf(given: readonly Given[]): EventLog {
  const log = new EventLog();
  for (const { at, event = 'repipe', part = 'live', ...more } of given) {
    log.add(line(NOW + at, event, { by: 'ann', from: 'cf', to: 'cw', ...more }), NOW + at, part);
  }
  return log;
}

function told(log: EventLog): string[] {
  return log.events.map(({ t, event, count, dataset }) =>
    [Date.parse(t) - NOW, event, dataset, count].filter((part) => part !== undefined).join(' '),
  );
}

describe('runs of lines that tell the same', () => {
  it.each<[string, Given[], string[]]>([
    ['one line', [{ at: 0, dataset: 'a' }], ['0 repipe a']],
    [
      'a second apart',
      [
        { at: 0, dataset: 'a' },
        { at: 1000, dataset: 'b' },
      ],
      ['1000 repipe b 2'],
    ],
    ['more than a second apart', [{ at: 0 }, { at: 1001 }], ['0 repipe', '1001 repipe']],
    ['as long as each is near the next', [{ at: 0 }, { at: 900 }, { at: 1800 }], ['1800 repipe 3']],
    ['of other reasons', [{ at: 0 }, { at: 1, reason: 'x' }, { at: 2 }], ['1 repipe', '2 repipe 2']],
    ['of other letters', [{ at: 0 }, { at: 1, from: 'ff' }], ['0 repipe', '1 repipe']],
    [
      'of other stages',
      [
        { at: 0, stage: 'a' },
        { at: 1, stage: 'b' },
      ],
      ['0 repipe', '1 repipe'],
    ],
    ['of other events', [{ at: 0 }, { at: 1, event: 'hold' }], ['0 repipe', '1 hold']],
    ['earlier lines that are read later', [{ at: 500 }, { at: 0, part: 'past' }], ['500 repipe 2']],
    ['while others come in between', [{ at: 0 }, { at: 5, event: 'stop' }, { at: 10 }], ['5 stop', '10 repipe 2']],
    [
      'what is read of the past does not end a run that goes on',
      [{ at: 0 }, { at: -90_000, part: 'past' }, { at: -89_500, part: 'past' }, { at: 500 }],
      ['-89500 repipe 2', '500 repipe 2'],
    ],
  ])('%s', (_, given, wanted) => {
    expect(told(logOf(given))).toEqual(wanted);
  });

  it('do not push everything else out', () => {
    const bulk = Array.from({ length: 30_000 }, (_, number) => ({ at: 1000 + (number >> 3), dataset: `d${number}` }));
    const log = logOf([{ at: 0, event: 'hold' }, ...bulk]);
    expect(told(log)).toEqual(['0 hold', '4749 repipe d29999 30000']);
  });
});

describe('the list', () => {
  it('is in order of time, whatever the order of reading', () => {
    const log = logOf([5, 3, 9, 1, 9].map((second, index) => ({ at: second * 10_000, reason: `${index}` })));
    expect(told(log).map((one) => Number(one.split(' ')[0]) / 10_000)).toEqual([1, 3, 5, 9, 9]);
  });

  it('is the same until something is added', () => {
    const log = logOf([{ at: 0 }]);
    const before = log.events;
    expect(log.events).toBe(before);
    log.add(line(NOW, 'claim'), NOW, 'live');
    expect(log.events).toBe(before);
    log.add(line(NOW, 'stop'), NOW, 'live');
    expect(log.events).not.toBe(before);
  });

  it('is bounded: failures give way before what people did', () => {
    const failures = Array.from({ length: MOST_EVENTS + 100 }, (_, number) => ({
      at: 10_000 + number * 2000,
      event: 'finish',
      outcome: 'f',
      dataset: `d${number}`,
    }));
    const log = logOf([{ at: 0, event: 'hold' }, ...failures]);
    expect(log.events).toHaveLength(MOST_EVENTS);
    expect(told(log)[0]).toBe('0 hold');
    expect(told(log).at(-1)).toContain(`d${MOST_EVENTS + 99}`);
    const acts = Array.from({ length: MOST_EVENTS + 1 }, (_, number) => ({ at: number * 2000, event: 'hold' }));
    const first = told(logOf(acts))[0];
    expect(first).toBe('2000 hold');
  });

  it('does not keep pages of parameters', () => {
    const params = { list: new Array(1000).fill('x') };
    const long = line(NOW, 'set', { dataset: 'a', params, reason: 'r'.repeat(3000) });
    expect(slimLine(long, 100)).toBe(long);
    const slim = slimLine(long, 5000);
    expect(slim).toMatchObject({ dataset: 'a', event: 'set', t: long.t });
    expect(slim).not.toHaveProperty('params');
    expect(slim.reason).toHaveLength(501);
  });
});
