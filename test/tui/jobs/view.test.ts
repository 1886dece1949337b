import { describe, expect, test } from 'vitest';
import { JobPast } from '../../../src/history/job-past.ts';
import { type JobsState, lineAt, linesIn, listOf } from '../../../src/tui/jobs/state.ts';
import { jobsView } from '../../../src/tui/jobs/view.ts';
import type { Context, Effect } from '../../../src/tui/view.ts';
import { fakeContext, fakeData, HEAD_ROWS, NOW_MS, paintLines, resized } from '../data.ts';
import { expectPaintsEverywhere, expectSoundBindings, HOSTILE } from '../sizes.ts';
import { ENTRIES, fakeJob, JOBS, POSTED, pastJobs } from './fixtures.ts';

function context(
  options: Parameters<typeof fakeData>[0] = {},
  common: Parameters<typeof fakeContext>[1] = {},
): Context {
  const processes = [
    { id: 'k3f1', host: 'node1' },
    { id: 'n2a1', host: 'node2', isDead: true },
  ];
  return fakeContext(
    fakeData({ jobs: JOBS, entries: ENTRIES, processes, past: { jobs: pastJobs() }, ...options }),
    common,
  );
}

function acts(at: Context, ...actions: string[]): JobsState {
  const first = jobsView.follow(jobsView.initial, at);
  return actions.reduce((now, action) => jobsView.act(now, action, at).state, first);
}

function effects(at: Context, state: JobsState, action: string): readonly Effect[] {
  return jobsView.act(state, action, at).effects ?? [];
}

const keyAt = (at: Context, state: JobsState): string | undefined => lineAt(state, linesIn(state, at))?.key;
const BY = { job: [], aggregate: ['nextGrouping'], state: ['nextGrouping', 'nextGrouping'], time: ['groupingBefore'] };

test.each([
  [80, 24, 'job', BY.job],
  [80, 24, 'aggregate', BY.aggregate],
  [80, 24, 'state', BY.state],
  [80, 24, 'time', BY.time],
  [200, 50, 'job', [...BY.job, 'down', 'mark', 'down']],
  [200, 50, 'aggregate', BY.aggregate],
  [200, 50, 'state', [...BY.state, 'down']],
  [200, 50, 'time', [...BY.time, 'longer']],
  [60, 15, 'job', [...BY.job, 'sort', 'details']],
])('screen %dx%d %s', async (cols, rows, name, actions) => {
  const at = resized(context(), cols, rows);
  await expect(`${paintLines(jobsView, acts(at, ...actions), at, cols, rows).join('\n')}\n`).toMatchFileSnapshot(
    `screens/${cols}x${rows}-${name}.txt`,
  );
});

const SINCE = new Date(NOW_MS - 132_000).toISOString();
const REFUSED = {
  what: 'refused' as const,
  engine: 'cluster',
  kind: 'slurm',
  stages: ['calibrate'],
  why: 'sbatch: error: invalid partition specified: nope',
  since: SINCE,
  again: new Date(NOW_MS + 30_000).toISOString(),
};
const refusing = (...engineTroubles: object[]): Parameters<typeof context>[0] => ({
  processes: [{ id: 'k3f1', content: { engineTroubles: engineTroubles as never } }],
});

describe('what an engine refuses', () => {
  test.each([
    [80, 24, 'refused', {}],
    [80, 24, 'refused-empty', { jobs: [] }],
    [60, 15, 'refused', {}],
  ])('screen %dx%d %s', async (cols, rows, name, more) => {
    const at = resized(context({ ...refusing(REFUSED), ...more }), cols, rows);
    await expect(`${paintLines(jobsView, acts(at), at, cols, rows).join('\n')}\n`).toMatchFileSnapshot(
      `screens/${cols}x${rows}-${name}.txt`,
    );
  });

  test('stands above the list, which the mouse finds below it', () => {
    const at = context(refusing(REFUSED));
    const lines = paintLines(jobsView, acts(at), at);
    const first = lines.findIndex((line) => line.includes('g0001'));
    const { state } = jobsView.mouse(acts(at), { kind: 'click', x: 5, y: HEAD_ROWS + first + 2 }, at);
    expect(keyAt(at, state)).toBe(`g0003 ${POSTED} 2`);
  });

  test('of many a line each, and of more how many', () => {
    const of = (count: number): string[] =>
      paintLines(jobsView, acts(context(refusing(...many(count)))), context(refusing(...many(count))));
    const many = (count: number): object[] =>
      Array.from({ length: count }, (_, index) => ({ ...REFUSED, engine: `e${index}` }));
    expect(of(4).filter((line) => line.includes('refuses jobs of calibrate'))).toHaveLength(4);
    expect(of(9).filter((line) => line.includes('refuses'))).toHaveLength(5);
    expect(of(9).join('\n')).toContain('4 more engines like that');
  });
});

test('its keys are sound, and those that change something say so', () => {
  expectSoundBindings(jobsView);
  const mutating = jobsView.bindings.filter(({ mutates }) => mutates).map(({ keys, action }) => `${keys} ${action}`);
  expect(mutating).toEqual(['H hold', 'U release', 'R repipe']);
});

test('it paints on screens of all sizes, whatever engines say', () => {
  const hostile = fakeJob('g9', 'held', {
    why: HOSTILE,
    node: HOSTILE,
    engine: HOSTILE,
    job: HOSTILE,
    process: HOSTILE,
    of: HOSTILE,
    peakMb: Number.NaN,
    submittedMs: Number.NaN,
    startedMs: 1e18,
  });
  const many = Array.from({ length: 60 }, (_, index) =>
    fakeJob(`m${index}`, 'running', { node: `${HOSTILE}${index}` }),
  );
  const told = [0, 1].map((n) => ({
    ...REFUSED,
    engine: `${n}${HOSTILE}`,
    why: HOSTILE,
    stages: [HOSTILE],
    since: HOSTILE,
  }));
  const data = fakeData({ jobs: [hostile, ...JOBS, ...many], past: { jobs: pastJobs() }, ...refusing(...told) });
  for (const actions of Object.values(BY))
    expectPaintsEverywhere(jobsView, data, (at) => acts(at, ...actions, 'down', 'mark'));
});

describe('empty', () => {
  test('says why, and does nothing', () => {
    const at = context({ jobs: [], past: { jobs: new JobPast() } });
    expect(paintLines(jobsView, acts(at), at).join('\n')).toContain('no job is with an engine');
    for (const { action } of jobsView.bindings)
      expect(effects(at, acts(at), action).filter(({ kind }) => kind === 'open' || kind === 'openLog')).toEqual([]);
  });

  test('says that it is still reading, or that nothing is like the filter', () => {
    const reading = fakeContext(fakeData({}));
    expect(paintLines(jobsView, jobsView.initial, reading).join('\n')).toContain('reading the jobs');
    const at = context({}, { jobFilter: 'nowhere' });
    expect(paintLines(jobsView, acts(at), at).join('\n')).toContain("no job is like that: 'a' shows all of them");
  });
});

describe('the four groupings', () => {
  test('come one after the other, each with its own cursor', () => {
    const at = context();
    const state = acts(at, 'down', 'down', 'nextGrouping', 'down');
    expect(keyAt(at, state)).toBe('of orbit8');
    expect(keyAt(at, acts(at, 'down', 'down', 'nextGrouping', 'down', 'groupingBefore'))).toBe(`g0003 ${POSTED} 2`);
    const titles = ['nextGrouping', 'nextGrouping', 'nextGrouping', 'nextGrouping'].map(
      (_, index, all) => paintLines(jobsView, acts(at, ...all.slice(0, index + 1)), at)[0]?.match(/\[(.*?)\]/)?.[1],
    );
    expect(titles).toEqual(['by aggregate', 'by state', 'over time', 'by job']);
  });

  test.each([
    ['an aggregate', ['nextGrouping'], 'open', ['g0001', 'g0002', 'g0007'], 'only orbit7'],
    ['those of no entry', ['nextGrouping', 'down', 'down'], 'open', ['g0006', 'g0009', 'g0010'], 'only (no entry)'],
    ['a state', ['nextGrouping', 'nextGrouping', 'down', 'down'], 'open', ['g0002', 'g0003'], 'only running n2'],
  ])('Enter shows the jobs of %s, Escape goes back', (_, actions, action, datasets, told) => {
    const at = resized(context(), 160, 40);
    const state = acts(at, ...actions, action);
    expect(linesIn(state, at).shown.map(({ dataset }) => dataset)).toEqual(datasets);
    expect(paintLines(jobsView, state, at, 160, 40)[0]).toContain(told);
    const after = jobsView.act(state, 'back', at).state;
    expect([after.grouping, after.only]).toEqual([acts(at, ...actions).grouping, undefined]);
  });

  test('what has ended, and time, have no jobs to show', () => {
    const at = context();
    expect(effects(at, acts(at, 'nextGrouping', 'nextGrouping', 'last'), 'open')).toMatchObject([{ kind: 'toast' }]);
    expect(effects(at, acts(at, 'groupingBefore'), 'open')).toEqual([]);
    expect(effects(at, acts(at, 'groupingBefore'), 'hold')).toMatchObject([{ kind: 'toast' }]);
  });
});

test('over time, the latest step stays in sight, also of another range', () => {
  const at = context();
  const state = acts(at, 'groupingBefore');
  const later = context({ nowMs: NOW_MS + 600_000 });
  expect(keyAt(later, jobsView.follow(state, later))).toBe(String(NOW_MS + 600_000 - ((NOW_MS + 600_000) % 600_000)));
  const longer = acts(at, 'groupingBefore', 'pageDown', 'longer');
  expect([listOf(longer).top, listOf(longer).index]).toEqual([0, 0]);
  // Who looks at another one goes on looking at that.
  const left = acts(at, 'groupingBefore', 'down');
  expect(keyAt(later, jobsView.follow(left, later))).toBe(keyAt(at, left));
});

describe('a job', () => {
  test.each([
    ['sort', 'state', 'g0007'],
    ['sort sort', 'wait', 'g0004'],
    ['sort sort sort', 'run', 'g0003'],
    ['sort sort sort sort', 'peak', 'g0001'],
    ['reverse', 'dataset', 'g0010'],
  ])('%s: by %s', (actions, _, first) => {
    const at = context();
    const state = acts(at, ...actions.split(' '));
    expect(linesIn(state, at).lines[0]?.key).toBe(`${first} ${POSTED} 2`);
  });

  test.each([
    ['n2 running', ['g0002', 'g0003']],
    ['resources -orbit8', []],
    ['17_3', ['g0004']],
    ['walltime', ['g0008']],
    ['-orbit7 -orbit8 -', ['g0006', 'g0009', 'g0010']],
  ])('the filter %j', (jobFilter, datasets) => {
    const at = context({}, { jobFilter });
    expect(linesIn(acts(at), at).shown.map(({ dataset }) => dataset)).toEqual(datasets);
  });

  test('trouble alone, and all again', () => {
    const at = context();
    const state = acts(at, 'trouble');
    expect(linesIn(state, at).shown.map(({ dataset }) => dataset)).toEqual(['g0007', 'g0008', 'g0009', 'g0010']);
    expect(linesIn(jobsView.act(state, 'all', at).state, at).shown).toHaveLength(JOBS.length);
  });

  test('has its log, its entry, its number', () => {
    const at = context();
    const state = acts(at, 'down');
    const of = { dataset: 'g0002', posted: POSTED, stage: 'calibrate', epoch: 2 };
    expect(effects(at, state, 'log')).toEqual([
      { kind: 'openLog', ...of },
      { kind: 'open', layer: { name: 'log', dataset: 'g0002' } },
    ]);
    expect(effects(at, state, 'open')).toEqual([
      { kind: 'filter', text: '/^g0002$/' },
      { kind: 'view', view: 'board' },
    ]);
    expect(effects(at, state, 'copy')).toEqual([{ kind: 'copy', text: '17_1', what: '1 number' }]);
    expect(effects(at, acts(at, 'nextGrouping'), 'log')).toMatchObject([{ kind: 'toast', isError: true }]);
  });

  test.each([
    ['hold', ['down'], ['g0002'], 'cursor'],
    ['repipe', ['mark', 'down', 'mark'], ['g0001', 'g0003'], 'marks'],
    ['hold', ['nextGrouping'], ['g0001', 'g0002', 'g0007'], 'marks'],
    ['release', ['markAll'], JOBS.slice(0, 7).map(({ dataset }) => dataset), 'marks'],
  ])('%s after %j is about %j', (verb, actions, datasets, scope) => {
    const at = context();
    const keys = datasets.map((dataset) => `${dataset} ${POSTED}`);
    const ask = { verb, keys, scope, filter: '', stage: 'calibrate' };
    expect(effects(at, acts(at, ...actions), verb)).toEqual([{ kind: 'open', layer: { name: 'verb', ask } }]);
  });

  test('is left alone by who only looks, and if its entry is gone', () => {
    const at = context({}, { isReadOnly: true });
    expect(effects(at, acts(at), 'hold')).toMatchObject([{ kind: 'toast', isError: true }]);
    expect(effects(context(), acts(context(), 'last'), 'hold')).toMatchObject([{ kind: 'toast', isError: true }]);
  });

  test('whose process is dead says so', () => {
    const at = resized(context(), 120, 40);
    const text = paintLines(jobsView, acts(at, 'last', 'up'), at, 120, 40).join('\n');
    expect(text).toContain('process n2a1 on node2 is DEAD');
  });

  test('keeps the cursor when others come and go; marks of what is gone count no more', () => {
    const at = context();
    const state = acts(at, 'mark', 'down', 'mark');
    const less = context({ jobs: JOBS.slice(2) });
    const next = jobsView.follow(state, less);
    expect(keyAt(less, next)).toBe(`g0004 ${POSTED} 2`);
    expect([...listOf(next).marks]).toEqual([`g0003 ${POSTED} 2`]);
  });
});

test('the mouse takes a line and a grouping, the wheel scrolls', () => {
  const at = context();
  const click = (x: number, y: number): JobsState =>
    jobsView.mouse(acts(at), { kind: 'click', x, y: HEAD_ROWS + y }, at).state;
  expect(keyAt(at, click(5, 4))).toBe(`g0003 ${POSTED} 2`);
  expect(click(12, 0).grouping).toBe('aggregate');
  expect(click(3, 0).grouping).toBe('job');
  expect(jobsView.mouse(acts(at), { kind: 'wheeldown', x: 5, y: HEAD_ROWS + 4 }, at).state).toBeDefined();
});

test('5,000 jobs are put together once, not with each key', () => {
  const jobs = Array.from({ length: 5_000 }, (_, index) =>
    fakeJob(`g${String(index).padStart(5, '0')}`, index % 2 === 0 ? 'running' : 'pending', { node: `n${index % 20}` }),
  );
  const at = context({ jobs });
  const first = linesIn(acts(at), at);
  expect(linesIn(acts(at, 'down', 'pageDown'), at)).toBe(first);
  expect(first.lines).toHaveLength(5_000);
  // Another array of jobs is another list.
  const other = context({ jobs: [...jobs], nowMs: NOW_MS });
  expect(linesIn(acts(other), other)).not.toBe(first);
});
