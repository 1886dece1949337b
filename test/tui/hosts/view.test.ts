import { describe, expect, test } from 'vitest';
import type { JournalLine } from '../../../src/board/journal.ts';
import { chosenKey, type HostsState, lineAt, tableOf } from '../../../src/tui/hosts/state.ts';
import { hostsView } from '../../../src/tui/hosts/view.ts';
import type { Context, Effect } from '../../../src/tui/view.ts';
import { type FakeHost, fakeContext, fakeData, fakeWish, HEAD_ROWS, NOW_MS, paintLines, resized } from '../data.ts';
import { expectPaintsEverywhere, expectSoundBindings, HOSTILE } from '../sizes.ts';
import { HOSTS, PROCESSES, REASON } from './fixtures.ts';

const DIED: JournalLine = {
  t: new Date(NOW_MS - 60_000).toISOString(),
  event: 'died',
  host: 'node3',
  by: 'agent',
  onHost: 'node3',
  stages: ['detect'],
  deaths: 4,
  reason: REASON,
};

function context(
  options: Parameters<typeof fakeData>[0] = {},
  common: Parameters<typeof fakeContext>[1] = {},
): Context {
  const past = { events: [DIED, { ...DIED, onHost: 'node9' }] };
  return fakeContext(fakeData({ hosts: HOSTS, processes: PROCESSES, past, ...options }), common);
}

function acts(at: Context, ...actions: string[]): HostsState {
  const first = hostsView.follow(hostsView.initial, at);
  return actions.reduce((now, action) => hostsView.act(now, action, at).state, first);
}

function effects(at: Context, state: HostsState, action: string): readonly Effect[] {
  return hostsView.act(state, action, at).effects ?? [];
}

const hostOf = (at: Context, state: HostsState): string | undefined => lineAt(state, tableOf(state, at))?.row.host;
const stageOf = (at: Context, state: HostsState): string | undefined => chosenKey(state, tableOf(state, at));

test.each([
  [80, 24, 'first', []],
  [80, 24, 'crashing', ['down', 'down', 'stageRight', 'stageRight']],
  [200, 50, 'crashing', ['down', 'down', 'stageRight', 'stageRight', 'mark', 'up', 'open']],
  [120, 32, 'closed', ['details', 'sort']],
  [60, 15, 'open', ['details']],
])('screen %dx%d %s', async (cols, rows, name, actions) => {
  const at = resized(context(), cols, rows);
  await expect(`${paintLines(hostsView, acts(at, ...actions), at, cols, rows).join('\n')}\n`).toMatchFileSnapshot(
    `screens/${cols}x${rows}-${name}.txt`,
  );
});

test('its keys are sound, and those that change something say so', () => {
  expectSoundBindings(hostsView);
  const mutating = hostsView.bindings.filter(({ mutates }) => mutates).map(({ keys, action }) => `${keys} ${action}`);
  expect(mutating).toEqual(['+ more', '- fewer', '= scale', 'R start', 'D drain', 'H stop']);
});

test('it paints on screens of all sizes, whatever hosts say of themselves', () => {
  const hostile: FakeHost = {
    host: HOSTILE,
    trouble: HOSTILE,
    agentVersion: HOSTILE,
    agentStarted: HOSTILE,
    wishes: [fakeWish('detect=4', { why: HOSTILE, deaths: 7, state: 'crashing', next: HOSTILE })],
    foreign: [[HOSTILE, HOSTILE]],
    files: [HOSTILE],
    facts: { load1: 1e9, cpus: 0, freeMb: -1, scratchMb: 1e15, clockMs: 1e15 },
    seenMs: 1e12,
  };
  const many = Array.from({ length: 40 }, (_, index): FakeHost => ({ host: `worker${index}.example.org` }));
  const died = { ...DIED, onHost: HOSTILE, stages: HOSTILE, reason: HOSTILE, deaths: 'x', t: HOSTILE };
  const data = fakeData({
    hosts: [hostile, ...HOSTS, ...many],
    processes: [...PROCESSES, { id: 'none', host: 'node1', isUnread: true, beatMs: undefined }],
    past: { events: [died as unknown as JournalLine] },
  });
  for (const actions of [[], ['details'], ['open', 'down', 'down'], ['last', 'stageRight', 'mark']])
    expectPaintsEverywhere(hostsView, data, (at) => acts(at, ...actions));
});

describe('empty', () => {
  test('says what to do, and does nothing', () => {
    const at = context({ hosts: [], processes: [] });
    expect(paintLines(hostsView, acts(at), at)[1]).toContain("no host is known: 'slate up' keeps one");
    for (const { action } of hostsView.bindings) hostsView.act(acts(at, 'details'), action, at);
    expect(effects(at, acts(at), 'more')).toMatchObject([{ kind: 'toast', isError: true }]);
  });

  test('says that it is still reading, or that nothing is like the filter', () => {
    const reading = fakeContext(fakeData({}));
    expect(paintLines(hostsView, hostsView.initial, reading)[1]).toBe(' reading the hosts');
    const at = context({}, { hostFilter: 'nowhere' });
    const text = paintLines(hostsView, acts(at), at).join('\n');
    expect(text).toContain('0 of 7 hosts');
    expect(text).toContain("no host is like that: 'a' shows all of them");
  });
});

describe('the chosen stage', () => {
  test('goes left and right, stays at the ends, and stays while the cursor moves', () => {
    const at = context();
    expect(stageOf(at, acts(at))).toBe('verify');
    expect(stageOf(at, acts(at, 'stageLeft'))).toBe('verify');
    const state = acts(at, 'stageRight', 'stageRight', 'down', 'down');
    expect([hostOf(at, state), stageOf(at, state)]).toEqual(['node3', 'detect']);
    expect(stageOf(at, acts(at, ...Array<string>(20).fill('stageRight')))).toBe('calibrate+detect');
  });

  test('is that of the cursor in the pane', () => {
    const at = context();
    const state = acts(at, 'open', 'down', 'down');
    // From the stage to its process, and on to the next stage.
    expect([state.pane.hasFocus, stageOf(at, state)]).toEqual([true, 'calibrate']);
    expect(acts(at, 'open', 'down', 'back').pane.hasFocus).toBe(false);
  });
});

describe('a change of slots', () => {
  const scale = (at: Context, action: string, ...before: string[]): readonly Effect[] =>
    effects(at, acts(at, ...before), action);

  test('is asked for the host of the cursor', () => {
    const at = context();
    expect(scale(at, 'more', 'stageRight')).toEqual([
      {
        kind: 'open',
        layer: {
          name: 'scale',
          key: 'calibrate',
          targets: [{ host: 'node1', was: 4, run: 3, isDown: false, hasAgent: true }],
          by: 1,
        },
      },
    ]);
    expect(scale(at, 'fewer')).toMatchObject([{ layer: { key: 'verify', by: -1 } }]);
    expect(scale(at, 'scale')).toMatchObject([{ layer: { key: 'verify', by: undefined } }]);
  });

  test('is asked for all that are marked, wherever the cursor is', () => {
    const at = context();
    const [effect] = scale(at, 'more', 'markAll', 'stageRight', 'stageRight', 'last');
    expect(effect).toMatchObject({ layer: { key: 'detect' } });
    const targets = effect?.kind === 'open' && effect.layer.name === 'scale' ? effect.layer.targets : [];
    expect(targets.map(({ host, was }) => `${host.slice(-1)} ${was}`)).toEqual([
      '1 none',
      '2 none',
      '3 4',
      '4 none',
      '5 unclear',
      '6 none',
      '7 none',
    ]);
  });

  test('is not asked for what can not be read, or a stage that the board has not', () => {
    const unread = context({ hosts: [{ host: 'x', isUnread: true, trouble: 'failed (EIO)' }] });
    expect(scale(unread, 'more')).toMatchObject([{ kind: 'toast', isError: true }]);
    const unknown = context({ hosts: [{ host: 'x', wishes: [fakeWish('reduce=1', { state: 'refused' })] }] });
    expect(scale(unknown, 'more', ...Array<string>(9).fill('stageRight'))).toMatchObject([
      { kind: 'toast', text: 'the board has no stage reduce: remove the file of the wish' },
    ]);
  });
});

describe('start, drain, stop', () => {
  test('are asked for the host of the cursor, the marks, or all', () => {
    const at = context();
    expect(effects(at, acts(at, 'down'), 'drain')).toEqual([
      { kind: 'open', layer: { name: 'host', act: 'drain', hosts: ['node2'], isAll: false } },
    ]);
    expect(effects(at, acts(at, 'mark', 'mark', 'last'), 'stop')).toMatchObject([
      { layer: { act: 'stop', hosts: ['node1', 'node2'], isAll: false } },
    ]);
    expect(effects(at, acts(at, 'markAll'), 'start')).toMatchObject([{ layer: { act: 'start', isAll: true } }]);
  });

  test('of all that a filter lets through are not of all', () => {
    const at = context({}, { hostFilter: 'calibrate' });
    expect(effects(at, acts(at, 'markAll'), 'drain')).toMatchObject([
      { layer: { hosts: ['node1', 'node2', 'node6', 'node7'], isAll: false } },
    ]);
  });

  test('are not for those who only look', () => {
    const at = context({}, { isReadOnly: true });
    for (const { action, mutates } of hostsView.bindings)
      if (mutates === true)
        expect(effects(at, acts(at), action)).toMatchObject([
          { kind: 'toast', text: expect.stringMatching(/^read-only/) },
        ]);
    const [menu] = effects(at, acts(at), 'menu');
    expect(
      menu?.kind === 'open' && menu.layer.name === 'menu' && menu.layer.bindings.some(({ mutates }) => mutates),
    ).toBe(false);
  });
});

describe('which hosts are shown', () => {
  const shown = (at: Context, ...actions: string[]): string =>
    tableOf(acts(at, ...actions), at)
      .lines.map(({ row }) => row.host.slice(-1))
      .join('');

  test('those with something wrong, and all again', () => {
    const at = context();
    expect(shown(at, 'trouble')).toBe('3457');
    expect(shown(at, 'trouble', 'trouble')).toBe('1234567');
    expect(shown(at, 'trouble', 'back')).toBe('1234567');
    expect(effects(at, acts(at, 'trouble'), 'all')).toEqual([{ kind: 'set', common: { hostFilter: '' } }]);
  });

  test('in another order the cursor stays on its host', () => {
    const at = context();
    const state = acts(at, 'down', 'down', 'down', 'sort');
    expect(hostOf(at, state)).toBe('node4');
    expect(shown(at, 'sort')).toBe('3475261');
    expect(shown(at, 'reverse')).toBe('7654321');
  });

  test('a host that has gone takes its mark with it', () => {
    const at = context();
    const later = context({ hosts: HOSTS.slice(1) });
    const state = hostsView.follow(acts(at, 'mark', 'mark'), later);
    expect([...state.list.marks]).toEqual(['node2']);
  });
});

describe('what a host has in hand', () => {
  test('is shown on the board: of the host, of a stage, of a process', () => {
    const at = context();
    const filter = (state: HostsState, action: string): unknown => effects(at, state, action)[0];
    expect(filter(acts(at), 'board')).toEqual({ kind: 'filter', text: 'process:k3f1,k3f2' });
    expect(filter(acts(at, 'open'), 'open')).toEqual({ kind: 'filter', text: 'process:k3f1' });
    expect(filter(acts(at, 'open', 'down', 'down', 'down'), 'open')).toEqual({ kind: 'filter', text: 'process:k3f2' });
    expect(filter(acts(at, 'last'), 'board')).toMatchObject({ kind: 'toast' });
  });

  test('what its processes say is in the log of the wish', () => {
    const at = context();
    expect(effects(at, acts(at), 'log')).toEqual([
      { kind: 'pager', path: '/data/blackboard/hst/hosts/node1/logs/verify.log' },
    ]);
    expect(effects(at, acts(at, 'stageRight', 'stageRight'), 'log')).toMatchObject([{ kind: 'toast' }]);
  });
});

describe('the mouse', () => {
  const click = (at: Context, state: HostsState, x: number, y: number): HostsState =>
    hostsView.mouse(state, { kind: 'click', x, y: HEAD_ROWS + y }, at).state;

  test('takes a host, and a stage by its column', () => {
    const at = context();
    const lines = paintLines(hostsView, acts(at), at);
    const x = (lines[1] ?? '').indexOf('CAL');
    const state = click(at, acts(at), x, 2 + 2);
    expect([hostOf(at, state), stageOf(at, state)]).toEqual(['node3', 'calibrate']);
    expect(stageOf(at, click(at, acts(at), x, 1))).toBe('calibrate');
    expect(hostOf(at, click(at, acts(at, 'down'), 5, 0))).toBe('node2');
  });

  test('takes a stage in the pane', () => {
    const at = context();
    const lines = paintLines(hostsView, acts(at), at);
    const y = lines.findIndex((line) => /^ {3}calibrate/.test(line));
    const state = click(at, acts(at), 5, y);
    expect([state.pane.hasFocus, stageOf(at, state)]).toEqual([true, 'calibrate']);
  });

  test('scrolls what it is over', () => {
    const hosts = Array.from({ length: 50 }, (_, index) => ({ host: `n${index}` }));
    const at = context({ hosts });
    const wheel = (y: number): HostsState =>
      hostsView.mouse(acts(at), { kind: 'wheeldown', x: 5, y: HEAD_ROWS + y }, at).state;
    expect(wheel(4).list.top).toBe(3);
    expect(wheel(18).list.top).toBe(0);
  });
});

test('fifty hosts are painted in a moment', () => {
  const hosts = Array.from({ length: 50 }, (_, index) => ({ host: `n${index}`, wishes: [fakeWish('detect=4')] }));
  const processes = Array.from({ length: 150 }, (_, index) => ({ id: `p${index}`, host: `n${index % 50}` }));
  const at = resized(context({ hosts, processes }), 200, 50);
  const lines = paintLines(hostsView, acts(at, 'last'), at, 200, 50);
  expect(lines[0]).toMatch(/^ 50 hosts: 50 up; 0 of 200 wanted slots run/);
  expect(lines.filter((line) => /^ *▸? *n\d+ +up/.test(line)).length).toBeGreaterThan(18);
});
