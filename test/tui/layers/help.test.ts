import { describe, expect, it } from 'vitest';
import { FILTER_KEYS } from '../../../src/model/filter.ts';
import { LETTERS, MEANINGS } from '../../../src/model/letters.ts';
import type { KeyTable } from '../../../src/tui/binding.ts';
import { GLOBAL } from '../../../src/tui/global-keys.ts';
import { type HelpState, helpLayer } from '../../../src/tui/layers/help.ts';
import { DOCS_LOOK, helpSections, keysMarkdown, legendSections } from '../../../src/tui/layers/help-sections.ts';
import { LAYERS } from '../../../src/tui/layers/layers.ts';
import { EDITING } from '../../../src/tui/line-editor.ts';
import type { LayerSpec } from '../../../src/tui/view.ts';
import { type FakeContextOptions, fakeContext, fakeData } from '../data.ts';
import { Driver } from './drive.ts';

type Spec = Extract<LayerSpec, { name: 'help' }>;

const TABLES: readonly KeyTable[] = [
  {
    title: 'Board view',
    bindings: [
      { keys: ['l'], action: 'log', help: 'the log of its latest try' },
      { keys: ['R'], action: 'repipe', help: 'send it back to a stage', mutates: true },
    ],
  },
  { title: 'Everywhere', bindings: GLOBAL },
];

function drive(
  common: FakeContextOptions = {},
  spec: Spec = { name: 'help', tables: TABLES },
): Driver<Spec, HelpState> {
  return new Driver(helpLayer, spec, fakeContext(fakeData(), common));
}

/** All of it, page by page. */
function allText(driver: Driver<Spec, HelpState>): string {
  const pages: string[] = [];
  for (let before = ''; pages.at(-1) !== before || pages.length === 1; ) {
    before = pages.at(-1) ?? '';
    pages.push(driver.text);
    driver.press('pagedown');
  }
  return pages.join('\n');
}

describe('the help', () => {
  it('tells all keys, letters, states and filter words', () => {
    const text = allText(drive({ cols: 200, rows: 50 }));
    for (const { help } of TABLES.flatMap(({ bindings }) => bindings)) expect(text).toContain(help);
    for (const letter of LETTERS.filter((one) => !(one >= '1' && one <= '9')))
      expect(text).toContain(MEANINGS[letter].text);
    for (const { form } of FILTER_KEYS) expect(text).toContain(form);
    for (const word of ['FAILED', 'gather', 'removed']) expect(text).toContain(word);
  });

  it('leaves out what may not be done', () => {
    expect(allText(drive())).toContain('send it back');
    expect(allText(drive({ isReadOnly: true }))).not.toContain('send it back');
  });

  it('shows only what has a text, while it is typed', () => {
    const driver = drive().press('/').type('LATEST');
    expect(driver.text).toContain('the log of its latest try');
    expect(driver.text).not.toContain('Everywhere');
    expect(driver.lines().at(-1)).toBe('/LATEST');
    driver.press('enter');
    expect(driver.text).toContain('Help: LATEST');
    driver.press('/', 'escape');
    expect(driver.text).toContain('Everywhere');
    expect(driver.press('/').type('zzz').text).toContain("nothing here has 'zzz'");
    expect(driver.isClosed).toBe(false);
  });

  it.each(['escape', 'q', '?'])('%s closes it', (key) => {
    expect(drive().press(key).isClosed).toBe(true);
  });

  it('has something to tell without tables', () => {
    expect(drive({}, { name: 'help' }).text).toContain('In lists');
  });

  it.each([
    [80, 24],
    [120, 32],
    [60, 15],
  ])('screen %dx%d', async (cols, rows) => {
    const text = `${drive({ cols, rows }).lines(cols, rows).join('\n')}\n`;
    await expect(text).toMatchFileSnapshot(`screens/help-${cols}x${rows}.txt`);
  });
});

describe('helpSections', () => {
  it('tells the keys of a typed line once', () => {
    const sections = helpSections([
      { title: 'A', bindings: [{ keys: ['enter'], action: 'go', help: 'go' }, ...EDITING] },
      { title: 'B', bindings: EDITING },
    ]);
    expect(sections.map(({ title, rows }) => [title, rows.length])).toEqual([
      ['A', 1],
      ['Where a line is typed', EDITING.length],
    ]);
  });

  it('writes keys as people do', () => {
    const [section] = helpSections([
      { title: 'A', bindings: [{ keys: ['C-f', 'pagedown', 'up'], action: 'x', help: 'y' }] },
    ]);
    expect(section?.rows).toEqual([{ left: 'Ctrl-F PgDn ↑', text: 'y' }]);
    expect(
      helpSections([{ title: 'A', bindings: [{ keys: ['up'], action: 'x', help: 'y' }] }], true)[0]?.rows[0]?.left,
    ).toBe('Up');
  });
});

describe('keysMarkdown', () => {
  it('is a table a section', () => {
    const bindings = [{ keys: ['\\', '|'], action: 'x', help: 'a | b' }];
    expect(keysMarkdown(helpSections([{ title: 'Keys', bindings }]))).toBe(
      '## Keys\n\n| key | |\n|---|---|\n| `\\` `\\|` | a \\| b |\n',
    );
  });

  it('tells the letters with their glyphs', () => {
    const markdown = keysMarkdown(legendSections(DOCS_LOOK));
    expect(markdown).toContain('| `✗  f` | failed; waits for a person |');
    expect(markdown).toContain('| `↻  1-9` |');
  });
});

describe('the tables of all layers', () => {
  it.each(Object.values(LAYERS))('$name: actions are told apart', ({ bindings, title }) => {
    const actions = bindings.map(({ action }) => action);
    expect(actions.filter((action, at) => actions.indexOf(action) !== at)).toEqual([]);
    expect(bindings.every(({ help, keys }) => help !== '' && keys.length > 0)).toBe(true);
    expect(title).not.toBe('');
  });

  it.each(Object.entries(LAYERS))('%s is registered under its name', (name, layer) => {
    expect(layer.name).toBe(name);
  });

  it('can all be closed by Esc', () => {
    for (const { bindings } of Object.values(LAYERS))
      expect(bindings.some(({ keys }) => keys.includes('escape'))).toBe(true);
  });
});
