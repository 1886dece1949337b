import { describe, expect, it } from 'vitest';
import { completionOf, type PromptState, promptLayer } from '../../../src/tui/layers/prompt.ts';
import type { Effect, LayerSpec } from '../../../src/tui/view.ts';
import { type FakeContextOptions, fakeContext, fakeData } from '../data.ts';
import { Driver } from './drive.ts';

type Spec = Extract<LayerSpec, { name: 'prompt' }>;

const ENTRIES = [
  'failed/50.20261121T120000.ccf__.003.acs.j8a20101q@3-x2',
  'queue/50.20261121T130000.w____.000.-.j8a20109q',
];
const FAULT = { text: 'state:failed', fault: "'stat:x': there is no key 'stat'; did you mean 'state'?" };

function drive(spec: Partial<Spec>, common: FakeContextOptions = {}): Driver<Spec, PromptState> {
  const data = fakeData({ entries: ENTRIES, filter: common.filter?.text ?? '' });
  return new Driver(promptLayer, { name: 'prompt', purpose: 'filter', text: '', ...spec }, fakeContext(data, common));
}

const filters = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) => (effect.kind === 'filter' ? [effect.text] : []));

describe('the filter', () => {
  it('takes effect with every change, and with nothing else', () => {
    const driver = drive({ text: 'x' }).type(' y').press('left', 'home', 'C-k', 'C-k').paste('a\nb');
    expect(filters(driver.effects)).toEqual(['x ', 'x y', '', 'a b']);
  });

  it('is kept by Enter', () => {
    const driver = drive({ text: 'x' }).type('y');
    driver.take();
    expect(driver.press('enter').isClosed).toBe(true);
    expect(driver.effects).toEqual([]);
  });

  it.each([
    ['changed', 'y', ['x']],
    ['as it was', '', []],
  ])('is as before by Esc: %s', (_, typed, wanted) => {
    const driver = drive({ text: 'x' }).type(typed);
    driver.take();
    expect(driver.press('escape').isClosed).toBe(true);
    expect(filters(driver.effects)).toEqual(wanted);
  });

  it('that can not be understood says so, is not kept, and the one before comes back', () => {
    const driver = drive({ text: 'state:failed' }, { filter: FAULT });
    expect(driver.text).toContain(FAULT.fault);
    driver.press('enter');
    expect(driver.isClosed).toBe(false);
    expect(driver.text).toContain('mend the filter');
    expect(filters(driver.press('escape').effects)).toEqual(['state:failed']);
  });

  it('types what is a key elsewhere', () => {
    const driver = drive({}).type('q?:/jk*!1');
    expect(driver.state.editor.text).toBe('q?:/jk*!1');
  });

  it('tells how many entries there are', () => {
    expect(drive({ text: 'state:failed' }, { filter: { text: 'state:failed', fault: undefined } }).text).toContain(
      '1 of 2 entries',
    );
  });
});

describe('the filter of hosts', () => {
  const set = (effects: readonly Effect[]): unknown =>
    effects.flatMap((effect) => (effect.kind === 'set' ? [effect.common] : []));

  it('takes effect while it is typed, and is as before by Esc', () => {
    const driver = drive({ purpose: 'hosts', text: 'a' }).type('b');
    expect(set(driver.take())).toEqual([{ hostFilter: 'ab' }]);
    expect(driver.text).toContain('/ab');
    expect(set(driver.press('escape').effects)).toEqual([{ hostFilter: 'a' }]);
    expect(driver.isClosed).toBe(true);
  });

  it('is kept by Enter, whatever is wrong with the filter of entries; nothing completes it', () => {
    const driver = drive({ purpose: 'hosts' }, { filter: FAULT }).type('b').press('tab');
    expect(driver.text).toContain('nothing completes this word');
    expect(driver.effects.some(({ kind }) => kind === 'complete')).toBe(false);
    expect(driver.press('enter').isClosed).toBe(true);
  });
});

describe('the command', () => {
  it.each<[string, readonly Effect[]]>([
    ['ls state:failed', [{ kind: 'command', line: 'ls state:failed' }]],
    ['  slate  ls -q ', [{ kind: 'command', line: 'ls -q' }]],
    ["repipe --where 'state:failed' --yes", [{ kind: 'command', line: "repipe --where 'state:failed' --yes" }]],
    ['slated', [{ kind: 'command', line: 'slated' }]],
    ['q', [{ kind: 'quit' }]],
    ['quit', [{ kind: 'quit' }]],
    ['slate q', [{ kind: 'quit' }]],
    ['', []],
    ['slate', []],
  ])('%j', (line, wanted) => {
    const driver = drive({ purpose: 'command' }).type(line).press('enter');
    expect(driver.isClosed).toBe(true);
    expect(driver.effects).toEqual(wanted);
  });

  it('is none after Esc', () => {
    const driver = drive({ purpose: 'command' }).type('remove x').press('escape');
    expect([driver.isClosed, driver.effects]).toEqual([true, []]);
  });

  it('goes back to earlier ones', () => {
    const driver = drive({ purpose: 'command', history: ['counts', 'ps'] }).press('up', 'up', 'enter');
    expect(driver.effects).toEqual([{ kind: 'command', line: 'counts' }]);
  });
});

describe('completionOf', () => {
  it.each<['filter' | 'command', string, string, number, string]>([
    ['command', 'ls sta', 'ls sta', 3, ''],
    ['command', 'ls ', 'ls ', 3, ''],
    ['command', '', '', 0, ''],
    ['filter', 'sta', 'sta', 0, ''],
    ['filter', 'a -sta', 'a sta', 3, ''],
    ['filter', '!class:a', 'class:a', 1, ''],
    ['filter', 'state:failed,he', 'state:he', 13, 'state:'],
    ['filter', '-state:failed,held,', 'state:', 19, 'state:'],
    ['filter', 'j8a,b', 'j8a,b', 0, ''],
  ])('%s %j', (purpose, text, line, start, strip) => {
    expect(completionOf(purpose, text)).toEqual({ line, start, strip });
  });
});

describe('completion', () => {
  const asked = (driver: Driver<Spec, PromptState>): Effect[] =>
    driver.effects.filter(({ kind }) => kind === 'complete');

  it('of a word in a list keeps what stands before it', () => {
    const driver = drive({ text: '-state:failed,he' }).press('tab');
    expect(asked(driver)).toEqual([{ kind: 'complete', purpose: 'filter', line: 'state:he' }]);
    driver.tell({ kind: 'candidates', words: ['state:held', 'class:x'] });
    expect(driver.state.editor.text).toBe('-state:failed,held ');
    expect(filters(driver.effects)).toEqual(['-state:failed,held ']);
  });

  it('shows several, and goes through them', () => {
    const driver = drive({ purpose: 'command' }).type('s').press('tab');
    driver.tell({ kind: 'candidates', words: ['show', 'skip', 'stats'] });
    expect(driver.text).toContain('show  skip  stats');
    driver.press('tab', 'tab');
    expect(driver.state.editor.text).toBe('skip');
    driver.press('S-tab');
    expect(driver.state.editor.text).toBe('show');
    expect(asked(driver)).toHaveLength(1);
    driver.type(' x').press('tab');
    expect(asked(driver).at(-1)).toEqual({ kind: 'complete', purpose: 'command', line: 'show x' });
  });

  it('that comes too late changes nothing', () => {
    const driver = drive({ purpose: 'command' }).type('s').press('tab').type('h');
    driver.tell({ kind: 'candidates', words: ['show'] });
    expect(driver.state.editor.text).toBe('sh');
    driver.press('tab', 'home').tell({ kind: 'candidates', words: ['show'] });
    expect(driver.state.editor.text).toBe('sh');
    const other = drive({ purpose: 'command' }).type('s').press('tab', 'backspace').type('t');
    expect(other.tell({ kind: 'candidates', words: ['show'] }).state.note).toBeUndefined();
    // An answer that nobody has asked for.
    const idle = drive({ purpose: 'command' })
      .type('s')
      .tell({ kind: 'candidates', words: ['show'] });
    expect(idle.state.editor.text).toBe('s');
  });

  it('says that there is none', () => {
    const driver = drive({ purpose: 'command' }).type('zz').press('tab').tell({ kind: 'candidates', words: [] });
    expect(driver.text).toContain('nothing completes this word');
  });

  it('keeps the candidate at hand in sight', () => {
    const words = Array.from({ length: 100 }, (_, index) => `word-${index}`);
    const driver = drive({ purpose: 'command' }).type('word-').press('tab').tell({ kind: 'candidates', words });
    for (let at = 0; at < 60; at++) driver.press('tab');
    expect(driver.lines().at(-2)).toContain('word-59');
    expect(driver.lines().at(-1)).toBe(':word-59');
  });
});

it.each([
  ['prompt-filter', { text: 'state:failed /漢字/' }, {}],
  ['prompt-fault', { text: 'stat:x' }, { filter: FAULT }],
] as const)('screen %s', async (name, spec, common) => {
  const driver = drive(spec, common);
  for (const [cols, rows] of [
    [80, 24],
    [120, 32],
  ] as const)
    await expect(`${driver.lines(cols, rows).join('\n')}\n`).toMatchFileSnapshot(`screens/${name}-${cols}x${rows}.txt`);
  expect(driver.cursor?.y).toBe(22);
});
