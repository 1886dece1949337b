import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wishesAmong } from '../../src/board/wishes.ts';
import { Keeping, STEADY_MS } from '../../src/host/keeping.ts';
import { type HostCode, Told } from '../../src/host/log.ts';
import { type Facts, type KeptProcess, planOf } from '../../src/host/plan.ts';

const process = (id: string, key: string, more: Partial<KeptProcess> = {}): KeptProcess => ({
  id,
  key,
  pid: 1,
  order: 'run',
  started: '2026-11-30T02:00:00.000Z',
  ...more,
});

function plan(files: readonly string[], more: Partial<Facts> = {}): ReturnType<typeof planOf> {
  const facts = { wanted: wishesAmong(files), stages: ['a', 'b'], running: [], starting: new Set<string>() };
  return planOf({ ...facts, waiting: new Set<string>(), ...more });
}

const starts = (files: readonly string[], more?: Partial<Facts>): string[] =>
  plan(files, more).start.map(([key]) => key);

describe('what is started', () => {
  it.each<[string, string[], Partial<Facts>, string[]]>([
    ['what is wanted and not there', ['a=4', 'b=1'], {}, ['a', 'b']],
    ['one process for several stages, beside one of its own', ['a=4', 'b+a=1'], {}, ['a', 'a+b']],
    ['not what is there', ['a=4'], { running: [process('k3f1', 'a')] }, []],
    [
      'not what is there and was told to leave, before it has',
      ['a=4'],
      { running: [process('k3f1', 'a', { order: 'drain' })] },
      [],
    ],
    ['not what is paused', ['a=4'], { running: [process('k3f1', 'a', { order: 'pause' })] }, []],
    ['not what has been started and is not up yet', ['a=4'], { starting: new Set(['a']) }, []],
    ['not what has just died', ['a=4'], { waiting: new Set(['a']) }, []],
    ['not what is scaled to nothing', ['a=0'], {}, []],
    ['nothing while the host is down', ['a=4', 'down'], {}, []],
    ['not what two files say', ['a=4', 'a=8', 'b=1'], {}, ['b']],
    ['not what two files say in another order', ['a+b=4', 'b+a=8'], {}, []],
    ['not a stage that the board has not', ['a=4', 'c=1', 'a+c=1'], {}, ['a']],
    ['nothing for names that are no wishes', ['readme', '.a=4', 'a=many', 'agent', 'logs'], {}, []],
  ])('%s', (_, files, more, expected) => expect(starts(files, more).sort()).toEqual(expected));
});

describe('what is wrong', () => {
  it('is told of contradictions, of foreign names and of stages that are not there', () => {
    const { faults, refused } = plan(['a=4', 'a=8', 'readme', 'c=1', 'down', 'logs', 'agent', '.hidden']);
    expect([...faults.keys()].sort()).toEqual(['a', 'c', 'readme']);
    expect(faults.get('a')).toContain('a=4 and a=8 contradict each other');
    expect([...refused.keys()]).toEqual(['c']);
  });

  it('is told once, when two looks agree, and again when it was over in between', () => {
    const said: [HostCode, string][] = [];
    const told = new Told((_, code, text) => said.push([code, text]));
    const faults = (...texts: string[]): Map<string, string> => new Map(texts.map((text, at) => [String(at), text]));
    const look = (...texts: string[]): void => told.tell('host-wish', faults(...texts));
    for (const texts of [['x'], ['x'], ['x'], ['y'], ['y'], [], ['y'], ['y'], ['y', 'z'], []]) look(...texts);
    expect(said.map(([, text]) => text)).toEqual(['x', 'y', 'y']);
  });
});

describe('several processes of one wish', () => {
  it('are drained but for the oldest; those that leave by themselves are let go', () => {
    const running = [
      process('aaaa', 'a', { started: '2026-11-30T02:00:02.000Z' }),
      process('bbbb', 'a', { started: '2026-11-30T02:00:01.000Z' }),
      process('cccc', 'a', { started: '2026-11-30T02:00:00.000Z', order: 'drain' }),
      process('dddd', 'b'),
    ];
    expect(plan(['a=1', 'b=1'], { running }).surplus).toEqual(['aaaa']);
  });

  it('leave exactly one, whoever looks and in whatever order', () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{4}$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(ids, fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 6, maxLength: 6 }), (names, seconds) => {
        const running = names.map((id, at) => process(id, 'a', { started: `2026-11-30T02:00:0${seconds[at]}.000Z` }));
        const surplus = plan(['a=1'], { running }).surplus;
        expect(surplus).toHaveLength(names.length - 1);
        expect(new Set(plan(['a=1'], { running: [...running].reverse() }).surplus)).toEqual(new Set(surplus));
      }),
    );
  });
});

describe('deaths in a row', () => {
  const backoff = { firstMs: 1_000, factor: 2, mostMs: 5_000 };

  it('make the pause longer, up to the longest, and it never gives up', () => {
    const keeping = new Keeping('a', backoff);
    const pauses = Array.from({ length: 6 }, (_, at) => {
      keeping.began(undefined, at * 10_000);
      return keeping.died('exit code 1', at * 10_000 + 1, 0.5);
    });
    expect(pauses).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    expect(keeping.deaths).toBe(6);
    expect(keeping.isWaiting(50_001 + 4_999)).toBe(true);
    expect(keeping.isWaiting(50_001 + 5_000)).toBe(false);
  });

  it('end with one that stays up', () => {
    const keeping = new Keeping('a', backoff);
    keeping.began(undefined, 0);
    keeping.died('exit code 1', 1);
    keeping.began(undefined, 2_000);
    keeping.runs(2_000 + STEADY_MS - 1);
    expect(keeping.deaths).toBe(1);
    keeping.runs(2_000 + STEADY_MS);
    expect(keeping.deaths).toBe(0);
    expect(keeping.died('exit code 1', 2_000 + STEADY_MS + 1, 0.5)).toBe(1_000);
    expect(keeping.deaths).toBe(1);
  });

  it('go on with what the agent before this one has written', () => {
    const keeping = new Keeping('a', backoff);
    keeping.recall(2, 'exit code 1', 3_000, 1_000);
    expect([keeping.isWaiting(3_999), keeping.isWaiting(4_000)]).toEqual([true, false]);
    keeping.began(undefined, 4_000);
    expect(keeping.died('exit code 1', 4_001, 0.5)).toBe(4_000);
    expect(keeping.deaths).toBe(3);
    keeping.recall(3, 'exit code 1', 0, 10_000);
    keeping.runs(10_000 + STEADY_MS);
    expect(keeping.deaths).toBe(0);
  });

  it('are forgotten by one that ends as it should', () => {
    const keeping = new Keeping('a', backoff);
    keeping.began(undefined, 0);
    keeping.died('exit code 1', 1);
    keeping.ended(5_000);
    expect(keeping.deaths).toBe(0);
    expect(keeping.isWaiting(5_999)).toBe(true);
    expect(keeping.isWaiting(6_000)).toBe(false);
  });
});
