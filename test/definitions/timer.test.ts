import { describe, expect, it } from 'vitest';
import { formatFault } from '../../src/definitions/fault.ts';
import { loadHome, loadPipeline } from '../../src/definitions/load.ts';
import { timerContext, timerTemplates } from '../../src/definitions/timer.ts';
import { homeOf, pipeline, stage } from './home.ts';

function homeWith(...timers: readonly string[]): string {
  const more = `timers:\n${timers.map((timer) => `  - ${timer}\n`).join('')}`;
  return homeOf({
    'pipelines/p.yaml': pipeline('p', ['a', 'b'], more),
    'stages/a.yaml': stage('a'),
    'stages/b.yaml': stage('b'),
  });
}

const timersOf = (...timers: readonly string[]) => loadPipeline(homeWith(...timers), 'p').pipeline.timers;
const faultsOf = (...timers: readonly string[]) => loadHome(homeWith(...timers)).faults.map(formatFault);

describe('a timer', () => {
  it('has defaults', () => {
    expect(timersOf('{timer: tick, every: 15m}')).toEqual([
      {
        name: 'tick',
        timing: { kind: 'every', ms: 900_000 },
        dataset: '{{ timer }}-{{ time }}',
        class: '-',
        rank: '50',
        params: {},
        stage: undefined,
        missed: 'last',
        overlap: 'skip',
        jitterMs: 0,
      },
    ]);
    expect(timersOf("{timer: t, cron: '0 3 * * *', missed: all, rank: 05, jitter: 10m, stage: b}")).toMatchObject([
      {
        timing: { kind: 'cron', pattern: '0 3 * * *', zone: 'UTC' },
        overlap: 'queue',
        rank: '05',
        jitterMs: 600_000,
        stage: 'b',
      },
    ]);
  });

  it('makes dataset and parameters of its time', () => {
    const [timer] = timersOf(
      "{timer: night, cron: '30 0 * * *', zone: Europe/Berlin, dataset: 'n-{{ date }}', params: {p: '{{ board }} {{ pipeline }} {{ time }}'}}",
    );
    if (timer === undefined) throw new Error('no timer');
    const context = timerContext(timer, Date.UTC(2026, 10, 29, 23, 30), 'b', 'p');
    expect(timerTemplates(timer).dataset(context)).toBe('n-2026-11-30');
    expect(timerTemplates(timer).params(context)).toEqual({ p: 'b p 20261129T233000' });
  });

  it.each<[string, RegExp]>([
    ['{timer: t}', /:6:5: .*has no time.*give one of every/],
    ["{timer: t, every: 5m, cron: '0 3 * * *'}", /has two times/],
    ['{timer: t, every: 1500ms}', /'every' must be whole seconds, at least 1s, not 1500ms/],
    ['{timer: t, every: 0s}', /'every' must be whole seconds/],
    ['{timer: t, every: soon}', /a duration with a unit/],
    ["{timer: t, cron: '61 * * * *'}", /'61 \* \* \* \*' is no time that comes: Invalid value for minute: 61/],
    ["{timer: t, cron: '0 0 30 2 *'}", /is no time that comes: never comes/],
    [
      "{timer: t, cron: '0 3 * * *', zone: Europe/Berln}",
      /'Europe\/Berln' is no time zone.*did you mean 'Europe\/Berlin'/,
    ],
    ['{timer: t, every: 5m, zone: Europe/Berlin}', /'zone' goes with cron/],
    ['{timer: t, every: 5m, stage: c}', /the pipeline has no stage 'c'.*it has a, b/],
    ['{timer: t, every: 5m, missed: all, overlap: skip}', /'overlap: skip' goes ill with 'missed: all'/],
    ['{timer: t, every: 5m, jitter: 6m}', /'jitter' is longer than the 5m between two firings/],
    ["{timer: t, cron: '0 3,4 * * *', jitter: 2h}", /'jitter' is longer than the 1h between two firings/],
    [
      "{timer: t, every: 5m, dataset: 'x {{ time }}'}",
      /'dataset' makes 'x 20261121T120000': a dataset may not contain a space/,
    ],
    ["{timer: t, every: 5m, dataset: '{{ name }}'}", /'name'/],
    ["{timer: t, every: 5m, class: 'A'}", /'class' makes 'A': a class may not/],
    ["{timer: t, every: 5m, rank: '{{ timer }}'}", /'rank' makes 't': a rank is two digits/],
    ['{timer: T, every: 5m}', /'timers\[0\].timer' must be a name/],
    ['{timer: t, every: 5m, mised: all}', /unknown key 'mised'.*did you mean 'missed'/],
    ['{timer: t, every: 5m, missed: latest}', /'timers\[0\].missed' must be one of skip, last, all/],
  ])('%s is refused', (timer, message) => {
    const faults = faultsOf(timer);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(message);
    expect(faults[0]).toMatch(/^pipelines\/p\.yaml:6:/);
  });

  it('has a name of its own', () => {
    expect(faultsOf('{timer: t, every: 5m}', '{timer: t, every: 6m}')).toEqual([
      expect.stringMatching(/:7:.*there is another timer 't'/),
    ]);
  });
});
