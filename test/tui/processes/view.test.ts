import { describe, expect, test } from 'vitest';
import { donePerMinute, groupsOf, totalsOf } from '../../../src/tui/processes/groups.ts';
import { linesOf, type ProcessesState, rowAt } from '../../../src/tui/processes/state.ts';
import { processesView } from '../../../src/tui/processes/view.ts';
import type { Context } from '../../../src/tui/view.ts';
import {
  type FakeProcess,
  fakeContext,
  fakeData,
  fakeProcess,
  HEAD_ROWS,
  NOW_MS,
  paintLines,
  resized,
} from '../data.ts';
import { expectPaintsEverywhere, expectSoundBindings, HOSTILE } from '../sizes.ts';

const since = (minutes: number): string => new Date(Date.UTC(2026, 10, 21, 14, 2, 31) - minutes * 60_000).toISOString();
const hand = (dataset: string, stage: string, minutes: number) => ({ dataset, stage, epoch: 3, since: since(minutes) });

const PROCESSES: readonly FakeProcess[] = [
  {
    id: 'k3f1',
    host: 'node1',
    pid: 4711,
    stages: ['verify', 'calibrate'],
    content: {
      slots: 4,
      state: 'busy',
      done: 1234,
      failed: 3,
      rssMb: 812,
      load1: 3.25,
      entries: [hand('j8a20101q', 'calibrate', 4), hand('j8a20102q', 'verify', 0.2)],
    },
  },
  {
    id: 'a1b2',
    host: 'node1',
    pid: 4712,
    stages: ['detect'],
    isSilent: true,
    beatMs: 48_000,
    content: { slots: 2, state: 'busy', done: 77, rssMb: 1250, load1: 3.5, entries: [hand('j8a20103q', 'detect', 61)] },
  },
  {
    id: 'zz99',
    host: 'node2',
    pid: 99,
    stages: ['archive'],
    content: { slots: 2, state: 'blocked', message: 'no space left on /data (ENOSPC)', done: 5 },
  },
  {
    id: 'd0d0',
    host: 'node2',
    pid: 98,
    stages: ['detect', 'preview'],
    order: 'drain',
    content: { slots: 2, state: 'draining', entries: [hand('j8a20104q', 'preview', 2)] },
  },
  {
    id: 'dead',
    host: 'node2',
    pid: 97,
    order: 'lost',
    isDead: true,
    beatMs: 3_600_000,
    stages: ['detect'],
    content: { slots: 2, state: 'busy', entries: [hand('j8a20105q', 'detect', 70)] },
  },
];

function context(
  options: Parameters<typeof fakeData>[0] = {},
  common: Parameters<typeof fakeContext>[1] = {},
): Context {
  return fakeContext(fakeData({ processes: PROCESSES, ...options }), common);
}

function acts(at: Context, ...actions: string[]): ProcessesState {
  const first = processesView.follow(processesView.initial, at);
  return actions.reduce((now, action) => processesView.act(now, action, at).state, first);
}

test.each([
  [80, 24, 'host', []],
  [120, 32, 'stage', ['group']],
  [120, 32, 'detail', ['down', 'open']],
  [200, 50, 'host', ['mark']],
  [60, 15, 'detail', ['down', 'open']],
])('screen %dx%d %s', async (cols, rows, name, actions) => {
  const at = resized(context(), cols, rows);
  await expect(`${paintLines(processesView, acts(at, ...actions), at, cols, rows).join('\n')}\n`).toMatchFileSnapshot(
    `screens/${cols}x${rows}-${name}.txt`,
  );
});

test('tells of the services of a process in its pane, unless something worse is to be told', () => {
  const services = [
    { stage: 'verify', place: 1, pid: 4720, state: 'idle', served: 1_250, deaths: 0, rssMb: 80 },
    { stage: 'verify', place: 2, pid: null, state: 'waiting', served: 0, deaths: 3, rssMb: null },
  ] as const;
  const shown = (message: string): string => {
    const at = resized(context({ processes: [{ id: 'k3f1', content: { services, message } }] }), 160, 32);
    return paintLines(processesView, acts(at, 'down', 'open'), at, 160, 32).join('\n');
  };
  const text = 'services: verify 1 idle, pid 4720, served 1,250, 80M; verify 2 waiting, served 0, died 3 times';
  expect(shown('')).toContain(text);
  expect(shown('the disk is full')).not.toContain('services:');
});

test('tells what the entries of a process wait for, in its line and in its pane', () => {
  const waits = 'waits for limit database (3 of 3 taken by k3f1 j8a:load)';
  const at = resized(context({ processes: [{ id: 'k3f1', content: { waits } }] }), 160, 32);
  const count = (...actions: string[]): number =>
    paintLines(processesView, acts(at, ...actions), at, 160, 32)
      .join('\n')
      .split('waits for limit').length - 1;
  expect(count('down')).toBe(1);
  expect(count('down', 'open')).toBe(2);
});

test('tells of the timers in a line at the bottom, with the pane and without it', () => {
  const row = { timing: '', running: undefined, untilMs: NOW_MS };
  const timers = [
    { ...row, name: 'nightly', state: 'due' as const, lastMs: NOW_MS - 86_400_000, nextMs: NOW_MS + 3_600_000 },
    { ...row, name: 'tick', state: 'waiting' as const, lastMs: undefined, nextMs: NOW_MS + 60_000 },
  ];
  const at = resized(context({ timers }), 120, 32);
  const told = 'tick next 14:03:31Z; nightly (due) last 11-20 14:02:31Z, next 15:02:31Z';
  for (const actions of [[], ['down', 'open']]) {
    const lines = paintLines(processesView, acts(at, ...actions), at, 120, 32);
    expect(lines.at(-1)?.trim()).toBe(`timers watched by nobody: ${told}`);
    expect(lines.filter((line) => line.includes('nightly'))).toHaveLength(1);
  }
  const [first, ...rest] = PROCESSES;
  const watching = { ...first, id: 'k3f1', content: { ...first?.content, roles: ['timers'] } };
  const by = resized(context({ timers, processes: [watching, ...rest] }), 120, 32);
  expect(paintLines(processesView, acts(by), by, 120, 32).at(-1)?.trim()).toBe(`timers by k3f1: ${told}`);
  const alone = resized(context({ timers, processes: [] }), 120, 32);
  expect(paintLines(processesView, acts(alone), alone, 120, 32).join('\n')).toContain(told);
});

test('its keys are sound, and orders change the board', () => {
  expectSoundBindings(processesView);
  const mutating = processesView.bindings
    .filter(({ mutates }) => mutates)
    .map(({ keys, action }) => `${keys} ${action}`);
  expect(mutating).toEqual(['R run', 'P pause', 'S suspend', 'D drain', 'H halt', 'L reload']);
});

test('it paints on screens of all sizes, whatever processes say of themselves', () => {
  const hostile = {
    id: 'evil',
    host: HOSTILE,
    stages: [HOSTILE, 'detect'],
    content: {
      state: 'constructor' as 'idle',
      message: HOSTILE,
      stages: [HOSTILE],
      started: HOSTILE,
      version: HOSTILE,
    },
  };
  const damaged = { id: 'torn', content: {} };
  Object.assign(damaged.content, {
    services: [null, {}],
    entries: 7,
    stages: 'x',
    message: null,
    done: 'x',
    load1: 'x',
    rssMb: null,
  });
  const inHand = { id: 'busy', content: { entries: [hand(HOSTILE, HOSTILE, 3)] } };
  const data = fakeData({
    processes: [...PROCESSES, inHand, damaged, { id: 'none', isUnread: true, beatMs: undefined }],
  });
  // Names on disk can't be like that; what a file holds can.
  const evil = fakeProcess({ ...hostile, host: 'node3', stages: ['detect'] });
  const all = {
    ...data,
    processes: [
      ...data.processes,
      { ...evil, status: { ...evil.status, name: { ...evil.status.name, host: HOSTILE } } },
    ],
  };
  expectPaintsEverywhere(processesView, all, (at) => acts(at));
  // The pane about each of them.
  const at = fakeContext(all);
  for (let line = 0; line < 14; line++) {
    const state = acts(at, 'group', 'details', 'first', ...Array<string>(line).fill('down'));
    expect(paintLines(processesView, state, at).join('')).not.toMatch(/[\u0000-\u001f\u202e]/);
  }
});

describe('empty', () => {
  test('says how to start one', () => {
    const at = context({ processes: [] });
    expect(paintLines(processesView, acts(at), at)[1]).toBe(
      " no stage process serves this board: 'slate run' starts one",
    );
    for (const { action } of processesView.bindings) processesView.act(acts(at, 'details'), action, at);
    expect(effectsOf(at, acts(at), 'halt')).toEqual([
      { kind: 'toast', text: "no stage process is there to be ordered: 'slate run' starts one", isError: true },
    ]);
  });

  test('says that it is still reading', () => {
    const at = context({ processes: [], health: { phase: 'reading' } });
    expect(paintLines(processesView, acts(at), at)[1]).toBe(' reading the board');
  });
});

describe('groups', () => {
  const rows = PROCESSES.map(fakeProcess);

  test('by host, trouble first', () => {
    expect(groupsOf(rows, 'host', []).map(idsOf)).toEqual(['node1: a1b2 k3f1', 'node2: dead zz99 d0d0']);
  });

  test('by stage in the order of the board; one that serves several is in each', () => {
    const stages = ['verify', 'calibrate', 'detect', 'preview', 'archive'];
    expect(
      groupsOf([...rows, fakeProcess({ id: 'aaaa', stages: ['unheard-of'] })], 'stage', stages).map(idsOf),
    ).toEqual([
      'verify: k3f1',
      'calibrate: k3f1',
      'detect: dead a1b2 d0d0',
      'preview: d0d0',
      'archive: zz99',
      'unheard-of: aaaa',
    ]);
  });

  test('totals leave out the dead, and a load of several hosts', () => {
    expect(totalsOf(rows)).toEqual({
      processes: 5,
      trouble: 3,
      busy: 4,
      slots: 10,
      rssMb: 812 + 1250 + 80 + 80,
      load1: undefined,
    });
    expect(totalsOf(rows.slice(0, 2)).load1).toBe(3.5);
    expect(totalsOf([])).toMatchObject({ processes: 0, load1: undefined });
  });

  test.each([
    ['2026-11-21T14:01:31.000Z', 30, 30],
    ['2026-11-21T12:02:31.000Z', 60, 0.5],
    ['2026-11-21T14:01:32.000Z', 30, undefined],
    // Not up for a minute, by a clock that is ahead, or of no time at all: nothing is known of a rate.
    ['2026-11-21T14:02:30.500Z', 60, undefined],
    ['2026-11-21T15:00:00.000Z', 60, undefined],
    ['never', 60, undefined],
  ])('started %s, %d done: a rate of %s', (started, done, rate) => {
    expect(donePerMinute(fakeProcess({ id: 'k3f1', content: { started, done } }), NOW_MS)).toBe(rate);
  });
});

describe('marks and orders', () => {
  const orders = (at: Context, state: ProcessesState, action: string) => effectsOf(at, state, action);

  test('an order goes to the process of the cursor', () => {
    const at = context();
    expect(orders(at, acts(at), 'drain')).toEqual([
      { kind: 'open', layer: { name: 'order', ids: ['a1b2'], order: 'drain' } },
    ]);
    expect(orders(at, acts(at, 'down'), 'reload')).toEqual([
      { kind: 'open', layer: { name: 'order', ids: ['k3f1'], order: 'reload' } },
    ]);
  });

  test('on the head of a group to all of it but the dead', () => {
    const at = context();
    expect(orders(at, acts(at, 'down', 'down'), 'pause')).toEqual([
      { kind: 'open', layer: { name: 'order', ids: ['zz99', 'd0d0'], order: 'pause' } },
    ]);
  });

  test('to the marks, wherever the cursor is', () => {
    const at = context();
    const state = acts(at, 'mark', 'last', 'mark', 'first');
    expect([...state.list.marks]).toEqual(['a1b2', 'd0d0']);
    expect(orders(at, state, 'halt')).toEqual([
      { kind: 'open', layer: { name: 'order', ids: ['a1b2', 'd0d0'], order: 'halt' } },
    ]);
  });

  test('the dead take none', () => {
    const at = context();
    const state = acts(at, 'down', 'down', 'down');
    expect(orders(at, state, 'run')).toEqual([
      { kind: 'toast', text: 'dead is dead and takes no orders', isError: true },
    ]);
  });

  test('read-only gives none', () => {
    const at = context({}, { isReadOnly: true });
    for (const { action, mutates } of processesView.bindings) {
      if (mutates === true)
        expect(orders(at, acts(at), action)?.[0]).toMatchObject({
          kind: 'toast',
          text: expect.stringMatching(/^read-only: /),
        });
    }
    const [menu] = orders(at, acts(at), 'menu') ?? [];
    expect(
      menu?.kind === 'open' && menu.layer.name === 'menu' && menu.layer.bindings.some(({ mutates }) => mutates),
    ).toBe(false);
  });

  test('a mark on the head of a group is one on all of it; again, on none', () => {
    const at = context();
    const state = acts(at, 'first', 'mark');
    expect([...state.list.marks]).toEqual(['a1b2', 'k3f1']);
    expect(acts(at, 'first', 'mark', 'mark').list.marks.size).toBe(0);
    expect(acts(at, 'first', 'mark', 'down', 'mark', 'first', 'mark').list.marks.size).toBe(2);
  });

  test('from the last mark to here, over the head of a group', () => {
    const at = context();
    expect([...acts(at, 'mark', 'last', 'markRange').list.marks]).toEqual(['a1b2', 'k3f1', 'dead', 'zz99', 'd0d0']);
    expect([...acts(at, 'last', 'mark', 'up', 'markRange').list.marks]).toEqual(['d0d0', 'zz99']);
    // A head at the end of the range stands for itself, not for its group.
    expect([...acts(at, 'mark', 'down', 'markRange').list.marks]).toEqual(['a1b2', 'k3f1']);
  });

  test('all and none', () => {
    const at = context();
    expect(acts(at, 'markAll').list.marks.size).toBe(5);
    expect(acts(at, 'markAll', 'unmarkAll').list.marks.size).toBe(0);
  });

  test('what has gone loses its mark', () => {
    const at = context();
    const later = context({ processes: PROCESSES.slice(1) });
    const state = processesView.follow(acts(at, 'markAll'), later);
    expect([...state.list.marks]).toEqual(['a1b2', 'dead', 'zz99', 'd0d0']);
  });

  test('the menu names whom it is about', () => {
    const at = context();
    const [one] = orders(at, acts(at), 'menu') ?? [];
    expect(one).toMatchObject({ kind: 'open', layer: { name: 'menu', title: 'a1b2' } });
    const [all] = orders(at, acts(at, 'markAll'), 'menu') ?? [];
    expect(all).toMatchObject({ kind: 'open', layer: { name: 'menu', title: '4 processes' } });
  });
});

describe('the cursor', () => {
  test('begins on a process, and stays on it in the other grouping and when others come', () => {
    const at = context();
    const state = acts(at, 'down', 'group');
    expect([state.by, cursorId(state, at)]).toEqual(['stage', 'k3f1']);
    const more = context({ processes: [{ id: 'aaaa', host: 'node0', stages: ['verify'] }, ...PROCESSES] });
    expect(cursorId(processesView.follow(state, more), more)).toBe('k3f1');
  });

  test('an order that was given, or a heartbeat, does not move it', () => {
    const at = context();
    const state = acts(at, 'down');
    const later = context({ processes: PROCESSES.map((one) => ({ ...one, order: 'pause' as const, beatMs: 9 })) });
    expect(processesView.follow(state, later).list.cursor).toBe(state.list.cursor);
  });

  test('a click takes the line, and the wheel the list', () => {
    const at = context();
    const state = processesView.mouse(acts(at), { kind: 'click', x: 5, y: HEAD_ROWS + 2 + 4 }, at).state;
    expect(cursorId(state, at)).toBe('dead');
    const below = processesView.mouse(state, { kind: 'click', x: 5, y: HEAD_ROWS + 15 }, at).state;
    expect(below).toEqual(state);
    const low = resized(at, 80, HEAD_ROWS + 1 + 5);
    expect(processesView.mouse(acts(low), { kind: 'wheeldown', x: 5, y: HEAD_ROWS + 2 }, low).state.list.top).toBe(3);
  });
});

describe('the pane', () => {
  test('opens, takes the keys, shows the entry on the board, and closes', () => {
    const at = context();
    const opened = acts(at, 'down', 'open');
    expect(opened.detail?.hasFocus).toBe(true);
    const second = acts(at, 'down', 'open', 'down');
    expect([second.detail?.list.index, cursorId(second, at)]).toEqual([1, 'k3f1']);
    const shown = [
      { kind: 'filter', text: 'process:k3f1' },
      { kind: 'view', view: 'board' },
    ];
    expect(effectsOf(at, opened, 'open')).toEqual(shown);
    expect(effectsOf(at, acts(at, 'down'), 'board')).toEqual(shown);
    expect(acts(at, 'down', 'open', 'back').detail).toBeUndefined();
    expect(acts(at, 'down', 'details').detail?.hasFocus).toBe(false);
    expect(acts(at, 'down', 'details', 'focus').detail?.hasFocus).toBe(true);
    expect(acts(at, 'down', 'details', 'focus', 'focus').detail?.hasFocus).toBe(false);
    expect(acts(at, 'down', 'details', 'details').detail).toBeUndefined();
  });

  test('the way back does nothing where there is none', () => {
    const at = context();
    const state = acts(at);
    expect(processesView.act(state, 'back', at).state).toBe(state);
  });

  test('does not take the keys of a process with nothing in hand', () => {
    const at = context();
    expect(acts(at, 'last', 'up', 'open').detail?.hasFocus).toBe(false);
    expect(acts(at, 'last', 'up', 'open', 'focus').detail?.hasFocus).toBe(false);
  });

  test('gives the keys back when the last step has ended', () => {
    const at = context();
    const idle = context({ processes: PROCESSES.map((one) => ({ ...one, content: { ...one.content, entries: [] } })) });
    expect(processesView.follow(acts(at, 'down', 'open'), idle).detail?.hasFocus).toBe(false);
  });

  test('from the head of a group it opens for the first of it', () => {
    const at = context();
    const state = acts(at, 'first', 'open');
    expect([cursorId(state, at), state.detail?.hasFocus]).toEqual(['a1b2', true]);
  });

  test('of a group it shows the entries of all', () => {
    const at = context();
    expect(effectsOf(at, acts(at, 'first'), 'board')?.[0]).toEqual({ kind: 'filter', text: 'process:a1b2,k3f1' });
  });

  test('a click on a step takes it, the wheel above it scrolls them', () => {
    const at = resized(context(), 120, 32);
    const state = acts(at, 'down', 'open');
    const lines = paintLines(processesView, state, at, 120, 32);
    const y = HEAD_ROWS + lines.findIndex((text) => text.includes('j8a20102q') && !text.includes('k3f1'));
    const clicked = processesView.mouse(state, { kind: 'click', x: 9, y }, at).state;
    expect(clicked.detail?.list.index).toBe(1);
    const list = processesView.mouse(clicked, { kind: 'click', x: 9, y: HEAD_ROWS + 3 }, at).state;
    expect([list.detail?.hasFocus, cursorId(list, at)]).toEqual([false, 'a1b2']);
    expect(processesView.mouse(state, { kind: 'wheeldown', x: 9, y }, at).state.list).toBe(state.list);
  });

  test('tells why a process is blocked', () => {
    const at = context();
    const lines = paintLines(processesView, acts(at, 'last', 'up', 'open'), at);
    expect(lines.filter((text) => text.includes('no space left on /data (ENOSPC)'))).toHaveLength(1);
    expect(lines.join('\n')).toContain('nothing in hand');
  });
});

function idsOf({ name, rows }: { name: string; rows: readonly { status: { name: { id: string } } }[] }): string {
  return `${name}: ${rows.map(({ status }) => status.name.id).join(' ')}`;
}

function effectsOf(at: Context, state: ProcessesState, action: string) {
  return processesView.act(state, action, at).effects;
}

function cursorId(state: ProcessesState, at: Context): string | undefined {
  return rowAt(state, linesOf(state, at))?.status.name.id;
}
