import { describe, expect, it, vi } from 'vitest';
import { bindingOf } from '../../../src/tui/binding.ts';
import { splitOf } from '../../../src/tui/board/state.ts';
import { type BoardState, boardHiddenMarks, boardMarks, boardView } from '../../../src/tui/board/view.ts';
import { GLOBAL, MOVES } from '../../../src/tui/global-keys.ts';
import type { Context, Effect } from '../../../src/tui/view.ts';
import {
  type FakeContextOptions,
  type FakeOptions,
  fakeContext,
  fakeData,
  keyOf,
  NOW_MS,
  paintLines,
  resized,
} from '../data.ts';
import { ENTRIES, FAILED, HELD, manyEntries, RETRY, RUNNING, smallBoard } from './fixtures.ts';

function run(context: Context, ...actions: readonly string[]): { state: BoardState; effects: readonly Effect[] } {
  let state = boardView.follow(boardView.initial, context);
  let effects: readonly Effect[] = [];
  for (const action of actions) {
    const result = boardView.act(state, action, context);
    state = result.state;
    effects = result.effects ?? [];
  }
  return { state, effects };
}

function context(options: Partial<FakeOptions> = {}, common: FakeContextOptions = {}): Context {
  return fakeContext(smallBoard(options), common);
}

const cursor = (state: BoardState): string | undefined => state.list.cursor?.split(' ')[0];

describe('keys', () => {
  it('are bound once, and none that is global but the moves', () => {
    const keys = boardView.bindings.flatMap((binding) => [...binding.keys]);
    expect(new Set(keys).size).toBe(keys.length);
    const actions = boardView.bindings.map(({ action }) => action);
    expect(new Set(actions).size).toBe(actions.length);
    const global = GLOBAL.flatMap((binding) => [...binding.keys]);
    expect(keys.filter((key) => global.includes(key))).toEqual([]);
    for (const move of MOVES) expect(bindingOf([boardView.bindings], move.keys[0] ?? '')?.action).toBe(move.action);
  });

  it('that change the board are capitals, and only those say so', () => {
    const mutating = boardView.bindings.filter(({ mutates }) => mutates === true);
    expect(mutating.map(({ keys }) => keys.join())).toEqual(['H', 'U', 'R', 'T', 'K', 'I', 'P', 'X']);
    const isAsking = boardView.bindings.filter(({ action }) => {
      // Rows on which each of them has something to do.
      return [RETRY, RUNNING, HELD].some((entry) => {
        const [effect] = run(context({ filter: keyOf(entry).split(' ')[0] ?? '' }), action).effects;
        return effect?.kind === 'open' && effect.layer.name === 'verb';
      });
    });
    expect(isAsking).toEqual(mutating);
  });

  it('leave the state alone where they do nothing', () => {
    const at = context();
    const { state } = run(at, 'detail');
    for (const action of ['back', 'unmarkAll', 'left', 'up', 'tabNext', 'unknown'])
      expect([action, boardView.act(state, action, at).state.list]).toEqual([action, state.list]);
    expect(boardView.act(state, 'back', at)).toEqual({ state });
    expect(boardView.act(state, 'back', at).state).toBe(state);
    expect(boardView.follow(state, at)).toBe(state);
  });
});

describe('the filter', () => {
  it.each([
    ['onlyFailed', '', 'state:failed'],
    ['onlyFailed', 'class:acs', 'class:acs state:failed'],
    ['onlyFailed', 'class:acs state:failed', 'class:acs'],
    ['onlyFailed', 'state:held,queue class:acs', 'class:acs state:failed'],
    ['onlyFailed', '-state:done', '-state:done state:failed'],
    ['onlyFailed', '-state:failed,done', 'state:failed'],
    ['onlyFailed', '/a b/ state:done', '/a b/ state:failed'],
    ['notDone', '', '-state:done'],
    ['notDone', 'class:acs', 'class:acs -state:done'],
    ['notDone', 'class:acs -state:done', 'class:acs'],
    ['notDone', 'state:failed', '-state:done'],
    ['all', 'class:acs', ''],
  ])('%s: "%s" becomes "%s"', (action, filter, wanted) => {
    expect(run(context({ filter }), action).effects).toEqual([{ kind: 'filter', text: wanted }]);
  });
});

describe('the order', () => {
  it.each([
    ['sort', 'rank', false, { key: 'age', reverse: false }],
    ['sort', 'age', true, { key: 'entry', reverse: false }],
    ['sort', 'class', false, { key: 'rank', reverse: false }],
    ['reverse', 'age', false, { key: 'age', reverse: true }],
    ['reverse', 'age', true, { key: 'age', reverse: false }],
  ] as const)('%s of %s', (action, key, reverse, sort) => {
    const { effects } = run(context({ sort: { key, reverse } }), action);
    expect(effects).toEqual([{ kind: 'set', common: { sort } }]);
  });
});

describe('next failed', () => {
  it('goes round', () => {
    const at = context({ sort: { key: 'entry', reverse: false } });
    const { state } = run(at, 'nextFailed');
    expect(cursor(state)).toBe('j8a20108q');
    expect(cursor(run(at, 'nextFailed', 'nextFailed').state)).toBe('j8a20101q');
    expect(cursor(run(at, 'failedBefore').state)).toBe('j8a20108q');
  });

  it('says when there is none', () => {
    const toast: Effect = { kind: 'toast', text: 'no failed entry in this list' };
    expect(run(context({ filter: 'state:done' }), 'nextFailed').effects).toEqual([toast]);
    expect(run(fakeContext(fakeData()), 'failedBefore').effects).toEqual([toast]);
  });
});

describe('an action', () => {
  const askOf = (effects: readonly Effect[]): unknown => {
    const [effect] = effects;
    return effect?.kind === 'open' && effect.layer.name === 'verb' ? effect.layer.ask : effect;
  };

  it.each([
    ['hold', 'hold'],
    ['release', 'release'],
    ['repipe', 'repipe'],
    ['skip', 'skip'],
    ['rank', 'rank'],
    ['remove', 'remove'],
  ])('asks for %s of the entry under the cursor', (action, verb) => {
    const { effects } = run(context({ filter: 'j8a20101q' }), action);
    expect(askOf(effects)).toEqual({ verb, keys: [keyOf(FAILED)], scope: 'cursor', filter: '' });
  });

  it('asks for the marked ones, wherever the cursor stands, shown or not', () => {
    const at = context({ sort: { key: 'entry', reverse: false } });
    const { state } = run(at, 'mark', 'down', 'mark', 'last');
    const keys = ['j8a20101q 20261121T120000', 'j8a20103q 20261121T135000'];
    expect(askOf(boardView.act(state, 'hold', at).effects ?? [])).toEqual({
      verb: 'hold',
      keys,
      scope: 'marks',
      filter: '',
    });
    const other = context({ filter: 'state:done' });
    const hidden = boardView.act(boardView.follow(state, other), 'hold', other);
    expect(askOf(hidden.effects ?? [])).toEqual({ verb: 'hold', keys, scope: 'marks', filter: '' });
  });

  it('says the filter if all of it is marked', () => {
    const at = context({ filter: 'state:failed' });
    expect(askOf(run(at, 'markAll', 'repipe').effects)).toEqual({
      verb: 'repipe',
      keys: ['j8a20108q 20261120T120000', 'j8a20101q 20261121T120000'],
      scope: 'filter',
      filter: 'state:failed',
    });
    expect(askOf(run(at, 'markAll', 'mark', 'repipe').effects)).toMatchObject({ scope: 'marks', filter: '' });
    // As many are marked, but not these.
    const { state } = run(context({ sort: { key: 'entry', reverse: false } }), 'mark', 'mark');
    expect(askOf(boardView.act(state, 'repipe', at).effects ?? [])).toMatchObject({ scope: 'marks', filter: '' });
  });

  it.each([
    ['retry', RETRY],
    ['restart', RUNNING],
  ])('%s takes only those that it means', (action, entry) => {
    const at = context();
    expect(askOf(run(at, 'markAll', action).effects)).toEqual({
      verb: 'repipe',
      keys: [keyOf(entry)],
      scope: 'marks',
      filter: '',
    });
    const [effect] = run(context({ filter: 'state:done' }), action).effects;
    expect(effect?.kind).toBe('toast');
  });

  it('does nothing in a read-only dashboard', () => {
    for (const { action } of boardView.bindings.filter(({ mutates }) => mutates === true)) {
      const { effects } = run(context({}, { isReadOnly: true }), action);
      expect(effects).toEqual([{ kind: 'toast', text: 'read-only: nothing was changed', isError: true }]);
    }
  });

  it('copies datasets, one a line', () => {
    const at = context({ sort: { key: 'entry', reverse: false } });
    expect(run(at, 'copy').effects).toEqual([{ kind: 'copy', text: 'j8a20101q', what: '1 dataset' }]);
    expect(run(at, 'mark', 'mark', 'copy').effects).toEqual([
      { kind: 'copy', text: 'j8a20101q\nj8a20102q', what: '2 datasets' },
    ]);
    expect(run(fakeContext(fakeData()), 'copy').effects?.[0]?.kind).toBe('toast');
  });

  it('leaves out what has gone since it was marked', () => {
    const { state } = run(context(), 'markAll');
    const left = context({ entries: [FAILED, HELD] });
    const asked = askOf(boardView.act(state, 'hold', left).effects ?? []);
    expect(asked).toMatchObject({ keys: [keyOf(HELD), keyOf(FAILED)], scope: 'filter' });
  });

  it('opens the log of this run', () => {
    expect(run(context({ filter: 'j8a20101q' }), 'log').effects).toEqual([
      { kind: 'open', layer: { name: 'log', dataset: 'j8a20101q', posted: '20261121T120000' } },
    ]);
  });
});

describe('of very many marks', () => {
  const entries = manyEntries(20_000);
  const at = fakeContext(fakeData({ entries, filter: '-state:failed' }));
  const { state } = run(at, 'markAll');
  const counted = (action: string): { text: string; asked: number } => {
    const asked = vi.spyOn(at.data.entries, 'find');
    const listed = vi.spyOn(at.data.entries, 'indexOf');
    const read = vi.spyOn(at.data.entries, 'at');
    const [effect] = boardView.act(state, action, at).effects ?? [];
    const found = asked.mock.calls.length + listed.mock.calls.length + read.mock.calls.length;
    vi.restoreAllMocks();
    const text = effect?.kind === 'toast' ? effect.text : effect?.kind === 'open' ? effect.layer.name : '';
    return { text, asked: found };
  };

  it.each([
    ['menu', 'menu', 300],
    ['hold', 'verb', 50],
    ['retry', 'none of it waits to be tried again', 50],
    ['restart', 'verb', 50],
    ['copy', "the datasets of 17500 entries: too long for a terminal's clipboard", 50],
    ['nextFailed', 'no failed entry in this list', 50],
  ])('few are looked at one by one: %s', (action, wanted, most) => {
    const { text, asked } = counted(action);
    expect(text).toBe(wanted);
    expect(asked).toBeLessThan(most);
  });

  it('as much is copied as a clipboard may take', () => {
    const few = fakeContext(fakeData({ entries: manyEntries(9_000) }));
    const [effect] = run(few, 'markAll', 'copy').effects;
    expect(effect).toMatchObject({ kind: 'copy', what: '9000 datasets' });
  });
});

describe('the menu', () => {
  const actions = (options: Partial<FakeOptions>, common: FakeContextOptions = {}, ...first: string[]): string[] => {
    const [effect] = run(context(options, common), ...first, 'menu').effects;
    if (effect?.kind !== 'open' || effect.layer.name !== 'menu') throw new Error('no menu');
    return [effect.layer.title, ...effect.layer.bindings.map(({ action }) => action)];
  };

  it.each([
    ['j8a20101q', ['detail', 'mark', 'log', 'copy', 'repipe', 'skip', 'rank', 'remove']],
    ['j8a20103q', ['detail', 'mark', 'log', 'copy', 'hold', 'repipe', 'restart', 'skip', 'rank', 'remove']],
    ['j8a20104q', ['detail', 'mark', 'log', 'copy', 'release', 'repipe', 'skip', 'rank', 'remove']],
    ['j8a20105q', ['detail', 'mark', 'log', 'copy', 'hold', 'repipe', 'retry', 'skip', 'rank', 'remove']],
    ['j8a20109q', ['detail', 'mark', 'copy', 'hold', 'skip', 'rank', 'remove']],
    ['j8a2010bq', ['detail', 'mark', 'log', 'copy', 'rank', 'remove']],
  ])('has what applies: %s', (filter, wanted) => {
    expect(actions({ filter })).toEqual([filter, ...wanted]);
  });

  it('has what applies to some of the marked ones, and nothing that changes the board if it is read-only', () => {
    expect(actions({ filter: 'state:failed,done' }, {}, 'markAll')).toEqual([
      '4 marked entries',
      ...['detail', 'mark', 'log', 'copy', 'repipe', 'skip', 'rank', 'remove'],
    ]);
    expect(actions({ filter: 'j8a20101q' }, { isReadOnly: true })).toEqual([
      'j8a20101q',
      'detail',
      'mark',
      'log',
      'copy',
    ]);
  });
});

it('the menu says how many of the marked ones are not shown', () => {
  const { state } = run(context({ filter: 'state:failed,held' }), 'markAll');
  const titleIn = (filter: string): string => {
    const [effect] = boardView.act(state, 'menu', context({ filter })).effects ?? [];
    return effect?.kind === 'open' && effect.layer.name === 'menu' ? effect.layer.title : '';
  };
  expect(titleIn('')).toBe('3 marked entries');
  expect(titleIn('state:held')).toBe('3 marked entries, 2 not shown');
  expect(boardHiddenMarks(state, context({ filter: 'state:held' }))).toBe(2);
});

describe('marks', () => {
  const REMOVED = ENTRIES.map((path) => path.replace('failed/', 'removed/2026-11-21/'));

  it('end with the removal of their entries, unless removed ones are listed', () => {
    const { state } = run(context({ filter: 'state:failed,held' }), 'markAll');
    expect(boardMarks(state)).toBe(3);
    const after = boardView.follow(state, context({ entries: REMOVED }));
    expect([...after.list.marks]).toEqual([keyOf(HELD)]);
    const same = context({ entries: REMOVED });
    const looked = boardView.follow(after, same);
    expect(boardView.follow(looked, same)).toBe(looked);
    const listed = boardView.follow(state, context({ entries: REMOVED, filter: 'state:removed,held' }));
    expect(boardMarks(listed)).toBe(3);
    expect(boardMarks(boardView.follow(listed, context({ entries: REMOVED })))).toBe(1);
    // Asked for before anybody has looked.
    const asked = boardView.act(state, 'hold', context({ entries: REMOVED }));
    expect(boardMarks(asked.state)).toBe(1);
    const [effect] = asked.effects ?? [];
    const wanted = { layer: { ask: { keys: [keyOf(HELD)], scope: 'marks' } } };
    expect(effect).toMatchObject(wanted);
    // What can't be read now keeps its marks; what is known to be removed is left out.
    const stale = context({ entries: REMOVED, health: { phase: 'stale' } });
    const whileStale = boardView.act(state, 'hold', stale);
    expect(boardMarks(whileStale.state)).toBe(3);
    expect(whileStale.effects?.[0]).toMatchObject(wanted);
    const [menu] = boardView.act(state, 'menu', stale).effects ?? [];
    expect(menu).toMatchObject({ layer: { title: '1 marked entry' } });
  });

  it('are kept as ranges and all, and end with their entries', () => {
    const at = context({ sort: { key: 'entry', reverse: false } });
    expect(boardMarks(run(at, 'mark', 'down', 'down', 'range').state)).toBe(4);
    expect(boardMarks(run(at, 'mark', 'mark', 'unmarkAll').state)).toBe(0);
    const { state } = run(at, 'markAll');
    expect(boardMarks(state)).toBe(12);
    // Another filter hides them, no more.
    expect(boardMarks(boardView.follow(state, context({ filter: 'state:failed' })))).toBe(12);
    expect(boardMarks(boardView.follow(state, context({ entries: ENTRIES.slice(0, 3) })))).toBe(3);
    // What can't be read now may be there.
    const stale = context({ entries: [], health: { phase: 'stale' } });
    expect(boardMarks(boardView.follow(state, stale))).toBe(12);
  });
});

it('many marks are compared with the board once a second at most, and when they are asked for', () => {
  const entries = manyEntries(3000);
  const at = (count: number, nowMs: number): Context =>
    fakeContext(fakeData({ entries: entries.slice(0, count), nowMs }));
  const { state } = run(at(3000, NOW_MS), 'markAll');
  const first = boardView.follow(state, at(2990, NOW_MS));
  expect(boardMarks(first)).toBe(2990);
  const soon = boardView.follow(first, at(2980, NOW_MS + 900));
  expect(boardMarks(soon)).toBe(2990);
  expect(boardMarks(boardView.act(soon, 'menu', at(2980, NOW_MS + 900)).state)).toBe(2980);
  expect(boardMarks(boardView.follow(soon, at(2980, NOW_MS + 1_100)))).toBe(2980);
});

describe('the pane', () => {
  const parts = (at: Context, ...actions: string[]): string => {
    const { state } = run(at, ...actions);
    const split = splitOf(state, at);
    const where = split.listRows === 0 ? 'pane' : split.paneRows === 0 ? 'list' : 'both';
    return `${where}${split.hasPaneFocus ? ' focus' : ''}`;
  };

  it.each([
    ['', 'both'],
    ['detail', 'list'],
    ['detail detail', 'both'],
    ['focus', 'both focus'],
    ['focus focus', 'both'],
    ['focus back', 'both'],
    ['back', 'list'],
    ['back back', 'list'],
    ['zoom', 'list'],
    ['zoom zoom', 'both'],
    ['zoom back', 'both'],
    ['zoom focus', 'both focus'],
    ['focus zoom', 'pane focus'],
    ['focus zoom zoom', 'both focus'],
    ['focus zoom back', 'both focus'],
    ['focus zoom back back', 'both'],
    ['focus zoom focus', 'both'],
    ['detail focus', 'both focus'],
  ])('on a screen with room, after "%s": %s', (actions, wanted) => {
    expect(parts(context(), ...actions.split(' '))).toBe(wanted);
  });

  it.each([
    ['', 'list'],
    ['detail', 'pane focus'],
    ['detail detail', 'list'],
    ['detail back', 'list'],
    ['focus', 'pane focus'],
    ['focus focus', 'list'],
    ['focus back', 'list'],
    ['zoom', 'list'],
    ['focus zoom', 'pane focus'],
    ['focus zoom back back', 'list'],
  ])('on a low screen, after "%s": %s', (actions, wanted) => {
    expect(parts(context({}, { rows: 23 }), ...actions.split(' '))).toBe(wanted);
  });

  it('scrolls where it has the focus, and begins anew with another entry', () => {
    const at = context({ filter: 'state:failed', sort: { key: 'age', reverse: true } });
    const { state } = run(at, 'focus', 'down', 'down');
    expect(state.pane.scroll).toBe(2);
    expect(cursor(state)).toBe('j8a20101q');
    expect(run(at, 'focus', 'last', 'last', 'up').state.pane.scroll).toBe(
      run(at, 'focus', 'last').state.pane.scroll - 1,
    );
    expect(run(at, 'focus', 'down', 'up', 'up').state.pane.scroll).toBe(0);
    expect(boardView.act(boardView.act(state, 'focus', at).state, 'down', at).state.pane.scroll).toBe(0);
    expect(run(at, 'focus', 'down', 'right').state.pane).toMatchObject({ tab: 'log', scroll: 0 });
    expect(run(at, 'focus', 'left').state.pane.tab).toBe('history');
    expect(run(at, 'tabBefore', 'tabNext', 'tabNext').state.pane.tab).toBe('log');
  });

  it('shows the end of a log first', () => {
    const tail = Array.from({ length: 100 }, (_, at) => `line ${at + 1}`);
    const at = context({ filter: 'j8a20101q', logTails: { [keyOf(FAILED)]: tail } });
    const log = (...actions: string[]): string =>
      paintLines(boardView, run(at, 'tabNext', ...actions).state, at).join('\n');
    expect(log()).toContain('line 100');
    expect(log('focus', 'up')).not.toContain('line 100');
    expect(log('focus', 'up')).toContain('line 99');
    expect(log('focus', 'up', 'down')).toContain('line 100');
    expect(log('focus', 'first')).toMatch(/line 1\b/);
  });
});

describe('the mouse', () => {
  const at = (rows = 24): Context => fakeContext(fakeData({ entries: manyEntries(100) }), { rows });
  const press = (context: Context, kind: 'click' | 'wheelup' | 'wheeldown', x: number, y: number, ...first: string[]) =>
    boardView.mouse(run(context, ...first).state, { kind, x, y: context.body.y + y }, context);

  it('chooses a row', () => {
    const { state } = press(at(), 'click', 10, 4);
    expect(state.list.index).toBe(3);
    expect(press(at(), 'click', 10, 4, 'last').state.list.index).toBe(92);
    const few = fakeContext(fakeData({ entries: ENTRIES.slice(0, 2) }));
    expect(press(few, 'click', 10, 8).state.list.index).toBe(0);
    expect(boardView.mouse(boardView.initial, { kind: 'click', x: 1, y: 0 }, few).state).toBe(boardView.initial);
  });

  it.each([
    ['ENTRY', { key: 'entry', reverse: false }],
    ['AT', { key: 'stage', reverse: false }],
    ['STATE', { key: 'state', reverse: false }],
    ['AGE', { key: 'age', reverse: false }],
    ['RANK', { key: 'rank', reverse: true }],
  ])('sorts by the head that is clicked: %s', (head, sort) => {
    const context = at();
    const x = paintLines(boardView, run(context).state, context)[0]?.search(new RegExp(`\\b${head}`)) ?? -1;
    expect(press(context, 'click', x, 0).effects).toEqual([{ kind: 'set', common: { sort } }]);
  });

  it('sorts by nothing where no order is', () => {
    const context = at();
    const head = paintLines(boardView, run(context).state, context)[0] ?? '';
    for (const x of [head.indexOf('STAGES'), head.indexOf('STATE') - 1, head.indexOf('NOTE'), 79])
      expect(press(context, 'click', x, 0).effects).toBeUndefined();
  });

  it('scrolls what is under it', () => {
    const context = at();
    expect(press(context, 'wheeldown', 5, 5).state.list).toMatchObject({ top: 3, index: 3 });
    expect(press(context, 'wheelup', 5, 5, 'last').state.list.top).toBe(86);
    const small = fakeContext(smallBoard({ filter: 'j8a20101q' }));
    const inPane = press(small, 'wheeldown', 5, 18).state;
    expect(inPane.list.top).toBe(0);
    expect(inPane.pane.scroll).toBe(3);
    expect(boardView.mouse(inPane, { kind: 'wheelup', x: 5, y: small.body.y + 18 }, small).state.pane.scroll).toBe(0);
  });

  it('gives the pane the focus, and takes it away', () => {
    const context = at();
    const { state } = press(context, 'click', 5, 16);
    expect(state.pane.hasFocus).toBe(true);
    const title = paintLines(boardView, state, context)[12] ?? '';
    const x = title.indexOf('Files');
    const tabbed = boardView.mouse(state, { kind: 'click', x, y: context.body.y + 12 }, context).state;
    expect(tabbed.pane).toMatchObject({ tab: 'files', hasFocus: true });
    expect(boardView.mouse(tabbed, { kind: 'click', x: 5, y: context.body.y + 2 }, context).state.pane.hasFocus).toBe(
      false,
    );
  });

  it('hits nothing beside the body', () => {
    const context = resized(at(), 80, 24);
    const { state } = run(context);
    expect(boardView.mouse(state, { kind: 'wheeldown', x: 5, y: 23 }, context)).toEqual({ state });
  });
});
