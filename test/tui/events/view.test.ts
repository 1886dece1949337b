import { describe, expect, test } from 'vitest';
import type { JournalLine } from '../../../src/board/journal.ts';
import { Row } from '../../../src/board/rows.ts';
import { compileFilter, filterWords } from '../../../src/model/filter.ts';
import { eventWord, toneOf } from '../../../src/tui/events/kinds.ts';
import { eventTable } from '../../../src/tui/events/rows.ts';
import { newEvents, rowsOf } from '../../../src/tui/events/state.ts';
import { type EventsState, eventsView } from '../../../src/tui/events/view.ts';
import { datasetFilter, textOf } from '../../../src/tui/events/words.ts';
import { cursorIndex } from '../../../src/tui/list.ts';
import type { Context } from '../../../src/tui/view.ts';
import { fakeContext, fakeData, fakeWish, HEAD_ROWS, located, NOW_MS, paintLines, resized } from '../data.ts';
import { expectPaintsEverywhere, expectSoundBindings, HARMFUL, HOSTILE } from '../sizes.ts';

function line(minutes: number, event: JournalLine['event'], more: Partial<JournalLine> = {}): JournalLine {
  return { t: new Date(NOW_MS - minutes * 60_000).toISOString(), event, host: 'node1', by: 'ann', ...more };
}

const run = { posted: '20261121T120000', class: 'acs' };
const EVENTS: readonly JournalLine[] = [
  line(1500, 'start', { by: 'k3f1', process: 'k3f1', stages: ['verify'], pid: 4711, version: '0.1.0' }),
  line(90, 'post', { dataset: 'j8a20101q', ...run, rank: 50, to: 'w____', folder: 'queue' }),
  line(80, 'finish', {
    dataset: 'j8a20101q',
    ...run,
    by: 'k3f1',
    process: 'k3f1',
    stage: 'detect',
    column: 3,
    epoch: 3,
    try: 1,
    from: 'ccp__',
    to: 'ccf__',
    folder: 'failed',
    outcome: 'f',
    code: 2,
    seconds: 12.3456,
    reason: 'bad header NAXIS',
  }),
  line(70, 'lost', { dataset: 'j8a20102q', ...run, stage: 'calibrate', by: 'a1b2', host: 'node2', epoch: 2 }),
  line(60, 'hold', {
    dataset: 'j8a20103q',
    ...run,
    from: 'w____',
    to: 'h____',
    folder: 'held',
    reason: 'wait for flats',
  }),
  line(50, 'repipe', {
    dataset: 'j8a20101q',
    ...run,
    stage: 'detect',
    from: 'ccf__',
    to: 'ccw__',
    folder: 'active',
    count: 137,
  }),
  line(40, 'blocked', { by: 'zz99', host: 'node2', process: 'zz99', reason: 'no space left on /data (ENOSPC)' }),
  line(20, 'order', { process: 'k3f1', from: 'run', to: 'drain', reason: 'reboot' }),
  line(10, 'release', { dataset: 'j8a20103q', ...run, from: 'h____', to: 'w____', folder: 'queue' }),
];

function context(
  events = EVENTS,
  common: Parameters<typeof fakeContext>[1] = {},
  entries: readonly string[] = [],
): Context {
  return fakeContext(fakeData({ events, entries }), common);
}

function acts(at: Context, ...actions: string[]): EventsState {
  const first = eventsView.follow(eventsView.initial, at);
  return actions.reduce((now, action) => eventsView.act(now, action, at).state, first);
}

test.each([
  [80, 24, 'all', []],
  [120, 32, 'all', ['up', 'up']],
  [120, 32, 'failures', ['failures']],
  [200, 50, 'operators', ['operators']],
  [60, 15, 'all', []],
])('screen %dx%d %s', async (cols, rows, name, actions) => {
  const at = resized(context(), cols, rows);
  await expect(`${paintLines(eventsView, acts(at, ...actions), at, cols, rows).join('\n')}\n`).toMatchFileSnapshot(
    `screens/${cols}x${rows}-${name}.txt`,
  );
});

test('its keys are sound, and only the undoing changes the board', () => {
  expectSoundBindings(eventsView);
  expect(eventsView.bindings.filter(({ mutates }) => mutates).map(({ action }) => action)).toEqual(['undo']);
});

test('it paints on screens of all sizes, whatever the journal holds', () => {
  const hostile: JournalLine[] = [
    line(9, 'hold', {
      dataset: HOSTILE,
      stage: HOSTILE,
      by: HOSTILE,
      host: HOSTILE,
      reason: HOSTILE,
      [HOSTILE]: HOSTILE,
    }),
    line(8, 'constructor' as 'hold', { dataset: 7 as unknown as string, stage: null as unknown as string }),
    line(7, '__proto__' as 'hold', { by: undefined as unknown as string, host: {} as unknown as string }),
    line(6, HOSTILE as 'hold', { reason: 7 as unknown as string, count: HOSTILE }),
  ];
  expectPaintsEverywhere(eventsView, fakeData({ events: [...EVENTS, ...hostile] }), (at) => acts(at));
  expectPaintsEverywhere(eventsView, fakeData({ events: [] }), (at) => acts(at, 'failures'));
  const at = context(hostile);
  for (const { action } of eventsView.bindings) {
    for (let row = 0; row < hostile.length; row++) {
      const state = acts(at, 'first', ...Array<string>(row).fill('down'));
      const { effects = [] } = eventsView.act(state, action, at);
      // What is told to people is painted; all else goes out as it is.
      const texts = effects.filter(({ kind }) => kind !== 'toast').flatMap((effect) => Object.values(effect));
      for (const text of texts) expect(String(text)).not.toMatch(HARMFUL);
    }
  }
});

test.each([
  [{ events: [] }, [], 'nothing to tell yet: what fails, and what people do, is told here'],
  [{ events: [] }, ['failures'], "nothing has failed or was lost as far as the journals go back: 'a' shows all events"],
  [{ events: [] }, ['operators'], "nobody has done anything as far as the journals go back: 'a' shows all events"],
  [{ events: [], past: { isComplete: false, progress: 0.2 } }, [], 'reading the journals: 20 %'],
])('empty: %j %j', (options, actions, text) => {
  const at = resized(fakeContext(fakeData(options)), 120, 24);
  expect(paintLines(eventsView, acts(at, ...actions), at, 120, 24)[2]).toBe(` ${text}`);
});

describe('kinds', () => {
  test.each([
    ['finish', { outcome: 'f' }, 'bad', 'FAILED'],
    ['finish', { outcome: '2' }, 'retry', 'retry'],
    ['finish', { outcome: 'h' }, 'warn', 'held'],
    ['finish', { outcome: 'c' }, 'plain', 'finish'],
    ['lost', {}, 'bad', 'lost'],
    ['blocked', {}, 'bad', 'blocked'],
    ['suspect', {}, 'bad', 'suspect'],
    ['stop', { reason: 'disk' }, 'bad', 'stop'],
    ['stop', { reason: 'drain' }, 'dim', 'stop'],
    ['hold', {}, 'warn', 'hold'],
    ['release', {}, 'accent', 'release'],
    ['repipe', {}, 'accent', 'repipe'],
    ['order', {}, 'dim', 'order'],
    ['start', {}, 'dim', 'start'],
    ['toString', {}, 'plain', 'toString'],
  ])('%s %j', (event, more, tone, word) => {
    const told = line(1, event as JournalLine['event'], more);
    expect([toneOf(told), eventWord(told)]).toEqual([tone, word]);
  });

  test('a choice shows those of its kind, in order', () => {
    const words = (...actions: string[]) => {
      const at = context();
      const rows = rowsOf(acts(at, ...actions), at);
      return Array.from({ length: rows.length }, (_, index) => rows.at(index)?.event);
    };
    expect(words('failures')).toEqual(['finish', 'lost', 'blocked']);
    expect(words('operators')).toEqual(['post', 'hold', 'repipe', 'order', 'release']);
    expect(words('failures', 'all')).toHaveLength(EVENTS.length);
  });
});

describe('keys of rows', () => {
  const twin = line(5, 'hold', { dataset: 'x', by: 'ann' });

  test('differ for lines that are alike, and stay when others come before and after', () => {
    const keysOf = (events: readonly JournalLine[]) => {
      const { all } = eventTable(events);
      return events.map((one, index) => [one, all.keyAt(index)] as const);
    };
    const before = new Map(keysOf([...EVENTS, twin]));
    const after = keysOf([...EVENTS.slice(2), twin, { ...twin }, line(0, 'stop')]);
    for (const [one, key] of after) if (before.has(one)) expect(key).toBe(before.get(one));
    expect(new Set(after.map(([, key]) => key)).size).toBe(after.length);
  });

  test('a list that has grown in place is seen', () => {
    const events = [...EVENTS];
    expect(eventTable(events)).toBe(eventTable(events));
    const before = eventTable(events).all.length;
    events.push(twin);
    expect(eventTable(events).all.length).toBe(before + 1);
    events.shift();
    events.push({ ...twin, reason: 'other' });
    expect(eventTable(events).all.at(events.length - 1)?.reason).toBe('other');
  });
});

describe('following', () => {
  const many = Array.from({ length: 100 }, (_, index) => line(200 - index, 'hold', { dataset: `d${index}` }));
  const later = [...many, line(3, 'release', { dataset: 'new' }), line(2, 'lost', { dataset: 'new' })];
  const at = context(many);
  const then = context(later);
  const cursor = (state: EventsState, where: Context) => {
    const rows = rowsOf(state, where);
    return rows.at(cursorIndex(state.list, rows))?.dataset;
  };

  test('the latest is at the bottom, and so are those that come', () => {
    expect(cursor(acts(at), at)).toBe('d99');
    const state = eventsView.follow(acts(at), then);
    expect(cursor(state, then)).toBe('new');
    const lines = paintLines(eventsView, state, then);
    expect(lines.findLastIndex((text) => text.startsWith('▸'))).toBe(lines.length - 3);
    expect(lines[0]).toMatch(/ following$/);
  });

  test.each([
    ['a key', (state: EventsState) => eventsView.act(state, 'up', at).state, 'd98'],
    ['the wheel', (state: EventsState) => eventsView.mouse(state, { kind: 'wheelup', x: 0, y: 9 }, at).state, 'd96'],
    [
      'a click',
      (state: EventsState) => eventsView.mouse(state, { kind: 'click', x: 9, y: HEAD_ROWS + 4 }, at).state,
      'd86',
    ],
  ])('%s away from the latest stops it, and what comes is counted', (_, leave, where) => {
    const left = leave(acts(at));
    expect(cursor(left, at)).toBe(where);
    expect(paintLines(eventsView, left, at)[0]).toMatch(/ stands still: G goes on$/);
    const state = eventsView.follow(left, then);
    expect(cursor(state, then)).toBe(where);
    expect(state.list.top).toBe(left.list.top);
    expect(paintLines(eventsView, state, then)[0]).toMatch(/ 2 new: G shows them$/);
    const failures = eventsView.act(state, 'failures', then).state;
    expect(newEvents(failures, then)).toBe(1);
    const back = eventsView.act(state, 'last', then).state;
    expect([cursor(back, then), back.left, newEvents(back, then)]).toEqual(['new', undefined, 0]);
  });

  test('the last row alone does not start it again', () => {
    const state = acts(at, 'up', 'down');
    expect(cursor(state, at)).toBe('d99');
    expect(cursor(eventsView.follow(state, then), then)).toBe('d99');
  });

  test('a step down on the latest does not stop it', () => {
    expect(acts(at, 'down').left).toBeUndefined();
    expect(eventsView.mouse(acts(at), { kind: 'wheeldown', x: 0, y: 9 }, at).state.left).toBeUndefined();
  });

  test('when all that was seen is no longer held, all is new', () => {
    const others = context([line(1, 'lost', { dataset: 'other' })]);
    expect(newEvents(eventsView.follow(acts(at, 'up'), others), others)).toBe(1);
  });

  test('a run that goes on growing is one new event', () => {
    const grown = {
      ...line(199 - 99, 'hold', { dataset: 'd99' }),
      t: '2026-11-21T14:00:00.000Z',
      dataset: 'd100',
      count: 2,
    };
    const where = context([...many.slice(0, -1), grown]);
    expect(newEvents(eventsView.follow(acts(at, 'up'), where), where)).toBe(1);
  });

  test('another choice keeps the event of the cursor if it is in it', () => {
    const state = acts(at, 'first', 'operators');
    expect(cursor(state, at)).toBe('d0');
    expect(cursor(eventsView.act(acts(then, 'first'), 'failures', then).state, then)).toBe('new');
  });
});

describe('acts on an event', () => {
  const effects = (at: Context, row: number, action: string) =>
    eventsView.act(acts(at, 'first', ...Array<string>(row).fill('down')), action, at).effects;
  const held = 'held/50.20261121T120000.h____.001.acs.j8a20103q';
  const [FAILED, HOLD, REPIPE, BLOCKED, RELEASE] = [2, 4, 5, 6, 8];

  test('shows the dataset, and only that, on the board', () => {
    expect(effects(context(), FAILED, 'board')).toEqual([
      { kind: 'filter', text: '/^j8a20101q$/' },
      { kind: 'view', view: 'board' },
    ]);
    expect(effects(context(), BLOCKED, 'board')).toEqual([
      { kind: 'toast', text: "'blocked' tells of no dataset", isError: true },
    ]);
  });

  test('shows the log of the try that it tells of', () => {
    expect(effects(context(), FAILED, 'log')).toEqual([
      { kind: 'openLog', dataset: 'j8a20101q', posted: '20261121T120000', stage: 'detect', epoch: 3 },
      { kind: 'open', layer: { name: 'log', dataset: 'j8a20101q' } },
    ]);
    // Of no try: the latest log of that run.
    expect(effects(context(), REPIPE, 'log')?.[0]).toEqual({
      kind: 'openLog',
      dataset: 'j8a20101q',
      posted: '20261121T120000',
    });
    expect(effects(context(), BLOCKED, 'log')?.[0]?.kind).toBe('toast');
  });

  test.each([
    [HOLD, 'release'],
    [RELEASE, 'hold'],
  ])('undoes a hold and a release', (row, verb) => {
    const ask = { verb, keys: ['j8a20103q 20261121T120000'], scope: 'cursor', filter: '', stage: 'verify' };
    expect(effects(context(EVENTS, {}, [held]), row, 'undo')).toEqual([{ kind: 'open', layer: { name: 'verb', ask } }]);
  });

  // Stages: verify, calibrate, detect and preview after that, archive.
  test.each<[string, JournalLine['event'], Partial<JournalLine>, string, string | undefined]>([
    ['the stage that was named', 'hold', { stage: 'detect', from: 'ccwh_', to: 'cchh_' }, 'cchh_', 'detect'],
    ['the stage that has changed', 'hold', { from: 'ccwh_', to: 'cchh_' }, 'cchh_', 'detect'],
    ['all that is held', 'hold', { from: 'ccww_', to: 'cchh_' }, 'cchh_', undefined],
    ['what is left of it', 'hold', { from: 'ccww_', to: 'cchh_' }, 'ccwhh', 'preview'],
    ['nothing any more', 'hold', { from: 'ccww_', to: 'cchh_' }, 'ccpph', 'detect'],
    ['a stage that was released', 'release', { stage: 'detect', from: 'cchh_', to: 'ccwh_' }, 'ccwh_', 'detect'],
    ['a release, not what follows', 'release', { from: 'cchc_', to: 'ccscw' }, 'ccscw', 'detect'],
    ['all that waits', 'release', { from: 'cchh_', to: 'ccww_' }, 'ccww_', undefined],
    ['what does not run yet', 'release', { from: 'ccchh', to: 'cccw_' }, 'cccw_', 'preview'],
  ])('undoes no more than the event: %s', (_, event, more, letters, stage) => {
    const folder = letters.includes('h') ? 'held' : 'active';
    const at = context([line(5, event, { dataset: 'j8a20103q', ...run, ...more })], {}, [
      `${folder}/50.20261121T120000.${letters}.001.acs.j8a20103q`,
    ]);
    const [effect] = effects(at, 0, 'undo') ?? [];
    expect(effect).toMatchObject({ kind: 'open', layer: { ask: { verb: event === 'hold' ? 'release' : 'hold' } } });
    expect(effect?.kind === 'open' && effect.layer.name === 'verb' ? effect.layer.ask.stage : 'none').toBe(stage);
  });

  test.each<[JournalLine['event'], Partial<JournalLine>, string, string]>([
    [
      'hold',
      { from: 'ccww_', to: 'cchh_' },
      'cchhh',
      "it was about detect, preview, and 'release' would now mean more than these: release them one by one on the board",
    ],
    ['hold', { stage: 'gone' }, 'cchh_', 'the line tells of no stage of this board: release it on the board'],
    ['release', {}, 'cchh_', 'the line tells of no stage of this board: hold it on the board'],
    [
      'hold',
      { from: 7, to: null } as never,
      'cchh_',
      'the line tells of no stage of this board: release it on the board',
    ],
  ])('does not undo more than the event: %s %j', (event, more, letters, text) => {
    const at = context([line(5, event, { dataset: 'j8a20103q', ...run, ...more })], {}, [
      `held/50.20261121T120000.${letters}.001.acs.j8a20103q`,
    ]);
    expect(effects(at, 0, 'undo')).toEqual([{ kind: 'toast', text, isError: true }]);
  });

  test.each([
    [HOLD, {}, 'j8a20103q is no longer on the board'],
    [FAILED, {}, "only hold, release, scale, down and up can be undone here, not 'finish'"],
    [HOLD, { isReadOnly: true }, 'read-only: nothing is undone from here'],
  ])('row %d can not be undone: %j', (row, common, text) => {
    expect(effects(context(EVENTS, common), row, 'undo')).toEqual([{ kind: 'toast', text, isError: true }]);
  });

  const onNode2 = { onHost: 'node2', by: 'ann' };
  test.each<[JournalLine['event'], Partial<JournalLine>, unknown]>([
    [
      'scale',
      { stages: ['detect'], slots: 8, was: 4 },
      {
        name: 'scale',
        key: 'detect',
        targets: [{ host: 'node2', was: 6, run: 3, isDown: true, hasAgent: true }],
        by: undefined,
        to: 4,
      },
    ],
    // There was no wish before.
    ['scale', { stages: ['detect', 'calibrate'], slots: 8 }, { name: 'scale', key: 'calibrate+detect', to: 0 }],
    ['down', {}, { name: 'host', act: 'start', hosts: ['node2'], isAll: false }],
    ['up', {}, { name: 'host', act: 'drain', hosts: ['node2'], isAll: false }],
  ])('undoes what was done to a host: %s %j', (event, more, layer) => {
    const hosts = [{ host: 'node2', isDown: true, wishes: [fakeWish('detect=6')] }];
    const processes = [{ id: 'k3f1', host: 'node2', stages: ['detect'], content: { kept: true, slots: 3 } }];
    const data = fakeData({ events: [line(5, event, { ...onNode2, ...more })], hosts, processes });
    expect(effects(fakeContext(data), 0, 'undo')).toMatchObject([{ kind: 'open', layer }]);
  });

  test.each<[Partial<JournalLine>, string]>([
    [{ onHost: 'gone' }, 'that host is no longer known'],
    [{ ...onNode2, stages: 'detect' }, 'the line tells of no stage'],
    [{ ...onNode2, count: 3 }, 'this line stands for 3 scales: undo them in the hosts view'],
  ])('a change of slots that can not be undone: %j', (more, text) => {
    const data = fakeData({ events: [line(5, 'scale', more)], hosts: [{ host: 'node2' }] });
    expect(effects(fakeContext(data), 0, 'undo')).toEqual([{ kind: 'toast', text, isError: true }]);
  });

  test('does not undo one of a run', () => {
    const run = [line(5, 'hold', { dataset: 'j8a20103q', posted: '20261121T120000', count: 137 })];
    expect(effects(context(run, {}, [held]), 0, 'undo')).toEqual([
      { kind: 'toast', text: 'this line stands for 137 holds: undo them on the board, by marks', isError: true },
    ]);
  });

  test('copies the line', () => {
    expect(effects(context(), HOLD, 'copy')).toEqual([
      {
        kind: 'copy',
        text: '2026-11-21T13:02:31.000Z hold j8a20103q ann@node1 "wait for flats", w____ -> h____, in held',
        what: 'the event',
      },
    ]);
  });

  test('does nothing where there is none', () => {
    for (const { action } of eventsView.bindings) expect(effects(context([]), 0, action) ?? []).toEqual([]);
  });
});

describe('the mouse', () => {
  test('chooses what is shown', () => {
    const at = context();
    const [tabs = ''] = paintLines(eventsView, acts(at), at);
    const click = (text: string) =>
      eventsView.mouse(acts(at), { kind: 'click', x: tabs.indexOf(text), y: HEAD_ROWS }, at).state.choice;
    expect([click('failures'), click('operators'), click('following')]).toEqual(['failures', 'operators', 'all']);
  });

  test('does nothing below the list', () => {
    const at = context();
    const state = acts(at);
    expect(eventsView.mouse(state, { kind: 'click', x: 4, y: HEAD_ROWS + 19 }, at).state).toBe(state);
  });
});

describe('the filter for a dataset', () => {
  const longest = `a${'.+'.repeat(63)}b`;
  test.each([
    ['j8a20101q', ['j8a20101q'], ['j8a20101qq', 'xj8a20101q', 'J8a20101q']],
    ['a.b+c', ['a.b+c'], ['axb+c', 'a.bbc']],
    // Might be taken for a key of the filter, or for a negation.
    ['rank=5', ['rank=5'], ['rank=55', 'x']],
    ['state=failed', ['state=failed'], ['y']],
    [longest, [longest], ['a', `${longest}c`]],
  ])('%s', (dataset, found, others) => {
    const text = datasetFilter(dataset) ?? '';
    const test = compileFilter(filterWords(text), { stages: ['verify'], nowMs: NOW_MS });
    const rows = [...found, ...others].map(
      (name) =>
        new Row({
          ...located(`held/50.20261121T120000.h.001.-.x`),
          name: { ...located('held/50.20261121T120000.h.001.-.x').name, dataset: name },
        }),
    );
    expect(rows.filter(test).map((row) => row.dataset)).toEqual(found);
  });

  test.each(['', 'a b', '/x/', HOSTILE, 'a@b'])('%j is no dataset', (dataset) => {
    expect(datasetFilter(dataset)).toBeUndefined();
  });
});

test.each([
  [{ count: 137, reason: 'flats' }, 'x137, "flats", in held'],
  [{ count: 1 }, 'in held'],
  [{ count: 'many' }, 'in held, count=many'],
  [{ reason: 7 as unknown as string }, 'in held, reason=7'],
])('the text of %j', (more, text) => {
  expect(textOf(line(1, 'hold', { folder: 'held', ...more }))).toBe(text);
});
